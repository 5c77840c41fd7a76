//! What holds for every capture.

use proptest::collection::vec;
use proptest::prelude::*;

use super::testing::*;
use super::{FlowTable, Interest, Limits, Side};

/// How far the capture moves a segment from its place.
const DISPLACEMENT: usize = 3;

/// Messages of a conversation in lock step, and how to cut them.
fn conversation() -> impl Strategy<Value = Vec<(String, usize)>> {
    vec(("[a-z]{1,30}", 1usize..12), 1..8)
}

/// The segments of a conversation, each message cut into pieces.
fn talk(talk: Talk, messages: &[(String, usize)]) -> Vec<Made> {
    pieces(talk, messages, false)
}

/// The same, with an acknowledgement of each piece if they are `acknowledged`.
fn pieces(mut talk: Talk, messages: &[(String, usize)], acknowledged: bool) -> Vec<Made> {
    for (turn, (message, piece)) in messages.iter().enumerate() {
        let side = if turn % 2 == 0 {
            Side::Responder
        } else {
            Side::Initiator
        };
        for part in message.as_bytes().chunks(*piece) {
            talk.push(side, "", std::str::from_utf8(part).unwrap());
            if acknowledged {
                talk.push(side.peer(), "", "");
            }
        }
    }
    talk.finish();
    talk.segments
}

/// Moves each segment by up to `DISPLACEMENT` places and repeats some.
fn disturb(segments: &[Made], moves: &[(usize, bool)]) -> Vec<Made> {
    let mut placed = Vec::new();
    for (place, (segment, (delay, again))) in segments.iter().zip(moves.iter().cycle()).enumerate()
    {
        placed.push((place + delay, segment.clone()));
        if *again {
            placed.push((place + DISPLACEMENT, segment.clone()));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, segment)| segment).collect()
}

fn moves() -> impl Strategy<Value = Vec<(usize, bool)>> {
    vec((0..=DISPLACEMENT, prop::bool::weighted(0.2)), 1..60)
}

fn expected(messages: &[(String, usize)]) -> Vec<(Side, Vec<u8>)> {
    let sides = [Side::Responder, Side::Initiator].into_iter().cycle();
    sides
        .zip(messages)
        .map(|(side, (text, _))| (side, text.clone().into_bytes()))
        .collect()
}

#[derive(Clone, Debug)]
struct Wild {
    ends: (u8, u8),
    seq: u32,
    ack: Option<u32>,
    flags: &'static str,
    len: usize,
    cut: u32,
    after: u64,
}

fn wild() -> impl Strategy<Value = Wild> {
    let number = || {
        prop_oneof![
            6 => 0u32..300,
            1 => any::<u32>(),
            1 => prop::sample::select(vec![1u32 << 31, (1 << 31) - 1, (1 << 31) + 1, u32::MAX]),
        ]
    };
    let flags = prop::sample::select(vec!["", "", "", "", "S", "F", "R", "SF", "SR", "FR", "SFR"]);
    let cut = prop_oneof![8 => Just(0u32), 1 => 0u32..50, 1 => any::<u32>()];
    let after = prop_oneof![9 => 0u64..40, 1 => 0u64..100_000_000];
    (
        ((0u8..4, 0u8..4), number(), prop::option::of(number())),
        flags,
        0usize..40,
        cut,
        after,
    )
        .prop_map(|((ends, seq, ack), flags, len, cut, after)| Wild {
            ends,
            seq,
            ack,
            flags,
            len,
            cut,
            after,
        })
}

fn made(wild: &Wild) -> Made {
    let end = |number: u8| {
        format!("10.0.0.{}:{}", number / 2, 20 + number)
            .parse()
            .unwrap()
    };
    let mut made = Made::new(
        end(wild.ends.0),
        end(wild.ends.1),
        wild.seq,
        wild.ack,
        wild.flags,
        &vec![b'x'; wild.len],
    );
    (made.cut, made.after) = (wild.cut, wild.after);
    made
}

/// Open first, Gone last and once, at most one Close, no bytes after it.
fn is_well_formed(seen: &Seen) -> bool {
    let mut ids: Vec<_> = seen.events.iter().map(|(id, _)| *id).collect();
    ids.sort_by_key(|id| (id.index, id.generation));
    ids.dedup();
    ids.iter().all(|id| {
        let events: Vec<_> = seen
            .events
            .iter()
            .filter(|(of, _)| of == id)
            .map(|(_, event)| event.as_str())
            .collect();
        let count = |name: &str| events.iter().filter(|event| **event == name).count();
        events.first() == Some(&"open")
            && events.last() == Some(&"gone")
            && (count("open"), count("gone")) == (1, 1)
            && count("established") <= 1
            && count("close") <= 1
    })
}

/// What the capture does to each segment of a conversation: how far it moves it, whether it repeats
/// it, lacks it, sees a closed window; its identification.
fn mishaps() -> impl Strategy<Value = Vec<(usize, bool, bool, bool, Option<u16>)>> {
    let rarely = || prop::bool::weighted(0.03);
    let moves = prop_oneof![12 => Just(0), 1 => 0..=DISPLACEMENT];
    let id = prop_oneof![2 => Just(None), 3 => (0u16..50).prop_map(Some)];
    vec((moves, rarely(), rarely(), rarely(), id), 1..60)
}

fn suffer(segments: &[Made], mishaps: &[(usize, bool, bool, bool, Option<u16>)]) -> Vec<Made> {
    let mut placed = Vec::new();
    let all = segments.iter().zip(mishaps.iter().cycle()).enumerate();
    for (place, (segment, (delay, again, lost, full, id))) in all {
        let mut segment = segment.clone();
        segment.ip_id = *id;
        segment.window = if *full { 0 } else { 1000 + place as u16 };
        if *again {
            placed.push((place + delay + 1, segment.clone()));
        }
        if !lost {
            placed.push((place + delay, segment));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, segment)| segment).collect()
}

/// All that can be seen of the flows after each of the segments.
fn states(segments: &[Made], interest: Interest, only_the_long_way: bool) -> (Vec<String>, Seen) {
    let mut seen = Seen {
        interest,
        ..Seen::default()
    };
    let mut table = table();
    table.only_the_long_way = only_the_long_way;
    let mut states = Vec::new();
    let mut time = epoch();
    for made in segments {
        time = push(&mut table, &mut seen, std::slice::from_ref(made), time);
        assert!(
            table.flows.are_noted(),
            "a flow may go before it is looked at"
        );
        states.push(table.flows.inside());
    }
    table.finish(&mut seen);
    (states, seen)
}

/// The way of most segments ends where the long way does.
fn agree(segments: &[Made], interest: Interest) -> Result<(), TestCaseError> {
    let (short, long) = (
        states(segments, interest, false),
        states(segments, interest, true),
    );
    for (place, (short, long)) in short.0.iter().zip(&long.0).enumerate() {
        prop_assert_eq!(short, long, "after segment {}", place);
    }
    prop_assert_eq!(short.1.events, long.1.events);
    Ok(())
}

proptest! {
    #[test]
    fn the_ordinary_way_is_the_long_one(
        messages in conversation(),
        mishaps in mishaps(),
        [bytes, whole, acknowledged] in any::<[bool; 3]>(),
    ) {
        let interest = if bytes { Interest::Bytes } else { Interest::Count };
        let begun = if whole { Talk::handshake() } else { Talk::midstream() };
        agree(&suffer(&pieces(begun, &messages, acknowledged), &mishaps), interest)?;
    }

    #[test]
    fn so_it_is_for_any_segments(wild in vec(wild(), 0..120), bytes in any::<bool>()) {
        let interest = if bytes { Interest::Bytes } else { Interest::Count };
        agree(&wild.iter().map(made).collect::<Vec<_>>(), interest)?;
    }

    #[test]
    fn disturbed_conversations_are_told_alike(messages in conversation(), moves in moves()) {
        let seen = run(&disturb(&talk(Talk::handshake(), &messages), &moves), Interest::Bytes);
        prop_assert_eq!(seen.bytes, expected(&messages));
    }

    #[test]
    fn so_are_those_picked_up_in_the_middle(messages in conversation(), moves in moves()) {
        // A side that was never heard is not waited for, so both are heard first.
        let mut heard = Talk::midstream();
        heard.client("").server("");
        let start = heard.segments.clone();
        heard.segments.clear();
        let rest = disturb(&talk(heard, &messages), &moves);
        let seen = run(&[start, rest].concat(), Interest::Bytes);
        prop_assert_eq!(seen.bytes, expected(&messages));
    }

    #[test]
    fn counters_do_not_depend_on_order(messages in conversation(), moves in moves(), bytes in any::<bool>()) {
        let interest = if bytes { Interest::Bytes } else { Interest::Count };
        let seen = run(&disturb(&talk(Talk::handshake(), &messages), &moves), interest);
        prop_assert_eq!(seen.gone.len(), 1);
        let all: usize = messages.iter().map(|(text, _)| text.len()).sum();
        let counted: u64 = seen.last().halves.iter().map(|half| half.bytes).sum();
        prop_assert_eq!(counted, all as u64);
        prop_assert_eq!(seen.last().missing(), 0);
        prop_assert!(seen.last().close().is_some());
    }

    #[test]
    fn one_direction_alone_is_told_at_once(messages in conversation(), side in any::<bool>()) {
        let from = if side { client() } else { server() };
        let whole = talk(Talk::handshake(), &messages);
        let half: Vec<_> = whole.into_iter().filter(|made| made.src == from).collect();
        let mut seen = Seen { interest: Interest::Bytes, ..Seen::default() };
        let mut table = table();
        push(&mut table, &mut seen, &half, epoch());
        let told: Vec<u8> = seen.bytes.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        let side = if side { Side::Initiator } else { Side::Responder };
        let sent = expected(&messages).into_iter().filter(|(of, _)| *of == side);
        prop_assert_eq!(told, sent.flat_map(|(_, bytes)| bytes).collect::<Vec<_>>());
    }

    #[test]
    fn any_segments_give_well_formed_flows(wild in vec(wild(), 0..120), bytes in any::<bool>(), limit in 1usize..6) {
        let interest = if bytes { Interest::Bytes } else { Interest::Count };
        let mut seen = Seen { interest, ..Seen::default() };
        let mut table = FlowTable::new(Limits { flows: limit });
        let segments: Vec<_> = wild.iter().map(made).collect();
        push(&mut table, &mut seen, &segments, epoch());
        prop_assert!(table.flows().len() <= limit);
        prop_assert!(table.holders.len() <= 2 * limit + 2);
        table.finish(&mut seen);
        prop_assert!(is_well_formed(&seen), "{:?}", seen.events);
        prop_assert_eq!(table.stats().held, 0);
        prop_assert_eq!(table.stats().holes, 0);
        prop_assert!(table.flows().is_empty());
    }
}
