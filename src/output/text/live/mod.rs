//! One line an event that matters, as it happens: for a terminal, and for a log that is grepped.
//!
//! ```text
//! 2026-11-22T18:30:09.050Z     1 198.51.100.10   ✓ login anonymous
//! 2026-11-22T18:30:15.050Z     1 198.51.100.10   ✗ FAIL  private-address-announced: The server …
//! ```
//!
//! Time in UTC, number of the session, client, then what happened. A line is as long as it takes,
//! so that every tool that reads lines finds all of it in one; a failed data channel and the
//! finding that explains it are one line.

mod facts;
mod totals;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use super::Options;
use super::line::Line;
use super::pen::Pen;
use crate::analyzer::{Event, Summary};
use crate::diagnosis::Finding;
use crate::escape;
use crate::ftp::{Channel, Outcome, SessionEvent, SessionId};
use crate::output::party::{Parties, Party};
use crate::output::{Context, Notice, Sink, stamp};
use crate::time::Timestamp;

pub use totals::totals;

/// Columns of a client's address: those of most IPv4 addresses.
const CLIENT: usize = 15;

/// Columns of a session's number.
const SESSION: usize = 5;

/// Writes a line for each event that matters.
#[derive(Debug)]
pub struct Live<W: Write> {
    out: W,
    pen: Pen,
    parties: Parties,
}

impl<W: Write> Live<W> {
    /// Lines that are written to `out`; the width in `options` is not obeyed.
    pub fn new(out: W, options: &Options) -> Self {
        Self {
            out,
            pen: Pen::endless(options.colour, options.ascii),
            parties: Parties::default(),
        }
    }

    fn write(&mut self, head: Head, line: Line) -> io::Result<()> {
        let line = self.pen.line(head.line().join(line));
        self.out.write_all(line.as_bytes())
    }

    fn fact(&mut self, event: &SessionEvent, batch: &[Event]) -> io::Result<()> {
        self.parties.learn(event);
        let Some(Told { at, line }) = (match event {
            SessionEvent::Opened(opened) => Some(facts::opened(opened)),
            SessionEvent::Login(login) => facts::login(login),
            SessionEvent::Channel(channel) if is_told_by_finding(channel, batch) => None,
            SessionEvent::Channel(channel) => facts::channel(channel),
            SessionEvent::Ended(record) => Some(facts::ended(record)),
            SessionEvent::Exchange(_) | SessionEvent::Reply { .. } | SessionEvent::Anomaly(_) => {
                None
            }
        }) else {
            return Ok(());
        };
        self.write(self.head(at, Some(event.session())), line)
    }

    fn finding(&mut self, finding: &Finding, context: Context<'_>) -> io::Result<()> {
        let party = finding
            .session
            .and_then(|session| self.parties.get(session));
        let line = facts::finding(finding, party, context.inputs.len() > 1);
        self.write(self.head(finding.time, finding.session), line)
    }

    fn head(&self, at: Timestamp, session: Option<SessionId>) -> Head {
        let party = session.and_then(|session| self.parties.get(session));
        Head {
            at,
            session,
            client: party.map(|party| party.client.ip().to_string()),
        }
    }
}

impl<W: Write> Sink for Live<W> {
    fn events(&mut self, batch: &mut Vec<Event>, context: Context<'_>) -> io::Result<()> {
        for event in batch.iter() {
            match event {
                Event::Session(event) => self.fact(event, batch)?,
                Event::Finding(finding) => self.finding(finding, context)?,
            }
        }
        // Only here: the findings about the end of a session stand behind it.
        for event in batch.iter() {
            if let Event::Session(SessionEvent::Ended(record)) = event {
                self.parties.leave(record.id);
            }
        }
        Ok(())
    }

    fn notice(&mut self, notice: &Notice) -> io::Result<()> {
        let line = facts::verdict(notice.severity)
            .plain(escape::line(notice.text.as_bytes()).into_owned());
        self.write(self.head(notice.time, None), line)
    }

    fn finish(&mut self, _: &Summary, _: Context<'_>) -> io::Result<()> {
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What happened, and when.
struct Told {
    at: Timestamp,
    line: Line,
}

/// The columns before what happened.
struct Head {
    at: Timestamp,
    session: Option<SessionId>,
    client: Option<String>,
}

impl Head {
    fn line(&self) -> Line {
        let session = self
            .session
            .map_or_else(|| "-".to_owned(), |one| one.to_string());
        let client = self.client.as_deref().unwrap_or("-");
        Line::default()
            .dim(stamp::rfc3339_millis(self.at))
            .plain(format!(" {session:>SESSION$} {client:<CLIENT$} "))
    }
}

/// A finding in the same batch explains the channel.
fn is_told_by_finding(channel: &Channel, batch: &[Event]) -> bool {
    let explains = |event: &Event| {
        matches!(event, Event::Finding(finding) if finding.session == Some(channel.session)
            && finding.channel == Some(channel.number)
            && Some(finding.cause) == channel.cause)
    };
    matches!(channel.outcome, Outcome::Failed | Outcome::Refused) && batch.iter().any(explains)
}

/// `198.51.100.10 → 203.0.113.5:21, user anna`.
fn between(party: &Party) -> String {
    let hosts = format!("{} → {}", party.client.ip(), party.server);
    match &party.user {
        Some(user) => format!("{hosts}, user {}", escape::line(user)),
        None => hosts,
    }
}
