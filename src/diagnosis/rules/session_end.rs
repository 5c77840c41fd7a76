//! Sessions that end, or never begin, by the server's will: no greeting, crowded, idle.

use std::time::Duration;

use crate::capture::Moment;
use crate::diagnosis::breakage::{said, span, told};
use crate::diagnosis::words;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::{Directions, Reply, SessionEvent, Verb};

/// A client that leaves sooner did not wait for a greeting.
const PATIENCE: Duration = Duration::from_secs(3);

/// A greeting that takes this long makes users wonder: time-outs of name servers and ident.
const LATE: Duration = Duration::from_millis(4_800);

/// A 421 that comes sooner after the last line is not about idleness.
const IDLE: Duration = Duration::from_secs(1);

/// TCP is open and nobody greets.
pub(super) fn no_greeting(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    let control = &record.control;
    let begun = control.handshake_ack.or(control.syn_ack)?;
    let silent = case.scene.history().greeting.is_none() && record.replies == 0;
    let whole = record.directions == Directions::Both
        && control.established
        && control.halves.iter().all(|half| half.missing() == 0);
    let from_server: u64 = control.halves.iter().map(|half| half.bytes).sum();
    if !silent || !whole || from_server > 0 || record.tls.is_some() {
        return None;
    }
    let end = control.end().map_or(control.last, |end| end.at);
    let waited = end.time.since(begun.time);
    if waited < PATIENCE {
        return None;
    }
    let summary = format!(
        "The server accepted the connection and did not greet for {}.",
        span(waited)
    );
    let finding = Finding::new(
        &catalogue::NO_GREETING,
        Severity::Error,
        Confidence::Certain,
        summary,
    )
    .because(begun, "the connection is open")
    .because(end, "still no greeting");
    Some(looked_up(finding.advise(
        "Check whether the server's program still runs: its kernel answers, it does not.",
    )))
}

/// The greeting came, but late.
pub(super) fn late_greeting(case: &Case<'_>) -> Option<Finding> {
    let SessionEvent::Reply { reply, .. } = case.event else {
        return None;
    };
    let first = case.scene.history().greeting.as_ref() == Some(reply);
    let control = case.scene.control()?;
    let begun = control
        .handshake_ack
        .filter(|_| first && reply.code == 220)?;
    let waited = reply.at.time.since(begun.time);
    if waited < LATE {
        return None;
    }
    let summary = format!("The server greeted only after {}.", span(waited));
    let finding = Finding::new(
        &catalogue::NO_GREETING,
        Severity::Notice,
        Confidence::Certain,
        summary,
    )
    .because(begun, "the connection is open")
    .because(reply.at, told(reply));
    Some(looked_up(finding))
}

fn looked_up(finding: Finding) -> Finding {
    finding.advise(
        "Check the server's reverse DNS and ident lookups of the client: they wait for answers \
         that never come.",
    )
}

/// The server has no room for another connection.
pub(super) fn crowded(case: &Case<'_>) -> Option<Finding> {
    let (reply, greeting) = refused_entry(case)?;
    if words::demands_tls(reply) || (!greeting && !words::is_crowded(reply)) {
        return None;
    }
    let sure = words::is_crowded(reply);
    let summary = if sure {
        format!("The server has too many connections: {}.", said(reply))
    } else {
        format!("The server turns the client away at once: {}.", said(reply))
    };
    let confidence = if sure {
        Confidence::Certain
    } else {
        Confidence::Possible
    };
    let finding = Finding::new(
        &catalogue::TOO_MANY_CONNECTIONS,
        Severity::Error,
        confidence,
        summary,
    )
    .because(reply.at, told(reply));
    Some(
        finding
            .advise("Raise the server's limit of connections, in all, per user or per address.")
            .advise("Let clients open fewer connections at once, and look for sessions that hang."),
    )
}

/// A 421 as greeting, or a refusal at login; and whether it is the greeting.
fn refused_entry<'a>(case: &Case<'a>) -> Option<(&'a Reply, bool)> {
    match case.event {
        SessionEvent::Reply { reply, .. } => {
            let greeting = case.scene.history().greeting.as_ref() == Some(reply);
            (matches!(reply.code, 421 | 530) && greeting).then_some((reply, true))
        }
        SessionEvent::Exchange(exchange) => {
            let login = matches!(exchange.verb, Verb::User | Verb::Pass | Verb::Acct);
            let reply = exchange.replies.last()?;
            (login && matches!(reply.code, 421 | 430 | 530 | 550)).then_some((reply, false))
        }
        _ => None,
    }
}

/// A 421 out of the blue, after silence.
pub(super) fn idle(case: &Case<'_>) -> Option<Finding> {
    let SessionEvent::Reply { reply, .. } = case.event else {
        return None;
    };
    let history = case.scene.history();
    let greeting = history.greeting.as_ref() == Some(reply);
    if reply.code != 421 || greeting || case.scene.commands() == 0 && !words::is_time_out(reply) {
        return None;
    }
    let before = case.scene.last_words()?;
    let silence = reply.at.time.since(before.time);
    if silence < IDLE && !words::is_time_out(reply) {
        return None;
    }
    Some(timed_out(reply, before, silence))
}

fn timed_out(reply: &Reply, before: Moment, silence: Duration) -> Finding {
    let summary = format!(
        "The server ended the session after {} of silence: {}.",
        span(silence),
        said(reply)
    );
    let confidence = if words::is_time_out(reply) {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    Finding::new(
        &catalogue::IDLE_TIMEOUT,
        Severity::Warning,
        confidence,
        summary,
    )
    .because(before, "the last line before the silence")
    .because(reply.at, told(reply))
    .advise("Let the client send NOOP while it waits, or log in again when it is needed.")
    .advise("Or raise the server's idle time-out.")
}
