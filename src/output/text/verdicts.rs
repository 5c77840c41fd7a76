//! Findings grouped by their cause, the worst and the most frequent first.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::line::{Ink, Line};
use super::manner::Manner;
use super::number;
use super::problems::{ends, label};
use super::wording;
use crate::diagnosis::{Finding, Severity};
use crate::ftp::SessionId;
use crate::output::party::Party;
use crate::output::words::Word;

/// Further findings of one cause that are told, each in one sentence.
const MOST_FURTHER: usize = 4;

/// Sessions of one cause that are counted one by one.
const MOST_SESSIONS: usize = 100_000;

/// Findings by cause.
#[derive(Debug, Default)]
pub(super) struct Verdicts(BTreeMap<&'static str, Group>);

/// The findings of one cause.
#[derive(Debug)]
struct Group {
    severity: Severity,
    count: u64,
    sessions: BTreeSet<SessionId>,
    first: Finding,
    party: Option<Party>,
    further: Vec<Finding>,
}

impl Verdicts {
    /// Adds a finding.
    pub(super) fn add(&mut self, finding: &Finding, party: Option<&Party>) {
        let group = self.0.entry(finding.cause).or_insert_with(|| Group {
            severity: finding.severity,
            count: 0,
            sessions: BTreeSet::new(),
            first: finding.clone(),
            party: party.cloned(),
            further: Vec::new(),
        });
        group.add(finding, party);
    }

    /// The groups of one severity as they are printed.
    pub(super) fn text(&self, severity: Severity, manner: Manner) -> String {
        let mut groups: Vec<&Group> = self
            .0
            .values()
            .filter(|group| group.severity == severity)
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        groups.into_iter().map(|group| group.text(manner)).collect()
    }
}

impl Group {
    fn add(&mut self, finding: &Finding, party: Option<&Party>) {
        self.count += 1;
        if self.sessions.len() < MOST_SESSIONS {
            self.sessions.extend(finding.session);
        }
        if self.count == 1 {
            return;
        }
        // A graver case of the same cause leads its group.
        if finding.severity > self.severity {
            self.severity = finding.severity;
            self.party = party.cloned();
            let milder = std::mem::replace(&mut self.first, finding.clone());
            self.tell(milder);
        } else {
            self.tell(finding.clone());
        }
    }

    fn tell(&mut self, finding: Finding) {
        if self.further.len() < MOST_FURTHER {
            self.further.push(finding);
        }
    }

    fn text(&self, manner: Manner) -> String {
        let pen = manner.pen;
        let finding = &self.first;
        let mut text = pen.line(self.title());
        text += &pen.wrapped(Line::indented(3), Ink::Plain, &finding.summary);
        text += &pen.wrapped(label("where"), Ink::Plain, &self.location());
        for (index, evidence) in finding.evidence.iter().enumerate() {
            let frame = wording::frames(evidence.frame, evidence.frame, manner.several_inputs);
            let name = if index == 0 { "evidence" } else { "" };
            text += &pen.wrapped(
                label(name).dim(format!("{frame}  ")),
                Ink::Plain,
                &evidence.note,
            );
        }
        text += &pen.wrapped(label("confidence"), Ink::Plain, finding.confidence.word());
        for (index, advice) in finding.advice.iter().enumerate() {
            let name = if index == 0 { "what to do" } else { "or" };
            text += &pen.wrapped(label(name), Ink::Plain, advice);
        }
        for further in &self.further {
            text += &pen.wrapped(label("also"), Ink::Dim, &place_and_summary(further));
        }
        let rest = self.count - 1 - self.further.len() as u64;
        if rest > 0 {
            let rest = format!("{} more", number::grouped(rest));
            text += &pen.line(label("and").dim(rest));
        }
        text + "\n"
    }

    fn title(&self) -> Line {
        let (glyph, word, ink) = match self.severity {
            Severity::Error => ("✗", "FAIL", Ink::Fail),
            Severity::Warning => ("!", "WARN", Ink::Auth),
            Severity::Notice => ("·", "NOTE", Ink::Dim),
        };
        let line = Line::default()
            .ink(ink, format!("{glyph} {word}"))
            .ink(Ink::Strong, format!("  {}", self.first.cause));
        if self.count == 1 {
            return line;
        }
        let sessions = number::count(self.sessions.len() as u64, "session");
        line.plain(format!(
            "  {} times in {sessions}",
            number::grouped(self.count)
        ))
    }

    fn location(&self) -> String {
        let place = place(&self.first);
        match &self.party {
            Some(party) => format!("{place}, {}", ends(party)),
            None => place,
        }
    }
}

fn place(finding: &Finding) -> String {
    match (finding.session, finding.channel) {
        (Some(session), Some(channel)) => format!("session {session}, data {channel}"),
        (Some(session), None) => format!("session {session}"),
        _ => "several hosts".to_owned(),
    }
}

fn place_and_summary(finding: &Finding) -> String {
    format!("{}: {}", place(finding), finding.summary)
}
