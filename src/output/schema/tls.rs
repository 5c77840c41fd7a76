//! TLS, of a control connection and of a data connection.

use super::{FILE, FRAME, Field, Kind, TIME, field, maybe};
use crate::ftp::{Protection, TlsKind};
use crate::output::words::Word;
use crate::tls::{Access, Resumption};

/// The TLS of a control connection.
pub(super) const CONTROL: &[Field] = &[
    field("kind", Kind::Words(TlsKind::WORDS), "How it began."),
    VERSION,
    CIPHER,
    SERVER_NAME,
    field(
        "data_protection",
        Kind::Words(Protection::WORDS),
        "What PROT said, as far as known.",
    ),
    DECRYPTED,
    KEYS,
    VERSIONS,
    ALPN,
    RESUMPTION,
    RESUMED,
    RETRIED,
    RENEGOTIATED,
    ITS_CERTIFICATE,
    ALERTS,
    JA3,
    JA4,
];

/// The TLS of a data connection.
pub(super) const DATA: &[Field] = &[
    VERSION,
    CIPHER,
    SERVER_NAME,
    DECRYPTED,
    KEYS,
    VERSIONS,
    ALPN,
    RESUMPTION,
    RESUMED,
    RETRIED,
    RENEGOTIATED,
    ITS_CERTIFICATE,
    ALERTS,
    JA3,
    JA4,
];

const VERSION: Field = maybe("version", Kind::Text, "The version agreed on.");

const CIPHER: Field = maybe("cipher", Kind::Text, "The cipher suite agreed on.");

const SERVER_NAME: Field = maybe(
    "server_name",
    Kind::Text,
    "The name that the client asked for.",
);

const DECRYPTED: Field = field("decrypted", Kind::Flag, "It was decrypted.");

const KEYS: Field = field(
    "keys",
    Kind::Words(Access::WORDS),
    "Whether keys were known, and opened what was encrypted.",
);

const VERSIONS: Field = field(
    "offered_versions",
    Kind::Texts,
    "The versions that the client offered, its favourite first.",
);

const ALPN: Field = maybe("alpn", Kind::Text, "The application protocol agreed on.");

const RESUMPTION: Field = maybe(
    "resumption",
    Kind::Words(Resumption::WORDS),
    "How the client asked for an earlier TLS session to be resumed.",
);

const RESUMED: Field = maybe(
    "resumed",
    Kind::Flag,
    "The server resumed an earlier TLS session.",
);

const RETRIED: Field = field(
    "retried",
    Kind::Flag,
    "The server asked for another ClientHello.",
);

const RENEGOTIATED: Field = field(
    "renegotiated",
    Kind::Flag,
    "A handshake began inside TLS, as far as that could be read.",
);

const ITS_CERTIFICATE: Field = maybe(
    "certificate",
    Kind::Object(CERTIFICATE),
    "The server's certificate, where it could be read.",
);

const ALERTS: Field = field(
    "alerts",
    Kind::List(ALERT),
    "Alerts but the one at the regular end.",
);

const JA3: Field = maybe("ja3", Kind::Text, "The client's JA3 fingerprint.");

const JA4: Field = maybe("ja4", Kind::Text, "The client's JA4 fingerprint.");

const CERTIFICATE: &[Field] = &[
    field("subject", Kind::Text, "Whom it names."),
    field("issuer", Kind::Text, "Who signed it."),
    field("names", Kind::Texts, "The names and addresses it is for."),
    field("not_before", Kind::Time, "From when it is valid."),
    field("not_after", Kind::Time, "Until when it is valid."),
    field(
        "self_signed",
        Kind::Flag,
        "Subject and issuer are the same.",
    ),
    field("valid", Kind::Flag, "Its packet is within these times."),
];

const ALERT: &[Field] = &[
    field(
        "from",
        Kind::Words(&["client", "server"]),
        "Who sent it, in terms of FTP.",
    ),
    field("fatal", Kind::Flag, "It ends the connection."),
    maybe("code", Kind::Whole, "Its code; null when it is encrypted."),
    maybe("name", Kind::Text, "Its name; null when it is encrypted."),
    TIME,
    FRAME,
    FILE,
];
