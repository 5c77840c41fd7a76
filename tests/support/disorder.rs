//! What networks and capture points do to packets: cut, reorder, repeat and drop them.
//!
//! All of these keep the capture's times as they are, so that the result is still in time order.

use super::packets::{FIN, PSH, Transport};
use super::planned::{Payload, Planned};
use super::random::Random;

/// Cuts every TCP payload into segments of 1 to `longest` bytes.
pub fn cut(packets: Vec<Planned>, random: &mut Random, longest: usize) -> Vec<Planned> {
    let mut result = Vec::with_capacity(packets.len());
    for packet in packets {
        let mut rest = packet;
        while rest.payload.bytes().len() > 1 && rest.tcp().is_some() {
            let length = random.within(1..longest as u64 + 1) as usize;
            if length >= rest.payload.bytes().len() {
                break;
            }
            let (head, tail) = split(rest, length);
            result.push(head);
            rest = tail;
        }
        result.push(rest);
    }
    result
}

/// Cuts a TCP packet after `length` bytes of payload; what ends the stream stays with the tail.
pub fn split(packet: Planned, length: usize) -> (Planned, Planned) {
    let bytes = packet.payload.bytes();
    let (front, back) = bytes.split_at(length.min(bytes.len()));
    let (front, back) = (Payload::Bytes(front.into()), Payload::Bytes(back.into()));
    let (mut head, mut tail) = (packet.clone(), packet);
    if let Transport::Tcp(tcp) = &mut head.header.transport {
        tcp.flags &= !(FIN | PSH);
    }
    if let Transport::Tcp(tcp) = &mut tail.header.transport {
        tcp.seq = tcp.seq.wrapping_add(length as u32);
    }
    tail.header.ip_id = tail.header.ip_id.wrapping_add(0x4000);
    (head.payload, tail.payload) = (front, back);
    (head, tail)
}

/// Shuffles packets among the `window` that follow each other the same way on one connection, so
/// that no command overtakes a reply; handshakes stay in front.
pub fn reorder(packets: &mut [Planned], random: &mut Random, window: usize) {
    let movable = |packet: &Planned| !packet.payload.bytes().is_empty();
    let mut start = 0;
    while start < packets.len() {
        let first = &packets[start];
        let run = packets[start..]
            .iter()
            .take(window.max(1))
            .take_while(|packet| movable(packet) && packet.same_way(first))
            .count();
        shuffle(&mut packets[start..start + run], random);
        start += run.max(1);
    }
}

fn shuffle(packets: &mut [Planned], random: &mut Random) {
    for last in (1..packets.len()).rev() {
        let other = random.within(0..last as u64 + 1) as usize;
        let (early, late) = (packets[other].time, packets[last].time);
        packets.swap(other, last);
        (packets[other].time, packets[last].time) = (early, late);
    }
}

/// Repeats `per_mille` of the packets right behind themselves: half as a mirror port copies them,
/// half as the sender would retransmit them (another IP identification).
pub fn duplicate(packets: Vec<Planned>, random: &mut Random, per_mille: u64) -> Vec<Planned> {
    let mut result = Vec::with_capacity(packets.len());
    for packet in packets {
        let again = random.chance(per_mille).then(|| packet.clone());
        result.push(packet);
        if let Some(mut copy) = again {
            if random.chance(500) {
                copy.header.ip_id = copy.header.ip_id.wrapping_add(0x2000);
            }
            result.push(copy);
        }
    }
    result
}

/// Sends `per_mille` of the packets with payload again, in one segment with what their sender said
/// just before: it begins in the middle of one segment and ends with the next.
pub fn overlap(packets: Vec<Planned>, random: &mut Random, per_mille: u64) -> Vec<Planned> {
    let mut result: Vec<Planned> = Vec::with_capacity(packets.len());
    for packet in packets {
        let again = random.chance(per_mille);
        let before = result
            .iter()
            .rev()
            .take(8)
            .find(|one| one.same_way(&packet));
        let joined = before.filter(|_| again);
        let joined = joined.and_then(|before| joined_with(before, &packet, random));
        result.push(packet);
        result.extend(joined);
    }
    result
}

/// The end of one segment and all of the next, in one.
fn joined_with(before: &Planned, packet: &Planned, random: &mut Random) -> Option<Planned> {
    let (head, tail) = (before.payload.bytes(), packet.payload.bytes());
    let follows = before.tcp()?.seq.wrapping_add(head.len() as u32) == packet.tcp()?.seq;
    if !follows || head.is_empty() || tail.is_empty() {
        return None;
    }
    let kept = random.within(1..head.len() as u64 + 1) as usize;
    let bytes = [&head[head.len() - kept..], tail].concat();
    let mut joined = packet.clone();
    joined.header.ip_id = joined.header.ip_id.wrapping_add(0x1000);
    if let Transport::Tcp(tcp) = &mut joined.header.transport {
        tcp.seq = tcp.seq.wrapping_sub(kept as u32);
    }
    joined.payload = Payload::Bytes(bytes.into());
    Some(joined)
}

/// Leaves `per_mille` of the packets out and returns how many.
pub fn drop(packets: &mut Vec<Planned>, random: &mut Random, per_mille: u64) -> usize {
    let before = packets.len();
    packets.retain(|_| !random.chance(per_mille));
    before - packets.len()
}
