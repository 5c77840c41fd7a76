//! 1yz: the command was accepted, and a final reply follows.

use super::ReplyCode;
use crate::diagnosis::catalogue::*;

pub(super) const ALL: &[ReplyCode] = &[
    ReplyCode {
        code: 110,
        meaning: "Restart marker",
        source: "RFC 959",
        usually: "\
            The server tells a point from which a block-mode transfer can be resumed. Almost \
            never seen today.",
        next: "Nothing; wait for the final reply.",
        see: &[],
    },
    ReplyCode {
        code: 120,
        meaning: "Service ready in some minutes",
        source: "RFC 959",
        usually: "\
            Greeting of a server that is starting or about to be ready. It says how many \
            minutes to wait.",
        next: "Wait for 220 on the same connection.",
        see: &[&NO_GREETING],
    },
    ReplyCode {
        code: 125,
        meaning: "Data connection already open; transfer starting",
        source: "RFC 959",
        usually: "\
            The data connection was there before the transfer command, and the transfer \
            begins.",
        next: "The final reply: 226 or 250 is success; 425, 426 and 451 are not.",
        see: &[],
    },
    ReplyCode {
        code: 150,
        meaning: "File status okay; about to open the data connection",
        source: "RFC 959",
        usually: "\
            The server accepted the transfer. The data connection may be open already, or be \
            opened now. The text often names the size in bytes.",
        next: "\
            If nothing follows, the data connection does not come about or stalls. Look at its \
            SYNs and at the final reply.",
        see: &[&CONNECTION_UNANSWERED, &ACTIVE_BLOCKED, &CLOSED_EARLY],
    },
];
