//! What the words of a reply tell that its code does not.

use crate::escape;
use crate::ftp::Reply;
use crate::ftp::phrases::{Phrase, has_any, phrases};

const SPACE: &[Phrase] = &phrases([
    "no space",
    "disk full",
    "disk is full",
    "quota",
    "insufficient storage",
    "not enough space",
    "not enough disk",
    "exceeded storage",
    "out of space",
    "file too large",
    "file system full",
    "filesystem full",
    "storage allocation",
]);

/// What servers say when a write fails, most often because the disk is full.
const WRITE_FAILED: &[Phrase] = &phrases(["failure writing to local file", "error writing file"]);

const DENIED: &[Phrase] = &phrases([
    "permission",
    "denied",
    "not allowed",
    "privilege",
    "access",
    "forbidden",
    "prohibited",
    "not permitted",
    "read-only",
    "readonly",
    "unauthorized",
    "not authorized",
    "anonymous users",
]);

const MISSING: &[Phrase] = &phrases([
    "no such",
    "not found",
    "cannot find",
    "can't find",
    "does not exist",
    "doesn't exist",
    "not exist",
    "no files",
    "not a plain file",
    "not a regular file",
    "not a directory",
    "is a directory",
    "unknown file",
]);

const EXISTS: &[Phrase] = &phrases(["exist", "already"]);

const EXISTS_NOT: &[Phrase] = &phrases(["not exist", "doesn't exist"]);

/// What servers say of a pattern or directory without files.
const EMPTY: &[Phrase] = &phrases([
    "no files",
    "no matching",
    "no match",
    "directory is empty",
    "empty directory",
]);

const HOME: &[Phrase] = &phrases(["director", "chroot", "home"]);

const STALLS: &[Phrase] = &phrases(["data timeout", "data connection timed out", "stall"]);

const PASSIVE: &[Phrase] = &phrases(["passive"]);

const ASKS_FOR_LOGIN: &[Phrase] = &phrases(["log in", "login with", "logged in", "not logged"]);

const TLS: &[Phrase] = &phrases([
    "tls",
    "ssl",
    "encrypt",
    "secure connection",
    "cleartext",
    "clear text",
]);

const CROWDED: &[Phrase] = &phrases([
    "too many",
    "maximum number",
    "maximum allowed",
    "max connections",
    "max clients",
    "maximum login",
    "already connected",
    "already logged in",
    "concurrent",
    "simultaneous",
    "maximum connections",
    "connection limit",
    "session limit",
    "limit reached",
    "limit exceeded",
    "limit has been reached",
    "no more connections",
    "server is full",
    "server full",
]);

/// What is about the login itself and not about room: `too many failed logins, try again later`.
const LOGIN_FAULT: &[Phrase] = &phrases([
    "failed",
    "failure",
    "login attempt",
    "incorrect",
    "invalid",
    "disabled",
    "locked",
    "expired",
    "banned",
]);

const IN_USE: &[Phrase] = &phrases([
    "being used",
    "in use",
    "used by another",
    "file is locked",
    "file busy",
    "file is busy",
    "text file busy",
    "sharing violation",
]);

const IDLE: &[Phrase] = &phrases([
    "timeout",
    "timed out",
    "time-out",
    "time out",
    "idle",
    "inactiv",
    "no transfer",
    "timelimit",
    "time limit",
]);

/// Some line of a reply has one of these words.
fn has(reply: &Reply, words: &[Phrase]) -> bool {
    has_any(&reply.text, words)
}

/// The text names space or quota.
pub(super) fn names_space(reply: &Reply) -> bool {
    has(reply, SPACE)
}

/// The reply says, or most likely means, that there is no space.
pub(super) fn is_about_space(reply: &Reply) -> bool {
    let fits = matches!(reply.code, 426 | 450 | 451 | 550 | 553);
    matches!(reply.code, 452 | 552) || (fits && (names_space(reply) || has(reply, WRITE_FAILED)))
}

/// The text says that something is not allowed.
pub(super) fn denies(reply: &Reply) -> bool {
    has(reply, DENIED) && !has(reply, MISSING) && !has(reply, IN_USE)
}

/// The text says that somebody else uses the file.
pub(super) fn says_in_use(reply: &Reply) -> bool {
    has(reply, IN_USE)
}

/// The text says that something is not there.
pub(super) fn misses(reply: &Reply) -> bool {
    has(reply, MISSING)
}

/// The text says that a pattern or directory has no files: a listing that is empty.
pub(super) fn lists_nothing(reply: &Reply) -> bool {
    has(reply, EMPTY)
}

/// The text says that something is there already.
pub(super) fn says_exists(reply: &Reply) -> bool {
    has(reply, EXISTS) && !has(reply, EXISTS_NOT)
}

/// The text demands TLS.
pub(super) fn demands_tls(reply: &Reply) -> bool {
    has(reply, TLS)
}

/// The text says that there are too many connections.
pub(super) fn is_crowded(reply: &Reply) -> bool {
    has(reply, CROWDED) && !has(reply, LOGIN_FAULT)
}

/// The text is about the directory in which the user is to begin.
pub(super) fn names_home(reply: &Reply) -> bool {
    has(reply, HOME)
}

/// The text says that time is up.
pub(super) fn is_time_out(reply: &Reply) -> bool {
    has(reply, IDLE)
}

/// The text says that a data connection was there and stood still.
pub(super) fn stalls(reply: &Reply) -> bool {
    let data = has(reply, STALLS);
    data && !has(reply, PASSIVE)
}

/// The text asks to log in first.
pub(super) fn asks_for_login(reply: &Reply) -> bool {
    has(reply, ASKS_FOR_LOGIN)
}

/// A user name that stands for nobody.
pub(super) fn is_anonymous(user: &[u8]) -> bool {
    let user = user.trim_ascii();
    user.is_empty() || user.eq_ignore_ascii_case(b"anonymous") || user.eq_ignore_ascii_case(b"ftp")
}

/// A path for a sentence.
pub(super) fn path(path: Option<&[u8]>) -> String {
    match path {
        Some(path) => escape::line(path).into_owned(),
        None => String::from("the file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Moment;

    fn reply(code: u16, text: &str) -> Reply {
        Reply {
            code,
            text: text.into(),
            at: Moment::default(),
        }
    }

    #[test]
    fn servers_say_in_their_own_words_that_the_disk_is_full() {
        for (code, text) in [
            (452, "Transfer aborted. No space left on device"),
            (451, "Failure writing to local file."),
            (552, "Transfer aborted (quota)"),
            (426, "Disk full, transfer aborted"),
        ] {
            assert!(is_about_space(&reply(code, text)), "{text}");
        }
        let reading = "Failure reading from local file.";
        assert!(!is_about_space(&reply(451, reading)));
        assert!(!is_about_space(&reply(
            426,
            "Failure writing network stream."
        )));
    }

    #[test]
    fn missing_and_forbidden_files_differ() {
        assert!(misses(&reply(550, "a.txt: No such file or directory")));
        assert!(misses(&reply(
            550,
            "The system cannot find the file specified."
        )));
        assert!(denies(&reply(550, "a.txt: Permission denied")));
        assert!(denies(&reply(550, "Access is denied.")));
        assert!(!denies(&reply(550, "Could not access a: no such file")));
        assert!(says_exists(&reply(
            550,
            "Can't create directory: File exists"
        )));
        assert!(!says_exists(&reply(550, "Parent does not exist")));
    }

    #[test]
    fn full_servers_and_timeouts_are_recognised() {
        let crowded = "50 users (the maximum) are already logged in, sorry";
        assert!(is_crowded(&reply(421, crowded)));
        assert!(is_crowded(&reply(
            421,
            "Too many connections (1) from this IP"
        )));
        assert!(!is_crowded(&reply(530, "Login incorrect.")));
        assert!(is_time_out(&reply(
            421,
            "No transfer timeout (600 seconds)"
        )));
        assert!(!is_time_out(&reply(421, "Service not available")));
    }
}
