//! The packets that a row is about.

use super::channel::sending;
use super::{Row, Story, What};
use crate::capture::{Frame, Moment};
use crate::ftp::DataConnection;
use crate::tcp::Connection;

/// Packets of one row that are named.
const MOST: usize = 8;

impl Story {
    /// The packets that a row is about, as far as they are known one by one.
    pub(crate) fn frames(&self, row: &Row) -> Vec<Frame> {
        let mut frames = vec![row.at.frame];
        let mut add = |at: Option<Moment>| frames.extend(at.map(|at| at.frame));
        let channel = self.channel(row);
        let connection = channel.and_then(|channel| channel.connection.as_ref());
        match (row.what, connection) {
            (What::Connect, _) => {
                if let Some(control) = self.control(row) {
                    handshake(control).into_iter().for_each(add);
                }
            }
            (What::DataOpen, Some(connection)) => {
                handshake(&connection.facts).into_iter().for_each(add);
            }
            (What::Attempt, Some(connection)) => {
                attempts(connection).for_each(&mut add);
                let error = connection.facts.icmp.as_ref();
                frames.extend(error.map(|error| error.frame));
            }
            (What::DataBytes, Some(connection)) => {
                let half = channel.and_then(|channel| sending(channel, connection));
                add(half.and_then(|half| half.last_data));
            }
            _ => {}
        }
        frames.sort_unstable();
        frames.dedup();
        frames.truncate(MOST);
        frames
    }

    fn control(&self, row: &Row) -> Option<&Connection> {
        let record = self.record(self.session_of(row.event)?)?;
        Some(&record.control)
    }
}

fn handshake(connection: &Connection) -> [Option<Moment>; 3] {
    [connection.syn, connection.syn_ack, connection.handshake_ack]
}

fn attempts(connection: &DataConnection) -> impl Iterator<Item = Option<Moment>> {
    let all = connection.others.iter().chain([&*connection.facts]);
    all.flat_map(|one| {
        let resets = one.halves.iter().map(|half| half.rst());
        let resets: Vec<_> = resets.collect();
        [one.syn, one.last_syn(), one.syn_ack]
            .into_iter()
            .chain(resets)
    })
}
