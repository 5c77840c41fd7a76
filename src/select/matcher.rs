//! What a condition asks for, and which facts meet it.

mod read;

use std::net::{IpAddr, SocketAddr};

use regex::bytes::Regex;

use super::fact::Fact;
use super::host::HostRange;
use super::number::Span;
use super::when::When;
use crate::diagnosis::Severity;
use crate::output::words::Word;

pub(super) use read::read;

/// What a condition asks for.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Session(Vec<Span>),
    Port(Vec<Span>),
    DataPort(Vec<Span>),
    Bytes(Vec<Span>),
    Lasted(Vec<Span>),
    Host(Ends, Vec<Host>),
    DataHost(Vec<Host>),
    State(Vec<&'static str>),
    Login(Vec<&'static str>),
    Data(Vec<&'static str>),
    Mode(Vec<&'static str>),
    Tls(Vec<&'static str>),
    Severity(Severity),
    Cause(Vec<String>),
    User(Regex),
    File { pattern: Regex, whole: bool },
    Command(Vec<Regex>),
    Reply(Vec<Code>),
    Since(When),
    Until(When),
    Text(Regex),
}

/// Which ends of a control connection count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    Either,
    Client,
    Server,
}

/// A host, by its address or its name.
#[derive(Clone, Debug)]
pub(super) enum Host {
    Range(HostRange),
    Name(Regex),
}

/// Reply codes, or that there is none.
#[derive(Clone, Copy, Debug)]
pub(super) enum Code {
    Between(Span),
    None,
}

/// When a condition that is not met so far is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settles {
    /// With [`Fact::Opened`].
    AtOnce,
    /// Once it is met.
    WhenMet,
    /// Once something failed, else at the end.
    WhenFailed,
    /// At the end.
    AtEnd,
}

impl Matcher {
    /// When it is settled.
    pub(super) fn settles(&self) -> Settles {
        match self {
            Self::Session(_) | Self::Port(_) | Self::Since(_) | Self::Until(_) => Settles::AtOnce,
            Self::Host(_, hosts) if hosts.iter().all(Host::is_range) => Settles::AtOnce,
            Self::State(_) => Settles::WhenFailed,
            Self::Bytes(_) | Self::Lasted(_) | Self::Login(_) | Self::Tls(_) => Settles::AtEnd,
            _ => Settles::WhenMet,
        }
    }

    /// What `fact` says to it; `None` when it says nothing.
    pub(super) fn ask(&self, fact: &Fact<'_>) -> Option<bool> {
        let met = match (self, fact) {
            (Self::Bytes(spans), Fact::Bytes(bytes)) => return Some(any(spans, *bytes)),
            (Self::Lasted(spans), Fact::Lasted(span)) => {
                let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
                return Some(any(spans, nanos));
            }
            (Self::State(words), Fact::State(standing)) => {
                return Some(has(words, standing.word()));
            }
            (Self::Login(words), Fact::Login(login)) => return Some(has(words, login.word())),
            (Self::Tls(words), Fact::Tls(kind)) => {
                let kind = kind.map(Word::word);
                let by_kind = kind.is_some_and(|kind| has(words, kind));
                let any = if kind.is_some() { "yes" } else { "no" };
                return Some(by_kind || has(words, any));
            }
            (Self::Data(words), Fact::Channels(0)) => has(words, "none"),
            (Self::Data(words), Fact::Outcome(outcome)) => has(words, outcome.word()),
            (Self::Mode(words), Fact::Announced(method, mode)) => {
                has(words, method.word()) || has(words, mode.word())
            }
            (Self::Severity(least), Fact::Severity(severity)) => severity >= least,
            (Self::Cause(parts), Fact::Cause(cause)) => {
                parts.iter().any(|part| cause.contains(part.as_str()))
            }
            (Self::User(pattern), Fact::User(user)) => pattern.is_match(user),
            (Self::File { pattern, whole }, Fact::File(path)) => {
                pattern.is_match(if *whole { path } else { last_part(path) })
            }
            (Self::Command(patterns), Fact::Command(verb)) => patterns
                .iter()
                .any(|pattern| pattern.is_match(verb.as_bytes())),
            (Self::Reply(codes), Fact::Reply(code)) => codes.iter().any(
                |wanted| matches!(wanted, Code::Between(span) if span.contains((*code).into())),
            ),
            (Self::Reply(codes), Fact::NoReply) => {
                codes.iter().any(|wanted| matches!(wanted, Code::None))
            }
            (Self::DataHost(hosts), Fact::End(end)) => in_any(hosts, end.ip()),
            (Self::DataPort(spans), Fact::End(end)) => any(spans, end.port().into()),
            (Self::Text(pattern), Fact::Text(text)) => pattern.is_match(text),
            (Self::Host(_, hosts), Fact::Name(name)) if self.is_of_server() => {
                hosts.iter().any(|host| host.is_named(name))
            }
            (matcher, Fact::Opened { .. }) => matcher.opening(fact),
            _ => false,
        };
        met.then_some(true)
    }

    fn is_of_server(&self) -> bool {
        !matches!(self, Self::Host(Ends::Client, _))
    }

    fn opening(&self, fact: &Fact<'_>) -> bool {
        let Fact::Opened {
            session,
            client,
            server,
            began,
        } = fact
        else {
            return false;
        };
        let on = |ends, is: &dyn Fn(&SocketAddr) -> bool| match ends {
            Ends::Either => is(client) || is(server),
            Ends::Client => is(client),
            Ends::Server => is(server),
        };
        match self {
            Self::Session(spans) => any(spans, (*session).into()),
            Self::Port(spans) => on(Ends::Either, &|end| any(spans, end.port().into())),
            Self::Host(ends, hosts) => on(*ends, &|end| in_any(hosts, end.ip())),
            Self::Since(When::At(time)) => began >= time,
            Self::Until(When::At(time)) => began <= time,
            _ => false,
        }
    }
}

impl Host {
    fn is_range(&self) -> bool {
        matches!(self, Self::Range(_))
    }

    fn contains(&self, address: IpAddr) -> bool {
        match self {
            Self::Range(range) => range.contains(address),
            Self::Name(pattern) => pattern.is_match(address.to_string().as_bytes()),
        }
    }

    fn is_named(&self, name: &[u8]) -> bool {
        matches!(self, Self::Name(pattern) if pattern.is_match(name))
    }
}

fn any(spans: &[Span], number: u64) -> bool {
    spans.iter().any(|span| span.contains(number))
}

fn has(words: &[&str], word: &str) -> bool {
    words.iter().any(|wanted| wanted.eq_ignore_ascii_case(word))
}

fn in_any(hosts: &[Host], address: IpAddr) -> bool {
    hosts.iter().any(|host| host.contains(address))
}

fn last_part(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}
