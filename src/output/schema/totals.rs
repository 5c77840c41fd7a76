//! The records `finding` and `summary`.

use super::{FILE, FRAME, Field, Kind, TIME, field, maybe};
use crate::capture::Fault;
use crate::diagnosis::{Confidence, Severity};
use crate::output::words::Word;

/// One diagnosed fact.
pub(super) const FINDING: &[Field] = &[
    maybe(
        "session",
        Kind::Whole,
        "The session; null for a finding about hosts.",
    ),
    maybe(
        "channel",
        Kind::Whole,
        "The data channel within the session.",
    ),
    TIME,
    field("cause", Kind::Text, "Identifies the cause."),
    field("severity", Kind::Words(Severity::WORDS), "How bad it is."),
    field(
        "confidence",
        Kind::Words(Confidence::WORDS),
        "How sure it is.",
    ),
    field("summary", Kind::Text, "One sentence."),
    field(
        "evidence",
        Kind::List(EVIDENCE),
        "The packets that prove it.",
    ),
    field(
        "advice",
        Kind::Texts,
        "What to do, the most likely remedy first.",
    ),
    field(
        "wireshark",
        Kind::List(FILTER),
        "Display filters that show the evidence, one an input.",
    ),
];

const FILTER: &[Field] = &[FILE, field("filter", Kind::Text, "The display filter.")];

const EVIDENCE: &[Field] = &[
    FRAME,
    FILE,
    field("note", Kind::Text, "What the packet shows."),
];

/// The totals.
pub(super) const SUMMARY: &[Field] = &[
    field("files", Kind::List(INPUT), "The inputs."),
    field("frames", Kind::Whole, "Packets."),
    field("bytes", Kind::Whole, "Their bytes on the wire."),
    maybe("first_time", Kind::Time, "The first packet."),
    maybe("last_time", Kind::Time, "The last packet."),
    field(
        "connections",
        Kind::Whole,
        "TCP connections, or parts of them.",
    ),
    field("sessions", Kind::Whole, "Sessions."),
    field("commands", Kind::Whole, "Commands."),
    field("replies", Kind::Whole, "Complete replies."),
    field("data_channels", Kind::Counts, "Data channels by outcome."),
    field("findings", Kind::Counts, "Findings by cause."),
    field("bytes_downloaded", Kind::Whole, "Payload bytes to clients."),
    field("bytes_uploaded", Kind::Whole, "Payload bytes to servers."),
    field(
        "damaged_frames",
        Kind::Whole,
        "Packets whose headers contradict themselves.",
    ),
    field(
        "truncated_frames",
        Kind::Whole,
        "Packets cut by a snapshot length.",
    ),
    field(
        "copied_frames",
        Kind::Whole,
        "Packets recognised as copies of another.",
    ),
    field(
        "incomplete_datagrams",
        Kind::Whole,
        "IP datagrams of which fragments are missing.",
    ),
    field(
        "unknown_links",
        Kind::Counts,
        "Packets not decoded, by link type number.",
    ),
    field(
        "limits_hit",
        Kind::Counts,
        "How often a limit was reached, by its name; without those that were not.",
    ),
    maybe(
        "dropped",
        Kind::Object(DROPPED),
        "Packets that a live capture lost; null for files.",
    ),
    field("complete", Kind::Flag, "Every input was read to its end."),
];

const DROPPED: &[Field] = &[
    field("kernel", Kind::Whole, "Lost by the kernel."),
    field("interface", Kind::Whole, "Lost by the interface."),
    field(
        "hand_over",
        Kind::Whole,
        "Lost between reading and analysing.",
    ),
];

const INPUT: &[Field] = &[
    field("name", Kind::Text, "Its name."),
    field("frames", Kind::Whole, "Packets read."),
    field("bytes", Kind::Whole, "Bytes read of the file as stored."),
    maybe(
        "fault",
        Kind::Words(<&Fault as Word>::WORDS),
        "Why reading stopped early.",
    ),
    maybe("reason", Kind::Text, "The same in a sentence."),
];
