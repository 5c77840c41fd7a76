//! Reading the value of a key.

use std::net::IpAddr;

use regex::bytes::Regex;

use super::{Code, Ends, Host, Matcher};
use crate::diagnosis::{Severity, catalogue};
use crate::select::key::{self, Key, Kind};
use crate::select::number::{Span, Unit, Wrong};
use crate::select::pattern;
use crate::select::when::When;

/// Reads a value, and how it is written in the end.
pub(in crate::select) fn read(key: &'static Key, value: &str) -> Result<(Matcher, String), Wrong> {
    let pieces = pieces(key, value)?;
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
            let parts: Result<Vec<String>, Wrong> = lower.split(',').map(cause).collect();
            Ok((Matcher::Cause(parts?), lower))
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

/// The values of a list, none of them empty; otherwise the value.
fn pieces<'a>(key: &Key, value: &'a str) -> Result<Vec<&'a str>, Wrong> {
    if !key.is_list() {
        return Ok(vec![value]);
    }
    let pieces: Vec<&str> = value.split(',').collect();
    match pieces.iter().position(|piece| piece.is_empty()) {
        Some(empty) => {
            let at_the_end = empty + 1 == pieces.len();
            Err(("a value is missing at a comma".to_owned(), at_the_end))
        }
        None => Ok(pieces),
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

/// A part of the name of a cause.
fn cause(part: &str) -> Result<String, Wrong> {
    match catalogue::all().any(|one| one.id.contains(part)) {
        true => Ok(part.to_owned()),
        false => Err((
            format!("no cause has `{part}` in its name (`ftpscope explain` lists all)"),
            false,
        )),
    }
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
}
