//! What became of a data channel.
//!
//! A verdict is given when the facts allow it, and then it is final. What a capture cannot show is
//! never called a failure: a transfer that the server confirmed is `unseen` when its packets are
//! not in the capture.

use std::time::Duration;

use super::channel::{Attempted, OpenChannel, OpenTransfer, direction};
use super::event::Reply;
use super::transfer::{ClosedBy, Direction, Mode, Outcome, Representation};
use crate::tcp::{Flows, Half};
use crate::time::Timestamp;

/// So often, and for so long, must data be repeated in vain before the path counts as dead: a few
/// losses in a row do not look so.
const STUCK_TIMES: u32 = 3;
const STUCK_SPAN: Duration = Duration::from_secs(2);

/// Why a verdict is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Something happened; there may be more to come.
    Meanwhile,
    /// The data connection has been quiet for long enough after the final reply.
    Settled,
    /// The control connection was closed.
    ControlClosed,
    /// The capture ends, or the session was forgotten.
    CaptureEnded,
}

/// What a verdict is made from, beside the channel itself.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    pub(super) flows: &'a Flows,
    pub(super) now: Timestamp,
    pub(super) asked: Asked,
    /// The packets of both ends of the control connection are in the capture.
    pub(super) both_directions: bool,
    /// The control connection is encrypted: replies cannot be read.
    pub(super) encrypted: bool,
    /// The server was the first to end the control connection.
    pub(super) left_by_server: bool,
}

/// The outcome of a channel, or `None` as long as it is open.
pub(super) fn judge(channel: &OpenChannel, case: Circumstances<'_>) -> Option<Outcome> {
    let attempted = match channel.attempted(case.flows, case.now) {
        // The answer to the SYN may be among the packets that the capture lacks.
        Attempted::Failed if !case.both_directions => Attempted::Pending,
        other => other,
    };
    if let Some(outcome) = refused(channel, attempted) {
        return Some(outcome);
    }
    match &channel.transfer {
        None => without_transfer(channel, attempted, case),
        Some(transfer) => match &transfer.reply {
            None => unanswered(channel, transfer, attempted, case),
            // The reply may come before the last bytes, and how the connection ends tells why it
            // broke.
            Some(_) if attempted == Attempted::Open && case.asked == Asked::Meanwhile => None,
            Some(reply) if reply.code < 400 => {
                confirmed(channel, transfer, &reply.text, attempted, case)
            }
            Some(reply) => negative(channel, transfer, reply, attempted, case),
        },
    }
}

/// The server refused the announcement. In active mode a 425 or 421 tells of a failed attempt to
/// connect, which some servers make before they answer PORT.
fn refused(channel: &OpenChannel, attempted: Attempted) -> Option<Outcome> {
    let code = channel
        .reply
        .as_ref()
        .map(|reply| reply.code)
        .filter(|code| *code >= 400)?;
    let tried = attempted != Attempted::Unseen || matches!(code, 421 | 425);
    Some(match channel.mode {
        Mode::Active if tried => Outcome::Failed,
        Mode::Active | Mode::Passive => Outcome::Refused,
    })
}

fn without_transfer(
    channel: &OpenChannel,
    attempted: Attempted,
    case: Circumstances<'_>,
) -> Option<Outcome> {
    if case.encrypted && channel.announcement.is_none() {
        return encrypted(channel, attempted, case.asked);
    }
    let confirmed = matches!(channel.overheard, Some(226 | 250));
    match (case.asked, attempted) {
        (Asked::Meanwhile, _) if !channel.superseded => None,
        (_, Attempted::Over) if confirmed => Some(Outcome::Completed),
        (_, Attempted::Unseen) if confirmed => Some(Outcome::Unseen),
        (Asked::Meanwhile, Attempted::Pending | Attempted::Open) => None,
        (_, Attempted::Failed) => Some(Outcome::Failed),
        (Asked::CaptureEnded, _) if !channel.superseded => Some(Outcome::Incomplete),
        _ if channel.announcement.is_none() || channel.overheard.is_some() => {
            Some(Outcome::Incomplete)
        }
        _ => Some(Outcome::Unused),
    }
}

/// No reply can be read: that the connection could not be set up is all that can be known.
fn encrypted(channel: &OpenChannel, attempted: Attempted, asked: Asked) -> Option<Outcome> {
    match (asked, attempted) {
        // The reply to the transfer belongs to it.
        (Asked::Meanwhile, Attempted::Over) if channel.lacks_last_word() => None,
        (_, Attempted::Over) => Some(Outcome::Incomplete),
        (Asked::Meanwhile, _) => None,
        (_, Attempted::Failed) => Some(Outcome::Failed),
        _ => Some(Outcome::Incomplete),
    }
}

/// The server confirmed the transfer.
fn confirmed(
    channel: &OpenChannel,
    transfer: &OpenTransfer,
    text: &[u8],
    attempted: Attempted,
    case: Circumstances<'_>,
) -> Option<Outcome> {
    let asked = case.asked;
    if channel.aborted.is_some() && contains_ignoring_case(text, b"abor") {
        return Some(Outcome::Aborted);
    }
    match attempted {
        Attempted::Open | Attempted::Over
            if is_stuck(channel, transfer, case.flows)
                || is_undelivered(channel, transfer, case.flows) =>
        {
            Some(Outcome::Failed)
        }
        Attempted::Open if asked == Asked::Settled && is_behind(channel, transfer, case.flows) => {
            None
        }
        Attempted::Open | Attempted::Over => Some(Outcome::Completed),
        Attempted::Unseen if asked == Asked::Meanwhile => None,
        Attempted::Unseen | Attempted::Pending | Attempted::Failed => Some(Outcome::Unseen),
    }
}

/// The server said 4yz or 5yz.
fn negative(
    channel: &OpenChannel,
    transfer: &OpenTransfer,
    reply: &Reply,
    attempted: Attempted,
    case: Circumstances<'_>,
) -> Option<Outcome> {
    let code = reply.code;
    if channel.aborted.is_some() {
        return Some(Outcome::Aborted);
    }
    let came_about = matches!(attempted, Attempted::Open | Attempted::Over);
    let broke = matches!(code, 421 | 426 | 450..=452 | 551..=552);
    if attempted == Attempted::Open && broke && case.asked == Asked::Meanwhile {
        // How the connection ends tells why it broke.
        return None;
    }
    match code {
        425 if may_come_late(channel, attempted, case.asked) => None,
        421 | 425 | 521 | 522 => Some(Outcome::Failed),
        426 | 450..=452 | 550..=552 if came_about && left_by_client(channel, transfer, case) => {
            if channel.client_went_on {
                Some(Outcome::Aborted)
            } else {
                (case.asked != Asked::Meanwhile).then_some(Outcome::Failed)
            }
        }
        426 => Some(Outcome::Failed),
        // It had begun: the server does not complain of the file but of what came.
        451 if came_about && transfer.begun.is_some() => Some(Outcome::Failed),
        _ if !came_about && reply.blames_channel() => Some(Outcome::Failed),
        _ if attempted == Attempted::Failed && transfer.begun.is_some() => Some(Outcome::Failed),
        _ if has_bytes(channel, transfer, case.flows) => Some(Outcome::Failed),
        _ => Some(Outcome::Rejected),
    }
}

/// A client that connects only after 150 may be about to do so when the server has given up.
fn may_come_late(channel: &OpenChannel, attempted: Attempted, asked: Asked) -> bool {
    asked == Asked::Meanwhile
        && !channel.client_went_on
        && channel.mode == Mode::Passive
        && matches!(attempted, Attempted::Unseen | Attempted::Pending)
}

/// The client closed a download that was still running.
fn left_by_client(channel: &OpenChannel, transfer: &OpenTransfer, case: Circumstances<'_>) -> bool {
    direction(&transfer.verb) != Direction::Upload
        && channel
            .connection(case.flows)
            .and_then(|connection| channel.closed_by(connection))
            .is_some_and(|by| matches!(by, ClosedBy::Client | ClosedBy::ResetByClient))
}

fn has_bytes(channel: &OpenChannel, transfer: &OpenTransfer, flows: &Flows) -> bool {
    let (down, up) = channel.bytes(flows);
    match direction(&transfer.verb) {
        Direction::Upload => up > 0,
        Direction::Download | Direction::Listing => down > 0,
    }
}

/// The transfer's final reply has not come.
fn unanswered(
    channel: &OpenChannel,
    transfer: &OpenTransfer,
    attempted: Attempted,
    case: Circumstances<'_>,
) -> Option<Outcome> {
    match (case.asked, attempted) {
        // Whatever the server will say of it: what was sent never arrived.
        _ if channel.is_forgotten() && is_stuck(channel, transfer, case.flows) => {
            Some(Outcome::Failed)
        }
        (Asked::Meanwhile | Asked::Settled, _) if !channel.superseded => None,
        (_, Attempted::Failed) => Some(Outcome::Failed),
        _ if channel.aborted.is_some() => Some(Outcome::Aborted),
        _ if channel.doubtful || !case.both_directions || case.encrypted => {
            Some(Outcome::Incomplete)
        }
        (Asked::ControlClosed, Attempted::Over)
            if !case.left_by_server && is_delivered(channel, transfer, case.flows) =>
        {
            Some(Outcome::Incomplete)
        }
        (Asked::ControlClosed, _) => Some(Outcome::Failed),
        _ if is_stuck(channel, transfer, case.flows) || is_deserted(channel, case.flows) => {
            Some(Outcome::Failed)
        }
        _ => Some(Outcome::Incomplete),
    }
}

/// What the sender of a transfer sent.
fn sent<'a>(
    channel: &'a OpenChannel,
    transfer: &OpenTransfer,
    flows: &'a Flows,
) -> Option<&'a Half> {
    let server = channel.server_side();
    let sender = match direction(&transfer.verb) {
        Direction::Upload => server.peer(),
        Direction::Download | Direction::Listing => server,
    };
    channel
        .connection(flows)
        .map(|connection| connection.half(sender))
}

/// The sender repeats in vain what the capture shows to be unacknowledged: packets that the
/// capture lacks do not look so.
fn is_stuck(channel: &OpenChannel, transfer: &OpenTransfer, flows: &Flows) -> bool {
    sent(channel, transfer, flows)
        .and_then(|half| half.stuck())
        .is_some_and(|stuck| stuck.times >= STUCK_TIMES && stuck.span() >= STUCK_SPAN)
}

/// The receiver waited, gave up, and never got some of what its peer's own numbers show to have
/// been sent. A client that has enough leaves while data is still coming.
fn is_undelivered(channel: &OpenChannel, transfer: &OpenTransfer, flows: &Flows) -> bool {
    let Some(connection) = channel.connection(flows) else {
        return false;
    };
    let server = channel.server_side();
    let sender = match direction(&transfer.verb) {
        Direction::Upload => server.peer(),
        Direction::Download | Direction::Listing => server,
    };
    let (sent, received) = (connection.half(sender), connection.half(sender.peer()));
    sent.never_arrived() > 0
        && received.fin.or(received.rst()).is_some_and(|left| {
            let quiet = sent.last_data.unwrap_or(connection.first);
            left.time.since(quiet.time) >= STUCK_SPAN
        })
}

/// One end closed, again and again, and the other never answered.
fn is_deserted(channel: &OpenChannel, flows: &Flows) -> bool {
    let deserted = |half: &Half| u32::from(half.fins) >= STUCK_TIMES && !half.fin_acknowledged();
    channel
        .connection(flows)
        .is_some_and(|connection| connection.halves.iter().any(deserted))
}

/// What was sent is being repeated, and may yet be acknowledged.
fn is_behind(channel: &OpenChannel, transfer: &OpenTransfer, flows: &Flows) -> bool {
    sent(channel, transfer, flows)
        .is_some_and(|half| half.unacknowledged() > 0 && half.stuck().is_some())
}

/// The sender finished by itself and all that it sent is acknowledged; no size that was announced
/// says that there should have been more.
fn is_delivered(channel: &OpenChannel, transfer: &OpenTransfer, flows: &Flows) -> bool {
    let Some(half) = sent(channel, transfer, flows) else {
        return false;
    };
    let begun = half.first_data.is_some() || transfer.begun.is_some();
    let rest = transfer
        .announced
        .map_or(0, |size| size.bytes.saturating_sub(transfer.restart_offset));
    let ascii = transfer.representation == Representation::Ascii;
    let all = ascii || half.bytes + half.missing() >= rest;
    begun && all && half.fin.is_some() && half.rst().is_none() && half.unacknowledged() == 0
}

fn contains_ignoring_case(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word))
}
