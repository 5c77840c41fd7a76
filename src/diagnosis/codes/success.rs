//! 2yz: it was done.

use super::ReplyCode;
use crate::diagnosis::catalogue::*;

pub(super) const ALL: &[ReplyCode] = &[
    ReplyCode {
        code: 200,
        meaning: "Command okay",
        source: "RFC 959",
        usually: "\
            A command without a result of its own succeeded: TYPE, MODE, PORT, EPRT, PBSZ, \
            PROT, NOOP.",
        next: "Nothing.",
        see: &[],
    },
    ReplyCode {
        code: 202,
        meaning: "Command not needed here",
        source: "RFC 959",
        usually: "The server knows the command and needs not do anything for it (ACCT, ALLO).",
        next: "Nothing: the client may go on.",
        see: &[],
    },
    ReplyCode {
        code: 211,
        meaning: "System status, or the list of features",
        source: "RFC 959, 2389",
        usually: "\
            Answer to FEAT, to STAT without an argument, or to HELP. After FEAT it lists the \
            extensions, one a line.",
        next: "Look in the list for AUTH TLS, EPSV, MLST, SIZE and UTF8.",
        see: &[],
    },
    ReplyCode {
        code: 212,
        meaning: "Directory status",
        source: "RFC 959",
        usually: "Answer to STAT with a directory: a listing over the control connection.",
        next: "Nothing.",
        see: &[],
    },
    ReplyCode {
        code: 213,
        meaning: "File status",
        source: "RFC 959, 3659",
        usually: "Answer to SIZE (bytes), MDTM (time in UTC) or STAT with a file.",
        next: "\
            After SIZE: the number to compare with the bytes transferred. In ASCII mode it can \
            differ legitimately.",
        see: &[&SIZE_MISMATCH],
    },
    ReplyCode {
        code: 214,
        meaning: "Help message",
        source: "RFC 959",
        usually: "Answer to HELP, for a person.",
        next: "Nothing.",
        see: &[],
    },
    ReplyCode {
        code: 215,
        meaning: "Name of the system",
        source: "RFC 959",
        usually: "\
            Answer to SYST. Nearly every server says UNIX, so that clients can read its \
            listings.",
        next: "Nothing.",
        see: &[],
    },
    ReplyCode {
        code: 220,
        meaning: "Service ready for a new user",
        source: "RFC 959, 7151",
        usually: "\
            The greeting; also the answer to HOST and to REIN. It often names the server \
            software.",
        next: "If it came late, see no-greeting.",
        see: &[&NO_GREETING],
    },
    ReplyCode {
        code: 221,
        meaning: "Closing the control connection",
        source: "RFC 959",
        usually: "Answer to QUIT. Some servers also say it when they end a session themselves.",
        next: "Nothing, if the client sent QUIT.",
        see: &[&IDLE_TIMEOUT],
    },
    ReplyCode {
        code: 225,
        meaning: "Data connection open; no transfer in progress",
        source: "RFC 959",
        usually: "Answer to ABOR when there was nothing to abort.",
        next: "Nothing.",
        see: &[&ABORTED],
    },
    ReplyCode {
        code: 226,
        meaning: "Closing the data connection; the action succeeded",
        source: "RFC 959",
        usually: "\
            The server sent or received everything, or it finished an ABOR. It speaks for the \
            server's side only: on a download it does not prove that the client has received \
            all.",
        next: "\
            Compare the bytes transferred with the announced size; look for data that was \
            never acknowledged.",
        see: &[&SIZE_MISMATCH, &STALLED_MTU],
    },
    ReplyCode {
        code: 227,
        meaning: "Entering passive mode (h1,h2,h3,h4,p1,p2)",
        source: "RFC 959",
        usually: "\
            Answer to PASV: the client shall connect to address h1.h2.h3.h4, port p1 × 256 + \
            p2. Over IPv6 some servers write 0,0,0,0 and mean themselves.",
        next: "\
            Is the address that of the server as the client sees it? Is the port open in every \
            firewall on the way?",
        see: &[
            &PRIVATE_ADDRESS_ANNOUNCED,
            &WRONG_ADDRESS_ANNOUNCED,
            &CONNECTION_UNANSWERED,
        ],
    },
    ReplyCode {
        code: 228,
        meaning: "Entering long passive mode",
        source: "RFC 1639",
        usually: "\
            Answer to LPSV: like 227, for any family of addresses. Very rare; EPSV took its \
            place.",
        next: "As for 227.",
        see: &[&CONNECTION_UNANSWERED],
    },
    ReplyCode {
        code: 229,
        meaning: "Entering extended passive mode (|||port|)",
        source: "RFC 2428",
        usually: "\
            Answer to EPSV: the client shall connect to this port at the server's own address. \
            No address is named, so none can be wrong.",
        next: "Is the port open in every firewall on the way?",
        see: &[&CONNECTION_UNANSWERED, &REPLY_LOST],
    },
    ReplyCode {
        code: 230,
        meaning: "User logged in",
        source: "RFC 959",
        usually: "The login succeeded.",
        next: "Nothing.",
        see: &[&CLEARTEXT_PASSWORD],
    },
    ReplyCode {
        code: 231,
        meaning: "User logged out; service terminated",
        source: "common, in no RFC",
        usually: "Said by some servers at the end of a session.",
        next: "Nothing.",
        see: &[],
    },
    ReplyCode {
        code: 232,
        meaning: "User logged in, authorised by the security exchange",
        source: "RFC 2228",
        usually: "\
            No password is needed: a TLS client certificate or Kerberos proved who the user \
            is.",
        next: "Nothing.",
        see: &[],
    },
    ReplyCode {
        code: 234,
        meaning: "Security exchange accepted",
        source: "RFC 2228, 4217",
        usually: "Answer to AUTH TLS: TLS begins with the next byte.",
        next: "\
            From here on the control connection is encrypted. If it ends now, TLS could not be \
            set up.",
        see: &[&CONTROL_ENCRYPTED, &TLS_HANDSHAKE_FAILED],
    },
    ReplyCode {
        code: 235,
        meaning: "Security exchange complete",
        source: "RFC 2228",
        usually: "Answer to ADAT (Kerberos, GSSAPI).",
        next: "Nothing.",
        see: &[],
    },
    ReplyCode {
        code: 250,
        meaning: "Requested file action okay, completed",
        source: "RFC 959, 3659",
        usually: "\
            CWD, DELE, RNTO, RMD, MLST and others succeeded; some servers also end transfers \
            with it.",
        next: "Nothing.",
        see: &[],
    },
    ReplyCode {
        code: 257,
        meaning: "“PATHNAME”, created or current",
        source: "RFC 959",
        usually: "\
            Answer to PWD (the working directory) and MKD (the new directory). A quotation \
            mark in the name is doubled.",
        next: "Nothing.",
        see: &[],
    },
];
