//! What went wrong, worst first: the top of the report.

use std::collections::HashMap;
use std::fmt::Write;

use super::cause;
use super::line::{Ink, Line};
use super::manner::Manner;
use super::number;
use super::verdicts::{Group, Verdicts};
use super::wording;
use crate::analyzer::{Event, Summary};
use crate::diagnosis::catalogue::{
    CONTROL_REFUSED, CONTROL_UNANSWERED, CONTROL_UNREACHABLE, LOGIN_FAILED, PASSWORD_GUESSING,
    TLS_REQUIRED,
};
use crate::diagnosis::{Finding, Severity, Who};
use crate::escape;
use crate::ftp::{Channel, Login, Outcome, SessionEvent, SessionId, SessionRecord, State};

/// Failed data channels, and as many failed control connections, that are told one by one.
const MOST_TOLD: usize = 10;

/// Outcomes that are no failure of the channel, in the words of the closing line.
const OTHER_OUTCOMES: [(Outcome, &str); 6] = [
    (Outcome::Refused, "announcement refused"),
    (Outcome::Rejected, "command rejected"),
    (Outcome::Aborted, "aborted by the client"),
    (Outcome::Unseen, "not in the capture"),
    (Outcome::Unused, "not used"),
    (Outcome::Incomplete, "not known"),
];

/// Collects what went wrong; holds a bounded part of it unless everything is asked for.
#[derive(Debug, Default)]
pub(super) struct Problems {
    all: bool,
    verdicts: Verdicts,
    /// Failed channels that no finding explains, and who is in their sessions once those are over.
    channels: Vec<(Box<Channel>, Option<Who>)>,
    /// Which of them are of sessions that are not over.
    unsigned: HashMap<SessionId, Vec<usize>>,
    channel_count: u64,
    /// Control connections that did not come about.
    sessions: Vec<SessionRecord>,
    session_count: u64,
    rejected_logins: u64,
}

impl Problems {
    /// No problems yet.
    pub(super) fn new(all: bool) -> Self {
        Self {
            all,
            ..Self::default()
        }
    }

    /// Takes notice of an event.
    pub(super) fn learn(&mut self, event: &Event) {
        match event {
            Event::Finding(finding) => {
                self.verdicts.add(finding);
                self.explain(finding);
            }
            Event::Session(SessionEvent::Channel(channel))
                if channel.outcome == Outcome::Failed && channel.cause.is_none() =>
            {
                self.channel_count += 1;
                if self.all || self.channels.len() < MOST_TOLD {
                    let of_session = self.unsigned.entry(channel.session).or_default();
                    of_session.push(self.channels.len());
                    self.channels.push((channel.clone(), None));
                }
            }
            Event::Session(SessionEvent::Ended(record)) if never_came_about(record) => {
                self.session_count += 1;
                if self.all || self.sessions.len() < MOST_TOLD {
                    self.sessions.push(SessionRecord::clone(record));
                }
            }
            Event::Session(SessionEvent::Ended(record)) => {
                self.rejected_logins += u64::from(record.login == Login::Rejected);
                for index in self.unsigned.remove(&record.id).unwrap_or_default() {
                    if let Some((_, who)) = self.channels.get_mut(index) {
                        *who = Some(Who::of(record));
                    }
                }
            }
            Event::Session(_) => {}
        }
    }

    /// A control connection that a finding explains is not told once more.
    fn explain(&mut self, finding: &Finding) {
        let control = [&CONTROL_UNANSWERED, &CONTROL_REFUSED, &CONTROL_UNREACHABLE];
        if !control.iter().any(|cause| cause.id == finding.cause) {
            return;
        }
        let told = self.sessions.len();
        self.sessions
            .retain(|record| Some(record.id) != finding.session);
        let explained = (told - self.sessions.len()) as u64;
        // It may be one of those that are only counted.
        let is_counted = explained == 0 && self.session_count > told as u64;
        self.session_count -= explained + u64::from(is_counted);
    }

    /// All problems as they are printed; a line that says so when there are none.
    pub(super) fn text(&self, summary: &Summary, manner: Manner) -> String {
        let mut text = self.verdicts(Severity::Error, manner);
        text += &self.unexplained(manner);
        text += &self.verdicts(Severity::Warning, manner);
        let notices = self.verdicts(Severity::Notice, manner);
        if !self.are_grave() && summary.sessions > 0 {
            let fine = Line::default().ink(Ink::Ok, "✓ ").plain(self.fine(summary));
            text += &manner.pen.line(fine);
            if !notices.is_empty() {
                text.push('\n');
            }
        }
        text + &notices + &self.closing(summary, manner)
    }

    /// Failures that no finding explains, as they are printed.
    pub(super) fn unexplained(&self, manner: Manner) -> String {
        let channels = self.channels.iter();
        let mut text: String = channels
            .map(|(channel, who)| failed_channel(channel, who.as_ref(), manner))
            .collect();
        let told = self.channels.len();
        text += &more(self.channel_count, told, "failed data channel", manner);
        for record in &self.sessions {
            text += &failed_session(record, manner);
        }
        let told = self.sessions.len();
        text + &more(
            self.session_count,
            told,
            "failed control connection",
            manner,
        )
    }

    /// The findings of one severity by cause, the most frequent first.
    pub(super) fn groups(&self, severity: Severity) -> Vec<&Group> {
        self.verdicts.of(severity)
    }

    /// Something failed, or deserves a warning.
    pub(super) fn are_grave(&self) -> bool {
        let is_told = |severity| !self.verdicts.of(severity).is_empty();
        self.channel_count + self.session_count > 0
            || is_told(Severity::Error)
            || is_told(Severity::Warning)
    }

    /// What to say when nothing is grave.
    pub(super) fn fine(&self, summary: &Summary) -> &'static str {
        let is_quiet = self.rejected_logins == 0 && !summary.channels.keys().any(is_setback);
        if is_quiet {
            "No problem found."
        } else {
            "Nothing failed."
        }
    }

    /// What is no failure, in a line or two.
    pub(super) fn closing(&self, summary: &Summary, manner: Manner) -> String {
        others(summary, manner) + &self.logins(manner)
    }

    fn verdicts(&self, severity: Severity, manner: Manner) -> String {
        let groups = self.groups(severity).into_iter();
        groups.map(|group| cause::text(group, manner)).collect()
    }

    /// Rejected logins, unless findings tell of them.
    fn logins(&self, manner: Manner) -> String {
        let findings = [&LOGIN_FAILED, &PASSWORD_GUESSING, &TLS_REQUIRED];
        let is_told = findings.iter().any(|cause| self.verdicts.name(cause));
        if self.rejected_logins == 0 || is_told {
            return String::new();
        }
        let sessions = number::count(self.rejected_logins, "session");
        let text = format!("Login rejected in {sessions}.");
        manner
            .pen
            .wrapped(Line::default().ink(Ink::Auth, "! "), Ink::Plain, &text)
    }
}

/// What a person may want to look at although nothing failed.
fn is_setback(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Refused | Outcome::Rejected | Outcome::Aborted
    )
}

fn never_came_about(record: &SessionRecord) -> bool {
    matches!(
        record.state,
        State::Refused | State::Unanswered | State::Unreachable
    )
}

/// One failed channel: who, what, what was announced, what happened, what the server said.
fn failed_channel(channel: &Channel, who: Option<&Who>, manner: Manner) -> String {
    let pen = manner.pen;
    let what = channel
        .transfer
        .as_ref()
        .map_or(String::new(), wording::command);
    let title = Line::default()
        .ink(Ink::Fail, "✗ FAIL")
        .ink(
            Ink::Strong,
            format!("  session {}, data {}", channel.session, channel.number),
        )
        .plain(format!("  {what}"));
    let mut text = pen.line(title);
    if let Some(who) = who {
        text += &pen.wrapped(label("between"), Ink::Plain, &ends(who));
    }
    let announced = channel.announcement.map_or(String::new(), |at| {
        format!(
            "  ({})",
            wording::frames(at.frame, at.frame, manner.several_inputs)
        )
    });
    let announcement = format!("{}{announced}", wording::announcement(channel));
    text += &pen.wrapped(label("announced"), Ink::Plain, &announcement);
    text += &pen.wrapped(
        label("on the wire"),
        Ink::Abort,
        &on_the_wire(channel, manner),
    );
    if let Some(reply) = channel
        .transfer
        .as_ref()
        .and_then(|transfer| transfer.reply.as_ref())
    {
        let frame = wording::frames(reply.at.frame, reply.at.frame, manner.several_inputs);
        let said = format!("{}  ({frame})", wording::reply(reply));
        text += &pen.wrapped(label("server said"), Ink::Plain, &said);
    }
    text + "\n"
}

fn on_the_wire(channel: &Channel, manner: Manner) -> String {
    let what = wording::on_the_wire(channel);
    match &channel.connection {
        Some(_) => format!(
            "{what}  ({})",
            wording::channel_frames(channel, manner.several_inputs)
        ),
        None => what,
    }
}

/// One control connection that did not come about.
fn failed_session(record: &SessionRecord, manner: Manner) -> String {
    let what = match record.state {
        State::Refused => "the server refuses the control connection (RST)",
        State::Unreachable => "the server cannot be reached (ICMP error)",
        _ => "no answer to the control connection's SYN",
    };
    let frames = wording::frames(
        record.started.frame,
        record.ended.frame,
        manner.several_inputs,
    );
    let title = Line::default()
        .ink(Ink::Fail, "✗ FAIL")
        .ink(Ink::Strong, format!("  session {}", record.id))
        .plain(format!("  {what}"));
    let ends = format!("{} → {}", record.client, record.server);
    let mut text = manner.pen.line(title);
    text += &manner.pen.wrapped(label("between"), Ink::Plain, &ends);
    text += &manner
        .pen
        .wrapped(label("on the wire"), Ink::Plain, &frames);
    text + "\n"
}

/// The label in front of one fact of a problem.
pub(super) fn label(text: &'static str) -> Line {
    Line::indented(3).dim(format!("{text:<13}"))
}

/// `192.168.1.20 → 203.0.113.9:21, user anna`: what a person needs to find it again.
pub(super) fn ends(who: &Who) -> String {
    let mut text = format!("{} → {}", who.client.ip(), who.server);
    if let Some(user) = &who.user {
        // Writing to a string does not fail.
        let _ = write!(text, ", user {}", escape::line(user));
    }
    text
}

fn more(count: u64, told: usize, noun: &str, manner: Manner) -> String {
    match count - told as u64 {
        0 => String::new(),
        rest => {
            let text = format!("… and {} more: --all", number::count(rest, noun));
            manner.pen.line(Line::default().ink(Ink::Fail, text)) + "\n"
        }
    }
}

/// Counts of what is no failure, in a line.
fn others(summary: &Summary, manner: Manner) -> String {
    let counts = OTHER_OUTCOMES.iter().filter_map(|(outcome, words)| {
        let count = summary
            .channels
            .get(outcome)
            .copied()
            .filter(|count| *count > 0)?;
        Some(format!("{} {words}", number::grouped(count)))
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() {
        return String::new();
    }
    let text = format!("{}.", counts.join(", "));
    manner
        .pen
        .wrapped(Line::default().dim("Other outcomes: "), Ink::Dim, &text)
}
