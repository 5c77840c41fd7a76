//! 6yz: a reply that is itself protected.

use super::ReplyCode;
use crate::diagnosis::catalogue::*;

pub(super) const ALL: &[ReplyCode] = &[
    ReplyCode {
        code: 631,
        meaning: "Integrity protected reply",
        source: "RFC 2228",
        usually: "The reply itself is inside, encoded in base 64 (Kerberos, GSSAPI).",
        next: "It cannot be read without the session's keys.",
        see: &[&CONTROL_ENCRYPTED],
    },
    ReplyCode {
        code: 632,
        meaning: "Confidentiality and integrity protected reply",
        source: "RFC 2228",
        usually: "The reply itself is inside, encrypted and encoded in base 64 (Kerberos, GSSAPI).",
        next: "It cannot be read without the session's keys.",
        see: &[&CONTROL_ENCRYPTED],
    },
    ReplyCode {
        code: 633,
        meaning: "Confidentiality protected reply",
        source: "RFC 2228",
        usually: "The reply itself is inside, encrypted and encoded in base 64 (Kerberos, GSSAPI).",
        next: "It cannot be read without the session's keys.",
        see: &[&CONTROL_ENCRYPTED],
    },
];
