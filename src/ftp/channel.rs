//! A data channel while its outcome is open: announcement, attempts to connect, transfer.

use std::net::SocketAddr;
use std::time::Duration;

use smallvec::SmallVec;

use super::command::Verb;
use super::context::RESET_TAIL;
use super::event::{Reply, SessionId};
use super::streams::Streams;
use super::text::Text;
use super::transfer::{
    Announced, Channel, ClosedBy, Clue, Content, DataConnection, Direction, Inferred, Method, Mode,
    Outcome, Representation, Transfer,
};
use crate::capture::Moment;
use crate::tcp::{Close, Connection, FlowId, Flows, Side};
use crate::time::Timestamp;
use crate::tls::Facts;

/// Connections kept of one channel; those of further attempts are not followed.
const MAX_ATTEMPTS: usize = 16;

/// How long a SYN may wait for its answer before it counts as unanswered.
const SYN_PATIENCE: Duration = Duration::from_secs(3);

/// The same for one that was repeated, when nobody waits any longer.
const REPEATED_PATIENCE: Duration = Duration::from_millis(1500);

/// A data channel that is not final.
#[derive(Clone, Debug)]
pub(super) struct OpenChannel {
    /// Its name within the session, never used again.
    pub(super) key: u32,
    /// Its number in the output; `None` as long as nothing shows that it exists.
    pub(super) number: Option<u32>,
    pub(super) mode: Mode,
    pub(super) method: Method,
    pub(super) at: Moment,
    pub(super) announced: Option<SocketAddr>,
    pub(super) announcement: Option<Moment>,
    /// The reply to the announcement: what granted or refused it.
    pub(super) reply: Option<Reply>,
    pub(super) attempts: SmallVec<[Attempt; 1]>,
    pub(super) transfer: Option<OpenTransfer>,
    /// The client sent ABOR while the transfer ran.
    pub(super) aborted: Option<Moment>,
    /// The client sent another command after the transfer's final reply.
    pub(super) client_went_on: bool,
    /// The first command of the client after the announcement.
    pub(super) next_command: Option<(Verb, Moment)>,
    /// Its endpoint was announced in another session too.
    pub(super) relayed: bool,
    /// What speaks for it where nobody was seen to announce it.
    pub(super) inferred: Option<Inferred>,
    /// No more replies will be matched to it: another channel or transfer took its place.
    pub(super) superseded: bool,
    /// Replies of the server may have been lost while it was open.
    pub(super) doubtful: bool,
    /// The latest reply to a transfer whose command is not in the capture.
    pub(super) overheard: Option<u16>,
    /// What the first bytes of its connection look like.
    pub(super) content: Content,
    /// A review of it has been asked for.
    pub(super) scheduled: bool,
}

/// One connection, or attempt to connect, of a channel.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) flow: FlowId,
    /// Its facts, once the flow table has forgotten them.
    pub(super) gone: Option<Box<Connection>>,
    /// Its TLS, as it was when the channel was judged last.
    pub(super) tls: Option<Box<Facts>>,
}

/// A transfer command and the replies to it.
#[derive(Clone, Debug)]
pub(super) struct OpenTransfer {
    pub(super) verb: Verb,
    pub(super) at: Moment,
    pub(super) path: Option<Text>,
    pub(super) representation: Representation,
    pub(super) restart_offset: u64,
    /// The size of the file, where the server told it.
    pub(super) announced: Option<Announced>,
    /// The preliminary reply: the server is about to open the data connection or has it.
    pub(super) begun: Option<Reply>,
    pub(super) reply: Option<Reply>,
}

/// How an attempt to connect stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempted {
    /// No packet of it is in the capture.
    Unseen,
    /// It may still come about.
    Pending,
    /// Nothing answered, or something refused.
    Failed,
    /// It came about and is open.
    Open,
    /// It came about and is over.
    Over,
}

impl OpenChannel {
    pub(super) fn new(key: u32, mode: Mode, method: Method, at: Moment) -> Self {
        Self {
            key,
            number: None,
            mode,
            method,
            at,
            announced: None,
            announcement: None,
            reply: None,
            attempts: SmallVec::new(),
            transfer: None,
            aborted: None,
            client_went_on: false,
            next_command: None,
            relayed: false,
            inferred: None,
            superseded: false,
            doubtful: false,
            overheard: None,
            content: Content::Unknown,
            scheduled: false,
        }
    }

    /// It was announced, and no transfer command has been seen that uses it.
    pub(super) fn waits(&self) -> bool {
        self.transfer.is_none() && !self.superseded && self.announcement.is_some()
    }

    /// The final reply to its transfer has come.
    pub(super) fn is_replied(&self) -> bool {
        let transfer = self.transfer.as_ref();
        transfer.is_some_and(|transfer| transfer.reply.is_some())
    }

    /// The reply to an encrypted transfer may still come: nothing tells that it did.
    pub(super) fn lacks_last_word(&self) -> bool {
        let inferred = self.inferred.as_ref();
        self.transfer.is_none() && inferred.is_some_and(|inferred| !inferred.has(Clue::Ended))
    }

    /// Adds a connection; false when there are too many.
    pub(super) fn attach(&mut self, flow: FlowId) -> bool {
        let room = self.attempts.len() < MAX_ATTEMPTS;
        if room {
            self.attempts.push(Attempt {
                flow,
                gone: None,
                tls: None,
            });
        }
        room
    }

    /// Keeps the facts of a flow that is about to be forgotten.
    pub(super) fn keep(&mut self, flow: FlowId, facts: &Connection, streams: &Streams) {
        self.look_at_tls(streams);
        for attempt in self
            .attempts
            .iter_mut()
            .filter(|attempt| attempt.flow == flow)
        {
            attempt.gone = Some(Box::new(facts.clone()));
        }
    }

    /// Takes note of the TLS of its connections.
    pub(super) fn look_at_tls(&mut self, streams: &Streams) {
        let open = self.attempts.iter_mut().filter(|it| it.gone.is_none());
        for attempt in open {
            if let Some(facts) = streams.facts(attempt.flow) {
                attempt.tls = Some(Box::new(facts.clone()));
            }
        }
    }

    /// The connection that tells most: that with most data, else one that came about, else the
    /// latest attempt.
    pub(super) fn connection<'a>(&'a self, flows: &'a Flows) -> Option<&'a Connection> {
        self.best(flows).map(|(_, connection)| connection)
    }

    fn best<'a>(&'a self, flows: &'a Flows) -> Option<(&'a Attempt, &'a Connection)> {
        self.known(flows)
            .max_by_key(|(_, connection)| (connection.established, payload(connection)))
    }

    /// Whether data may still come over a connection of it, when nobody tries to connect anew.
    pub(super) fn has_live_flow(&self, flows: &Flows, now: Timestamp) -> bool {
        self.attempts
            .iter()
            .filter(|attempt| attempt.gone.is_none())
            .filter_map(|attempt| flows.get(attempt.flow))
            .any(|connection| {
                let hopeful = connection.established || pending_until(connection) > now;
                hopeful && is_live(connection, now)
            })
    }

    /// It had a connection, and the flow table has given up all of them.
    pub(super) fn is_forgotten(&self) -> bool {
        let gone = |attempt: &Attempt| attempt.gone.is_some();
        !self.attempts.is_empty() && self.attempts.iter().all(gone)
    }

    /// Until when an answer to the latest SYN of it may be on its way; `None` where none is awaited.
    pub(super) fn pending_until(&self, flows: &Flows) -> Option<Timestamp> {
        let connection = self.connection(flows)?;
        (!connection.established).then(|| pending_until(connection))
    }

    /// How its best attempt stands at `now`.
    pub(super) fn attempted(&self, flows: &Flows, now: Timestamp) -> Attempted {
        match self.connection(flows) {
            None => Attempted::Unseen,
            Some(connection) if connection.established && is_live(connection, now) => {
                Attempted::Open
            }
            Some(connection) if connection.established => Attempted::Over,
            Some(connection) if is_refused(connection) => Attempted::Failed,
            Some(connection) => {
                let waited = connection
                    .syn
                    .is_some_and(|syn| now.since(syn.time) >= SYN_PATIENCE);
                let repeated = connection.syns > 1 && connection.syn_ack.is_none();
                if waited || repeated {
                    Attempted::Failed
                } else {
                    Attempted::Pending
                }
            }
        }
    }

    /// The end of the data connection on which the FTP server is.
    pub(super) fn server_side(&self) -> Side {
        match self.mode {
            Mode::Passive => Side::Responder,
            Mode::Active => Side::Initiator,
        }
    }

    /// Payload bytes to the client and to the server: those inside TLS where it was decrypted.
    pub(super) fn bytes(&self, flows: &Flows) -> (u64, u64) {
        let server = self.server_side();
        match self.best(flows) {
            Some((attempt, connection)) => (
                sent(attempt, connection, server),
                sent(attempt, connection, server.peer()),
            ),
            None => (0, 0),
        }
    }

    /// Who ended the connection.
    pub(super) fn closed_by(&self, connection: &Connection) -> Option<ClosedBy> {
        let (close, _) = connection.close()?;
        let server = self.server_side();
        Some(match close {
            Close::Finished(side) if side == server => ClosedBy::Server,
            Close::Finished(_) => ClosedBy::Client,
            Close::Reset(side) if side == server => ClosedBy::ResetByServer,
            Close::Reset(_) => ClosedBy::ResetByClient,
        })
    }

    /// What there is to tell of it, with what became of it, and the payload bytes that [`Self::bytes`]
    /// gives.
    pub(super) fn told(
        mut self: Box<Self>,
        (session, number): (SessionId, u32),
        outcome: Outcome,
        bytes: (u64, u64),
        flows: &Flows,
    ) -> Channel {
        let open = self.transfer.take();
        let best = self.best(flows);
        let connection = best.map(|(_, connection)| connection);
        let transfer = open.map(|open| self.transferred(open, connection, bytes));
        let tls = best.and_then(|(attempt, _)| attempt.tls.clone());
        let inferred = self.inferred_at_last(best);
        let connection = connection.map(|connection| self.data_connection(connection, flows));
        Channel {
            session,
            number,
            mode: self.mode,
            method: self.method,
            at: self.at,
            announced: self.announced,
            announcement: self.announcement,
            reply: self.reply,
            connection,
            transfer,
            aborted: self.aborted,
            next_command: self.next_command,
            relayed: self.relayed,
            tls,
            inferred,
            outcome,
            cause: None,
        }
    }

    /// What is told of it where nobody was seen to announce it.
    fn inferred_at_last(&self, best: Option<(&Attempt, &Connection)>) -> Option<Inferred> {
        let mut inferred = self.inferred.clone()?;
        let Some((attempt, connection)) = best.filter(|(_, one)| one.established) else {
            return Some(inferred);
        };
        let server = self.server_side();
        let carried = |side| match &attempt.tls {
            Some(facts) => facts.estimate(side, connection.half(side).bytes),
            None => Some(connection.half(side).bytes),
        };
        inferred.carried = match (carried(server), carried(server.peer())) {
            (Some(0), Some(up)) if up > 0 => Some((Direction::Upload, up)),
            (Some(down), Some(up)) if up > down => Some((Direction::Upload, up)),
            (Some(down), Some(_)) => Some((Direction::Download, down)),
            _ => None,
        };
        Some(inferred)
    }

    fn data_connection(&self, connection: &Connection, flows: &Flows) -> DataConnection {
        let first = self.connections(flows).map(|other| other.first).min();
        DataConnection {
            from: connection.initiator(),
            to: connection.responder(),
            first: first.unwrap_or(connection.first),
            last: connection.last,
            syns: self.connections(flows).map(|other| other.syns).sum(),
            established: connection.established,
            closed_by: self.closed_by(connection),
            facts: Box::new(connection.clone()),
            others: self
                .connections(flows)
                .filter(|other| !std::ptr::eq(*other, connection))
                .cloned()
                .collect(),
        }
    }

    fn transferred(
        &self,
        open: OpenTransfer,
        connection: Option<&Connection>,
        (down, up): (u64, u64),
    ) -> Transfer {
        let direction = direction(&open.verb);
        let sender = match direction {
            Direction::Upload => self.server_side().peer(),
            Direction::Download | Direction::Listing => self.server_side(),
        };
        let sent = connection.map(|connection| connection.half(sender));
        let last_data = sent.and_then(|half| half.last_data);
        let end = open.reply.as_ref().map(|reply| reply.at).max(last_data);
        Transfer {
            verb: open.verb,
            at: open.at,
            path: open.path,
            direction,
            representation: match direction {
                Direction::Listing => Representation::Ascii,
                Direction::Download | Direction::Upload => open.representation,
            },
            restart_offset: open.restart_offset,
            bytes: match direction {
                Direction::Upload => up,
                Direction::Download | Direction::Listing => down,
            },
            duration: end.map(|end| end.time.since(open.at.time)),
            retransmitted_bytes: sent.map_or(0, |half| half.retransmitted()),
            missing_bytes: sent.map_or(0, |half| half.missing()),
            unacknowledged_bytes: sent.map_or(0, |half| half.unacknowledged()),
            begun: open.begun,
            announced: open.announced,
            content: self.content,
            reply: open.reply,
        }
    }

    fn connections<'a>(&'a self, flows: &'a Flows) -> impl Iterator<Item = &'a Connection> {
        self.known(flows).map(|(_, connection)| connection)
    }

    fn known<'a>(
        &'a self,
        flows: &'a Flows,
    ) -> impl Iterator<Item = (&'a Attempt, &'a Connection)> {
        self.attempts.iter().filter_map(|attempt| {
            let gone = attempt.gone.as_deref();
            let connection = gone.or_else(|| flows.get(attempt.flow))?;
            Some((attempt, connection))
        })
    }
}

/// Which way the bytes of a transfer command go.
pub(super) fn direction(verb: &Verb) -> Direction {
    match verb {
        Verb::Stor | Verb::Stou | Verb::Appe => Direction::Upload,
        Verb::List | Verb::Nlst | Verb::Mlsd => Direction::Listing,
        _ => Direction::Download,
    }
}

/// What one side sent over a connection of a channel.
fn sent(attempt: &Attempt, connection: &Connection, side: Side) -> u64 {
    let plain = attempt.tls.as_ref().and_then(|facts| facts.payload(side));
    plain.unwrap_or(connection.half(side).bytes)
}

fn payload(connection: &Connection) -> u64 {
    connection.halves.iter().map(|half| half.bytes).sum()
}

/// Until when an answer to the latest SYN may be on its way.
fn pending_until(connection: &Connection) -> Timestamp {
    let latest = connection.last_syn().unwrap_or(connection.last).time;
    latest
        + match connection.syns {
            _ if is_refused(connection) => RESET_TAIL,
            0 | 1 => SYN_PATIENCE,
            _ => REPEATED_PATIENCE,
        }
}

/// Open, or reset so recently that segments sent before the reset may still arrive.
fn is_live(connection: &Connection, now: Timestamp) -> bool {
    match connection.close() {
        None => true,
        Some((Close::Reset(_), at)) => now.since(at.time) < RESET_TAIL,
        Some((Close::Finished(_), _)) => false,
    }
}

/// The SYN was answered by a RST or an ICMP error.
fn is_refused(connection: &Connection) -> bool {
    connection.half(Side::Responder).rst().is_some() || connection.icmp.is_some()
}
