//! Which packets belong to the connections of a selection, as they pass in their order.

use std::net::SocketAddr;
use std::time::Duration;

use hashbrown::HashMap;

use super::related::ends;
use super::selection::{Selection, Stretch};
use crate::capture::Moment;
use crate::time::Timestamp;

/// How long after the last packet that the analysis counted a packet with the same ends is still
/// taken for the connection's: a last acknowledgement, a repeated SYN or FIN.
const TAIL: Duration = Duration::from_secs(120);

/// The connections of a selection. Ports are used again: a connection lasts from its first packet
/// to the SYN of the next one with the same ends.
#[derive(Debug)]
pub(super) struct Passing(HashMap<(SocketAddr, SocketAddr), Vec<Passage>>);

#[derive(Debug)]
struct Passage {
    stretch: Stretch,
    state: State,
    /// The sequence number of its SYN.
    isn: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Its first packet has not come.
    Before,
    /// Its first packet has come.
    Within,
    /// The last packet that the analysis counted has come.
    Behind,
    /// Another connection has taken its place.
    Over,
}

impl Passing {
    /// None of them has begun.
    pub(super) fn new(selection: &Selection) -> Self {
        let passages = |stretches: &Vec<Stretch>| {
            let passage = |stretch: &Stretch| Passage {
                stretch: *stretch,
                state: State::Before,
                isn: None,
            };
            stretches.iter().map(passage).collect()
        };
        let all = selection.connections.iter();
        Self(
            all.map(|(ends, stretches)| (*ends, passages(stretches)))
                .collect(),
        )
    }

    /// The packet at `now` is about the connection between these ends; whether that is one of the
    /// selection. `syn` is the sequence number of a SYN that opens one.
    pub(super) fn takes(
        &mut self,
        one: SocketAddr,
        other: SocketAddr,
        syn: Option<u32>,
        now: Moment,
    ) -> bool {
        let Some(passages) = self.0.get_mut(&ends(one, other)) else {
            return false;
        };
        let mut taken = false;
        for passage in passages {
            taken |= passage.takes(syn, now);
        }
        taken
    }
}

impl Passage {
    fn takes(&mut self, syn: Option<u32>, now: Moment) -> bool {
        if self.state == State::Before && self.stretch.first.frame == now.frame {
            self.state = State::Within;
            self.isn = syn;
        }
        if self.state == State::Behind && self.is_replaced(syn, now.time) {
            self.state = State::Over;
        }
        if self.state == State::Within && self.stretch.last.frame == now.frame {
            self.state = State::Behind;
        }
        matches!(self.state, State::Within | State::Behind)
    }

    /// Behind its end, a SYN with another number opens another connection.
    fn is_replaced(&self, syn: Option<u32>, now: Timestamp) -> bool {
        syn.is_some_and(|syn| self.isn != Some(syn)) || now.since(self.stretch.last.time) > TAIL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Frame;

    fn moment(number: u64, seconds: u64) -> Moment {
        Moment {
            frame: Frame::new(0, number),
            time: Timestamp::new(seconds, 0),
        }
    }

    fn passing(stretches: &[(u64, u64)]) -> Passing {
        let mut selection = Selection::default();
        let stretch = |&(first, last)| Stretch {
            first: moment(first, first),
            last: moment(last, last),
        };
        let between = ends(CLIENT.parse().unwrap(), SERVER.parse().unwrap());
        let stretches = stretches.iter().map(stretch).collect();
        selection.connections.insert(between, stretches);
        Passing::new(&selection)
    }

    const CLIENT: &str = "192.0.2.1:40000";
    const SERVER: &str = "192.0.2.2:21";

    fn takes(passing: &mut Passing, number: u64, syn: Option<u32>) -> bool {
        let (client, server) = (CLIENT.parse().unwrap(), SERVER.parse().unwrap());
        passing.takes(server, client, syn, moment(number, number))
    }

    #[test]
    fn a_connection_lasts_until_the_next_one_with_its_ends() {
        let mut passing = passing(&[(10, 20), (40, 50)]);
        let mut taken = Vec::new();
        for (number, syn) in [
            (9, None),
            (10, Some(7)),
            (15, None),
            (16, Some(8)),
            (20, None),
            (21, None),
            (22, Some(7)),
            (30, Some(9)),
            (31, None),
            (40, Some(10)),
            (50, None),
            (171, None),
        ] {
            if takes(&mut passing, number, syn) {
                taken.push(number);
            }
        }
        assert_eq!(taken, [10, 15, 16, 20, 21, 22, 40, 50]);
    }
}
