//! Causes: the capture itself.

use super::Cause;

/// Packets are missing in the capture.
pub const CAPTURE_GAP: Cause = Cause {
    id: "capture-gap",
    title: "Packets are missing in the capture",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The packets of one direction are not in the capture.
pub const ONE_DIRECTION_ONLY: Cause = Cause {
    id: "one-direction-only",
    title: "The packets of one direction are not in the capture",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The data connections are not in the capture.
pub const DATA_NOT_CAPTURED: Cause = Cause {
    id: "data-not-captured",
    title: "The data connections are not in the capture",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The packets were cut by a snapshot length.
pub const FRAMES_TRUNCATED: Cause = Cause {
    id: "frames-truncated",
    title: "The packets were cut by a snapshot length",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The capture begins in the middle of the session.
pub const MIDSTREAM_START: Cause = Cause {
    id: "midstream-start",
    title: "The capture begins in the middle of the session",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

/// The capture ends before the transfer does.
pub const CAPTURE_ENDED: Cause = Cause {
    id: "capture-ended",
    title: "The capture ends before the transfer does",
    what: "",
    on_the_wire: "",
    confirm: "",
    mend: "",
};

pub(super) const ALL: &[&Cause] = &[
    &CAPTURE_GAP,
    &ONE_DIRECTION_ONLY,
    &DATA_NOT_CAPTURED,
    &FRAMES_TRUNCATED,
    &MIDSTREAM_START,
    &CAPTURE_ENDED,
];
