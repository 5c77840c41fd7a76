//! Which sessions belong together.

use std::net::SocketAddr;

use super::Story;
use crate::dashboard::model::SessionRow;

/// Why a session belongs to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// A data channel of one is an endpoint that the other announced: data between two servers.
    Relayed,
    /// A data channel of one leads to a host of the other.
    DataEnd,
    /// The same client and server.
    SameEnds,
}

/// How a session is related to the story of another, if it is.
pub(crate) fn relation(story: &Story, other: &SessionRow) -> Option<Relation> {
    let head = story.heads().first()?;
    if head.id == other.id {
        return None;
    }
    let same_client = head.client.ip() == other.client.ip();
    let ends: Vec<SocketAddr> = ends(story);
    let leads = |address: SocketAddr| ends.iter().any(|end| end.ip() == address.ip());
    let is_relayed = story.channels().iter().any(|channel| channel.relayed);
    if same_client && is_relayed && (leads(other.server) || head.server != other.server) {
        return Some(Relation::Relayed);
    }
    if head.server.ip() != other.server.ip() && leads(other.server) {
        return Some(Relation::DataEnd);
    }
    (same_client && head.server == other.server).then_some(Relation::SameEnds)
}

/// The ends of its data channels that are not the two of its control connection.
fn ends(story: &Story) -> Vec<SocketAddr> {
    let channels = story.channels();
    let ends = channels.iter().filter_map(|channel| channel.announced);
    let head = story.heads().first();
    let foreign = |end: &SocketAddr| {
        head.is_some_and(|head| end.ip() != head.client.ip() && end.ip() != head.server.ip())
    };
    ends.filter(foreign).collect()
}
