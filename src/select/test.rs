//! One condition of a query.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use regex::bytes::Regex;

use super::fact::Fact;
use super::host::HostRange;
use super::key::{self, Key, Kind};
use super::number::{Span, Unit, Wrong};
use super::pattern;
use super::token::{is_end, is_name};
use super::when::When;
use crate::diagnosis::{Severity, catalogue};
use crate::output::stamp;
use crate::output::words::Word;
use crate::time::{Precision, Timestamp};

/// Something that a session does or does not meet.
#[derive(Clone, Debug)]
pub(super) struct Test {
    asks: Asks,
    /// As it is written.
    value: String,
    matcher: Matcher,
}

/// By what it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    Key(&'static Key),
    Word,
    Expression { ignores_case: bool },
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

#[derive(Clone, Debug)]
enum Matcher {
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
enum Ends {
    Either,
    Client,
    Server,
}

#[derive(Clone, Debug)]
enum Host {
    Range(HostRange),
    Name(Regex),
}

#[derive(Clone, Copy, Debug)]
enum Code {
    Between(Span),
    None,
}

impl PartialEq for Test {
    /// What is written the same is the same.
    fn eq(&self, other: &Self) -> bool {
        self.asks == other.asks && self.value == other.value
    }
}

impl Test {
    /// A text that is shown.
    pub(super) fn word(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("there is nothing between the quotes".to_owned());
        }
        Ok(Self {
            asks: Asks::Word,
            value: text.to_owned(),
            matcher: Matcher::Text(pattern::word(text)?),
        })
    }

    /// A regular expression for a text that is shown.
    pub(super) fn expression(source: &str, ignores_case: bool) -> Result<Self, String> {
        Ok(Self {
            asks: Asks::Expression { ignores_case },
            value: source.to_owned(),
            matcher: Matcher::Text(pattern::expression(source, ignores_case)?),
        })
    }

    /// A key and its value.
    pub(super) fn keyed(key: &'static Key, value: &str) -> Result<Self, Wrong> {
        if value.is_empty() && key.kind != Kind::Name {
            let reason = format!("`{}:` needs a value, such as {}", key.name, key.examples[0]);
            return Err((reason, true));
        }
        let (matcher, value) = read(key, value)?;
        Ok(Self {
            asks: Asks::Key(key),
            value,
            matcher,
        })
    }

    /// It asks for a text that is shown.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.matcher, Matcher::Text(_))
    }

    /// It names a time that is known only with the end of the capture.
    pub(super) fn is_relative(&self) -> bool {
        match self.matcher {
            Matcher::Since(when) | Matcher::Until(when) => !matches!(when, When::At(_)),
            _ => false,
        }
    }

    /// The same where the capture ends at `now`.
    pub(super) fn at(&self, now: Timestamp) -> Self {
        let mut test = self.clone();
        if let Matcher::Since(when) | Matcher::Until(when) = &mut test.matcher
            && !matches!(when, When::At(_))
        {
            let time = when.at(now);
            *when = When::At(time);
            test.value = stamp::rfc3339(time, Precision::Nano);
        }
        test
    }

    /// When it is settled.
    pub(super) fn settles(&self) -> Settles {
        match &self.matcher {
            Matcher::Session(_) | Matcher::Port(_) | Matcher::Since(_) | Matcher::Until(_) => {
                Settles::AtOnce
            }
            Matcher::Host(_, hosts) if hosts.iter().all(Host::is_range) => Settles::AtOnce,
            Matcher::State(_) => Settles::WhenFailed,
            Matcher::Bytes(_) | Matcher::Lasted(_) | Matcher::Login(_) | Matcher::Tls(_) => {
                Settles::AtEnd
            }
            _ => Settles::WhenMet,
        }
    }

    /// What `fact` says to it; `None` when it says nothing.
    pub(super) fn ask(&self, fact: &Fact<'_>) -> Option<bool> {
        let met = match (&self.matcher, fact) {
            (Matcher::Bytes(spans), Fact::Bytes(bytes)) => return Some(any(spans, *bytes)),
            (Matcher::Lasted(spans), Fact::Lasted(span)) => {
                let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
                return Some(any(spans, nanos));
            }
            (Matcher::State(words), Fact::State(standing)) => {
                return Some(has(words, standing.word()));
            }
            (Matcher::Login(words), Fact::Login(login)) => return Some(has(words, login.word())),
            (Matcher::Tls(words), Fact::Tls(kind)) => {
                let kind = kind.map(Word::word);
                let by_kind = kind.is_some_and(|kind| has(words, kind));
                let any = if kind.is_some() { "yes" } else { "no" };
                return Some(by_kind || has(words, any));
            }
            (Matcher::Data(words), Fact::Channels(0)) => has(words, "none"),
            (Matcher::Data(words), Fact::Outcome(outcome)) => has(words, outcome.word()),
            (Matcher::Mode(words), Fact::Announced(method, mode)) => {
                has(words, method.word()) || has(words, mode.word())
            }
            (Matcher::Severity(least), Fact::Severity(severity)) => severity >= least,
            (Matcher::Cause(parts), Fact::Cause(cause)) => {
                parts.iter().any(|part| cause.contains(part.as_str()))
            }
            (Matcher::User(pattern), Fact::User(user)) => pattern.is_match(user),
            (Matcher::File { pattern, whole }, Fact::File(path)) => {
                pattern.is_match(if *whole { path } else { last_part(path) })
            }
            (Matcher::Command(patterns), Fact::Command(verb)) => patterns
                .iter()
                .any(|pattern| pattern.is_match(verb.as_bytes())),
            (Matcher::Reply(codes), Fact::Reply(code)) => codes.iter().any(
                |wanted| matches!(wanted, Code::Between(span) if span.contains((*code).into())),
            ),
            (Matcher::Reply(codes), Fact::NoReply) => {
                codes.iter().any(|wanted| matches!(wanted, Code::None))
            }
            (Matcher::DataHost(hosts), Fact::End(end)) => in_any(hosts, end.ip()),
            (Matcher::DataPort(spans), Fact::End(end)) => any(spans, end.port().into()),
            (Matcher::Text(pattern), Fact::Text(text)) => pattern.is_match(text),
            (Matcher::Host(_, hosts), Fact::Name(name)) if self.is_of_server() => {
                hosts.iter().any(|host| host.is_named(name))
            }
            (matcher, Fact::Opened { .. }) => matcher.opening(fact),
            _ => false,
        };
        met.then_some(true)
    }

    fn is_of_server(&self) -> bool {
        !matches!(self.matcher, Matcher::Host(Ends::Client, _))
    }
}

impl Matcher {
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
    fn parse(text: &str) -> Result<Self, Wrong> {
        let is_number = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
        let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
        match text.parse() {
            Ok(range) => Ok(Self::Range(range)),
            Err(reason) if text.contains('/') => Err((
                reason,
                prefix.is_empty() && address.parse::<IpAddr>().is_ok(),
            )),
            // Neither a name nor an address, but what an address begins with.
            Err(reason) if text.contains(':') => Err((reason, text.bytes().all(is_number))),
            Err(_) => {
                let name = pattern::name(text).map_err(|reason| (reason, false))?;
                Ok(Self::Name(name))
            }
        }
    }

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

/// Reads a value, and how it is written in the end.
fn read(key: &'static Key, value: &str) -> Result<(Matcher, String), Wrong> {
    let pieces: Vec<&str> = match key.is_list() {
        true => value.split(',').collect(),
        false => vec![value],
    };
    if key.is_list() && pieces.iter().any(|piece| piece.is_empty()) {
        let at_the_end = pieces
            .split_last()
            .is_some_and(|(_, before)| before.iter().all(|piece| !piece.is_empty()));
        return Err(("a value is missing at a comma".to_owned(), at_the_end));
    }
    let spans = |unit| -> Result<Vec<Span>, Wrong> {
        pieces
            .iter()
            .map(|piece| Span::parse(piece, unit))
            .collect()
    };
    let hosts =
        || -> Result<Vec<Host>, Wrong> { pieces.iter().map(|piece| Host::parse(piece)).collect() };
    let name = |text| pattern::name(text).map_err(|reason| (reason, false));
    let lower = value.to_ascii_lowercase();
    let as_written = |matcher| Ok((matcher, value.to_owned()));
    let in_words = |matcher: fn(Vec<&'static str>) -> Matcher| {
        let words = words(key, &pieces)?;
        let value = words.join(",");
        Ok((matcher(words), value))
    };
    match key {
        key if *key == key::SESSION => as_written(Matcher::Session(spans(Unit::None)?)),
        key if *key == key::PORT => as_written(Matcher::Port(spans(Unit::None)?)),
        key if *key == key::DATA_PORT => as_written(Matcher::DataPort(spans(Unit::None)?)),
        key if *key == key::BYTES => as_written(Matcher::Bytes(spans(Unit::Bytes)?)),
        key if *key == key::DURATION => as_written(Matcher::Lasted(spans(Unit::Time)?)),
        key if *key == key::HOST => as_written(Matcher::Host(Ends::Either, hosts()?)),
        key if *key == key::CLIENT => as_written(Matcher::Host(Ends::Client, hosts()?)),
        key if *key == key::SERVER => as_written(Matcher::Host(Ends::Server, hosts()?)),
        key if *key == key::DATA_HOST => as_written(Matcher::DataHost(hosts()?)),
        key if *key == key::STATE => in_words(Matcher::State),
        key if *key == key::LOGIN => in_words(Matcher::Login),
        key if *key == key::DATA => in_words(Matcher::Data),
        key if *key == key::MODE => in_words(Matcher::Mode),
        key if *key == key::TLS => in_words(Matcher::Tls),
        key if *key == key::SEVERITY => {
            let words = words(key, &pieces)?;
            Ok((Matcher::Severity(least(&words)), words.join(",")))
        }
        key if *key == key::CAUSE => {
            let parts: Vec<String> = lower.split(',').map(str::to_owned).collect();
            let is_known = |part: &&String| !catalogue::all().any(|one| one.id.contains(*part));
            match parts.iter().find(is_known) {
                Some(part) => Err((
                    format!("no cause has `{part}` in its name (`ftpscope explain` lists all)"),
                    false,
                )),
                None => Ok((Matcher::Cause(parts), lower)),
            }
        }
        key if *key == key::USER => as_written(Matcher::User(name(value)?)),
        key if *key == key::FILE => as_written(Matcher::File {
            pattern: name(value)?,
            whole: value.contains('/'),
        }),
        key if *key == key::COMMAND => {
            let patterns: Result<Vec<Regex>, Wrong> = pieces.iter().map(|one| name(one)).collect();
            Ok((Matcher::Command(patterns?), value.to_ascii_uppercase()))
        }
        key if *key == key::REPLY => {
            let codes: Result<Vec<Code>, Wrong> = lower.split(',').map(code).collect();
            Ok((Matcher::Reply(codes?), lower))
        }
        key if *key == key::SINCE => as_written(Matcher::Since(When::parse(value)?)),
        _ => as_written(Matcher::Until(When::parse(value)?)),
    }
}

/// The words that the pieces of a value stand for: as they are, or as they begin.
fn words(key: &Key, pieces: &[&str]) -> Result<Vec<&'static str>, Wrong> {
    let Kind::Words(known) = key.kind else {
        return Ok(Vec::new());
    };
    let find = |piece: &&str| {
        let lower = piece.to_ascii_lowercase();
        let exact = known.iter().find(|word| **word == lower);
        let mut beginning = known.iter().filter(|word| word.starts_with(&lower));
        let only = beginning.next().filter(|_| beginning.next().is_none());
        exact.or(only).copied().ok_or_else(|| {
            let could = known.iter().any(|word| word.starts_with(&lower));
            let reason = format!("`{piece}` is none of {}", known.join(", "));
            (reason, could)
        })
    };
    pieces.iter().map(find).collect()
}

fn least(words: &[&str]) -> Severity {
    if words.contains(&"notice") {
        Severity::Notice
    } else if words.contains(&"warning") {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// `425`, `4xx`, `42`, `none`.
fn code(text: &str) -> Result<Code, Wrong> {
    if text == "none" {
        return Ok(Code::None);
    }
    let digits = text.trim_end_matches('x');
    let is_code = digits.bytes().all(|byte| byte.is_ascii_digit())
        && (1..=3).contains(&digits.len())
        && text.len() <= 3;
    let first: u64 = digits.parse().unwrap_or_default();
    let (first, last) = match digits.len() {
        1 => (first * 100, first * 100 + 99),
        2 => (first * 10, first * 10 + 9),
        _ => (first, first),
    };
    if !is_code || !(100..700).contains(&first) {
        let reason = format!("`{text}` is no reply code: 425, 42x, 4xx, or none");
        return Err((reason, "none".starts_with(text)));
    }
    Ok(Code::Between(Span::new(first, last)))
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

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.asks {
            Asks::Key(key) => {
                write!(f, "{}:", key.name)?;
                let is_bare = !self.value.is_empty()
                    && !self.value.starts_with('"')
                    && !self.value.contains(is_end);
                write_value(f, &self.value, is_bare)
            }
            Asks::Word => {
                let is_sign = ["or", "and", "not"]
                    .iter()
                    .any(|sign| self.value.eq_ignore_ascii_case(sign));
                let has_key = self
                    .value
                    .split_once(':')
                    .is_some_and(|(name, _)| is_name(name));
                let is_bare = !is_sign
                    && !has_key
                    && !self.value.starts_with(['"', '/', '-'])
                    && !self.value.contains(is_end);
                write_value(f, &self.value, is_bare)
            }
            Asks::Expression { ignores_case } => {
                let flag = if ignores_case { "i" } else { "" };
                write!(f, "/{}/{flag}", self.value.replace('/', r"\/"))
            }
        }
    }
}

fn write_value(f: &mut fmt::Formatter<'_>, value: &str, is_bare: bool) -> fmt::Result {
    if is_bare {
        return f.write_str(value);
    }
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    write!(f, "\"{value}\"")
}
