//! The keys of one direction from its first encrypted record to its last.
//!
//! Which keys a record was sealed with, and which number it has, is tried out: authentication is the
//! proof. So key updates, early data that a server did not want, and records that the capture lacks
//! need no state of their own.

use std::collections::VecDeque;
use std::fmt;

use super::opener::{Opened, Opener};
use super::record::{HEADER, MAX_BODY};
use super::schedule::{self, Keys};
use super::secrets::Secret;
use super::suite::Algorithms;

/// How many record numbers are tried behind a gap.
pub const MAX_SEARCH: u64 = 1024;

/// How often decryption may fail before the next success.
const MAX_FAILURES: u32 = 4096;

/// The keys of one direction.
pub(super) struct Keychain {
    algorithms: Algorithms,
    current: Option<Opener>,
    /// The secret that `current` is made of, in TLS 1.3.
    secret: Option<Secret>,
    /// The secrets that come after it.
    later: VecDeque<Secret>,
    missed: Missed,
    failures: u32,
}

/// Records that may have been sent since the last one that was opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Missed {
    least: u64,
    most: u64,
}

impl Missed {
    /// One record went by unopened.
    pub(super) fn one(&mut self) {
        self.least += 1;
        self.most += 1;
    }

    /// So many bytes are missing, in records that are none known of.
    pub(super) fn bytes(&mut self, missing: u64) {
        let longest = (HEADER + MAX_BODY) as u64;
        self.least += (missing / longest).saturating_sub(1);
        self.most += missing / (HEADER as u64 + 1) + 2;
    }

    /// Others, too.
    pub(super) fn add(&mut self, other: Self) {
        self.least = self.least.saturating_add(other.least);
        self.most = self.most.saturating_add(other.most);
    }

    fn range(&self) -> (u64, u64) {
        (self.least, self.most.min(self.least + MAX_SEARCH))
    }
}

impl Keychain {
    /// Up to TLS 1.2.
    pub(super) fn of_keys(algorithms: Algorithms, keys: Keys) -> Option<Self> {
        let current = Opener::new(algorithms, keys)?;
        Some(Self {
            current: Some(current),
            ..Self::of_secrets(algorithms, VecDeque::new())
        })
    }

    /// TLS 1.3: the secrets in the order of their use.
    pub(super) fn of_secrets(algorithms: Algorithms, later: VecDeque<Secret>) -> Self {
        Self {
            algorithms,
            current: None,
            secret: None,
            later,
            missed: Missed::default(),
            failures: 0,
        }
    }

    /// Records may be missing before the next one.
    pub(super) fn missed(&mut self, missed: Missed) {
        self.missed.add(missed);
        if let Some(current) = self.current.as_mut().filter(|_| missed.most > 0) {
            current.missed();
        }
    }

    /// Decrypts the body of a record in `buffer`. `None` when no key opens it.
    pub(super) fn open(
        &mut self,
        header: &[u8; HEADER],
        body: &[u8],
        buffer: &mut Vec<u8>,
    ) -> Option<Opened> {
        let opened = self
            .open_with_current(header, body, buffer)
            .or_else(|| self.open_with_later(header, body, buffer));
        if let Some(current) = &mut self.current {
            current.passed(body, opened.is_some());
        }
        match opened {
            Some(_) => (self.missed, self.failures) = (Missed::default(), 0),
            None => self.missed.most += 1,
        }
        opened
    }

    /// So much has failed that nothing more is tried.
    pub(super) fn is_exhausted(&self) -> bool {
        self.failures >= MAX_FAILURES
    }

    fn open_with_current(
        &mut self,
        header: &[u8; HEADER],
        body: &[u8],
        buffer: &mut Vec<u8>,
    ) -> Option<Opened> {
        let current = self.current.as_mut()?;
        let (least, most) = self.missed.range();
        try_numbers(
            current,
            (least, most),
            &mut self.failures,
            |opener, number| {
                fill(buffer, body);
                opener.open(number, header, buffer)
            },
        )
    }

    /// Tries the secrets that come next, further ones only where records are missing.
    fn open_with_later(
        &mut self,
        header: &[u8; HEADER],
        body: &[u8],
        buffer: &mut Vec<u8>,
    ) -> Option<Opened> {
        let (_, most) = self.missed.range();
        let steps = if most > 0 { 3 } else { 2 };
        let mut secret = self.secret.clone();
        for step in 0..steps {
            let next = match self.later.get(step) {
                Some(next) => next.clone(),
                None if self.later.len() <= step => {
                    schedule::update(&self.algorithms, secret.as_ref()?)?
                }
                None => return None,
            };
            let keys = schedule::derive(&self.algorithms, &next)?;
            let mut opener = Opener::new(self.algorithms, keys)?;
            let opened = try_numbers(
                &mut opener,
                (0, most),
                &mut self.failures,
                |opener, number| {
                    fill(buffer, body);
                    opener.open(number, header, buffer)
                },
            );
            if opened.is_some() {
                self.later.drain(..(step + 1).min(self.later.len()));
                (self.current, self.secret) = (Some(opener), Some(next));
                return opened;
            }
            secret = Some(next);
        }
        None
    }
}

/// Tries the numbers from the next one and `least` on to `most` behind it.
fn try_numbers(
    opener: &mut Opener,
    (least, most): (u64, u64),
    failures: &mut u32,
    mut open: impl FnMut(&Opener, u64) -> Option<Opened>,
) -> Option<Opened> {
    for ahead in least..=most {
        if *failures >= MAX_FAILURES {
            return None;
        }
        let number = opener.sequence.checked_add(ahead)?;
        if let Some(opened) = open(opener, number) {
            opener.sequence = number.checked_add(1)?;
            return Some(opened);
        }
        *failures += 1;
    }
    None
}

fn fill(buffer: &mut Vec<u8>, body: &[u8]) {
    buffer.clear();
    buffer.extend_from_slice(body);
}

/// What is secret stays so: not even a debug format tells it.
impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use aes_gcm::aead::AeadInOut;
    use aes_gcm::{Aes128Gcm, KeyInit};

    use super::super::facts::{Suite, Version};
    use super::*;

    const KEY: [u8; 16] = [1; 16];
    const IV: [u8; 4] = [2; 4];
    const RECORD: [u8; HEADER] = [23, 3, 3, 0, 29];

    fn keychain() -> Keychain {
        // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        let algorithms = Algorithms::of(Suite(0xc02f), Version::TLS12, false).unwrap();
        let (key, iv, mac) = (KEY.to_vec(), IV.to_vec(), Vec::new());
        Keychain::of_keys(algorithms, Keys { key, iv, mac }).unwrap()
    }

    /// The body of a record of this number that holds five bytes (RFC 5288 §3).
    fn sealed(number: u64) -> Vec<u8> {
        let explicit = [3; 8];
        let nonce: [u8; 12] = [&IV[..], &explicit].concat().try_into().unwrap();
        let data = [&number.to_be_bytes()[..], &RECORD[..3], &[0, 5]].concat();
        let mut content = *b"hello";
        let tag = Aes128Gcm::new(&KEY.into())
            .encrypt_inout_detached(&nonce.into(), &data, content.as_mut_slice().into())
            .unwrap();
        [&explicit[..], &content, &tag].concat()
    }

    #[test]
    fn behind_a_gap_so_many_numbers_are_tried_and_after_four_vain_searches_none() {
        let gap = Missed {
            least: 7,
            most: u64::MAX / 2,
        };
        let opens = |chain: &mut Keychain, number| {
            let opened = chain.open(&RECORD, &sealed(number), &mut Vec::new());
            opened.is_some_and(|opened| opened.len == 5)
        };
        let last = gap.least + MAX_SEARCH;
        for (number, is_found) in [(gap.least, true), (last, true), (last + 1, false)] {
            let mut chain = keychain();
            chain.missed(gap);
            assert_eq!(opens(&mut chain, number), is_found);
            assert!(!is_found || opens(&mut chain, number + 1), "what follows");
        }
        let mut chain = keychain();
        chain.missed(gap);
        let searches = (0..).take_while(|_| !opens(&mut chain, 0) && !chain.is_exhausted());
        assert_eq!(searches.count(), 3);
        assert!(!opens(&mut chain, gap.least), "no more is tried");
    }
}
