//! The keys of a key log.
//!
//! The format is that of NSS: a line a secret, `LABEL CLIENT-RANDOM SECRET` in hexadecimal digits
//! (draft-ietf-tls-keylogfile). OpenSSL, GnuTLS, NSS, BoringSSL, rustls and Go write it, and
//! pcapng stores it in Decryption Secrets Blocks.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::HashMap;

/// Connections whose secrets are kept; those of further ones are not.
pub const MAX_SECRETS: usize = 1 << 18;

/// Sessions that may be resumed without a line of their own in the key log; the oldest are
/// forgotten.
pub const MAX_RESUMABLE: usize = 4096;

/// Bytes of TLS that all connections together hold: parts of records and of handshake messages, and
/// records that wait for their keys.
pub const MAX_TLS_BYTES: usize = 64 << 20;

/// The longest line that is read; a longer one is none of a key log.
const MAX_LINE: usize = 512;

/// The master secret of TLS 1.2 (RFC 5246 §8.1).
pub(super) const MASTER: usize = 48;

/// A secret of TLS 1.3: as long as the hash of the cipher suite.
const MOST: usize = 64;

/// What a client sends to make a connection unlike any other.
pub(super) type Random = [u8; 32];

/// The secrets of all connections, and what they have in common.
#[derive(Default)]
pub struct Secrets {
    connections: HashMap<Random, Known>,
    resumable: HashMap<[u8; 16], Resumable>,
    /// Counts what is put into `resumable`.
    remembered: u64,
    /// A line that is not complete.
    partial: Vec<u8>,
    /// The rest of the line is not read.
    overlong: bool,
    expected: bool,
    rejected: u64,
    held: Arc<AtomicUsize>,
    /// Connections that had to let go what they held, and handshake messages that were too long.
    pub(super) dropped: u64,
    pub(super) overlong_messages: u64,
    /// Room for the record that is being decrypted.
    pub(super) buffer: Vec<u8>,
}

struct Resumable {
    master: [u8; MASTER],
    number: u64,
}

/// The secrets of one connection.
#[derive(Clone, Default)]
pub(super) struct Known {
    /// TLS 1.2 and before.
    pub(super) master: Option<[u8; MASTER]>,
    /// TLS 1.3: early data, then handshake and application data of the client and the server.
    pub(super) early: Option<Secret>,
    pub(super) handshake: [Option<Secret>; 2],
    pub(super) application: [Option<Secret>; 2],
}

/// One secret of TLS 1.3.
#[derive(Clone)]
pub(super) struct Secret {
    bytes: [u8; MOST],
    len: u8,
}

/// A share of [`MAX_TLS_BYTES`], given back when it is dropped.
#[derive(Debug, Default)]
pub(super) struct Share {
    bytes: usize,
    of: Option<Arc<AtomicUsize>>,
}

impl Secrets {
    /// Takes in a part of a key log; it may end within a line. From the first part on, be it empty,
    /// more may come, and records are held for a while whose keys are not known.
    pub fn add(&mut self, mut text: &[u8]) {
        self.expected = true;
        while let Some(end) = memchr::memchr(b'\n', text) {
            let (head, rest) = text.split_at(end);
            text = rest.get(1..).unwrap_or_default();
            if self.partial.is_empty() && !self.overlong {
                self.line(head);
            } else {
                self.keep(head);
                self.finish();
            }
        }
        self.keep(text);
    }

    /// Takes in a whole key log, whose last line may lack its end.
    pub fn add_whole(&mut self, text: &[u8]) {
        self.add(text);
        self.finish();
    }

    /// Connections whose secrets are known.
    pub fn len(&self) -> usize {
        self.connections.len()
    }

    /// No secret is known.
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// Memory of all secrets, and of what connections hold, in bytes.
    pub fn memory(&self) -> usize {
        self.connections.capacity() * size_of::<(Random, Known)>()
            + self.resumable.capacity() * size_of::<([u8; 16], Resumable)>()
            + self.held.load(Ordering::Relaxed)
    }

    /// Connections whose secrets were not kept, because too many were.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// How often connections had to let go what they held, because all together held too much.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Handshake messages that were too long to be read.
    pub fn overlong_messages(&self) -> u64 {
        self.overlong_messages
    }

    /// Secrets are there, or may come.
    pub(super) fn are_wanted(&self) -> bool {
        self.expected
    }

    pub(super) fn of(&self, random: &Random) -> Option<&Known> {
        self.connections.get(random)
    }

    /// The master secret of a session that may be resumed (RFC 5246 §7.3, RFC 5077).
    pub(super) fn resumable(&self, identity: [u8; 16]) -> Option<[u8; MASTER]> {
        self.resumable.get(&identity).map(|known| known.master)
    }

    /// Remembers the master secret of a session that may be resumed.
    pub(super) fn remember(&mut self, identity: [u8; 16], master: [u8; MASTER]) {
        self.remembered += 1;
        let number = self.remembered;
        self.resumable
            .insert(identity, Resumable { master, number });
        if self.resumable.len() > MAX_RESUMABLE {
            let oldest = number.saturating_sub(MAX_RESUMABLE as u64 / 2);
            self.resumable.retain(|_, known| known.number > oldest);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.partial.len() + bytes.len() > MAX_LINE {
            self.overlong = true;
            self.partial.clear();
        }
        if !self.overlong {
            self.partial.extend_from_slice(bytes);
        }
    }

    fn finish(&mut self) {
        let line = std::mem::take(&mut self.partial);
        if !std::mem::take(&mut self.overlong) {
            self.line(&line);
        }
    }

    /// Lines of other kinds are passed over: comments, secrets of other uses, and `RSA`, which no
    /// library in use writes.
    fn line(&mut self, line: &[u8]) {
        let mut words = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        let (Some(label), Some(random), Some(secret), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return;
        };
        let Some(random) = hex::<32>(random).filter(|(_, len)| *len == 32) else {
            return;
        };
        let Some(place) = Place::named(label) else {
            return;
        };
        let Some((bytes, len)) = hex::<MOST>(secret) else {
            return;
        };
        let room = self.connections.len() < MAX_SECRETS || self.connections.contains_key(&random.0);
        if !room {
            self.rejected += 1;
            return;
        }
        let known = self.connections.entry(random.0).or_default();
        place.fill(known, &Secret { bytes, len });
    }
}

/// Which secret a line has.
enum Place {
    Master,
    Early,
    Handshake(usize),
    Application(usize),
}

impl Place {
    fn named(label: &[u8]) -> Option<Self> {
        Some(match label {
            b"CLIENT_RANDOM" => Self::Master,
            b"CLIENT_EARLY_TRAFFIC_SECRET" => Self::Early,
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::Handshake(0),
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::Handshake(1),
            b"CLIENT_TRAFFIC_SECRET_0" => Self::Application(0),
            b"SERVER_TRAFFIC_SECRET_0" => Self::Application(1),
            _ => return None,
        })
    }

    /// A secret that is known already stays: who appends to a key log cannot change it.
    fn fill(self, known: &mut Known, secret: &Secret) {
        let hashed = matches!(secret.len, 32 | 48);
        let slot = match self {
            Self::Master => {
                known.master = known.master.or(secret.get().try_into().ok());
                return;
            }
            Self::Early => Some(&mut known.early),
            Self::Handshake(who) => known.handshake.get_mut(who),
            Self::Application(who) => known.application.get_mut(who),
        };
        if let Some(slot) = slot.filter(|_| hashed) {
            slot.get_or_insert_with(|| secret.clone());
        }
    }
}

impl Secret {
    pub(super) fn new(secret: &[u8]) -> Option<Self> {
        let mut bytes = [0; MOST];
        bytes.get_mut(..secret.len())?.copy_from_slice(secret);
        let len = u8::try_from(secret.len()).ok()?;
        Some(Self { bytes, len })
    }

    pub(super) fn get(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Bytes from hexadecimal digits, at most `N`, and how many.
fn hex<const N: usize>(digits: &[u8]) -> Option<([u8; N], u8)> {
    let mut bytes = [0; N];
    if digits.is_empty() || !digits.len().is_multiple_of(2) || digits.len() > 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some((bytes, u8::try_from(digits.len() / 2).ok()?))
}

fn digit(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

impl Share {
    /// Makes this share `bytes` long; false when all shares together would be too much.
    pub(super) fn set(&mut self, bytes: usize, secrets: &Secrets) -> bool {
        if bytes == self.bytes {
            return true;
        }
        let of = self.of.get_or_insert_with(|| Arc::clone(&secrets.held));
        if bytes < self.bytes {
            of.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        } else {
            let more = bytes - self.bytes;
            if of.fetch_add(more, Ordering::Relaxed) + more > MAX_TLS_BYTES {
                of.fetch_sub(more, Ordering::Relaxed);
                return false;
            }
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(of) = &self.of {
            of.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

/// What is secret stays so: not even a debug format tells it.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("connections", &self.connections.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
