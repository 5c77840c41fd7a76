//! Causes: integrity and quality.

use super::Cause;

/// A binary file was transferred in ASCII mode.
pub const ASCII_MODE_CORRUPTION: Cause = Cause {
    id: "ascii-mode-corruption",
    title: "A binary file was transferred in ASCII mode",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The transfer was confirmed, but its size is not the announced one.
pub const SIZE_MISMATCH: Cause = Cause {
    id: "size-mismatch",
    title: "The transfer was confirmed, but its size is not the announced one",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The client ignored a wrong address and connected to the server itself.
pub const NAT_ADDRESS_IGNORED: Cause = Cause {
    id: "nat-address-ignored",
    title: "The client ignored a wrong address and connected to the server itself",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// A device on the way rewrote the announced address.
pub const NAT_HELPER_REWROTE: Cause = Cause {
    id: "nat-helper-rewrote",
    title: "A device on the way rewrote the announced address",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// One way to set up the data channel failed, another worked.
pub const EPSV_FALLBACK: Cause = Cause {
    id: "epsv-fallback",
    title: "One way to set up the data channel failed, another worked",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The data connection needed more than one SYN.
pub const SYN_LOST_THEN_OK: Cause = Cause {
    id: "syn-lost-then-ok",
    title: "The data connection needed more than one SYN",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The transfer was slow.
pub const SLOW_TRANSFER: Cause = Cause {
    id: "slow-transfer",
    title: "The transfer was slow",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

pub(super) const ALL: &[&Cause] = &[
    &ASCII_MODE_CORRUPTION,
    &SIZE_MISMATCH,
    &NAT_ADDRESS_IGNORED,
    &NAT_HELPER_REWROTE,
    &EPSV_FALLBACK,
    &SYN_LOST_THEN_OK,
    &SLOW_TRANSFER,
];
