//! 4yz: refused, but it may work later.

use super::ReplyCode;
use crate::diagnosis::catalogue::*;

pub(super) const ALL: &[ReplyCode] = &[
    ReplyCode {
        code: 421,
        meaning: "Service not available, closing the control connection",
        source: "RFC 959",
        usually: "\
            The server ends the session. As a greeting: too many connections, or this client \
            is not wanted. After silence: idle time-out. In a transfer: data time-out or \
            shutdown. Also used for “TLS required”.",
        next: "Where it came in the session, and its text.",
        see: &[
            &TOO_MANY_CONNECTIONS,
            &IDLE_TIMEOUT,
            &NO_PASSIVE_PORT,
            &CONNECTION_UNANSWERED,
            &TLS_REQUIRED,
        ],
    },
    ReplyCode {
        code: 425,
        meaning: "Cannot open the data connection",
        source: "RFC 959",
        usually: "\
            The connection for the transfer did not come about: the other side never \
            connected, the address or port announced was wrong, or a firewall dropped it. \
            Also: no channel was announced, no passive port is free, or the TLS session was \
            not resumed.",
        next: "Look at the SYNs to the announced endpoint: unanswered, refused, or none at all?",
        see: &[
            &CONNECTION_UNANSWERED,
            &PRIVATE_ADDRESS_ANNOUNCED,
            &ACTIVE_BLOCKED,
            &NEVER_ATTEMPTED,
            &NO_ANNOUNCEMENT,
            &NO_PASSIVE_PORT,
            &TLS_SESSION_NOT_REUSED,
        ],
    },
    ReplyCode {
        code: 426,
        meaning: "Connection closed; transfer aborted",
        source: "RFC 959",
        usually: "\
            The data connection broke while it was used. After ABOR, or when the client has \
            all that it wants, this is normal.",
        next: "Who closed the data connection, how, and after how many bytes?",
        see: &[
            &RESET_DURING_TRANSFER,
            &CLOSED_EARLY,
            &ABORTED,
            &STALLED_PATH,
        ],
    },
    ReplyCode {
        code: 430,
        meaning: "Invalid user name or password",
        source: "common, in no RFC",
        usually: "Said by some servers instead of 530.",
        next: "The server's log.",
        see: &[&LOGIN_FAILED],
    },
    ReplyCode {
        code: 431,
        meaning: "Need some unavailable resource to process security",
        source: "RFC 2228, 4217",
        usually: "TLS cannot be offered now: the server has no certificate, or cannot read it.",
        next: "The server's certificate and key files.",
        see: &[&TLS_HANDSHAKE_FAILED],
    },
    ReplyCode {
        code: 434,
        meaning: "Requested host unavailable",
        source: "common, in no RFC",
        usually: "Answer to HOST, or of a proxy that cannot reach the real server.",
        next: "The name that the client asked for, and the proxy.",
        see: &[&CONTROL_UNREACHABLE],
    },
    ReplyCode {
        code: 450,
        meaning: "File action not taken; file unavailable for now",
        source: "RFC 959",
        usually: "\
            The file is busy or locked, or a listing is empty with some servers. Trying again \
            later can help.",
        next: "Who else uses the file?",
        see: &[&FILE_UNAVAILABLE],
    },
    ReplyCode {
        code: 451,
        meaning: "Action aborted; local error in processing",
        source: "RFC 959",
        usually: "\
            The server failed by itself: disk, virus scanner, a crash of a part. Also in \
            answer to OPTS with an option that it does not take.",
        next: "The server's log at this moment.",
        see: &[&STORAGE_EXCEEDED, &CLOSED_EARLY, &SERVER_DIED],
    },
    ReplyCode {
        code: 452,
        meaning: "Action not taken; not enough storage",
        source: "RFC 959",
        usually: "The server's disk is full.",
        next: "Free space and quota on the server.",
        see: &[&STORAGE_EXCEEDED],
    },
];
