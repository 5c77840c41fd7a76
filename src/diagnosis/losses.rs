//! Packets that the capture lost: when, how many, and what they make less certain.
//!
//! A loss has no packet that shows it, so the packets around it are cited. A busy host may lose
//! packets all day long; that is told anew only when it has become far worse, or begins again
//! after a quiet time.

use std::collections::VecDeque;
use std::time::Duration;

use super::finding::Finding;
use super::{Confidence, Severity, catalogue, phrase};
use crate::capture::{Drops, Moment};
use crate::time::Timestamp;

/// Times of loss that are remembered; the two oldest become one, with the time between them.
const MAX_SPANS: usize = 64;

/// The kernel's counters come late, and so may the packets around the loss.
const SLACK: Duration = Duration::from_secs(2);

/// After so long without a loss the next one is told anew.
const QUIET: Duration = Duration::from_secs(600);

/// A loss that goes on is told anew when it has become so many times as large.
const WORSE: u64 = 10;

/// What the capture lost so far.
#[derive(Debug, Default)]
pub(super) struct Losses {
    known: Drops,
    /// What the latest finding told.
    told: u64,
    /// When the counters were looked at last, and the latest packet then.
    looked: Option<(Timestamp, Option<Moment>)>,
    /// What no finding tells yet.
    untold: Option<Span>,
    /// When the latest loss was noticed.
    latest: Option<Timestamp>,
    /// When packets were lost, in order: from, to.
    spans: VecDeque<(Timestamp, Timestamp)>,
}

/// When packets were lost, and what was captured around that.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: Timestamp,
    to: Timestamp,
    before: Option<Moment>,
    after: Option<Moment>,
}

impl Losses {
    /// The counters at `now`, when `packet` was the latest that had been taken in.
    pub(super) fn look(
        &mut self,
        drops: &Drops,
        now: Timestamp,
        packet: Option<Moment>,
    ) -> Option<Finding> {
        let before = self.looked.replace((now, packet));
        let grew = drops.total() > self.known.total();
        self.known = *drops;
        if grew {
            self.note(before, now, packet);
        }
        // Without a packet there is nothing to cite yet.
        let packet = packet?;
        let span = self.untold.as_mut()?;
        span.after.get_or_insert(packet);
        let noticed = span.to;
        let latest = self.latest.replace(noticed);
        let begins = latest.is_none_or(|latest| noticed.since(latest) >= QUIET);
        let news = self.told == 0 || drops.total() / WORSE >= self.told || begins;
        news.then(|| self.tell()).flatten()
    }

    /// There is no more to come: what was not told.
    pub(super) fn finish(&mut self, packet: Option<Moment>) -> Option<Finding> {
        if let Some(span) = &mut self.untold {
            span.after = span.after.or(packet);
        }
        self.tell()
    }

    /// Packets were lost at some time between these two, as far as is known.
    pub(super) fn touch(&self, from: Timestamp, to: Timestamp) -> bool {
        let spans = self.spans.iter().rev();
        let mut near = spans.skip_while(|(begun, _)| *begun > to + SLACK);
        near.next().is_some_and(|(_, over)| *over + SLACK >= from)
    }

    fn note(
        &mut self,
        before: Option<(Timestamp, Option<Moment>)>,
        now: Timestamp,
        after: Option<Moment>,
    ) {
        let (from, before) = before.unwrap_or_default();
        let span = self.untold.get_or_insert(Span {
            from,
            to: now,
            before,
            after,
        });
        (span.to, span.after) = (now, after);
        match self.spans.back_mut().filter(|(_, over)| *over >= from) {
            Some((_, over)) => *over = now.max(*over),
            None => self.spans.push_back((from, now)),
        }
        if self.spans.len() > MAX_SPANS
            && let Some((oldest, _)) = self.spans.pop_front()
            && let Some((from, _)) = self.spans.front_mut()
        {
            *from = oldest;
        }
    }

    fn tell(&mut self) -> Option<Finding> {
        let span = self.untold?;
        let (before, after) = (span.before, span.after);
        let at = after.or(before)?;
        let Drops {
            kernel,
            interface,
            hand_over,
        } = self.known;
        let total = self.known.total();
        let lost = total.saturating_sub(self.told);
        let within = match before {
            Some(_) => format!("within {}", phrase::seconds(span.to.since(span.from))),
            None => "since the capture began".to_owned(),
        };
        let in_all = match self.told {
            0 => String::new(),
            _ => format!(" {total} in all:"),
        };
        let summary = format!(
            "The capture lost {} {within}:{in_all} {kernel} in the kernel, {interface} at the \
             interface, {hand_over} in ftpscope. What rests on a packet that was not seen is less \
             certain for that time.",
            packets(lost)
        );
        (self.told, self.untold) = (total, None);
        let finding = Finding::new(
            &catalogue::CAPTURE_GAP,
            Severity::Warning,
            Confidence::Certain,
            summary,
        );
        let before = before.filter(|before| before.frame != at.frame);
        let mut finding = finding
            .because_of(before, "the latest packet before the loss")
            .because(at, "the latest packet when the loss was noticed")
            .advise(
                "Enlarge the buffer of the capture, or narrow its filter to the hosts in question.",
            );
        finding.time = span.to.max(at.time);
        Some(finding)
    }
}

fn packets(count: u64) -> String {
    match count {
        1 => "1 packet".to_owned(),
        _ => format!("{count} packets"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Frame;

    fn at(second: u64) -> Moment {
        let frame = Frame::new(0, second);
        Moment {
            frame,
            time: Timestamp::new(second, 0),
        }
    }

    fn kernel(kernel: u64) -> Drops {
        Drops {
            kernel,
            ..Drops::default()
        }
    }

    fn look(losses: &mut Losses, lost: u64, second: u64) -> Option<String> {
        let now = Timestamp::new(second, 0);
        let finding = losses.look(&kernel(lost), now, Some(at(second)))?;
        assert!(!finding.evidence.is_empty());
        Some(finding.summary)
    }

    #[test]
    fn a_loss_is_told_when_it_begins_grows_tenfold_or_begins_again() {
        let mut losses = Losses::default();
        assert_eq!(look(&mut losses, 0, 100), None);
        let first = look(&mut losses, 5, 101).unwrap();
        assert!(first.starts_with("The capture lost 5 packets within 1.0 s: 5 in the kernel"));
        let told: Vec<u64> = (0..500)
            .filter(|second| look(&mut losses, 5 + second, 102 + second).is_some())
            .collect();
        assert_eq!(told, [45, 495]);
        let again = look(&mut losses, 505, 602 + QUIET.as_secs()).unwrap();
        assert!(again.contains("505 in all"), "{again}");
        assert!(losses.finish(Some(at(2000))).is_none());
        assert_eq!(look(&mut losses, 506, 1300), None);
        assert!(losses.finish(Some(at(2000))).is_some());
    }

    #[test]
    fn a_loss_before_the_first_packet_waits_for_one_to_cite() {
        let mut losses = Losses::default();
        assert!(
            losses
                .look(&kernel(3), Timestamp::new(1, 0), None)
                .is_none()
        );
        let told = look(&mut losses, 3, 2).unwrap();
        assert!(told.contains("3 packets since the capture began"), "{told}");
    }

    #[test]
    fn what_lies_between_losses_is_not_touched() {
        let mut losses = Losses::default();
        let time = |second| Timestamp::new(second, 0);
        for (lost, second) in [(0, 100), (1, 101), (1, 200), (2, 201), (2, 300)] {
            look(&mut losses, lost, second);
        }
        assert!(losses.touch(time(50), time(150)));
        assert!(losses.touch(time(99), time(99)) && losses.touch(time(202), time(250)));
        assert!(!losses.touch(time(110), time(190)) && !losses.touch(time(210), time(290)));
        for round in 0..1000 {
            look(&mut losses, 3 + round, 1000 + round * 100);
            look(&mut losses, 3 + round, 1050 + round * 100);
        }
        assert_eq!(losses.spans.len(), MAX_SPANS);
        assert!(
            losses.touch(time(1100), time(1101)),
            "never forgotten, only blurred"
        );
    }
}
