//! How a segment relates to what is known: who connects to whom, whether a SYN begins a new
//! connection between the same ports, whether a RST can be real.

use std::net::SocketAddr;
use std::time::Duration;

use super::flow::Flow;
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
pub(super) fn classify(flow: &Flow, segment: &Segment<'_>) -> Arrival {
    let side = flow.side(segment);
    match (segment.flags.syn && !segment.flags.rst, segment.flags.ack) {
        (false, _) => Arrival::Belongs,
        (true, false) => classify_syn(flow, side, segment),
        (true, true) => classify_syn_ack(flow, side, segment),
    }
}

fn classify_syn(flow: &Flow, side: Side, segment: &Segment<'_>) -> Arrival {
    let track = flow.track(side);
    let connection = &flow.connection;
    if track.began_with(segment.seq) {
        return Arrival::Belongs;
    }
    // Simultaneous open (RFC 9293 §3.5, figure 7); or the SYN comes after what followed it.
    let open = connection.close.is_none() && !flow.is_closing();
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
    let answers = peer.began_with(segment.ack + u32::MAX) || answers_data(flow, side, segment);
    let agrees = answers || (!peer.is_firm() && peer.may_begin_with(segment.ack + u32::MAX));
    if track.began_with(segment.seq) && agrees {
        return Arrival::Belongs;
    }
    if side == Side::Initiator {
        let crossed = answers && connection.syn_ack.is_some() && !connection.established;
        return if crossed {
            Arrival::Belongs
        } else {
            Arrival::Begins
        };
    }
    let open = connection.close.is_none();
    if open && agrees && (!connection.established || !track.is_firm()) {
        let fits = !track.is_firm() || !connection.established;
        let late = !connection.established || track.may_begin_with(segment.seq);
        return if fits && late {
            Arrival::Belongs
        } else {
            Arrival::Begins
        };
    }
    if open && answers {
        Arrival::Stray
    } else {
        Arrival::Begins
    }
}

/// A SYN/ACK may acknowledge data that came with the SYN (RFC 7413 §4.2).
fn answers_data(flow: &Flow, side: Side, segment: &Segment<'_>) -> bool {
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
        <= super::assembler::START_SEGMENTS.into()
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
    let window = connection.half(side.peer()).window.max(reach);
    at >= least && at.abs_diff(track.reach().min(at)) <= window
}
