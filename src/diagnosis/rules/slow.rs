//! A transfer that went well, but slowly, because of the network or a reader.

use std::time::Duration;

use crate::diagnosis::breakage::{Breakage, span};
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::ftp::Outcome;

/// Loss that is rarer than one byte in this many is normal.
const LOSS: u64 = 20;

/// Fewer lost segments say nothing.
const LOST_SEGMENTS: u64 = 3;

/// A reader that kept its window closed for less is of no interest.
const STARVED: Duration = Duration::from_secs(10);

/// A round trip in which a small window hurts.
const LONG_WAY: Duration = Duration::from_millis(50);

/// A window without scaling.
const SMALL_WINDOW: u64 = 65_535;

/// A transfer that takes fewer round trips is over before it matters.
const FLIGHTS: u32 = 8;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    let fits = matches!(channel.outcome, Outcome::Completed);
    let broken = Breakage::about(case, channel).filter(|_| fits)?;
    loss(&broken)
        .or_else(|| reader(&broken))
        .or_else(|| window(&broken))
}

/// Many segments were lost on the way.
fn loss(broken: &Breakage<'_>) -> Option<Finding> {
    let sent = broken.sent();
    // Near the receiver a repetition shows as bytes that come late; a packet that was merely
    // overtaken does too, so that is less sure.
    let (bytes, confidence, severity) = if sent.retransmitted() >= sent.late() {
        (sent.retransmitted(), Confidence::Certain, Severity::Warning)
    } else {
        (sent.late(), Confidence::Likely, Severity::Notice)
    };
    let segment = u64::from(sent.largest_segment.max(1)).min(1500);
    // After "fragmentation needed" the segments that were too large are sent again.
    let resized = broken.facts().icmp.is_some();
    if resized || bytes * LOSS < sent.bytes || bytes < LOST_SEGMENTS * segment {
        return None;
    }
    let share = 100.0 * bytes as f64 / sent.bytes.max(1) as f64;
    let took = broken.transfer.duration.unwrap_or_default();
    let summary = format!(
        "Packets of {} were lost: {bytes} of {} bytes ({share:.0} %) had to be sent again; it took \
         {}.",
        broken.command(),
        sent.bytes,
        span(took)
    );
    let finding = slow(severity, broken.cap(confidence), summary, broken);
    Some(finding.advise("Look for a bad link, duplex mismatch or an overloaded device on the way."))
}

/// The receiving program did not read.
fn reader(broken: &Breakage<'_>) -> Option<Finding> {
    let received = broken.received();
    let took = broken.transfer.duration?;
    if received.starved() < STARVED || received.starved() * 2 < took {
        return None;
    }
    let name = broken.name(broken.sender().peer());
    let summary = format!(
        "{} took {}, of which {name} had no room to receive for {}: its program reads slowly.",
        broken.command(),
        span(took),
        span(received.starved())
    );
    let finding = slow(
        Severity::Notice,
        broken.cap(Confidence::Certain),
        summary,
        broken,
    );
    let since = received.starvation().map(|(from, _)| from);
    Some(
        finding
            .because_of(since, "receive window zero")
            .advise(format!("Look at the program and the disk of {name}.")),
    )
}

/// No more than one small window passes in a long round trip.
fn window(broken: &Breakage<'_>) -> Option<Finding> {
    let (sent, received) = (broken.sent(), broken.received());
    let round_trip = broken.facts().round_trip()?;
    let took = sent.last_data?.time.since(sent.first_data?.time);
    let window = u64::from(received.largest_window);
    let long = round_trip >= LONG_WAY && took >= round_trip * FLIGHTS;
    if !long || window == 0 || window > SMALL_WINDOW || sent.bytes < window * u64::from(FLIGHTS) {
        return None;
    }
    let rate = sent.bytes as f64 / took.as_secs_f64();
    let most = window as f64 / round_trip.as_secs_f64();
    if rate < most / 2.0 {
        return None;
    }
    let name = broken.name(broken.sender().peer());
    let summary = format!(
        "{} ran at {:.0} kB/s: the receive window of {name} ({window} bytes) lets no more pass in \
         a round trip of {}.",
        broken.command(),
        rate / 1000.0,
        span(round_trip)
    );
    let finding = slow(
        Severity::Notice,
        broken.cap(Confidence::Likely),
        summary,
        broken,
    );
    Some(finding.advise(format!(
        "Raise the receive buffer of {name}, and let TCP window scaling pass every device on the way."
    )))
}

fn slow(
    severity: Severity,
    confidence: Confidence,
    summary: String,
    broken: &Breakage<'_>,
) -> Finding {
    let finding = Finding::new(&catalogue::SLOW_TRANSFER, severity, confidence, summary);
    broken
        .story(finding)
        .because_of(broken.sent().first_data, "the first data")
        .because_of(broken.sent().last_data, "the last data")
}
