//! Data connections inside TLS.
//!
//! Without keys only the handshake is followed, and the rest is counted as on any data connection.
//! With them every record is decrypted, and what it held is counted and let go.

use hashbrown::HashMap;

use super::content;
use super::transfer::Content;
use crate::capture::Moment;
use crate::tcp::{FlowId, Side};
use crate::tls::{self, Facts, Secrets, Stream, What};

/// Data connections whose TLS is followed at once; of further ones it is not.
pub const MAX_STREAMS: usize = 16_384;

/// What one of them takes: the stream, and about as much for the facts behind it.
const STREAM: usize = 2 * size_of::<Stream>();

/// The TLS of data connections.
#[derive(Debug, Default)]
pub(super) struct Streams {
    by_flow: HashMap<FlowId, Box<Stream>>,
    refused: u64,
}

/// What bytes of a data connection led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Followed {
    /// More bytes would tell more.
    pub(super) is_curious: bool,
    /// What the first decrypted bytes look like.
    pub(super) content: Content,
}

impl Streams {
    /// Begins to follow a connection whose first bytes these are; false when they are no TLS, or
    /// when too many are followed.
    pub(super) fn begin(&mut self, flow: FlowId, bytes: &[u8]) -> bool {
        if !tls::begins_record(bytes) {
            return false;
        }
        let room = self.by_flow.len() < MAX_STREAMS;
        self.refused += u64::from(!room);
        if room {
            self.by_flow.insert(flow, Box::default());
        }
        room
    }

    /// Takes in bytes; `None` for a connection that is not followed.
    pub(super) fn push(
        &mut self,
        flow: FlowId,
        bytes: (Side, &[u8], Moment),
        secrets: &mut Secrets,
    ) -> Option<Followed> {
        let stream = self.by_flow.get_mut(&flow)?;
        let mut content = Content::Unknown;
        stream.push(bytes, secrets, &mut |told| look(&mut content, told.what));
        let is_curious = stream.is_curious();
        Some(Followed {
            is_curious,
            content,
        })
    }

    /// Bytes are missing; tells whether the connection is followed still.
    pub(super) fn gap(
        &mut self,
        flow: FlowId,
        side: Side,
        missing: u64,
        secrets: &mut Secrets,
    ) -> bool {
        let stream = self.by_flow.get_mut(&flow);
        stream.is_some_and(|stream| {
            stream.gap(side, missing, secrets);
            stream.is_curious()
        })
    }

    /// Secrets came: gives the connections that waited for them, and what they led to.
    pub(super) fn keys_came(&mut self, secrets: &mut Secrets) -> Vec<(FlowId, Followed)> {
        let waiting = |(_, stream): &(&FlowId, &mut Box<Stream>)| stream.is_waiting();
        let mut followed = Vec::new();
        for (flow, stream) in self.by_flow.iter_mut().filter(waiting) {
            let mut content = Content::Unknown;
            stream.keys_came(secrets, &mut |told| look(&mut content, told.what));
            let is_curious = stream.is_curious();
            followed.push((
                *flow,
                Followed {
                    is_curious,
                    content,
                },
            ));
        }
        followed
    }

    /// What is known of the TLS of a connection.
    pub(super) fn facts(&self, flow: FlowId) -> Option<&Facts> {
        self.by_flow.get(&flow).map(|stream| stream.facts())
    }

    pub(super) fn forget(&mut self, flow: FlowId) {
        self.by_flow.remove(&flow);
    }

    /// Memory of all of them, in bytes, without what the secrets account for.
    pub(super) fn memory(&self) -> usize {
        self.by_flow.len() * STREAM
    }

    /// Connections that were not followed, because too many were.
    pub(super) fn refused(&self) -> u64 {
        self.refused
    }
}

fn look(content: &mut Content, what: What<'_>) {
    if let (Content::Unknown, What::Plain(bytes)) = (*content, what) {
        *content = content::look(bytes);
    }
}
