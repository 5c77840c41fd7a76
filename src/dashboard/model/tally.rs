//! Totals and rates, counted event by event.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::{RATES, Rate, Stats, TOP, Top};
use crate::analyzer::{Event, Summary};
use crate::capture::Packet;
use crate::escape;
use crate::ftp::{AnomalyKind, Directions, Outcome, SessionEvent};
use crate::output::words::Word;
use crate::time::Timestamp;

/// Different names that are counted in one list; further ones are not.
const MAX_NAMES: usize = 10_000;

/// Bytes of a name that are kept.
const MOST_NAME: usize = 128;

/// Counts what happens.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    opened: u64,
    ended: u64,
    replies: [u64; 5],
    methods: BTreeMap<&'static str, u64>,
    protected: u64,
    midstream: u64,
    one_sided: u64,
    gaps: u64,
    servers: Names,
    clients: Names,
    users: Names,
    files: Names,
    rates: Rates,
}

impl Tally {
    /// Counts a packet.
    #[inline]
    pub(crate) fn packet(&mut self, packet: &Packet<'_>) {
        let rate = self.rates.at(packet.time);
        rate.packets += 1;
        rate.bytes += u64::from(packet.wire_len);
    }

    /// Counts an event.
    pub(crate) fn event(&mut self, event: &Event) {
        let Event::Session(event) = event else { return };
        match event {
            SessionEvent::Opened(opened) => {
                self.opened += 1;
                self.midstream += u64::from(opened.midstream);
                self.rates.at(opened.at.time).sessions += 1;
                self.servers.count(&opened.server.to_string());
                self.clients.count(&opened.client.ip().to_string());
            }
            SessionEvent::Exchange(exchange) => {
                exchange
                    .replies
                    .iter()
                    .for_each(|reply| self.reply(reply.code));
                if exchange.verb.as_str() == "USER" {
                    self.users.bytes(&exchange.argument);
                }
            }
            SessionEvent::Reply { reply, .. } => self.reply(reply.code),
            SessionEvent::Channel(channel) => {
                *self.methods.entry(channel.method.word()).or_default() += 1;
                if channel.outcome == Outcome::Failed {
                    self.rates.at(channel.at.time).failures += 1;
                }
                let path = channel
                    .transfer
                    .as_ref()
                    .and_then(|transfer| transfer.path.as_ref());
                if let Some(path) = path {
                    self.files.bytes(path);
                }
            }
            SessionEvent::Anomaly(anomaly) => {
                self.gaps += u64::from(matches!(anomaly.kind, AnomalyKind::Gap { .. }));
            }
            SessionEvent::Ended(record) => {
                self.ended += 1;
                self.protected += u64::from(record.tls.is_some());
                self.one_sided += u64::from(record.directions != Directions::Both);
            }
            SessionEvent::Login(_) => {}
        }
    }

    fn reply(&mut self, code: u16) {
        let class = usize::from(code / 100).wrapping_sub(1);
        if let Some(count) = self.replies.get_mut(class) {
            *count += 1;
        }
    }

    /// What is shown of it.
    pub(crate) fn stats(&self, summary: Summary) -> Stats {
        let (since, span, rates) = self.rates.shown();
        Stats {
            summary,
            open: self.opened.saturating_sub(self.ended),
            replies: self.replies,
            methods: self.methods.clone(),
            protected: self.protected,
            midstream: self.midstream,
            one_sided: self.one_sided,
            gaps: self.gaps,
            servers: self.servers.top(),
            clients: self.clients.top(),
            users: self.users.top(),
            files: self.files.top(),
            since,
            span,
            rates,
        }
    }
}

/// How often each name came.
#[derive(Debug, Default)]
struct Names(HashMap<Box<str>, u64>);

impl Names {
    fn count(&mut self, name: &str) {
        if let Some(count) = self.0.get_mut(name) {
            *count += 1;
        } else if self.0.len() < MAX_NAMES {
            self.0.insert(name.into(), 1);
        }
    }

    fn bytes(&mut self, name: &[u8]) {
        self.count(&escape::line(&name[..name.len().min(MOST_NAME)]));
    }

    fn top(&self) -> Vec<Top> {
        let mut all: Vec<(&str, u64)> = self
            .0
            .iter()
            .map(|(name, count)| (&**name, *count))
            .collect();
        let order =
            |one: &(&str, u64), other: &(&str, u64)| other.1.cmp(&one.1).then(one.0.cmp(other.0));
        if all.len() > TOP {
            all.select_nth_unstable_by(TOP, order);
            all.truncate(TOP);
        }
        all.sort_unstable_by(order);
        let top = all.into_iter().map(|(name, count)| Top {
            name: name.into(),
            count,
        });
        top.collect()
    }
}

/// What happened, span by span of packet time. When there are too many spans, two become one.
#[derive(Debug)]
struct Rates {
    /// Number of the first span since the epoch.
    first: u64,
    /// Seconds of a span, a power of two.
    span: u64,
    rates: Vec<Rate>,
    /// Takes what lies before the first span.
    before: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            first: 0,
            span: 1,
            rates: Vec::new(),
            before: Rate::default(),
        }
    }
}

impl Rates {
    #[inline]
    fn at(&mut self, time: Timestamp) -> &mut Rate {
        let number = time.seconds() / self.span;
        match number.checked_sub(self.first) {
            Some(index) if (index as usize) < self.rates.len() && index < RATES as u64 => {
                &mut self.rates[index as usize]
            }
            _ => self.make(time),
        }
    }

    #[cold]
    fn make(&mut self, time: Timestamp) -> &mut Rate {
        if self.rates.is_empty() {
            self.first = time.seconds() / self.span;
        }
        if time.seconds() / self.span < self.first {
            return &mut self.before;
        }
        while time.seconds() / self.span - self.first >= RATES as u64 {
            self.halve();
        }
        let index = (time.seconds() / self.span - self.first) as usize;
        if self.rates.len() <= index {
            self.rates.resize(index + 1, Rate::default());
        }
        &mut self.rates[index]
    }

    /// Doubles the span.
    fn halve(&mut self) {
        let mut merged: Vec<Rate> = Vec::with_capacity(RATES);
        let first = self.first / 2;
        for (index, rate) in self.rates.iter().enumerate() {
            let index = ((self.first + index as u64) / 2 - first) as usize;
            if merged.len() <= index {
                merged.resize(index + 1, Rate::default());
            }
            let into = &mut merged[index];
            into.packets += rate.packets;
            into.bytes += rate.bytes;
            into.sessions += rate.sessions;
            into.failures += rate.failures;
        }
        self.first = first;
        self.span *= 2;
        self.rates = merged;
    }

    fn shown(&self) -> (Option<Timestamp>, u64, Vec<Rate>) {
        let since = (!self.rates.is_empty()).then(|| Timestamp::new(self.first * self.span, 0));
        (since, self.span, self.rates.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_cover_any_time_with_a_bounded_number_of_spans() {
        let mut rates = Rates::default();
        for second in [1000, 1001, 1001, 5000, 900, u64::MAX / 1_000_000_000] {
            rates.at(Timestamp::new(second, 0)).packets += 1;
            assert!(rates.rates.len() <= RATES);
        }
        let sum: u64 = rates.rates.iter().map(|rate| rate.packets).sum();
        assert_eq!((sum, rates.before.packets), (5, 1));
    }

    #[test]
    fn the_busiest_come_first() {
        let mut names = Names::default();
        for name in ["b", "a", "b", "c"] {
            names.count(name);
        }
        let top: Vec<(String, u64)> = names
            .top()
            .into_iter()
            .map(|top| (top.name.into(), top.count))
            .collect();
        assert_eq!(
            top,
            [
                ("b".to_owned(), 2),
                ("a".to_owned(), 1),
                ("c".to_owned(), 1)
            ]
        );
    }

    #[test]
    fn the_first_names_are_counted_and_of_a_long_one_the_beginning() {
        let mut names = Names::default();
        for number in 0..=MAX_NAMES {
            names.bytes(format!("{number:05}").as_bytes());
        }
        names.bytes(b"00000");
        assert_eq!(names.0.len(), MAX_NAMES);
        assert_eq!(
            (names.0.get("00000"), names.0.get("10000")),
            (Some(&2), None)
        );
        let mut names = Names::default();
        names.bytes(&[b'x'; 2 * MOST_NAME]);
        assert!(names.0.keys().all(|name| name.len() == MOST_NAME));
    }
}
