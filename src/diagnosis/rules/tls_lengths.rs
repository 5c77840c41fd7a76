//! Refusals inside TLS, recognised by the length of the line.
//!
//! Without keys a reply is a length and a time. Servers write fixed sentences, so that the length of
//! one that follows a data connection without data tells which it was, with some likelihood.

use std::ops::Range;

use crate::capture::Moment;
use crate::diagnosis::{Case, Cause, Confidence, Finding, Severity, advice, catalogue};
use crate::ftp::{Past, SessionEvent};

/// Encrypted replies after the connection that may be the final one: commands may be answered first.
const REPLIES_LOOKED_AT: usize = 6;

/// A TLS handshake on a data connection and nothing else: at least the hellos, at most a chain of
/// certificates.
const HANDSHAKE: Range<u64> = 200..12_000;

/// No byte at all.
const NOTHING: Range<u64> = 0..1;

/// A sentence of a server that refuses a data connection.
struct Sentence {
    software: &'static str,
    /// Its length with its line end, and that of the sentence for success.
    length: usize,
    success: usize,
    /// How much goes over the data connection before it.
    bytes: Range<u64>,
    cause: &'static Cause,
}

const SENTENCES: [Sentence; 3] = [
    // 522 SSL connection failed: session reuse required / 226 Transfer complete.
    Sentence {
        software: "vsftpd",
        length: 51,
        success: 24,
        bytes: HANDSHAKE,
        cause: &catalogue::TLS_SESSION_NOT_REUSED,
    },
    // 522 Data connections must be encrypted.
    Sentence {
        software: "vsftpd",
        length: 41,
        success: 24,
        bytes: NOTHING,
        cause: &catalogue::TLS_REQUIRED,
    },
    // 425 Unable to build data connection: Operation not permitted / 226 Transfer complete
    Sentence {
        software: "ProFTPD",
        length: 62,
        success: 23,
        bytes: HANDSHAKE,
        cause: &catalogue::TLS_SESSION_NOT_REUSED,
    },
];

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let SessionEvent::Ended(_) = case.event else {
        return None;
    };
    let software = case.scene.software().filter(|_| case.scene.is_opaque())?;
    let replies = &case.scene.tls_records()?.replies;
    let channels = &case.scene.history().channels;
    let known = SENTENCES
        .iter()
        .filter(|sentence| software.starts_with(sentence.software));
    let said = |sentence: &'static Sentence| {
        let heard = channels
            .iter()
            .find_map(|past| sentence.follows(past, replies));
        heard.map(|(first, reply)| (sentence, first, reply))
    };
    let (sentence, first, reply) = known.into_iter().find_map(said)?;
    let finding = Finding::new(
        sentence.cause,
        Severity::Error,
        Confidence::Likely,
        sentence.summary(software),
    )
    .because(first, "the data connection begins")
    .because(
        reply,
        format!("an encrypted reply of {} bytes", sentence.length),
    );
    Some(finding.advise_all(sentence.remedies(software)))
}

impl Sentence {
    /// Where it follows a data connection that holds as little as it should, and no success does.
    fn follows(&self, past: &Past, replies: &[(usize, Moment)]) -> Option<(Moment, Moment)> {
        let (first, last) = past.span?;
        if !past.established
            || !self.bytes.contains(&past.bytes)
            || past.handshake != self.is_about_reuse()
        {
            return None;
        }
        let after = replies.iter().filter(|(_, at)| at.time >= first.time);
        let (length, at) = after.take(REPLIES_LOOKED_AT).find(|(length, at)| {
            *length == self.success || *length == self.length && at.time >= last.time
        })?;
        (*length == self.length).then_some((first, *at))
    }

    fn summary(&self, software: &str) -> String {
        if self.is_about_reuse() {
            format!(
                "A data connection held no more than a TLS handshake, and then {software} answered \
                 with a line as long as its demand that the TLS session of the control connection \
                 be reused."
            )
        } else {
            format!(
                "A data connection stayed empty, and {software} answered with a line as long as its \
                 demand that data connections be encrypted."
            )
        }
    }

    fn remedies(&self, software: &str) -> Vec<String> {
        if self.is_about_reuse() {
            advice::reuse_tls_session(Some(software))
        } else {
            let protect = "Let the client protect its data connections too: PBSZ 0 and PROT P after \
                           the login.";
            let relax = advice::allow_clear(Some(software));
            [protect.to_owned()].into_iter().chain(relax).collect()
        }
    }

    fn is_about_reuse(&self) -> bool {
        self.cause.id == catalogue::TLS_SESSION_NOT_REUSED.id
    }
}
