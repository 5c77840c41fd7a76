//! Causes: data channel could not be set up.

use super::Cause;

/// A private address was announced to someone who cannot reach it.
pub const PRIVATE_ADDRESS_ANNOUNCED: Cause = Cause {
    id: "private-address-announced",
    title: "A private address was announced to someone who cannot reach it",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The announced address is not that of the host that announced it.
pub const WRONG_ADDRESS_ANNOUNCED: Cause = Cause {
    id: "wrong-address-announced",
    title: "The announced address is not that of the host that announced it",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// Nobody answered the connection to the announced endpoint.
pub const CONNECTION_UNANSWERED: Cause = Cause {
    id: "connection-unanswered",
    title: "Nobody answered the connection to the announced endpoint",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The connection to the announced endpoint was refused.
pub const CONNECTION_REFUSED: Cause = Cause {
    id: "connection-refused",
    title: "The connection to the announced endpoint was refused",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// A device on the way reported that the announced endpoint cannot be reached.
pub const CONNECTION_UNREACHABLE: Cause = Cause {
    id: "connection-unreachable",
    title: "A device on the way reported that the announced endpoint cannot be reached",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server cannot connect to the client in active mode.
pub const ACTIVE_BLOCKED: Cause = Cause {
    id: "active-blocked",
    title: "The server cannot connect to the client in active mode",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// Nobody tried to connect to the announced endpoint.
pub const NEVER_ATTEMPTED: Cause = Cause {
    id: "never-attempted",
    title: "Nobody tried to connect to the announced endpoint",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server has no free port for a passive data channel.
pub const NO_PASSIVE_PORT: Cause = Cause {
    id: "no-passive-port",
    title: "The server has no free port for a passive data channel",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The other side refused the way in which the data channel was to be set up.
pub const ANNOUNCEMENT_REJECTED: Cause = Cause {
    id: "announcement-rejected",
    title: "The other side refused the way in which the data channel was to be set up",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// A transfer was asked for and no data channel was announced.
pub const NO_ANNOUNCEMENT: Cause = Cause {
    id: "no-announcement",
    title: "A transfer was asked for and no data channel was announced",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server refused to connect to a third host.
pub const BOUNCE_REFUSED: Cause = Cause {
    id: "bounce-refused",
    title: "The server refused to connect to a third host",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server connected to a third host.
pub const BOUNCE_ALLOWED: Cause = Cause {
    id: "bounce-allowed",
    title: "The server connected to a third host",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// Someone other than the client connected to the passive port.
pub const THIRD_PARTY_CONNECTION: Cause = Cause {
    id: "third-party-connection",
    title: "Someone other than the client connected to the passive port",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The data channel was announced in the wrong address family.
pub const ADDRESS_FAMILY_MISMATCH: Cause = Cause {
    id: "address-family-mismatch",
    title: "The data channel was announced in the wrong address family",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The reply that announces the data channel never reached the client.
pub const REPLY_LOST: Cause = Cause {
    id: "reply-lost",
    title: "The reply that announces the data channel never reached the client",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server demands TLS.
pub const TLS_REQUIRED: Cause = Cause {
    id: "tls-required",
    title: "The server demands TLS",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The data connection did not resume the TLS session of the control connection.
pub const TLS_SESSION_NOT_REUSED: Cause = Cause {
    id: "tls-session-not-reused",
    title: "The data connection did not resume the TLS session of the control connection",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// TLS could not be set up.
pub const TLS_HANDSHAKE_FAILED: Cause = Cause {
    id: "tls-handshake-failed",
    title: "TLS could not be set up",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The transfer failed and the capture does not show why.
pub const TRANSFER_FAILED: Cause = Cause {
    id: "transfer-failed",
    title: "The transfer failed and the capture does not show why",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

pub(super) const ALL: &[&Cause] = &[
    &PRIVATE_ADDRESS_ANNOUNCED,
    &WRONG_ADDRESS_ANNOUNCED,
    &CONNECTION_UNANSWERED,
    &CONNECTION_REFUSED,
    &CONNECTION_UNREACHABLE,
    &ACTIVE_BLOCKED,
    &NEVER_ATTEMPTED,
    &NO_PASSIVE_PORT,
    &ANNOUNCEMENT_REJECTED,
    &NO_ANNOUNCEMENT,
    &BOUNCE_REFUSED,
    &BOUNCE_ALLOWED,
    &THIRD_PARTY_CONNECTION,
    &ADDRESS_FAMILY_MISMATCH,
    &REPLY_LOST,
    &TLS_REQUIRED,
    &TLS_SESSION_NOT_REUSED,
    &TLS_HANDSHAKE_FAILED,
    &TRANSFER_FAILED,
];
