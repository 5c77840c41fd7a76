//! One data channel as a row of the table.

use std::net::SocketAddr;
use std::time::Duration;

use super::Standing;
use crate::capture::Moment;
use crate::ftp::{Channel, Direction, Method, Mode, Outcome, SessionId};

/// Names a data channel: session, and number within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ChannelId {
    /// The session.
    pub(crate) session: SessionId,
    /// 1, 2, … within the session.
    pub(crate) number: u32,
}

/// One data channel as a row. Its texts are escaped.
#[derive(Clone, Debug)]
pub(crate) struct ChannelRow {
    /// 0, 1, … in the order in which their outcomes became known.
    pub(crate) number: u32,
    /// Which one.
    pub(crate) id: ChannelId,
    /// When it was announced or first seen.
    pub(crate) at: Moment,
    /// What became of it.
    pub(crate) outcome: Outcome,
    /// The same as a state word.
    pub(crate) standing: Standing,
    /// How it was announced.
    pub(crate) method: Method,
    /// Who connects.
    pub(crate) mode: Mode,
    /// Which way the bytes went, where there was a transfer.
    pub(crate) direction: Option<Direction>,
    /// The endpoint that was announced.
    pub(crate) announced: Option<SocketAddr>,
    /// Who connected to whom.
    pub(crate) connection: Option<(SocketAddr, SocketAddr)>,
    /// `RETR a.iso`.
    pub(crate) command: Box<str>,
    /// Payload bytes.
    pub(crate) bytes: u64,
    /// From the command to the first byte of data.
    pub(crate) wait: Option<Duration>,
    /// From the command to its end.
    pub(crate) duration: Option<Duration>,
    /// The code of the final reply.
    pub(crate) code: Option<u16>,
    /// The session is encrypted.
    pub(crate) protected: bool,
    /// The cause that explains a failure.
    pub(crate) cause: Option<&'static str>,
}

impl ChannelRow {
    /// The row of a channel.
    pub(crate) fn new(number: u32, channel: &Channel, protected: bool) -> Self {
        let transfer = channel.transfer.as_ref();
        let first_byte = channel.connection.as_ref().and_then(|connection| {
            let halves = connection.facts.halves.iter();
            halves.filter_map(|half| half.first_data).min()
        });
        let wait = transfer
            .zip(first_byte)
            .map(|(transfer, first)| first.time.since(transfer.at.time));
        Self {
            number,
            id: ChannelId {
                session: channel.session,
                number: channel.number,
            },
            at: channel.at,
            outcome: channel.outcome,
            standing: channel.outcome.into(),
            method: channel.method,
            mode: channel.mode,
            direction: transfer.map(|transfer| transfer.direction),
            announced: channel.announced,
            connection: channel
                .connection
                .as_ref()
                .map(|connection| (connection.from, connection.to)),
            command: transfer.map_or_else(Box::default, |transfer| {
                let path = transfer.path.as_deref().unwrap_or_default();
                let path = crate::escape::line(path);
                format!("{} {path}", transfer.verb.as_str())
                    .trim_end()
                    .into()
            }),
            bytes: transfer.map_or(0, |transfer| transfer.bytes),
            wait,
            duration: transfer.and_then(|transfer| transfer.duration),
            code: transfer
                .and_then(|transfer| transfer.reply.as_ref())
                .or(channel.reply.as_ref())
                .map(|reply| reply.code),
            protected,
            cause: channel.cause,
        }
    }

    /// Bytes a second over the whole transfer.
    pub(crate) fn rate(&self) -> Option<f64> {
        let seconds = self.duration?.as_secs_f64();
        (seconds > 0.0 && self.bytes > 0).then(|| self.bytes as f64 / seconds)
    }
}
