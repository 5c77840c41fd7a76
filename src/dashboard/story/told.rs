//! The story itself.

use std::sync::Arc;

use super::found::Marks;
use super::links::Links;
use super::{Lanes, Row, Tone, What, weave};
use crate::analyzer::Event;
use crate::dashboard::model::{Dossier, SessionRow};
use crate::diagnosis::{Finding, Severity};
use crate::ftp::{Channel, Exchange, Reply, SessionEvent, SessionId, SessionRecord};
use crate::output::stamp;

/// What happened in one or a few sessions, in order.
#[derive(Debug, Default)]
pub(crate) struct Story {
    events: Vec<Arc<Event>>,
    rows: Vec<Row>,
    heads: Vec<Arc<SessionRow>>,
    lanes: Lanes,
    marks: Marks,
    links: Links,
    /// Events behind the first so many are not final yet.
    finals: u32,
}

impl Story {
    /// The story that these dossiers tell; those of several sessions become one story.
    pub(crate) fn new(dossiers: &[Arc<Dossier>]) -> Self {
        let mut dossiers: Vec<&Arc<Dossier>> = dossiers.iter().collect();
        dossiers.sort_by_key(|dossier| dossier.row.id);
        let final_events = dossiers.iter().flat_map(|dossier| &dossier.events);
        let mut events: Vec<Arc<Event>> = final_events.cloned().collect();
        let finals = events.len() as u32;
        let under_way = dossiers.iter().flat_map(|dossier| &dossier.under_way);
        events.extend(under_way.cloned());
        let heads: Vec<_> = dossiers.iter().map(|dossier| dossier.row.clone()).collect();
        let mut rows = weave::rows(&events);
        let marks = Marks::of(&events, &mut rows);
        let links = Links::of(&events);
        let lanes = Lanes::of(&heads, &events);
        Self {
            events,
            rows,
            heads,
            lanes,
            marks,
            links,
            finals,
        }
    }

    /// What happened, in order.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Who is in its sessions.
    pub(crate) fn heads(&self) -> &[Arc<SessionRow>] {
        &self.heads
    }

    /// The head of the session that an event is about.
    pub(crate) fn head_of(&self, event: u32) -> Option<&SessionRow> {
        self.head(self.session_of(event)?)
    }

    /// The session that an event is about.
    pub(crate) fn session_of(&self, event: u32) -> Option<SessionId> {
        match self.event(event)? {
            Event::Session(event) => Some(event.session()),
            Event::Finding(finding) => finding.session,
        }
    }

    /// The head of a session.
    pub(crate) fn head(&self, session: SessionId) -> Option<&SessionRow> {
        self.heads
            .iter()
            .map(|head| &**head)
            .find(|head| head.id == session)
    }

    /// Between whom its rows pass.
    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// All events that it was told from.
    pub(crate) fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    /// What an event tells is not final yet.
    pub(crate) fn is_under_way(&self, event: u32) -> bool {
        event >= self.finals
    }

    /// One of the events.
    pub(crate) fn event(&self, index: u32) -> Option<&Event> {
        self.events.get(index as usize).map(|event| &**event)
    }

    /// The command that a row tells of, or that its reply answers.
    pub(crate) fn exchange(&self, row: &Row) -> Option<&Exchange> {
        match self.event(row.event)? {
            Event::Session(SessionEvent::Exchange(exchange)) => Some(exchange),
            _ => None,
        }
    }

    /// The reply that a row tells of.
    pub(crate) fn reply(&self, row: &Row) -> Option<&Reply> {
        let What::Reply(nth) = row.what else {
            return None;
        };
        match self.event(row.event)? {
            Event::Session(SessionEvent::Exchange(exchange)) => {
                exchange.replies.get(usize::from(nth))
            }
            Event::Session(SessionEvent::Reply { reply, .. }) => Some(reply),
            _ => None,
        }
    }

    /// The data channel that a row tells of.
    pub(crate) fn channel(&self, row: &Row) -> Option<&Channel> {
        self.channel_of(row.event)
    }

    /// The data channel that an event tells of.
    pub(crate) fn channel_of(&self, event: u32) -> Option<&Channel> {
        match self.event(event)? {
            Event::Session(SessionEvent::Channel(channel)) => Some(channel),
            _ => None,
        }
    }

    /// The data channels, in the order of their numbers.
    pub(crate) fn channels(&self) -> Vec<&Channel> {
        let events = self.events.iter();
        let mut channels: Vec<&Channel> = events
            .filter_map(|event| match &**event {
                Event::Session(SessionEvent::Channel(channel)) => Some(&**channel),
                _ => None,
            })
            .collect();
        channels.sort_by_key(|channel| (channel.session, channel.number));
        channels
    }

    /// The data channel that a command used or a reply ended, or the one that a row tells of.
    pub(crate) fn channel_around(&self, row: &Row) -> Option<&Channel> {
        if row.what.is_channel() {
            return self.channel(row);
        }
        self.channel_of(self.links.channel(row.event)?)
    }

    /// What is known of a session that is over.
    pub(crate) fn record(&self, session: SessionId) -> Option<&SessionRecord> {
        match self.event(self.links.end(session)?)? {
            Event::Session(SessionEvent::Ended(record)) => Some(record),
            _ => None,
        }
    }

    /// The findings that a row proves, the gravest first; whether the row is where it is told.
    pub(crate) fn findings(&self, row: usize) -> Vec<(&Finding, bool)> {
        let mut findings: Vec<_> = self
            .marks
            .of_row(row)
            .filter_map(|mark| match self.event(mark.finding)? {
                Event::Finding(finding) => Some((finding, mark.home)),
                Event::Session(_) => None,
            })
            .collect();
        findings.sort_by_key(|(finding, home)| std::cmp::Reverse((finding.severity, *home)));
        findings
    }

    /// How bad the worst is that is told at a row.
    pub(crate) fn severity(&self, row: usize) -> Option<Severity> {
        let findings = self.findings(row);
        let told = findings.iter().filter(|(_, home)| *home);
        told.map(|(finding, _)| finding.severity).max()
    }

    /// The next row after `row` at which a problem is told, from the beginning again at the end.
    pub(crate) fn next_problem(&self, row: usize) -> Option<usize> {
        let problem = |index: &usize| self.severity(*index) >= Some(Severity::Warning);
        let told = self.marks.rows();
        let next = told.clone().filter(|&index| index > row).find(problem);
        next.or_else(|| told.clone().find(problem))
    }

    /// `frame 44  12:12:31.402`, with the session where there are several.
    pub(crate) fn place(&self, row: &Row) -> String {
        let session = match (self.heads.len(), self.session_of(row.event)) {
            (2.., Some(session)) => format!("#{session}  "),
            _ => String::new(),
        };
        let time = stamp::time_of_day(row.at.time);
        format!("{session}frame {}  {time}", row.at.frame.number())
    }

    /// A text, in lower case, is in what is written on a row or in the further lines of its reply.
    pub(crate) fn holds(&self, row: &Row, wanted: &str, tone: Tone) -> bool {
        if self
            .label(row, tone)
            .whole()
            .to_lowercase()
            .contains(wanted)
        {
            return true;
        }
        self.reply(row).is_some_and(|reply| {
            let text = crate::escape::lines(&reply.text);
            text.to_lowercase().contains(wanted)
        })
    }
}
