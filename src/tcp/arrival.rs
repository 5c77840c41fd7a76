//! How a segment relates to what is known: who connects to whom, whether a SYN begins a new
//! connection between the same ports, whether a RST can be real.

use std::net::SocketAddr;
use std::time::Duration;

use super::flow::{Flow, wire_len};
use super::{Connection, Side};
use crate::decode::Segment;
use crate::time::Timestamp;

/// FTP's control port and its default data port (RFC 959 §8): who sends from the latter connects.
const FTP: u16 = 21;
const FTP_DATA: u16 = 20;
/// Ports below are for listeners (RFC 6335 §6).
const SYSTEM_PORTS: u16 = 1024;
/// An established connection that was quiet for this long gives way to a SYN. Before, the SYN
/// must be answered: a stray one does not end a connection (RFC 5961 §4).
const REUSE_QUIET: Duration = Duration::from_secs(3);
/// How far beyond what was seen a RST may lie at least: what the capture lacks is not known.
const RST_REACH: u64 = 1 << 16;
/// The same where the window scale is not known.
const RST_REACH_UNSCALED: u64 = 1 << 22;

/// What a segment is to the flow that has its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// A part of it.
    Belongs,
    /// The first of a new connection between the same ports.
    Begins,
    /// Neither: a SYN that nothing supports.
    Stray,
}

/// Initiator and responder of a flow that this segment opens.
///
/// A SYN comes from the initiator, a SYN/ACK from the responder. In mid-stream port 21 listens and
/// port 20 connects; then a system port listens; then the lower port does.
pub(super) fn roles(segment: &Segment<'_>) -> (SocketAddr, SocketAddr) {
    let (src, dst) = (segment.src, segment.dst);
    let src_connects = if segment.flags.syn {
        !segment.flags.ack
    } else {
        connects(src.port(), dst.port())
    };
    if src_connects { (src, dst) } else { (dst, src) }
}

/// Whether the owner of `port` more likely connected to `peer` than listened.
fn connects(port: u16, peer: u16) -> bool {
    if (port == FTP) != (peer == FTP) {
        return peer == FTP;
    }
    if (port == FTP_DATA) != (peer == FTP_DATA) {
        return port == FTP_DATA;
    }
    if (port < SYSTEM_PORTS) != (peer < SYSTEM_PORTS) {
        return peer < SYSTEM_PORTS;
    }
    port >= peer
}

/// Tells what `segment` is to `flow`.
#[inline]
pub(super) fn classify(flow: &Flow, side: Side, segment: &Segment<'_>) -> Arrival {
    match (segment.flags.syn && !segment.flags.rst, segment.flags.ack) {
        (false, _) => Arrival::Belongs,
        (true, false) => classify_syn(flow, side, segment),
        (true, true) => classify_syn_ack(flow, side, segment),
    }
}

/// A segment that brings something not known yet is no copy of one that was seen: that one would
/// have brought it.
#[inline]
pub(super) fn brings_news(flow: &Flow, side: Side, segment: &Segment<'_>) -> bool {
    let (track, peer) = (flow.track(side), flow.track(side.peer()));
    let flags = segment.flags;
    let beyond = || track.offset(segment.seq) + i64::from(wire_len(segment)) > track.high();
    !flags.syn
        && !flags.rst
        && ((segment.len > 0 && track.is_known() && beyond())
            || (flags.ack && peer.ack_known() && peer.offset(segment.ack) > peer.acked_with_fin()))
}

fn classify_syn(flow: &Flow, side: Side, segment: &Segment<'_>) -> Arrival {
    let track = flow.track(side);
    let connection = &flow.connection;
    if track.began_with(segment.seq) {
        return Arrival::Belongs;
    }
    // Simultaneous open (RFC 9293 §3.5, figure 7); or the SYN comes after what followed it.
    let open = connection.close().is_none() && !flow.is_closing();
    let simultaneous = side == Side::Responder
        && !track.is_firm()
        && !connection.established
        && !connection.midstream;
    let late = side == Side::Initiator && !track.is_firm() && track.may_begin_with(segment.seq);
    if open && (simultaneous || (late && is_young(connection))) {
        return Arrival::Belongs;
    }
    let over = !open || !connection.established || is_quiet(connection, segment.time);
    if over {
        Arrival::Begins
    } else {
        Arrival::Stray
    }
}

fn classify_syn_ack(flow: &Flow, side: Side, segment: &Segment<'_>) -> Arrival {
    let (track, peer) = (flow.track(side), flow.track(side.peer()));
    let connection = &flow.connection;
    let open = connection.close().is_none();
    let syn = segment.ack + u32::MAX;
    let answers = peer.began_with(syn) || answers_data(flow, side, segment);
    if track.began_with(segment.seq) && (answers || peer.may_begin_with(syn)) {
        return Arrival::Belongs;
    }
    let belongs = match side {
        // Simultaneous open.
        Side::Initiator => answers && connection.syn_ack.is_some() && !connection.established,
        // Whatever it acknowledges: the SYN seen may be damaged, or another one was missed.
        Side::Responder if !connection.established => answers || connection.syn_ack.is_none(),
        // It comes after what followed it.
        Side::Responder => peer.may_begin_with(syn) && track.may_begin_with(segment.seq),
    };
    match open {
        true if belongs => Arrival::Belongs,
        true if answers => Arrival::Stray,
        _ => Arrival::Begins,
    }
}

/// A SYN/ACK may acknowledge data that came with the SYN (RFC 7413 §4.2).
pub(super) fn answers_data(flow: &Flow, side: Side, segment: &Segment<'_>) -> bool {
    let peer = flow.track(side.peer());
    let acked = peer.offset(segment.ack);
    peer.is_firm() && (peer.start()..=peer.high()).contains(&acked)
}

/// So few segments that what came before them may yet turn up.
fn is_young(connection: &Connection) -> bool {
    connection
        .halves
        .iter()
        .map(|half| half.segments)
        .sum::<u64>()
        <= super::stall::START_SEGMENTS.into()
}

fn is_quiet(connection: &Connection, now: Timestamp) -> bool {
    now.since(connection.last.time) >= REUSE_QUIET
}

/// Whether the peer would believe this RST (RFC 9293 §3.10.7.3 and §3.10.7.4).
pub(super) fn reset_is_plausible(flow: &Flow, side: Side, segment: &Segment<'_>) -> bool {
    let (track, peer) = (flow.track(side), flow.track(side.peer()));
    let connection = &flow.connection;
    let refusal =
        side == Side::Responder && connection.syn.is_some() && connection.syn_ack.is_none();
    if refusal && !connection.established {
        return segment.flags.ack
            && (peer.start()..=peer.high()).contains(&peer.offset(segment.ack));
    }
    if !track.is_known() {
        return true;
    }
    let at = track.offset(segment.seq);
    let least = if track.ack_known() {
        track.acked()
    } else {
        track.start()
    };
    let scaled = flow.scale_known(side.peer());
    let reach = if scaled {
        RST_REACH
    } else {
        RST_REACH_UNSCALED
    };
    let window = u64::from(connection.half(side.peer()).window).max(reach);
    at >= least && at.abs_diff(track.reach().min(at)) <= window
}

#[cfg(test)]
mod tests {
    use crate::tcp::testing::*;
    use crate::tcp::{Close, Interest, Side};

    fn story(segments: &[Made]) -> String {
        run(segments, Interest::Bytes).story()
    }

    fn answered(isn: u32) -> Vec<Made> {
        vec![
            Made::up(isn, None, "S", ""),
            Made::down(isn + 4000, Some(isn + 1), "S", ""),
            Made::up(isn + 1, Some(isn + 4001), "", ""),
        ]
    }

    #[test]
    fn who_connects_is_told_by_the_syn_or_else_by_the_ports() {
        let opened =
            |made: &Made| run(std::slice::from_ref(made), Interest::Count).opened[0].initiator();
        assert_eq!(opened(&Made::down(1, None, "S", "")), server());
        assert_eq!(opened(&Made::up(1, Some(1), "S", "")), server());
        assert_eq!(opened(&Made::up(1, Some(1), "", "")), client());
        assert_eq!(opened(&Made::down(1, Some(1), "", "")), client());
        let between = |src: &str, dst: &str| {
            let made = Made::new(
                src.parse().unwrap(),
                dst.parse().unwrap(),
                1,
                Some(1),
                "",
                b"x",
            );
            opened(&made).to_string()
        };
        assert_eq!(between("1.1.1.1:20", "2.2.2.2:1023"), "1.1.1.1:20");
        assert_eq!(between("1.1.1.1:5000", "2.2.2.2:20"), "2.2.2.2:20");
        assert_eq!(between("1.1.1.1:990", "2.2.2.2:5000"), "2.2.2.2:5000");
        assert_eq!(between("1.1.1.1:6000", "2.2.2.2:5000"), "1.1.1.1:6000");
    }

    #[test]
    fn a_syn_sent_again_belongs_to_its_flow() {
        let mut segments = vec![
            Made::up(100, None, "S", ""),
            Made::up(100, None, "S", "").after(1000),
        ];
        segments.push(Made::down(500, Some(101), "S", ""));
        segments.push(Made::down(500, Some(101), "S", "").after(1000));
        segments.push(Made::up(101, Some(501), "", ""));
        let seen = run(&segments, Interest::Count);
        assert_eq!(seen.story(), "open established gone");
        let connection = seen.last();
        assert_eq!(connection.syns, 2);
        assert!(connection.last_syn() > connection.syn);
        assert!(connection.handshake_ack.is_some());
    }

    #[test]
    fn a_new_syn_on_a_closed_or_unanswered_flow_begins_another() {
        let refused = [
            Made::up(100, None, "S", ""),
            Made::down(0, Some(101), "R", ""),
        ];
        let again = answered(9000);
        let expected = "open close gone open established gone";
        assert_eq!(story(&[refused.to_vec(), again.clone()].concat()), expected);
        let unanswered = vec![Made::up(100, None, "S", "")];
        assert_eq!(
            story(&[unanswered, again].concat()),
            "open gone open established gone"
        );
    }

    #[test]
    fn the_same_syn_after_a_refusal_is_a_retry() {
        let refused = [
            Made::up(100, None, "S", ""),
            Made::down(0, Some(101), "R", ""),
        ];
        let retry = [
            Made::up(100, None, "S", "").after(500),
            Made::down(0, Some(101), "R", "").id(7),
        ];
        let seen = run(&[refused, retry].concat(), Interest::Count);
        assert_eq!(
            (seen.story().as_str(), seen.last().syns),
            ("open close gone", 2)
        );
    }

    #[test]
    fn a_stray_syn_does_not_end_a_busy_connection_but_an_answered_one_does() {
        let stray = vec![Made::up(70_000, None, "S", "")];
        let more = vec![Made::up(101, Some(4101), "", "hi")];
        let seen = [answered(100), stray.clone(), more].concat();
        assert_eq!(story(&seen), "open established I:hi gone");
        let reuse = [answered(100), answered(70_000)].concat();
        assert_eq!(story(&reuse), "open established gone open established gone");
        let quiet = [answered(100), vec![stray[0].clone().after(4000)]].concat();
        assert_eq!(story(&quiet), "open established gone open gone");
    }

    #[test]
    fn a_syn_ack_before_its_syn_is_one_flow() {
        let mut segments = answered(100);
        segments.swap(0, 1);
        let seen = run(&segments, Interest::Count);
        assert_eq!(seen.story(), "open established gone");
        assert!(!seen.last().midstream && seen.last().syn.is_some());
    }

    #[test]
    fn an_answer_to_another_syn_than_the_one_seen_belongs_to_the_attempt() {
        let mut segments = answered(100);
        segments[0].seq = 77_777;
        segments.push(Made::up(101, Some(4101), "", "hi"));
        assert_eq!(story(&segments), "open established I:hi gone");
    }

    #[test]
    fn simultaneous_open_is_one_flow() {
        let segments = [
            Made::up(100, None, "S", ""),
            Made::down(500, None, "S", ""),
            Made::up(100, Some(501), "S", ""),
            Made::down(500, Some(101), "S", ""),
            Made::up(101, Some(501), "", "hello"),
        ];
        assert_eq!(story(&segments), "open established I:hello gone");
    }

    #[test]
    fn only_a_plausible_reset_closes() {
        let reset = |seq, ack| {
            let seen = run(
                &[answered(100), vec![Made::down(seq, ack, "R", "")]].concat(),
                Interest::Count,
            );
            seen.last().close().map(|(close, _)| close)
        };
        assert_eq!(reset(4101, None), Some(Close::Reset(Side::Responder)));
        assert_eq!(
            reset(4101 + 30_000, Some(101)),
            Some(Close::Reset(Side::Responder))
        );
        assert_eq!(reset(4101 + 300_000, Some(101)), None);
        assert_eq!(reset(4000, Some(101)), None);
        let refusal = |ack| {
            let seen = run(
                &[Made::up(100, None, "S", ""), Made::down(0, ack, "R", "")],
                Interest::Count,
            );
            seen.last().half(Side::Responder).rst().is_some()
        };
        assert!(refusal(Some(101)));
        assert!(!refusal(Some(9)));
        assert!(!refusal(None));
    }
}
