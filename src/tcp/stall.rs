//! Why a direction waits, and for how long.

use std::time::Duration;

use crate::capture::Moment;
use crate::time::Timestamp;

/// In mid-stream, how many segments of the flow the first data waits for earlier data.
pub(super) const START_SEGMENTS: u32 = 4;
const START_TIME: Duration = Duration::from_millis(200);
/// How many further segments of the flow bytes may come late that the peer has acknowledged.
pub(super) const GRACE_SEGMENTS: u32 = 16;
pub(super) const GRACE_TIME: Duration = Duration::from_secs(1);
/// The same where the peer is not in the capture, so that a hole may be a loss yet to be mended.
pub(super) const UNHEARD_SEGMENTS: u32 = 64;
pub(super) const UNHEARD_TIME: Duration = Duration::from_secs(3);

/// How far a flow has come: its count of segments, and the packet that is taken in, or the latest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) segment: u32,
    pub(super) at: Moment,
}

/// When waiting began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// The flow's count of segments then.
    pub(super) segment: u32,
    /// The packet that showed that there is something to wait for.
    pub(super) at: Moment,
}

/// Why a direction does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stall {
    /// Picked up in mid-stream, earlier data may come.
    Beginning,
    /// Bytes up to here are missing and the peer acknowledged them.
    Hole(i64),
    /// Bytes up to here are missing and nobody is there to acknowledge them.
    Unproved(i64),
    /// Bytes up to here are missing; most likely they will be sent again.
    Lost(i64),
    /// It answers what the other direction has not delivered yet.
    Answer,
}

impl Stall {
    /// What is given up first. Bytes that are missing come before an answer: giving those up may
    /// be all that the answer needs.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Beginning => 0,
            Self::Hole(_) => 1,
            Self::Unproved(_) | Self::Lost(_) => 2,
            Self::Answer => 3,
        }
    }

    /// Waiting since `wait` is pointless by now.
    pub(super) fn is_over(self, wait: Wait, segment: u32, now: Timestamp) -> bool {
        let (segments, time) = match self {
            Self::Beginning => (START_SEGMENTS, START_TIME),
            Self::Hole(_) | Self::Answer => (GRACE_SEGMENTS, GRACE_TIME),
            Self::Unproved(_) => (UNHEARD_SEGMENTS, UNHEARD_TIME),
            Self::Lost(_) => return false,
        };
        segment.wrapping_sub(wait.segment) >= segments || now.since(wait.at.time) >= time
    }
}
