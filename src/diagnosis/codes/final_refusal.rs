//! 5yz: refused for good.

use super::ReplyCode;
use crate::diagnosis::catalogue::*;

pub(super) const ALL: &[ReplyCode] = &[
    ReplyCode {
        code: 500,
        meaning: "Syntax error; command not recognised",
        source: "RFC 959",
        usually: "\
            The server does not know the command, or the line is too long. For PORT: the \
            address or port is not acceptable. vsftpd also uses it for errors of its own \
            (“OOPS”).",
        next: "Which command it answers: see there.",
        see: &[
            &COMMAND_UNSUPPORTED,
            &BOUNCE_REFUSED,
            &PRIVATE_ADDRESS_ANNOUNCED,
            &NO_PASSIVE_PORT,
        ],
    },
    ReplyCode {
        code: 501,
        meaning: "Syntax error in parameters",
        source: "RFC 959",
        usually: "\
            The argument is missing or wrong. For PORT and EPRT: an address that the server \
            does not accept.",
        next: "The argument of the command.",
        see: &[&SYNTAX_ERROR, &BOUNCE_REFUSED, &PRIVATE_ADDRESS_ANNOUNCED],
    },
    ReplyCode {
        code: 502,
        meaning: "Command not implemented",
        source: "RFC 959",
        usually: "The server knows the command and does not offer it.",
        next: "Harmless if the client falls back on another command.",
        see: &[&COMMAND_UNSUPPORTED, &ANNOUNCEMENT_REJECTED],
    },
    ReplyCode {
        code: 503,
        meaning: "Bad sequence of commands",
        source: "RFC 959",
        usually: "\
            A command that must come first is missing or failed: USER before PASS, RNFR before \
            RNTO, PASV or PORT before a transfer, PBSZ before PROT.",
        next: "The replies just before it.",
        see: &[&BAD_SEQUENCE, &NO_ANNOUNCEMENT],
    },
    ReplyCode {
        code: 504,
        meaning: "Command not implemented for that parameter",
        source: "RFC 959, 2228, 7151",
        usually: "\
            The command is known, its argument is not: TYPE, MODE, AUTH, PROT, HOST, or a PORT \
            that names a third host.",
        next: "The argument of the command.",
        see: &[&COMMAND_UNSUPPORTED, &BOUNCE_REFUSED],
    },
    ReplyCode {
        code: 506,
        meaning: "Command not implemented",
        source: "in no current RFC",
        usually: "Left over from the specifications before 1980; the same as 502 today.",
        next: "Harmless if the client falls back on another command.",
        see: &[&COMMAND_UNSUPPORTED],
    },
    ReplyCode {
        code: 521,
        meaning: "Data connection not possible, or the directory exists",
        source: "RFC 1639; common",
        usually: "\
            For LPRT and LPSV: the family of addresses is not supported. For MKD with some \
            servers: the directory exists. For transfers with some servers: protection of the \
            data connection is missing.",
        next: "The command that it answers, and its text.",
        see: &[&ADDRESS_FAMILY_MISMATCH, &TLS_REQUIRED],
    },
    ReplyCode {
        code: 522,
        meaning: "\
            Network protocol not supported, use (1,2); or TLS of the data connection is not \
            acceptable",
        source: "RFC 2428, 4217",
        usually: "\
            For EPRT and EPSV: the server wants another family (1 is IPv4, 2 is IPv6). For \
            transfers under TLS: the data connection must be protected or must resume the TLS \
            session.",
        next: "The command that it answers, and its text.",
        see: &[
            &ADDRESS_FAMILY_MISMATCH,
            &TLS_SESSION_NOT_REUSED,
            &TLS_REQUIRED,
        ],
    },
    ReplyCode {
        code: 530,
        meaning: "Not logged in",
        source: "RFC 959",
        usually: "\
            The login failed, or a command came before the login. Also used for “TLS required” \
            and for full servers.",
        next: "The command that it answers, and its text.",
        see: &[
            &LOGIN_FAILED,
            &TLS_REQUIRED,
            &TOO_MANY_CONNECTIONS,
            &PASSWORD_GUESSING,
        ],
    },
    ReplyCode {
        code: 531,
        meaning: "Not logged in",
        source: "common, in no RFC",
        usually: "Said by some servers instead of 530.",
        next: "The server's log.",
        see: &[&LOGIN_FAILED],
    },
    ReplyCode {
        code: 532,
        meaning: "Need account for storing files",
        source: "RFC 959",
        usually: "The user may not write without ACCT, or simply may not write here.",
        next: "The rights of the user.",
        see: &[&PERMISSION_DENIED],
    },
    ReplyCode {
        code: 533,
        meaning: "Command protection level denied by policy",
        source: "RFC 2228",
        usually: "The server wants the control connection protected (or refuses CCC).",
        next: "The server's TLS settings.",
        see: &[&TLS_REQUIRED],
    },
    ReplyCode {
        code: 534,
        meaning: "Request denied by policy",
        source: "RFC 2228, 4217",
        usually: "\
            The server wants another protection: TLS for the login, PROT P for data, or no \
            CCC. IIS says it when TLS is demanded.",
        next: "The server's TLS settings and its text.",
        see: &[&TLS_REQUIRED],
    },
    ReplyCode {
        code: 535,
        meaning: "Failed security check",
        source: "RFC 2228",
        usually: "\
            A certificate or a protected message did not pass the check; some servers use it \
            for a failed login.",
        next: "Certificates on both sides.",
        see: &[&TLS_HANDSHAKE_FAILED, &LOGIN_FAILED],
    },
    ReplyCode {
        code: 536,
        meaning: "Requested PROT level not supported",
        source: "RFC 2228, 4217",
        usually: "\
            Only C (clear) and P (private) exist with TLS; the client asked for S or E, or for \
            P where the server offers none.",
        next: "The argument of PROT.",
        see: &[&TLS_REQUIRED],
    },
    ReplyCode {
        code: 537,
        meaning: "Command protection level not supported",
        source: "RFC 2228",
        usually: "MIC, CONF or ENC with a mechanism that does not offer it.",
        next: "The security mechanism that AUTH chose.",
        see: &[],
    },
    ReplyCode {
        code: 550,
        meaning: "Action not taken; file unavailable",
        source: "RFC 959",
        usually: "\
            The file or directory does not exist, or the user may not use it. The commonest \
            refusal of all, and hardly ever a fault of the network. IIS also uses it for its \
            policies.",
        next: "The path with the working directory, and the rights of the user.",
        see: &[&FILE_UNAVAILABLE, &PERMISSION_DENIED, &TLS_REQUIRED],
    },
    ReplyCode {
        code: 551,
        meaning: "Action aborted; page type unknown",
        source: "RFC 959",
        usually: "\
            A fault of a transfer with page structure; used by some servers for errors of the \
            file.",
        next: "The text, and the server's log.",
        see: &[&FILE_UNAVAILABLE],
    },
    ReplyCode {
        code: 552,
        meaning: "Action aborted; storage allocation exceeded",
        source: "RFC 959",
        usually: "\
            The user's quota, or the space of this directory, is used up. Some servers say so \
            only after the whole upload.",
        next: "Quota and free space on the server.",
        see: &[&STORAGE_EXCEEDED],
    },
    ReplyCode {
        code: 553,
        meaning: "Action not taken; file name not allowed",
        source: "RFC 959",
        usually: "\
            The name is not acceptable, or the user may not write there (vsftpd: “Could not \
            create file.”).",
        next: "The name, and the rights in the directory.",
        see: &[&PERMISSION_DENIED, &FILE_UNAVAILABLE],
    },
    ReplyCode {
        code: 554,
        meaning: "Action not taken; invalid REST parameter",
        source: "RFC 1123",
        usually: "\
            The transfer cannot be resumed at the place that REST named: behind the end of the \
            file, or not in ASCII mode.",
        next: "The argument of REST against the size of the file.",
        see: &[&FILE_UNAVAILABLE],
    },
    ReplyCode {
        code: 555,
        meaning: "Action not taken; type or structure mismatch",
        source: "RFC 1123",
        usually: "APPE to a file whose type or structure differs from the present one.",
        next: "TYPE and STRU before the transfer.",
        see: &[],
    },
];
