//! Causes: data channel broke.

use super::Cause;

/// The data connection was reset in mid-transfer.
pub const RESET_DURING_TRANSFER: Cause = Cause {
    id: "reset-during-transfer",
    title: "The data connection was reset in mid-transfer",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// Packets of the data connection die on the way.
pub const STALLED_PATH: Cause = Cause {
    id: "stalled-path",
    title: "Packets of the data connection die on the way",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// Full-size packets of the data connection die on the way.
pub const STALLED_MTU: Cause = Cause {
    id: "stalled-mtu",
    title: "Full-size packets of the data connection die on the way",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The receiving application stopped reading.
pub const STALLED_RECEIVER: Cause = Cause {
    id: "stalled-receiver",
    title: "The receiving application stopped reading",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The sending application stopped sending.
pub const STALLED_SENDER: Cause = Cause {
    id: "stalled-sender",
    title: "The sending application stopped sending",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The data connection was closed before the transfer was complete.
pub const CLOSED_EARLY: Cause = Cause {
    id: "closed-early",
    title: "The data connection was closed before the transfer was complete",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server has no space for the file.
pub const STORAGE_EXCEEDED: Cause = Cause {
    id: "storage-exceeded",
    title: "The server has no space for the file",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The data is complete, but the control connection was lost meanwhile.
pub const CONTROL_LOST: Cause = Cause {
    id: "control-lost",
    title: "The data is complete, but the control connection was lost meanwhile",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The other host or its link is gone.
pub const PEER_VANISHED: Cause = Cause {
    id: "peer-vanished",
    title: "The other host or its link is gone",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server closed everything in mid-transfer without a reply.
pub const SERVER_DIED: Cause = Cause {
    id: "server-died",
    title: "The server closed everything in mid-transfer without a reply",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server ended an idle session.
pub const IDLE_TIMEOUT: Cause = Cause {
    id: "idle-timeout",
    title: "The server ended an idle session",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The client aborted the transfer.
pub const ABORTED: Cause = Cause {
    id: "aborted",
    title: "The client aborted the transfer",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

pub(super) const ALL: &[&Cause] = &[
    &RESET_DURING_TRANSFER,
    &STALLED_PATH,
    &STALLED_MTU,
    &STALLED_RECEIVER,
    &STALLED_SENDER,
    &CLOSED_EARLY,
    &STORAGE_EXCEEDED,
    &CONTROL_LOST,
    &PEER_VANISHED,
    &SERVER_DIED,
    &IDLE_TIMEOUT,
    &ABORTED,
];
