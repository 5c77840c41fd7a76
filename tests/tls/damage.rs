//! Gaps and damage: what is told was said.

use ftpscope::capture::Moment;
use ftpscope::tcp::Side;
use ftpscope::tls::{Stream, Told};
use proptest::prelude::*;

use crate::talk::{Heard, SIDES, Talk, index, is_resumed_by_tls12};

#[test]
fn behind_a_gap_what_follows_is_read() {
    for talk in Talk::all().iter().filter(|talk| !is_resumed_by_tls12(talk)) {
        // The last but one flight with words: a later one must be read still.
        let flights: Vec<_> = talk.wire.iter().collect();
        let lost = flights.len().saturating_sub(4);
        let (mut heard, mut stream, mut secrets) =
            (Heard::default(), Stream::default(), talk.secrets());
        for (number, (side, bytes)) in flights.into_iter().enumerate() {
            if number == lost {
                stream.gap(*side, bytes.len() as u64, &mut secrets);
            } else {
                stream.push(
                    (*side, bytes, Moment::default()),
                    &mut secrets,
                    &mut |told| {
                        heard.hear(told);
                    },
                );
            }
        }
        // In TLS 1.0 a record needs the one before it.
        if talk.name.contains("-gcm") {
            let tail = |said: &[u8]| said[said.len().saturating_sub(4)..].to_vec();
            for side in SIDES {
                let (heard, said) = (&heard.said[index(side)], &talk.said[index(side)]);
                assert!(heard.len() <= said.len());
                assert!(
                    said.is_empty() || tail(heard) == tail(said) || side == talk.wire[lost].0,
                    "{} {heard:?}",
                    talk.name
                );
            }
        }
    }
}

/// A MAC of the ciphertext does not cover what TLS 1.0 takes from the record before.
#[test]
fn of_a_flight_that_is_damaged_or_lost_nothing_wrong_is_told() {
    for talk in Talk::all() {
        for spoilt in 0..2 * talk.wire.len() {
            let (mut heard, mut stream, mut secrets) =
                (Heard::default(), Stream::default(), talk.secrets());
            for (number, (side, bytes)) in talk.wire.iter().enumerate() {
                if number * 2 == spoilt {
                    stream.gap(*side, bytes.len() as u64, &mut secrets);
                    continue;
                }
                let mut bytes = bytes.clone();
                if number * 2 + 1 == spoilt {
                    // The first byte of the first record's body.
                    bytes.get_mut(5).into_iter().for_each(|byte| *byte ^= 1);
                }
                let heard = &mut |told: Told<'_>| heard.hear(told);
                stream.push((*side, &bytes, Moment::default()), &mut secrets, heard);
            }
            for side in [0, 1] {
                let (heard, said) = (&heard.said[side], &talk.said[side]);
                let told = heard.escape_ascii();
                assert!(is_part(heard, said), "{} {spoilt}: {told}", talk.name);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is cut, lost or damaged: what is told was said, in that order.
    #[test]
    fn nothing_is_told_that_was_not_said(
        which in 0usize..64,
        piece in 1usize..3000,
        damage in prop::collection::vec((0usize..20_000, any::<u8>(), any::<u8>()), 0..4),
    ) {
        let talks = Talk::all();
        let talk = &talks[which % talks.len()];
        let (mut heard, mut stream, mut secrets) =
            (Heard::default(), Stream::default(), talk.secrets());
        let mut at = 0;
        for (side, bytes) in &talk.wire {
            for bytes in bytes.chunks(piece) {
                let mut bytes = bytes.to_vec();
                let mut gap = None;
                for (place, change, how) in &damage {
                    if let Some(byte) = place.checked_sub(at).and_then(|it| bytes.get_mut(it)) {
                        if how % 2 == 0 {
                            *byte ^= change;
                        } else {
                            gap = Some(*place - at);
                        }
                    }
                }
                at += bytes.len();
                let end = gap.unwrap_or(bytes.len());
                let now = Moment::default();
                stream.push((*side, &bytes[..end], now), &mut secrets, &mut |told| heard.hear(told));
                if end < bytes.len() {
                    stream.gap(*side, (bytes.len() - end) as u64, &mut secrets);
                }
            }
        }
        for side in [0, 1] {
            prop_assert!(is_part(&heard.said[side], &talk.said[side]));
        }
    }

    #[test]
    fn any_bytes_are_taken(pieces in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..300)), 0..40)) {
        let talk = Talk::read("tls13-aes-128-gcm-sha256");
        let (mut stream, mut secrets) = (Stream::default(), talk.secrets());
        for (client, bytes) in pieces {
            secrets.add(&bytes);
            let side = if client { Side::Initiator } else { Side::Responder };
            stream.push((side, &bytes, Moment::default()), &mut secrets, &mut |_| {});
        }
    }
}

/// Whether `part` is left of `whole` when some of it is taken out.
fn is_part(part: &[u8], whole: &[u8]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|byte| rest.any(|other| other == byte))
}
