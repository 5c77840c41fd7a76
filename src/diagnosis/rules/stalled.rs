//! A transfer stood still until somebody gave up: the path, the receiver or the sender.

use std::time::Duration;

use super::no_reply;
use crate::decode::IcmpError;
use crate::diagnosis::breakage::{Breakage, span};
use crate::diagnosis::{Case, Cause, Confidence, Finding, Severity, catalogue};
use crate::ftp::Vantage;
use crate::tcp::{Connection, Waits};

/// Silence that is shorter is no standstill.
const STANDSTILL: Duration = Duration::from_secs(3);

/// A closed window that is shorter is no stopped program.
const CLOSED: Duration = Duration::from_secs(1);

/// A segment with this much payload counts as full-size: what a black hole swallows. The least
/// path MTU of IPv4 in practice leaves 536.
const FULL_SIZE: u32 = 900;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let broken = Breakage::of(case)?;
    let finding = vanished(case, &broken)
        .or_else(|| path(&broken))
        .or_else(|| receiver(&broken))
        .or_else(|| unreached(&broken))
        .or_else(|| sender(case, &broken).filter(|_| !was_refused(&broken)))?;
    let mut finding = broken.story(finding);
    finding.confidence = broken.cap(finding.confidence);
    Some(finding)
}

/// The server never began: its program did not stop sending.
fn was_refused(broken: &Breakage<'_>) -> bool {
    let reply = broken.transfer.reply.as_ref();
    broken.transfer.bytes == 0
        && broken.transfer.begun.is_none()
        && reply.is_some_and(|reply| super::broke_off::is_about_setup(reply.code))
}

fn found(cause: &Cause, confidence: Confidence, summary: String) -> Finding {
    Finding::new(cause, Severity::Error, confidence, summary)
}

/// Both connections die at the same time, or a router says that the host cannot be reached.
fn vanished(case: &Case<'_>, broken: &Breakage<'_>) -> Option<Finding> {
    let unreachable = unreachable(broken.facts());
    let control = case.scene.control().and_then(unreachable_of);
    let data_dead = unreachable.is_some() || broken.is_stuck() || broken.is_fin_lost();
    let control_dead = control.is_some() || broken.is_control_dead();
    if !data_dead || !control_dead {
        return None;
    }
    let far = match case.scene.vantage() {
        Vantage::Server => "the client",
        Vantage::Client => "the server",
        _ => "the other host",
    };
    let summary = format!(
        "Data and control connection both went dead after {}: {far} or the link to it is gone.",
        broken.progress()
    );
    let finding = found(&catalogue::PEER_VANISHED, Confidence::Likely, summary);
    let finding = repetitions(finding, broken);
    let finding = match case
        .scene
        .control()
        .and_then(|control| control.halves.iter().find_map(|half| half.stuck()))
    {
        Some(stuck) => finding.because(
            stuck.last,
            "the control connection repeats data in vain too",
        ),
        None => finding,
    };
    let finding = reported(finding, unreachable.or(control));
    Some(
        finding
            .advise(format!(
                "Check whether {far} was up and its link worked at that time."
            ))
            .advise("Look for a change of route, address or VPN in the middle of the transfer."),
    )
}

/// Data is sent again and again and never acknowledged.
fn path(broken: &Breakage<'_>) -> Option<Finding> {
    let stuck = broken.sent().stuck().filter(|_| broken.is_stuck())?;
    let sender = broken.name(broken.sender());
    let receiver = broken.name(broken.sender().peer());
    let (cause, summary) = if is_black_hole(broken, stuck.smallest) {
        let summary = format!(
            "Segments of {} bytes from {sender} never reach {receiver}, while small packets pass: \
             sent {} more times over {} and not acknowledged once.",
            stuck.smallest,
            stuck.times,
            span(stuck.span())
        );
        (&catalogue::STALLED_MTU, summary)
    } else {
        let summary = format!(
            "After {} packets of the data connection die between {sender} and {receiver}: the \
             same data is sent {} more times over {} without an acknowledgement.",
            broken.progress(),
            stuck.times,
            span(stuck.span())
        );
        (&catalogue::STALLED_PATH, summary)
    };
    // Where the capture ends before anybody gives up, it may yet go on.
    let confidence = if broken.is_given_up() {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    let finding = repetitions(found(cause, confidence, summary), broken);
    let finding = reported(finding, unreachable(broken.facts()));
    Some(advised(finding, cause))
}

/// Nothing of full size was ever acknowledged, and nothing small is being repeated.
fn is_black_hole(broken: &Breakage<'_>, smallest: u32) -> bool {
    let sent = broken.sent();
    smallest >= FULL_SIZE
        && sent.largest_acknowledged < smallest
        && sent.bytes.saturating_sub(sent.unacknowledged()) < u64::from(smallest)
}

/// The receiver has no room until somebody gives up.
fn receiver(broken: &Breakage<'_>) -> Option<Finding> {
    let since = broken.starved_since()?;
    let closed = broken.given_up().time.since(since.time);
    if closed < CLOSED {
        return None;
    }
    let name = broken.name(broken.sender().peer());
    let summary = format!(
        "The program of {name} stopped reading after {}: its receive window was zero for {} until \
         the transfer was given up. The network is not at fault.",
        broken.progress(),
        span(closed)
    );
    let finding = found(&catalogue::STALLED_RECEIVER, Confidence::Certain, summary)
        .because(since, "receive window zero")
        .because(broken.given_up(), "given up");
    Some(
        finding
            .advise(format!(
                "Look at the program on {name}: blocked, stopped, or its disk is slow."
            ))
            .advise("If such pauses are wanted, raise the server's data time-out."),
    )
}

/// The receiver waits, and what the sender sent never comes, or the receiver's FIN is never
/// answered.
fn unreached(broken: &Breakage<'_>) -> Option<Finding> {
    let lost = broken.sent().never_arrived();
    let waited = broken.waited();
    if waited < STANDSTILL || (lost == 0 && !broken.is_fin_lost()) {
        return None;
    }
    let receiver = broken.name(broken.sender().peer());
    let small = broken.sent().largest_segment < FULL_SIZE;
    let (cause, summary) = if small && lost > 0 && !broken.is_fin_lost() {
        let summary = format!(
            "Small packets pass, but {lost} bytes that were sent never reach {receiver} and no \
             full-size segment ever came."
        );
        (&catalogue::STALLED_MTU, summary)
    } else {
        let summary = format!(
            "After {} no packet of the data connection reaches {receiver} any more, for {}.",
            broken.progress(),
            span(waited)
        );
        (&catalogue::STALLED_PATH, summary)
    };
    let finding = found(cause, Confidence::Likely, summary)
        .because(broken.quiet_since(), "the last packet that came through");
    Some(advised(ended(finding, broken), cause))
}

/// Nothing is lost, there is room, and the sender sends nothing.
fn sender(case: &Case<'_>, broken: &Breakage<'_>) -> Option<Finding> {
    if broken.waits() != Waits::Nothing || broken.quiet() < STANDSTILL {
        return None;
    }
    // Not even the command was answered.
    if no_reply::of_transfer(case).is_some() {
        return None;
    }
    let finished = broken.sent().fin.zip(broken.facts().end());
    if finished.is_some_and(|(fin, end)| fin == end.at && broken.transfer.bytes > 0) {
        return None;
    }
    let sending = broken.sender();
    let name = broken.name(sending);
    // Far from the sender, packets that died before they came here look the same.
    let near = match case.scene.vantage() {
        Vantage::Server => sending == broken.server(),
        Vantage::Client => sending != broken.server(),
        _ => false,
    };
    let confidence = if near || is_answering(broken) {
        Confidence::Likely
    } else {
        Confidence::Possible
    };
    let doubt = match confidence {
        Confidence::Possible => ". Packets that die on the way here would look the same",
        _ => "",
    };
    let summary = format!(
        "The program of {name} stopped sending after {}: everything sent is acknowledged, the \
         window is open, and nothing more came for {}{doubt}.",
        broken.progress(),
        span(broken.quiet())
    );
    let finding = found(&catalogue::STALLED_SENDER, confidence, summary)
        .because(broken.quiet_since(), "the last data");
    Some(ended(finding, broken).advise(format!(
        "Look at the program on {name} at that time: hung, stopped, or waiting for its disk."
    )))
}

/// The sender's TCP still answers the receiver's FIN.
fn is_answering(broken: &Breakage<'_>) -> bool {
    broken.received().fin_acknowledged()
}

fn repetitions(finding: Finding, broken: &Breakage<'_>) -> Finding {
    let sent = broken.sent();
    match sent.stuck() {
        Some(stuck) => finding.because(stuck.since, "the same data again").because(
            stuck.last,
            format!("and again, {} times in all", stuck.times),
        ),
        None => finding.because(broken.quiet_since(), "the last data"),
    }
}

fn ended(finding: Finding, broken: &Breakage<'_>) -> Finding {
    match broken.facts().end() {
        Some(end) => finding.because(
            end.at,
            format!(
                "{} {} the data connection",
                broken.name(end.side),
                if end.reset { "resets" } else { "closes" }
            ),
        ),
        None => finding,
    }
}

fn advised(finding: Finding, cause: &Cause) -> Finding {
    if cause == &catalogue::STALLED_MTU {
        finding
            .advise(
                "Let ICMP \"fragmentation needed\" (ICMPv6 \"packet too big\") pass every firewall \
                 on the way.",
            )
            .advise(
                "Or clamp the TCP maximum segment size on the tunnel or router with the small MTU.",
            )
    } else {
        finding
            .advise("Look at the devices on the way at that moment: firewall, load balancer, VPN, link.")
            .advise("A second capture near the other host shows up to where the packets come.")
    }
}

/// An ICMP error that says that a host or network cannot be reached.
fn unreachable(connection: &Connection) -> Option<IcmpError> {
    connection.icmp.as_deref().copied().filter(|error| {
        if error.v6 {
            error.kind == 1
        } else {
            error.kind == 3 && error.code != 4
        }
    })
}

fn unreachable_of(connection: &Connection) -> Option<IcmpError> {
    unreachable(connection)
}

fn reported(finding: Finding, error: Option<IcmpError>) -> Finding {
    match error {
        Some(error) => finding.because(
            crate::capture::Moment {
                frame: error.frame,
                time: error.time,
            },
            format!(
                "{} reports that it cannot be reached (ICMP)",
                error.reporter
            ),
        ),
        None => finding,
    }
}
