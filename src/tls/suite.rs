//! The algorithms of a cipher suite, as far as they can be decrypted here.

use tls_parser::{TlsCipherEnc, TlsCipherEncMode, TlsCipherMac, TlsCipherSuite, TlsPRF};

use super::facts::{Suite, Version};

/// Length of the tag of the short CCM suites (RFC 6655 §4), and of all others.
const SHORT_TAG: usize = 8;
const TAG: usize = 16;

/// Block length of AES.
pub(super) const BLOCK: usize = 16;

/// What a connection encrypts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Algorithms {
    pub(super) version: Version,
    pub(super) cipher: Cipher,
    /// Of the key schedule.
    pub(super) hash: Hash,
    /// The MAC is that of the ciphertext (RFC 7366).
    pub(super) encrypt_then_mac: bool,
}

/// How records are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    Aead {
        kind: Aead,
        tag: usize,
    },
    /// AES in CBC mode, with this length of the key.
    Cbc {
        key: usize,
        mac: Hash,
    },
}

/// Authenticated encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aead {
    Aes128Gcm,
    Aes256Gcm,
    Aes128Ccm,
    Aes256Ccm,
    ChaCha20Poly1305,
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    /// MD5 and SHA-1 side by side (RFC 4346 §5).
    Md5Sha1,
    Sha1,
    Sha256,
    Sha384,
}

impl Algorithms {
    /// Those of a suite; `None` where they cannot be decrypted here.
    pub(super) fn of(suite: Suite, version: Version, encrypt_then_mac: bool) -> Option<Self> {
        let suite = TlsCipherSuite::from_id(suite.0)?;
        let cipher = cipher(suite)?;
        let is_aead = matches!(cipher, Cipher::Aead { .. });
        let known = (Version(0x0301)..=Version::TLS13).contains(&version);
        if !known || (version < Version::TLS12 && is_aead) {
            return None;
        }
        let hash = match (suite.prf, version) {
            (_, old) if old < Version::TLS12 => Hash::Md5Sha1,
            (TlsPRF::Sha384, _) => Hash::Sha384,
            _ => Hash::Sha256,
        };
        Some(Self {
            version,
            cipher,
            hash,
            encrypt_then_mac,
        })
    }

    /// TLS 1.3.
    pub(super) fn is_13(&self) -> bool {
        self.version >= Version::TLS13
    }

    /// Length of a key of the cipher.
    pub(super) fn key(&self) -> usize {
        match self.cipher {
            Cipher::Aead { kind, .. } => kind.key(),
            Cipher::Cbc { key, .. } => key,
        }
    }

    /// Length of the part of the nonce, or of the initial vector, that comes from the key schedule.
    pub(super) fn iv(&self) -> usize {
        match self.cipher {
            _ if self.is_13() => 12,
            Cipher::Aead {
                kind: Aead::ChaCha20Poly1305,
                ..
            } => 12,
            Cipher::Aead { .. } => 4,
            Cipher::Cbc { .. } if self.version == Version(0x0301) => BLOCK,
            Cipher::Cbc { .. } => 0,
        }
    }

    /// Length of a MAC key.
    pub(super) fn mac(&self) -> usize {
        match self.cipher {
            Cipher::Aead { .. } => 0,
            Cipher::Cbc { mac, .. } => mac.len(),
        }
    }

    /// What a record has at least beside the data that it carries; with CBC, padding comes on top.
    pub(super) fn overhead(&self) -> usize {
        match self.cipher {
            // The content type (RFC 8446 §5.2).
            Cipher::Aead { tag, .. } if self.is_13() => 1 + tag,
            Cipher::Aead { kind, tag } => self.explicit(kind) + tag,
            Cipher::Cbc { mac, .. } if self.iv() == 0 => BLOCK + mac.len() + 1,
            Cipher::Cbc { mac, .. } => mac.len() + 1,
        }
    }

    /// Length of the part of the nonce that a record of TLS 1.2 carries.
    pub(super) fn explicit(&self, kind: Aead) -> usize {
        if self.is_13() || kind == Aead::ChaCha20Poly1305 {
            0
        } else {
            8
        }
    }
}

impl Aead {
    fn key(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Ccm => 16,
            Self::Aes256Gcm | Self::Aes256Ccm | Self::ChaCha20Poly1305 => 32,
        }
    }
}

impl Hash {
    /// Length of its value.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Md5Sha1 => 36,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

fn cipher(suite: &TlsCipherSuite) -> Option<Cipher> {
    use TlsCipherEncMode::{Cbc, Ccm, Gcm};
    let kind = match (suite.enc, suite.enc_mode, suite.enc_size) {
        (TlsCipherEnc::Aes, Gcm, 128) => Aead::Aes128Gcm,
        (TlsCipherEnc::Aes, Gcm, 256) => Aead::Aes256Gcm,
        (TlsCipherEnc::Aes, Ccm, 128) => Aead::Aes128Ccm,
        (TlsCipherEnc::Aes, Ccm, 256) => Aead::Aes256Ccm,
        (TlsCipherEnc::Chacha20_Poly1305, ..) => Aead::ChaCha20Poly1305,
        (TlsCipherEnc::Aes, Cbc, size) => {
            let mac = match suite.mac {
                TlsCipherMac::HmacSha1 => Hash::Sha1,
                TlsCipherMac::HmacSha256 => Hash::Sha256,
                TlsCipherMac::HmacSha384 => Hash::Sha384,
                _ => return None,
            };
            let key = usize::from(size / 8);
            return Some(Cipher::Cbc { key, mac });
        }
        _ => return None,
    };
    let is_short = suite.name.contains("CCM_8");
    let tag = if is_short { SHORT_TAG } else { TAG };
    Some(Cipher::Aead { kind, tag })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_taken_apart() {
        let of = |id, version| Algorithms::of(Suite(id), version, false);
        let gcm = of(0xc030, Version::TLS12).unwrap();
        assert_eq!((gcm.key(), gcm.iv(), gcm.overhead()), (32, 4, 24));
        assert_eq!(gcm.hash, Hash::Sha384);
        let chacha = of(0xcca8, Version::TLS12).unwrap();
        assert_eq!((chacha.key(), chacha.iv(), chacha.overhead()), (32, 12, 16));
        let short = of(0x1305, Version::TLS13).unwrap();
        assert_eq!((short.key(), short.iv(), short.overhead()), (16, 12, 9));
        let cbc = of(0xc028, Version::TLS12).unwrap();
        assert_eq!((cbc.key(), cbc.iv(), cbc.mac()), (32, 0, 48));
        let old = of(0x002f, Version(0x0301)).unwrap();
        assert_eq!((old.key(), old.iv(), old.mac()), (16, 16, 20));
        assert_eq!(old.hash, Hash::Md5Sha1);
        assert_eq!(of(0x0005, Version::TLS12), None, "RC4");
        assert_eq!(of(0xc030, Version(0x0302)), None);
    }
}
