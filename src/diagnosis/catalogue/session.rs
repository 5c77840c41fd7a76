//! Causes: session.

use super::Cause;

/// Nobody answered the control connection.
pub const CONTROL_UNANSWERED: Cause = Cause {
    id: "control-unanswered",
    title: "Nobody answered the control connection",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The control connection was refused.
pub const CONTROL_REFUSED: Cause = Cause {
    id: "control-refused",
    title: "The control connection was refused",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// A device on the way reported that the server cannot be reached.
pub const CONTROL_UNREACHABLE: Cause = Cause {
    id: "control-unreachable",
    title: "A device on the way reported that the server cannot be reached",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// One host tries many FTP ports without a session.
pub const PORT_SCAN: Cause = Cause {
    id: "port-scan",
    title: "One host tries many FTP ports without a session",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server accepted the connection and was slow to greet, or never did.
pub const NO_GREETING: Cause = Cause {
    id: "no-greeting",
    title: "The server accepted the connection and was slow to greet, or never did",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server has too many connections.
pub const TOO_MANY_CONNECTIONS: Cause = Cause {
    id: "too-many-connections",
    title: "The server has too many connections",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The login was refused.
pub const LOGIN_FAILED: Cause = Cause {
    id: "login-failed",
    title: "The login was refused",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// One client tries many passwords.
pub const PASSWORD_GUESSING: Cause = Cause {
    id: "password-guessing",
    title: "One client tries many passwords",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The file or directory does not exist or cannot be used.
pub const FILE_UNAVAILABLE: Cause = Cause {
    id: "file-unavailable",
    title: "The file or directory does not exist or cannot be used",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The user may not do this.
pub const PERMISSION_DENIED: Cause = Cause {
    id: "permission-denied",
    title: "The user may not do this",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server does not know the command.
pub const COMMAND_UNSUPPORTED: Cause = Cause {
    id: "command-unsupported",
    title: "The server does not know the command",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server does not understand the command or its argument.
pub const SYNTAX_ERROR: Cause = Cause {
    id: "syntax-error",
    title: "The server does not understand the command or its argument",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The command came at the wrong time.
pub const BAD_SEQUENCE: Cause = Cause {
    id: "bad-sequence",
    title: "The command came at the wrong time",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The server never answered a command.
pub const UNANSWERED_COMMAND: Cause = Cause {
    id: "unanswered-command",
    title: "The server never answered a command",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The password went over the network in clear.
pub const CLEARTEXT_PASSWORD: Cause = Cause {
    id: "cleartext-password",
    title: "The password went over the network in clear",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The control connection is encrypted.
pub const CONTROL_ENCRYPTED: Cause = Cause {
    id: "control-encrypted",
    title: "The control connection is encrypted",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

pub(super) const ALL: &[&Cause] = &[
    &CONTROL_UNANSWERED,
    &CONTROL_REFUSED,
    &CONTROL_UNREACHABLE,
    &PORT_SCAN,
    &NO_GREETING,
    &TOO_MANY_CONNECTIONS,
    &LOGIN_FAILED,
    &PASSWORD_GUESSING,
    &FILE_UNAVAILABLE,
    &PERMISSION_DENIED,
    &COMMAND_UNSUPPORTED,
    &SYNTAX_ERROR,
    &BAD_SEQUENCE,
    &UNANSWERED_COMMAND,
    &CLEARTEXT_PASSWORD,
    &CONTROL_ENCRYPTED,
];
