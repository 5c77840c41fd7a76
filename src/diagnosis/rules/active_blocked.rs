//! In active mode the server cannot reach the client.

use std::time::Duration;

use super::attempt;
use crate::diagnosis::breakage::{is_dead, span};
use crate::diagnosis::{Case, Confidence, Finding, advice, catalogue, phrase};
use crate::ftp::{Channel, DataConnection, Directions, Mode, Outcome, Reply, Vantage};
use crate::tcp::Side;

/// A server that can connect has done so by then.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful()?;
    if channel.mode != Mode::Active || channel.outcome != Outcome::Failed {
        return None;
    }
    let (summary, confidence) = match &channel.connection {
        Some(connection) if connection.established => return None,
        Some(connection) if is_attempt(connection) => {
            (attempted(case, connection), Confidence::Certain)
        }
        _ => unseen(case, channel)?,
    };
    let finding = Finding::new(
        &catalogue::ACTIVE_BLOCKED,
        case.severity(channel),
        confidence,
        summary,
    );
    let finding = attempt::evidence(case.with_course(finding, channel), channel);
    Some(finding.advise_all(advice::active_blocked(channel.announced)))
}

/// Something of how it was opened is in the capture, or of how that was refused.
fn is_attempt(connection: &DataConnection) -> bool {
    let facts = &connection.facts;
    let opened = facts.syn.or(facts.syn_ack);
    opened.is_some() || facts.half(Side::Responder).rst().is_some() || facts.icmp.is_some()
}

fn attempted(case: &Case<'_>, connection: &DataConnection) -> String {
    let to = connection.to;
    if connection.facts.half(Side::Responder).rst().is_some() {
        format!("The server's connection to the client at {to} was answered with a reset.")
    } else if let Some(error) = &connection.facts.icmp {
        format!(
            "The server's connection to the client at {to} was answered with {} by {}.",
            phrase::icmp(error),
            error.reporter
        )
    } else {
        format!(
            "Nobody answered {} of the server to the client at {to}{}.",
            phrase::syns(connection.syns),
            phrase::dropped_where(case, Mode::Active)
        )
    }
}

/// The server says that it could not connect; its SYNs are not in the capture.
fn unseen(case: &Case<'_>, channel: &Channel) -> Option<(String, Confidence)> {
    let granted = channel.reply.as_ref();
    let transferred = channel.transfer.as_ref().and_then(|it| it.reply.as_ref());
    let mut said = [granted, transferred].into_iter().flatten();
    let tells =
        |reply: &&Reply| matches!(reply.code, 421 | 425 | 426 | 450) || reply.blames_channel();
    let Some(reply) = said.find(tells) else {
        return unsaid(case, channel);
    };
    let place = match case.scene.vantage() {
        Vantage::Client => {
            "; captured near the client and no connection arrived, so it was dropped on the way"
        }
        Vantage::Server => {
            "; captured near the server and no connection left it: look at the server's own filter"
        }
        Vantage::Between | Vantage::Unknown => "; no attempt to connect is in the capture",
    };
    let to = match channel.announced {
        Some(endpoint) => format!("the client at {endpoint}"),
        None => "the client".to_owned(),
    };
    let summary = format!(
        "The server could not connect to {to} ({}){place}.",
        phrase::reply(reply)
    );
    Some((summary, Confidence::Likely))
}

/// The server took the announcement and the command and still tried when the client left: it can be
/// told only where its attempts do not pass.
fn unsaid(case: &Case<'_>, channel: &Channel) -> Option<(String, Confidence)> {
    let transfer = channel.transfer.as_ref()?;
    let granted = channel.reply.as_ref().is_some_and(|it| it.code < 300);
    let control = case.scene.control()?;
    let left = control.end()?.at;
    let waited = left.time.since(transfer.at.time);
    let fits = granted
        && transfer.reply.is_none()
        && waited >= PATIENCE
        && !is_dead(control)
        && case.scene.vantage() != Vantage::Server
        && case.scene.directions() == Directions::Both
        && !case.scene.has_gaps();
    if !fits {
        return None;
    }
    let to = match channel.announced {
        Some(endpoint) => format!(" at {endpoint}"),
        None => String::new(),
    };
    let confidence = if transfer.begun.is_some() {
        Confidence::Likely
    } else {
        Confidence::Possible
    };
    let summary = format!(
        "No connection of the server came to the client{to} within {} after {}, and the server \
         said nothing until the session ended; it may have been dropped on the way.",
        span(waited),
        transfer.verb.as_str()
    );
    Some((summary, confidence))
}
