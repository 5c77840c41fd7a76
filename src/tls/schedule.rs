//! From the secrets of a key log to the keys of records.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384};

use super::secrets::{MASTER, Random, Secret};
use super::suite::{Algorithms, Hash};

/// The keys of one direction.
pub(super) struct Keys {
    pub(super) key: Vec<u8>,
    pub(super) iv: Vec<u8>,
    pub(super) mac: Vec<u8>,
}

/// The keys of client and server up to TLS 1.2 (RFC 5246 §6.3).
pub(super) fn expand(
    algorithms: &Algorithms,
    master: &[u8; MASTER],
    client: &Random,
    server: &Random,
) -> [Keys; 2] {
    let (mac, key, iv) = (algorithms.mac(), algorithms.key(), algorithms.iv());
    let seed = [&b"key expansion"[..], server, client].concat();
    let mut block = prf(algorithms.hash, master, &seed, 2 * (mac + key + iv)).into_iter();
    let mut take = |length| block.by_ref().take(length).collect::<Vec<u8>>();
    let (mac, key, iv) = (
        [take(mac), take(mac)],
        [take(key), take(key)],
        [take(iv), take(iv)],
    );
    let [client_mac, server_mac] = mac;
    let [client_key, server_key] = key;
    let [client_iv, server_iv] = iv;
    [
        Keys {
            key: client_key,
            iv: client_iv,
            mac: client_mac,
        },
        Keys {
            key: server_key,
            iv: server_iv,
            mac: server_mac,
        },
    ]
}

/// The keys that a traffic secret of TLS 1.3 makes (RFC 8446 §7.3).
pub(super) fn derive(algorithms: &Algorithms, secret: &Secret) -> Option<Keys> {
    let label = |label, length| expand_label(algorithms.hash, secret.get(), label, length);
    Some(Keys {
        key: label(b"key", algorithms.key())?,
        iv: label(b"iv", algorithms.iv())?,
        mac: Vec::new(),
    })
}

/// The traffic secret after a key update (RFC 8446 §7.2).
pub(super) fn update(algorithms: &Algorithms, secret: &Secret) -> Option<Secret> {
    let length = algorithms.hash.len();
    let next = expand_label(algorithms.hash, secret.get(), b"traffic upd", length)?;
    Secret::new(&next)
}

/// HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
fn expand_label(hash: Hash, secret: &[u8], label: &[u8], length: usize) -> Option<Vec<u8>> {
    if secret.len() != hash.len() {
        return None;
    }
    let length_field = u16::try_from(length).ok()?.to_be_bytes();
    let label_length = [u8::try_from(6 + label.len()).ok()?];
    let info = [&length_field[..], &label_length, b"tls13 ", label, &[0]].concat();
    let mut out = vec![0; length];
    match hash {
        Hash::Sha256 => Hkdf::<Sha256>::from_prk(secret)
            .ok()?
            .expand(&info, &mut out),
        Hash::Sha384 => Hkdf::<Sha384>::from_prk(secret)
            .ok()?
            .expand(&info, &mut out),
        Hash::Sha1 | Hash::Md5Sha1 => return None,
    }
    .ok()?;
    Some(out)
}

/// The pseudo-random function: of TLS 1.2 (RFC 5246 §5), or of those before, which halves the
/// secret between two hashes (RFC 4346 §5). The halves of 48 bytes do not overlap.
fn prf(hash: Hash, secret: &[u8; MASTER], seed: &[u8], length: usize) -> Vec<u8> {
    match hash {
        Hash::Sha256 => p_hash(|parts| hmac::<Hmac<Sha256>>(secret, parts), seed, length),
        Hash::Sha384 => p_hash(|parts| hmac::<Hmac<Sha384>>(secret, parts), seed, length),
        Hash::Sha1 | Hash::Md5Sha1 => {
            let (first, second) = secret.split_at(MASTER / 2);
            let md5 = p_hash(|parts| hmac::<Hmac<Md5>>(first, parts), seed, length);
            let sha1 = p_hash(|parts| hmac::<Hmac<Sha1>>(second, parts), seed, length);
            md5.iter().zip(&sha1).map(|(one, two)| one ^ two).collect()
        }
    }
}

fn p_hash(hmac: impl Fn(&[&[u8]]) -> Vec<u8>, seed: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + 64);
    let mut a = hmac(&[seed]);
    // A MAC is never empty; one that were would have no end.
    while out.len() < length && !a.is_empty() {
        out.extend(hmac(&[&a, seed]));
        a = hmac(&[&a]);
    }
    out.truncate(length);
    out
}

/// HMAC (RFC 2104), whose key may have any length.
pub(super) fn hmac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        return Vec::new();
    };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}
