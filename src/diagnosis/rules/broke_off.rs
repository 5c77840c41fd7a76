//! A transfer that broke off: reset, closed too soon, no space left, the server's program died.

use crate::diagnosis::breakage::{Breakage, said, told};
use crate::diagnosis::words;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::{Direction, Outcome, Reply, Verb};
use crate::tcp::{End, Side};

/// The server says that there is no room for the file.
pub(super) fn storage(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    let transfer = channel.transfer.as_ref()?;
    let reply = transfer.reply.as_ref()?;
    // Refused at once: the command's own rule tells it.
    let begun = channel.outcome == Outcome::Rejected && transfer.begun.is_some();
    if case.unsuccessful().is_none() && !begun {
        return None;
    }
    if transfer.direction != Direction::Upload || !words::is_about_space(reply) {
        return None;
    }
    let summary = format!(
        "The server has no space for {} ({}).",
        words::path(transfer.path.as_deref()),
        said(reply)
    );
    Some(full(summary, reply).because(transfer.at, transfer.verb.word()))
}

/// The same where the server says so at once, or to another command.
pub(super) fn storage_refused(case: &Case<'_>) -> Option<Finding> {
    let exchange = case.exchange()?;
    let reply = exchange.replies.last()?;
    let writes = matches!(
        exchange.verb,
        Verb::Stor | Verb::Stou | Verb::Appe | Verb::Allo | Verb::Mkd | Verb::Xmkd
    );
    let full_disk = matches!(reply.code, 452 | 552)
        || (writes && reply.code >= 400 && words::names_space(reply));
    if exchange.replies.len() > 1 || !full_disk {
        return None;
    }
    let summary = format!(
        "The server has no space for {} ({}).",
        words::path(exchange.path.as_deref()),
        said(reply)
    );
    Some(full(summary, reply).because(exchange.at, exchange.verb.word()))
}

fn full(summary: String, reply: &Reply) -> Finding {
    let sure = matches!(reply.code, 452 | 552) || words::names_space(reply);
    let confidence = if sure {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    Finding::new(
        &catalogue::STORAGE_EXCEEDED,
        Severity::Error,
        confidence,
        summary,
    )
    .because(reply.at, told(reply))
    .advise("Free space on the server's disk, or raise the user's quota.")
}

/// The server gives up because of an error of its own.
pub(super) fn local_error(case: &Case<'_>) -> Option<Finding> {
    let broken = Breakage::of(case)?;
    let reply = broken.transfer.reply.as_ref()?;
    if !matches!(reply.code, 450 | 451 | 550..=553) || is_left_by_client(&broken, reply) {
        return None;
    }
    let summary = format!(
        "The server ended {} by itself after {}: {}.",
        broken.command(),
        broken.progress(),
        said(reply)
    );
    let finding = Finding::new(
        &catalogue::CLOSED_EARLY,
        Severity::Error,
        broken.cap(Confidence::Certain),
        summary,
    );
    Some(
        broken
            .story(finding)
            .advise("Look into the server's log and at its disk: the reason is on the server."),
    )
}

/// The client broke the data connection before the server complained: a RST, or the end of a
/// download that it was to receive.
fn is_left_by_client(broken: &Breakage<'_>, reply: &Reply) -> bool {
    broken.transfer.bytes > 0
        && broken.facts().end().is_some_and(|end| {
            let client = end.side != broken.server() && end.at < reply.at;
            client && (end.reset || end.side != broken.sender())
        })
}

/// A RST, or the receiver left in the middle.
pub(super) fn reset(case: &Case<'_>) -> Option<Finding> {
    let broken = Breakage::of(case)?;
    let facts = broken.facts();
    let end = facts.end()?;
    let receiver = broken.sender().peer();
    // The server refused to begin: who closed the empty connection after that is no matter.
    let refusal = broken.transfer.reply.as_ref();
    let refusal = refusal.filter(|reply| is_about_setup(reply.code) && reply.at <= end.at);
    if refusal.is_some() && broken.transfer.bytes == 0 && broken.transfer.begun.is_none() {
        return None;
    }
    let left = end.side == receiver && !end.reset;
    // A server that ends an upload and says so gave up by itself; the RST that answers what is
    // still on its way means nothing.
    if left && end.side == broken.server() && broken.transfer.reply.is_some() {
        return None;
    }
    if !end.reset
        && !left
        && facts.half(Side::Initiator).rst().is_none()
        && facts.half(Side::Responder).rst().is_none()
    {
        return None;
    }
    let by = if end.reset || left {
        end.side
    } else if facts.half(Side::Initiator).rst().is_some() {
        Side::Initiator
    } else {
        Side::Responder
    };
    let finding = if facts.is_reset_foreign(by) {
        injected(&broken, by)
    } else {
        by_peer(case, &broken, by, end)
    };
    let finding = finding.because_of(
        facts.half(by).rst(),
        format!("RST from {}", facts.address(by)),
    );
    Some(broken.story(finding.because(end.quiet_since, "the last data before it")))
}

fn injected(broken: &Breakage<'_>, by: Side) -> Finding {
    let half = broken.facts().half(by);
    let summary = format!(
        "A device on the way reset the data connection after {}: the RST bears the address of {}, \
         but its TTL is {} where that host's is {}.",
        broken.progress(),
        broken.name(by),
        half.rst_ttl().unwrap_or_default(),
        half.ttl
    );
    Finding::new(
        &catalogue::RESET_DURING_TRANSFER,
        Severity::Error,
        broken.cap(Confidence::Likely),
        summary,
    )
    .advise("Look for a firewall, IPS or proxy between the two that ends connections with RST.")
    .advise("Its TTL tells how far away the device is.")
}

fn by_peer(case: &Case<'_>, broken: &Breakage<'_>, by: Side, end: End) -> Finding {
    let name = broken.name(by);
    let gone = case
        .scene
        .control()
        .and_then(|control| control.end())
        .is_some_and(|control| control.at.time.since(end.at.time).as_secs() < 2);
    let how = if end.reset { "reset" } else { "closed" };
    let (summary, advice) = if by != broken.server() && gone {
        (
            format!(
                "The client {how} the data connection after {} and left the session without a \
                 word: its program ended or was stopped.",
                broken.progress()
            ),
            "Ask why the client's program ended: killed, crashed, or cancelled by its user.",
        )
    } else {
        (
            format!(
                "{} {how} the data connection in mid-transfer, after {}.",
                capital(name),
                broken.progress()
            ),
            "Look into the log of the program that reset the connection.",
        )
    };
    Finding::new(
        &catalogue::RESET_DURING_TRANSFER,
        Severity::Error,
        broken.cap(Confidence::Certain),
        summary,
    )
    .because(end.at, format!("{name} {how} the data connection"))
    .advise(advice)
}

/// The server closes everything without a final reply.
pub(super) fn server_died(case: &Case<'_>) -> Option<Finding> {
    let broken = Breakage::of(case)?;
    let control = case.scene.control()?;
    let end = broken.facts().end()?;
    let control_end = control.end()?;
    let control_server = match case.scene.server() == control.responder() {
        true => Side::Responder,
        false => Side::Initiator,
    };
    let by_server = end.side == broken.server() && control_end.side == control_server;
    let foreign =
        control.is_reset_foreign(control_server) || broken.facts().is_reset_foreign(end.side);
    if broken.transfer.reply.is_some() || !by_server || foreign {
        return None;
    }
    let summary = format!(
        "The server closed data and control connection in the middle of {}, after {}, without a \
         final reply: its program or session died.",
        broken.command(),
        broken.progress()
    );
    let finding = Finding::new(
        &catalogue::SERVER_DIED,
        Severity::Error,
        broken.cap(Confidence::Likely),
        summary,
    )
    .because(end.at, "the server closes the data connection")
    .because(control_end.at, "the server closes the control connection");
    Some(
        broken
            .story(finding)
            .advise("Look into the server's log for a crash, an out-of-memory kill or a restart."),
    )
}

/// Codes that are about setting the channel up, or about TLS.
pub(super) fn is_about_setup(code: u16) -> bool {
    matches!(code, 425 | 500..=504 | 521..=522 | 530..=537)
}

/// Any other end before all was there.
pub(super) fn closed_early(case: &Case<'_>) -> Option<Finding> {
    let broken = Breakage::of(case)?;
    let end = broken.facts().end();
    let reply = broken.transfer.reply.as_ref();
    if (end.is_none() && reply.is_none()) || reply.is_some_and(|reply| is_about_setup(reply.code)) {
        return None;
    }
    let words = reply.map_or(String::from("without a final reply"), said);
    let summary = match end {
        Some(end) => format!(
            "{} closed the data connection after {}, before the transfer was complete ({words}).",
            capital(broken.name(end.side)),
            broken.progress()
        ),
        None => format!(
            "The server ended {} after {} ({words}).",
            broken.command(),
            broken.progress()
        ),
    };
    let finding = Finding::new(
        &catalogue::CLOSED_EARLY,
        Severity::Error,
        broken.cap(Confidence::Likely),
        summary,
    )
    .because_of(end.map(|end| end.at), "the data connection is closed");
    Some(
        broken
            .story(finding)
            .advise("Look into the logs of server and client at that time."),
    )
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
