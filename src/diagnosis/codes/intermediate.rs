//! 3yz: more is wanted.

use super::ReplyCode;
use crate::diagnosis::catalogue::*;

pub(super) const ALL: &[ReplyCode] = &[
    ReplyCode {
        code: 331,
        meaning: "User name okay, need password",
        source: "RFC 959",
        usually: "Answer to USER. Most servers say it for unknown users too.",
        next: "PASS should follow.",
        see: &[&CLEARTEXT_PASSWORD],
    },
    ReplyCode {
        code: 332,
        meaning: "Need account for login",
        source: "RFC 959",
        usually: "\
            The server wants ACCT besides user and password. Rare; mainframes and appliances \
            do it.",
        next: "Give the client an account (curl: --ftp-account).",
        see: &[&LOGIN_FAILED],
    },
    ReplyCode {
        code: 334,
        meaning: "Requested security mechanism is okay",
        source: "RFC 2228",
        usually: "Answer to AUTH when more data must follow (ADAT; Kerberos, GSSAPI).",
        next: "ADAT should follow.",
        see: &[],
    },
    ReplyCode {
        code: 335,
        meaning: "Security data is acceptable, more is required",
        source: "RFC 2228",
        usually: "Answer to ADAT within a longer exchange.",
        next: "Another ADAT should follow.",
        see: &[],
    },
    ReplyCode {
        code: 336,
        meaning: "User name okay, need password; a challenge is in the text",
        source: "RFC 2228",
        usually: "The password must be computed from the challenge (one-time passwords).",
        next: "Use a client that knows this, or enter the computed password.",
        see: &[&LOGIN_FAILED],
    },
    ReplyCode {
        code: 350,
        meaning: "Requested action pending further information",
        source: "RFC 959, 3659",
        usually: "Answer to RNFR (RNTO should follow) and REST (the transfer should follow).",
        next: "The command that completes it.",
        see: &[&BAD_SEQUENCE],
    },
];
