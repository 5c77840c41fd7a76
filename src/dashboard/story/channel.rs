//! The rows of one data channel.

use super::What;
use super::weave::{ASIDE, CHANNEL};
use crate::capture::Moment;
use crate::ftp::{Channel, DataConnection, Direction, Mode, Outcome};
use crate::tcp::{Connection, Half, Side};

/// The rows of a channel with their ranks; that of its announcement is not among them.
pub(super) fn rows(channel: &Channel) -> Vec<(Moment, u8, What)> {
    match &channel.connection {
        None => unconnected(channel).into_iter().collect(),
        Some(connection) if !connection.established => {
            vec![(connection.first, CHANNEL, What::Attempt)]
        }
        Some(connection) => connected(channel, connection),
    }
}

/// A channel of which no packet was seen, where that is worth a row: before the reply that ends its
/// transfer.
fn unconnected(channel: &Channel) -> Option<(Moment, u8, What)> {
    let transfer = channel.transfer.as_ref();
    let at = match transfer.and_then(|transfer| transfer.reply.as_ref()) {
        Some(reply) => reply.at,
        None => transfer.map_or(channel.at, |transfer| transfer.at),
    };
    let rank = if transfer.is_some() { CHANNEL } else { ASIDE };
    let told = match channel.outcome {
        Outcome::Unseen | Outcome::Failed | Outcome::Incomplete | Outcome::Completed => true,
        Outcome::Aborted => transfer.is_some(),
        Outcome::Rejected | Outcome::Refused | Outcome::Unused => false,
    };
    told.then_some((at, rank, What::DataNote))
}

fn connected(channel: &Channel, connection: &DataConnection) -> Vec<(Moment, u8, What)> {
    let mut rows = Vec::new();
    let failed = |one: &&Connection| !one.established;
    if let Some(first) = connection.others.iter().find(failed) {
        rows.push((first.first, CHANNEL, What::Attempt));
    }
    let facts = &connection.facts;
    if !facts.midstream {
        rows.push((facts.first, CHANNEL, What::DataOpen));
    }
    if let Some(at) = sending(channel, connection).and_then(|half| half.first_data) {
        rows.push((at, CHANNEL, What::DataBytes));
    }
    match connection.closed_by {
        Some(_) => rows.push((closed(facts), CHANNEL, What::DataClose)),
        None => {
            if !matches!(channel.outcome, Outcome::Completed) {
                rows.push((connection.last, ASIDE, What::DataNote));
            }
        }
    }
    rows
}

/// The first sign of the end.
fn closed(facts: &Connection) -> Moment {
    let end = facts.end().map(|end| end.at);
    let close = facts.close().map(|(_, at)| at);
    end.or(close).unwrap_or(facts.last)
}

/// The half that sends the data; the fuller one where no transfer says which way they go. `None`
/// where no byte was sent.
pub(crate) fn sending<'a>(channel: &Channel, connection: &'a DataConnection) -> Option<&'a Half> {
    let facts = &connection.facts;
    let side = sender(channel, connection);
    Some(facts.half(side)).filter(|half| half.first_data.is_some())
}

/// The side that sends the data.
pub(crate) fn sender(channel: &Channel, connection: &DataConnection) -> Side {
    let facts = &connection.facts;
    let [initiator, responder] = &facts.halves;
    if initiator.bytes == 0 && responder.bytes > 0 {
        return Side::Responder;
    }
    if responder.bytes == 0 && initiator.bytes > 0 {
        return Side::Initiator;
    }
    let uploads = channel
        .transfer
        .as_ref()
        .is_some_and(|transfer| transfer.direction == Direction::Upload);
    let passive = channel.mode == Mode::Passive;
    // In a passive channel the client connects.
    if uploads == passive {
        Side::Initiator
    } else {
        Side::Responder
    }
}
