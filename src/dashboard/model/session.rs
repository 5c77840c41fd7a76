//! One session as a row of the table.

use std::net::SocketAddr;

use super::Standing;
use crate::analyzer::Event;
use crate::capture::Moment;
use crate::diagnosis::{Finding, Severity};
use crate::escape;
use crate::ftp::{
    Channel, Directions, Exchange, Login, Opened, Outcome, Reply, SessionEvent, SessionId,
    SessionRecord, State,
};
use crate::output::secret::is_secret;
use crate::time::Timestamp;

/// The port of FTP over TLS from the first byte.
const FTPS_PORT: u16 = 990;

/// Bytes of an argument that a row keeps.
const MOST_SAID: usize = 96;

/// One session as a row. Its texts are escaped, and secrets are not in them.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    /// The session.
    pub(crate) id: SessionId,
    /// Who connects.
    pub(crate) client: SocketAddr,
    /// Who serves.
    pub(crate) server: SocketAddr,
    /// Its first packet.
    pub(crate) started: Moment,
    /// The time of what was last told of it.
    pub(crate) last: Timestamp,
    /// How it fares.
    pub(crate) standing: Standing,
    /// The user name, where it is known.
    pub(crate) user: Option<Box<str>>,
    /// The latest command and its reply: `RETR a.iso → 150`; where something failed, that.
    pub(crate) last_said: Box<str>,
    /// `last_said` is what failed.
    is_pinned: bool,
    /// Logins that were refused.
    refused_logins: u32,
    /// Data channels that came about and did not fail.
    pub(crate) channels_ok: u32,
    /// Data channels that failed.
    pub(crate) channels_failed: u32,
    /// Payload bytes of its data connections.
    pub(crate) bytes: u64,
    /// Commands so far.
    pub(crate) commands: u32,
    /// The control connection is encrypted: what is told of data channels is inferred.
    pub(crate) protected: bool,
    /// Its handshake is not in the capture.
    pub(crate) midstream: bool,
    /// Packets of one end only are in the capture.
    pub(crate) one_sided: bool,
    /// The outcome of the latest login.
    pub(crate) login: Login,
    /// How its control connection ended; `None` while it runs.
    pub(crate) state: Option<State>,
    /// The worst that was found, and its cause.
    pub(crate) worst: Option<(Severity, &'static str)>,
    /// It satisfies the filter that is in force.
    pub(crate) shown: bool,
}

impl SessionRow {
    /// The row of a session that was just found.
    pub(crate) fn new(opened: &Opened) -> Self {
        let mut row = Self {
            id: opened.session,
            client: opened.client,
            server: opened.server,
            started: opened.at,
            last: opened.at.time,
            standing: Standing::Open,
            user: None,
            last_said: Box::default(),
            is_pinned: false,
            refused_logins: 0,
            channels_ok: 0,
            channels_failed: 0,
            bytes: 0,
            commands: 0,
            protected: opened.server.port() == FTPS_PORT,
            midstream: opened.midstream,
            one_sided: false,
            login: Login::None,
            state: None,
            worst: None,
            shown: true,
        };
        if opened.midstream {
            row.last_said = "(start not captured)".into();
        }
        row.judge();
        row
    }

    /// Learns from an event.
    pub(crate) fn learn(&mut self, event: &Event) {
        match event {
            Event::Session(event) => self.hear(event),
            Event::Finding(finding) => self.find(finding),
        }
        self.judge();
    }

    fn hear(&mut self, event: &SessionEvent) {
        match event {
            SessionEvent::Opened(_) => {}
            SessionEvent::Login(login) => {
                self.login = login.login;
                self.last = self.last.max(login.at.time);
                self.know_user(login.user.as_deref());
                self.refused_logins += u32::from(login.login == Login::Rejected);
            }
            SessionEvent::Exchange(exchange) => self.exchange(exchange),
            SessionEvent::Reply { reply, .. } => {
                self.last = self.last.max(reply.at.time);
                if self.commands == 0 {
                    self.last_said = greeting(reply);
                }
            }
            SessionEvent::Channel(channel) => self.channel(channel),
            SessionEvent::Anomaly(anomaly) => self.last = self.last.max(anomaly.at.time),
            SessionEvent::Ended(record) => self.end(record),
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        self.commands = self.commands.saturating_add(1);
        let accepted = exchange
            .replies
            .last()
            .is_some_and(|reply| reply.code < 400);
        match exchange.verb.as_str() {
            "USER" => self.know_user(Some(&exchange.argument)),
            "AUTH" if accepted => self.protected = true,
            "CCC" if accepted => self.protected = false,
            _ => {}
        }
        let end = exchange
            .replies
            .last()
            .map_or(exchange.at, |reply| reply.at);
        self.last = self.last.max(end.time);
        if !self.is_pinned {
            self.last_said = said(exchange);
        }
    }

    fn channel(&mut self, channel: &Channel) {
        match channel.outcome {
            Outcome::Failed => {
                self.channels_failed = self.channels_failed.saturating_add(1);
                if let Some(failed) = failed(channel) {
                    self.last_said = failed;
                    self.is_pinned = true;
                }
            }
            // The server said no, or nobody came: nothing to work or to fail.
            Outcome::Unused | Outcome::Refused | Outcome::Rejected => {}
            _ => self.channels_ok = self.channels_ok.saturating_add(1),
        }
        let bytes = channel
            .transfer
            .as_ref()
            .map_or(0, |transfer| transfer.bytes);
        self.bytes = self.bytes.saturating_add(bytes);
        let end = channel
            .connection
            .as_ref()
            .map(|connection| connection.last);
        self.last = self.last.max(end.unwrap_or(channel.at).time);
    }

    fn end(&mut self, record: &SessionRecord) {
        self.know_user(record.user.as_deref());
        self.last = self.last.max(record.ended.time);
        self.login = record.login;
        self.state = Some(record.state);
        self.midstream = record.midstream;
        self.one_sided = record.directions != Directions::Both;
        self.protected |= record.tls.is_some();
        self.bytes = record
            .bytes_downloaded
            .saturating_add(record.bytes_uploaded);
        if record.login == Login::Rejected && !self.is_pinned {
            self.last_said = format!("login refused ×{}", self.refused_logins.max(1)).into();
        }
        if self.last_said.is_empty() {
            self.last_said = match record.state {
                State::Refused => "(connection refused)".into(),
                State::Unanswered => "(no answer)".into(),
                State::Unreachable => "(unreachable)".into(),
                _ => Box::default(),
            };
        }
    }

    fn find(&mut self, finding: &Finding) {
        if self.worst.is_none_or(|(worst, _)| finding.severity > worst) {
            self.worst = Some((finding.severity, finding.cause));
        }
    }

    fn know_user(&mut self, user: Option<&[u8]>) {
        if let Some(user) = user {
            let user = escape::line(&user[..user.len().min(MOST_SAID)]);
            if self.user.as_deref() != Some(&*user) {
                self.user = Some(user.into());
            }
        }
    }

    fn judge(&mut self) {
        let failed = self.channels_failed > 0
            || self
                .worst
                .is_some_and(|(severity, _)| severity == Severity::Error);
        self.standing = match self.state {
            _ if failed => Standing::Fail,
            Some(State::Refused | State::Unanswered | State::Unreachable) => Standing::Fail,
            _ if self.login == Login::Rejected => Standing::Auth,
            _ if self.protected => Standing::Tls,
            Some(State::Reset) => Standing::Abort,
            _ if self.midstream || self.one_sided => Standing::Part,
            Some(State::Closed) => Standing::Ok,
            None | Some(State::Open) => Standing::Open,
        };
    }
}

/// `RETR a.iso → 150`: a password is not told.
fn said(exchange: &Exchange) -> Box<str> {
    let mut text = exchange.verb.as_str().to_owned();
    if is_secret(exchange) {
        text += " ****";
    } else if !exchange.argument.is_empty() {
        let argument = &exchange.argument[..exchange.argument.len().min(MOST_SAID)];
        text.push(' ');
        text += &escape::line(argument);
    }
    match exchange.replies.last() {
        Some(reply) => text += &format!(" → {:03}", reply.code),
        None => text += " → no reply",
    }
    text.into()
}

/// `LIST → 425`: the transfer that failed.
fn failed(channel: &Channel) -> Option<Box<str>> {
    let transfer = channel.transfer.as_ref()?;
    let verb = transfer.verb.as_str();
    let path = transfer.path.as_deref().unwrap_or_default();
    let path = escape::line(&path[..path.len().min(MOST_SAID)]);
    let reply = match transfer.reply.as_ref() {
        Some(reply) => format!("{:03}", reply.code),
        None => "no reply".to_owned(),
    };
    let command = format!("{verb} {path}");
    Some(format!("{} → {reply}", command.trim_end()).into())
}

fn greeting(reply: &Reply) -> Box<str> {
    format!("→ {:03}", reply.code).into()
}
