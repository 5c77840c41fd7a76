//! The server never answered a command although the connection lives.

use std::time::Duration;

use crate::capture::Moment;
use crate::diagnosis::breakage::{Breakage, is_dead, span};
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::{Directions, Exchange, Verb};

/// Nobody leaves sooner because a server is slow.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let exchange = case.exchange()?;
    let control = case.scene.control()?;
    let left = control.end().filter(|end| end.at > exchange.at)?;
    // A transfer may wait for its data connection: the rule about channels looks at that.
    let unfit = exchange.verb.is_transfer()
        || matches!(
            exchange.verb,
            Verb::Quit | Verb::Abor | Verb::Noop | Verb::Stat
        );
    let unseen = case.scene.directions() != Directions::Both
        || case.scene.has_gaps()
        || case.scene.is_opaque();
    let lost = super::reply_lost::unheard(case).is_some();
    if unfit || unseen || lost || is_dead(control) {
        return None;
    }
    if end_is_servers(case) {
        return hung_up(case, exchange);
    }
    let late = |at: Moment| at > left.at;
    if exchange
        .replies
        .first()
        .is_some_and(|reply| !late(reply.at))
    {
        return None;
    }
    let waited = left.at.time.since(exchange.at.time);
    if waited < PATIENCE {
        return None;
    }
    let verb = exchange.verb.word();
    let summary = format!(
        "The server did not answer {verb} for {}, until the client gave up; the connection itself \
         was alive.",
        span(waited)
    );
    let finding = Finding::new(
        &catalogue::UNANSWERED_COMMAND,
        Severity::Error,
        Confidence::Likely,
        summary,
    )
    .because(exchange.at, verb)
    .because(left.at, "the client gives up")
    .because_of(
        exchange.replies.first().map(|reply| reply.at),
        "the reply, too late",
    );
    Some(finding.advise("Look at the server's program at that time: hung, overloaded, or waiting for a disk or directory service."))
}

/// The data connection came about and the server said nothing at all to the transfer command.
pub(super) fn of_transfer(case: &Case<'_>) -> Option<Finding> {
    let broken = Breakage::of(case)?;
    let transfer = broken.transfer;
    let control = case.scene.control()?;
    let silent = transfer.begun.is_none() && transfer.reply.is_none() && transfer.bytes == 0;
    let unseen = case.scene.directions() != Directions::Both
        || case.scene.has_gaps()
        || case.scene.midstream()
        || case.scene.is_opaque();
    if !silent || unseen || is_dead(control) || end_is_servers(case) {
        return None;
    }
    let ends = [control.end(), broken.facts().end()].into_iter().flatten();
    let left = ends.map(|end| end.at).min()?;
    let waited = left.time.since(transfer.at.time);
    if waited < PATIENCE {
        return None;
    }
    let summary = format!(
        "The server did not answer {} for {}, until the client gave up; the data connection was \
         open and nothing came over it.",
        broken.command(),
        span(waited)
    );
    let finding = Finding::new(
        &catalogue::UNANSWERED_COMMAND,
        Severity::Error,
        broken.cap(Confidence::Likely),
        summary,
    )
    .because(broken.connection.first, "the data connection")
    .because(left, "the client gives up");
    Some(broken.story(finding).advise(
        "Look at the server's program at that time: hung, overloaded, or waiting for a disk.",
    ))
}

/// The server ended the connection instead of answering.
fn hung_up(case: &Case<'_>, exchange: &Exchange) -> Option<Finding> {
    let control = case.scene.control()?;
    let end = control.end()?;
    let whole = !case.scene.midstream() && exchange.replies.is_empty();
    let farewell = case
        .scene
        .history()
        .last_reply()
        .is_some_and(|(code, _)| matches!(code, 221 | 421));
    if !whole || farewell || control.is_reset_foreign(end.side) {
        return None;
    }
    let verb = exchange.verb.word();
    let finding = Finding::new(
        &catalogue::SERVER_DIED,
        Severity::Error,
        Confidence::Likely,
        format!(
            "The server closed the control connection instead of answering {verb}: its program or \
             session died, or a device on the way closed it in its name."
        ),
    )
    .because(exchange.at, verb)
    .because(end.at, "the server closes the control connection");
    Some(finding.advise("Look into the server's log for a crash, a limit or a restart."))
}

/// The server ended the connection: it did not hang.
fn end_is_servers(case: &Case<'_>) -> bool {
    case.scene.control().is_some_and(|control| {
        control
            .end()
            .is_some_and(|end| control.address(end.side) == case.scene.server())
    })
}
