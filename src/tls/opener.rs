//! Decrypts the records of one direction, in order.

use aead::{AeadInOut, KeyInit};
use aes::{Aes128, Aes256};
use aes_gcm::{Aes128Gcm, Aes256Gcm, aead};
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use ccm::Ccm;
use ccm::consts::{U8, U12, U16};
use chacha20poly1305::ChaCha20Poly1305;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384};

use super::record::HEADER;
use super::schedule::Keys;
use super::suite::{Aead, Algorithms, BLOCK, Cipher, Hash};

/// The keys of one direction, and the number of the record that comes next.
pub(super) struct Opener {
    algorithms: Algorithms,
    sealed: Sealed,
    iv: Vec<u8>,
    /// The initial vector is that of the next record beyond doubt: in TLS 1.0 it is the end of the
    /// record before, and a MAC of the ciphertext does not cover it.
    is_chained: bool,
    /// The number of the next record (RFC 8446 §5.3, RFC 5246 §6.1).
    pub(super) sequence: u64,
}

enum Sealed {
    Aes128Gcm(Box<Aes128Gcm>),
    Aes256Gcm(Box<Aes256Gcm>),
    Aes128Ccm(Box<Ccm<Aes128, U16, U12>>),
    Aes256Ccm(Box<Ccm<Aes256, U16, U12>>),
    Aes128Ccm8(Box<Ccm<Aes128, U8, U12>>),
    Aes256Ccm8(Box<Ccm<Aes256, U8, U12>>),
    ChaCha(Box<ChaCha20Poly1305>),
    Cbc { key: Vec<u8>, mac: Vec<u8> },
}

/// A record that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    /// Its content type.
    pub(super) kind: u8,
    /// How many bytes of the buffer are its content, behind `skip`.
    pub(super) len: usize,
    /// Where in the buffer its content begins.
    pub(super) skip: usize,
}

impl Opener {
    /// One for these keys; `None` when their lengths do not fit.
    pub(super) fn new(algorithms: Algorithms, keys: Keys) -> Option<Self> {
        let Keys { key, iv, mac } = keys;
        Some(Self {
            algorithms,
            sealed: Sealed::new(&algorithms, key, mac)?,
            iv,
            is_chained: true,
            sequence: 0,
        })
    }

    /// Decrypts the body of a record in `buffer`, which the attempt may spoil. The record counts
    /// as number `sequence`. `None` when it is not authentic.
    pub(super) fn open(
        &self,
        sequence: u64,
        header: &[u8; HEADER],
        buffer: &mut [u8],
    ) -> Option<Opened> {
        match &self.sealed {
            Sealed::Cbc { key, mac } => self.open_cbc((key, mac), sequence, header, buffer),
            _ if self.algorithms.is_13() => self.open_13(sequence, header, buffer),
            _ => self.open_12(sequence, header, buffer),
        }
    }

    /// Records may be missing before the next one.
    pub(super) fn missed(&mut self) {
        self.is_chained = false;
    }

    /// A record went by and was opened or not. In TLS 1.0 it has the initial vector of the next one
    /// at its end.
    pub(super) fn passed(&mut self, body: &[u8], opened: bool) {
        self.is_chained &= opened;
        let Cipher::Cbc { mac, .. } = self.algorithms.cipher else {
            return;
        };
        let behind = if self.algorithms.encrypt_then_mac {
            mac.len()
        } else {
            0
        };
        let end = body.len().checked_sub(behind);
        let blocks = end.and_then(|end| body.get(..end));
        let last = blocks.and_then(<[u8]>::last_chunk::<BLOCK>);
        if let Some(last) = last.filter(|_| !self.iv.is_empty()) {
            self.iv = last.to_vec();
        }
    }

    /// RFC 8446 §5.2: behind the content stands its type, and then zeros.
    fn open_13(&self, sequence: u64, header: &[u8; HEADER], buffer: &mut [u8]) -> Option<Opened> {
        let nonce = self.counted_nonce(sequence);
        let len = self.sealed.open(&nonce, header, buffer)?;
        let inner = buffer.get(..len)?;
        let end = inner.iter().rposition(|byte| *byte != 0)?;
        Some(Opened {
            kind: *inner.get(end)?,
            len: end,
            skip: 0,
        })
    }

    /// RFC 5288 §3, RFC 6655 §3, RFC 7905 §2.
    fn open_12(&self, sequence: u64, header: &[u8; HEADER], buffer: &mut [u8]) -> Option<Opened> {
        let Cipher::Aead { kind, tag } = self.algorithms.cipher else {
            return None;
        };
        let skip = self.algorithms.explicit(kind);
        let (explicit, sealed) = buffer.split_at_mut_checked(skip)?;
        let nonce = match kind {
            Aead::ChaCha20Poly1305 => self.counted_nonce(sequence),
            _ => {
                let mut nonce = [0; 12];
                let parts = self.iv.iter().chain(explicit.iter());
                nonce
                    .iter_mut()
                    .zip(parts)
                    .for_each(|(to, from)| *to = *from);
                nonce
            }
        };
        let length = sealed.len().checked_sub(tag)?;
        let data = pseudo_header(sequence, header, length)?;
        let len = self.sealed.open(&nonce, &data, sealed)?;
        Some(Opened {
            kind: header[0],
            len,
            skip,
        })
    }

    /// The nonce that the number of the record is part of (RFC 8446 §5.3).
    fn counted_nonce(&self, sequence: u64) -> [u8; 12] {
        let mut nonce = [0; 12];
        let counted = [[0; 4].as_slice(), &sequence.to_be_bytes()].concat();
        for ((to, iv), count) in nonce.iter_mut().zip(&self.iv).zip(counted) {
            *to = iv ^ count;
        }
        nonce
    }

    /// RFC 5246 §6.2.3.2, and RFC 7366 where the MAC is that of the ciphertext.
    fn open_cbc(
        &self,
        (key, mac_key): (&[u8], &[u8]),
        sequence: u64,
        header: &[u8; HEADER],
        buffer: &mut [u8],
    ) -> Option<Opened> {
        let Cipher::Cbc { mac, .. } = self.algorithms.cipher else {
            return None;
        };
        let authentic = |data: &[&[u8]], tag: &[u8]| {
            let length = data.iter().map(|part| part.len()).sum();
            let Some(head) = pseudo_header(sequence, header, length) else {
                return false;
            };
            let parts = [&[&head[..]], data].concat();
            verify(mac, mac_key, &parts, tag)
        };
        let mut end = buffer.len();
        if self.algorithms.encrypt_then_mac {
            end = end.checked_sub(mac.len())?;
            let (sealed, tag) = buffer.split_at_checked(end)?;
            if !authentic(&[sealed], tag) {
                return None;
            }
        }
        let skip = if self.iv.is_empty() { BLOCK } else { 0 };
        if skip == 0 && self.algorithms.encrypt_then_mac && !self.is_chained {
            return None;
        }
        let (explicit, blocks) = buffer.get_mut(..end)?.split_at_mut_checked(skip)?;
        let iv = if skip > 0 { &*explicit } else { &self.iv };
        decrypt_cbc(key, iv, blocks)?;
        let len = blocks.len().checked_sub(padding(blocks)?)?;
        if self.algorithms.encrypt_then_mac {
            return Some(Opened {
                kind: header[0],
                len,
                skip,
            });
        }
        let len = len.checked_sub(mac.len())?;
        let (content, rest) = blocks.split_at_checked(len)?;
        let tag = rest.get(..mac.len())?;
        authentic(&[content], tag).then_some(Opened {
            kind: header[0],
            len,
            skip,
        })
    }
}

impl Sealed {
    fn new(algorithms: &Algorithms, key: Vec<u8>, mac: Vec<u8>) -> Option<Self> {
        let Cipher::Aead { kind, tag } = algorithms.cipher else {
            return Some(Self::Cbc { key, mac });
        };
        fn keyed<C: KeyInit>(key: &[u8]) -> Option<Box<C>> {
            C::new_from_slice(key).ok().map(Box::new)
        }
        Some(match (kind, tag) {
            (Aead::Aes128Gcm, _) => Self::Aes128Gcm(keyed(&key)?),
            (Aead::Aes256Gcm, _) => Self::Aes256Gcm(keyed(&key)?),
            (Aead::Aes128Ccm, 8) => Self::Aes128Ccm8(keyed(&key)?),
            (Aead::Aes256Ccm, 8) => Self::Aes256Ccm8(keyed(&key)?),
            (Aead::Aes128Ccm, _) => Self::Aes128Ccm(keyed(&key)?),
            (Aead::Aes256Ccm, _) => Self::Aes256Ccm(keyed(&key)?),
            (Aead::ChaCha20Poly1305, _) => Self::ChaCha(keyed(&key)?),
        })
    }

    /// Decrypts in place; gives the length of the content.
    fn open(&self, nonce: &[u8; 12], data: &[u8], buffer: &mut [u8]) -> Option<usize> {
        match self {
            Self::Aes128Gcm(cipher) => open(&**cipher, nonce, data, buffer),
            Self::Aes256Gcm(cipher) => open(&**cipher, nonce, data, buffer),
            Self::Aes128Ccm(cipher) => open(&**cipher, nonce, data, buffer),
            Self::Aes256Ccm(cipher) => open(&**cipher, nonce, data, buffer),
            Self::Aes128Ccm8(cipher) => open(&**cipher, nonce, data, buffer),
            Self::Aes256Ccm8(cipher) => open(&**cipher, nonce, data, buffer),
            Self::ChaCha(cipher) => open(&**cipher, nonce, data, buffer),
            Self::Cbc { .. } => None,
        }
    }
}

fn open<C: AeadInOut>(
    cipher: &C,
    nonce: &[u8; 12],
    data: &[u8],
    buffer: &mut [u8],
) -> Option<usize> {
    let nonce = aead::Nonce::<C>::try_from(&nonce[..]).ok()?;
    let tag = size_of::<aead::Tag<C>>();
    let len = buffer.len().checked_sub(tag)?;
    let (content, tag) = buffer.split_at_mut_checked(len)?;
    let tag = aead::Tag::<C>::try_from(&*tag).ok()?;
    cipher
        .decrypt_inout_detached(&nonce, data, content.into(), &tag)
        .ok()?;
    Some(len)
}

/// What is authenticated beside the content (RFC 5246 §6.2.3.3).
fn pseudo_header(sequence: u64, header: &[u8; HEADER], length: usize) -> Option<[u8; 13]> {
    let mut data = [0; 13];
    let length = u16::try_from(length).ok()?.to_be_bytes();
    let parts = [&sequence.to_be_bytes()[..], &header[..3], &length].concat();
    data.copy_from_slice(&parts);
    Some(data)
}

fn decrypt_cbc(key: &[u8], iv: &[u8], blocks: &mut [u8]) -> Option<()> {
    if blocks.is_empty() {
        return None;
    }
    match key.len() {
        16 => {
            let cipher = cbc::Decryptor::<Aes128>::new_from_slices(key, iv).ok()?;
            cipher.decrypt_padded::<NoPadding>(blocks).ok()?;
        }
        _ => {
            let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, iv).ok()?;
            cipher.decrypt_padded::<NoPadding>(blocks).ok()?;
        }
    }
    Some(())
}

/// Length of the padding with its length byte, when all of its bytes say so.
fn padding(blocks: &[u8]) -> Option<usize> {
    let last = *blocks.last()?;
    let length = usize::from(last) + 1;
    let start = blocks.len().checked_sub(length)?;
    let padding = blocks.get(start..)?;
    padding.iter().all(|byte| *byte == last).then_some(length)
}

fn verify(hash: Hash, key: &[u8], parts: &[&[u8]], tag: &[u8]) -> bool {
    fn verify<M: Mac + hmac::KeyInit>(key: &[u8], parts: &[&[u8]], tag: &[u8]) -> bool {
        let Ok(mut mac) = <M as hmac::KeyInit>::new_from_slice(key) else {
            return false;
        };
        parts.iter().for_each(|part| mac.update(part));
        mac.verify_slice(tag).is_ok()
    }
    match hash {
        Hash::Sha1 => verify::<Hmac<Sha1>>(key, parts, tag),
        Hash::Sha256 => verify::<Hmac<Sha256>>(key, parts, tag),
        Hash::Sha384 => verify::<Hmac<Sha384>>(key, parts, tag),
        Hash::Md5Sha1 => false,
    }
}
