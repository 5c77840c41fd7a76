//! From the events of a session to its facts.

use std::ops::ControlFlow;

use super::fact::{Fact, Subject, Wants};
use crate::analyzer::Event;
use crate::diagnosis::{Finding, Severity};
use crate::ftp::{Channel, Exchange, Login, Opened, Reply, SessionEvent, SessionRecord};
use crate::output::{Standing, secret, severity};

/// Tells the facts of one session, event by event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Story {
    failed: bool,
    /// Its last login was refused.
    rejected: bool,
}

/// Who is told.
type Hear<'a> = &'a mut dyn FnMut(Fact<'_>) -> ControlFlow<()>;

impl Story {
    /// Its last login was refused: that may count as a failure when no better one follows, which
    /// is told after the end of the session.
    pub fn is_rejected(&self) -> bool {
        self.rejected
    }

    /// Tells what `event` says, until enough was heard.
    pub fn tell(&mut self, event: &Event, wants: Wants, hear: Hear<'_>) -> ControlFlow<()> {
        let severity = severity(event);
        if let Some(severity) = severity {
            hear(Fact::Severity(severity))?;
        }
        if severity == Some(Severity::Error) {
            self.failed = true;
            hear(Fact::State(Standing::Fail))?;
        }
        match event {
            Event::Finding(finding) => told_by_finding(finding, wants, hear),
            Event::Session(SessionEvent::Opened(opened)) => told_at_first(opened, wants, hear),
            Event::Session(SessionEvent::Login(login)) => {
                hear(Fact::Login(login.login))?;
                user(login.user.as_deref(), wants, hear)
            }
            Event::Session(SessionEvent::Exchange(exchange)) => {
                told_by_exchange(exchange, wants, hear)
            }
            Event::Session(SessionEvent::Reply { reply, .. }) => told_by_reply(reply, wants, hear),
            Event::Session(SessionEvent::Channel(channel)) => told_by_channel(channel, wants, hear),
            Event::Session(SessionEvent::Anomaly(_)) => ControlFlow::Continue(()),
            Event::Session(SessionEvent::Ended(record)) => {
                self.rejected = record.login == Login::Rejected;
                let standing = Standing::of(record, self.failed);
                hear(Fact::State(standing))?;
                told_at_last(record, standing, wants, hear)
            }
        }
    }
}

impl Subject for [Event] {
    /// All events must be of one session.
    fn tell(&self, wants: Wants, hear: Hear<'_>) -> ControlFlow<()> {
        let mut story = Story::default();
        self.iter()
            .try_for_each(|event| story.tell(event, wants, hear))
    }
}

fn told_at_first(opened: &Opened, wants: Wants, hear: Hear<'_>) -> ControlFlow<()> {
    hear(Fact::Opened {
        session: opened.session,
        client: opened.client,
        server: opened.server,
        began: opened.at.time,
    })?;
    if wants.text {
        text(&opened.client.to_string(), hear)?;
        text(&opened.server.to_string(), hear)?;
    }
    ControlFlow::Continue(())
}

fn told_by_exchange(exchange: &Exchange, wants: Wants, hear: Hear<'_>) -> ControlFlow<()> {
    let verb = exchange.verb.as_str();
    hear(Fact::Command(verb))?;
    if verb == "USER" {
        hear(Fact::User(&exchange.argument))?;
    }
    if let Some(path) = &exchange.path {
        hear(Fact::File(path))?;
    }
    if wants.text {
        let shown = match secret::is_secret(exchange) {
            true => b"****",
            false => exchange.argument.as_bytes(),
        };
        let line = match shown {
            [] => verb.as_bytes().to_vec(),
            shown => [verb.as_bytes(), b" ", shown].concat(),
        };
        hear(Fact::Text(&line))?;
    }
    if exchange.replies.is_empty() {
        hear(Fact::NoReply)?;
    }
    exchange
        .replies
        .iter()
        .try_for_each(|reply| told_by_reply(reply, wants, hear))
}

/// Each line of a reply is a text, with the code before it.
fn told_by_reply(reply: &Reply, wants: Wants, hear: Hear<'_>) -> ControlFlow<()> {
    hear(Fact::Reply(reply.code))?;
    if wants.text {
        let mut line = format!("{:03} ", reply.code).into_bytes();
        let code = line.len();
        for part in reply.text.split(|byte| *byte == b'\n') {
            line.truncate(code);
            line.extend_from_slice(part);
            hear(Fact::Text(&line))?;
        }
    }
    ControlFlow::Continue(())
}

fn told_by_channel(channel: &Channel, wants: Wants, hear: Hear<'_>) -> ControlFlow<()> {
    hear(Fact::Announced(channel.method, channel.mode))?;
    hear(Fact::Outcome(channel.outcome))?;
    let connection = channel.connection.as_ref();
    let used = connection.map(|connection| [connection.from, connection.to]);
    for end in channel
        .announced
        .into_iter()
        .chain(used.into_iter().flatten())
    {
        hear(Fact::End(end))?;
        if wants.text {
            text(&end.to_string(), hear)?;
        }
    }
    match channel.reply.as_ref() {
        Some(reply) => told_by_reply(reply, wants, hear),
        None => ControlFlow::Continue(()),
    }
}

fn told_by_finding(finding: &Finding, wants: Wants, hear: Hear<'_>) -> ControlFlow<()> {
    hear(Fact::Cause(finding.cause))?;
    if wants.text {
        text(finding.cause, hear)?;
        text(&finding.summary, hear)?;
    }
    ControlFlow::Continue(())
}

fn told_at_last(
    record: &SessionRecord,
    standing: Standing,
    wants: Wants,
    hear: Hear<'_>,
) -> ControlFlow<()> {
    hear(Fact::Login(record.login))?;
    hear(Fact::Tls(record.tls.as_ref().map(|tls| tls.kind)))?;
    hear(Fact::Channels(record.channels))?;
    hear(Fact::Bytes(
        record
            .bytes_downloaded
            .saturating_add(record.bytes_uploaded),
    ))?;
    hear(Fact::Lasted(record.ended.time.since(record.started.time)))?;
    user(record.user.as_deref(), wants, hear)?;
    if let Some(name) = &record.server_name {
        hear(Fact::Name(name))?;
    }
    if wants.text {
        let known = [
            record.server_name.as_deref(),
            record.software.as_deref().map(str::as_bytes),
        ];
        for known in known.into_iter().flatten() {
            hear(Fact::Text(known))?;
        }
        text(standing.word(), hear)?;
    }
    ControlFlow::Continue(())
}

fn user(user: Option<&[u8]>, wants: Wants, hear: Hear<'_>) -> ControlFlow<()> {
    let Some(user) = user else {
        return ControlFlow::Continue(());
    };
    hear(Fact::User(user))?;
    match wants.text {
        true => hear(Fact::Text(user)),
        false => ControlFlow::Continue(()),
    }
}

fn text(text: &str, hear: Hear<'_>) -> ControlFlow<()> {
    hear(Fact::Text(text.as_bytes()))
}
