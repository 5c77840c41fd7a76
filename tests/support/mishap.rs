//! What becomes of a message of a control connection on its way into the capture.

use super::disorder::split;
use super::planned::{MICRO, MILLI, Plan, Planned};
use super::random::Random;

/// What a reader of the capture may notice.
pub enum Mishap {
    /// The message is there once, in one segment or two, in order or not.
    None,
    /// The capture misses it.
    Missing,
    /// It is there, and a second time as this later packet.
    Repeated(Box<Planned>),
}

/// Changes the last packet of `plan`, which holds one whole message. One in a hundred comes in
/// two segments. In a `lossy` capture these are two, and one each is missing, repeated and out of
/// order.
pub fn strike(plan: &mut Plan, random: &mut Random, lossy: bool) -> Mishap {
    let Some(packet) = plan.packets.pop_back() else {
        return Mishap::None;
    };
    match random.within(0..1000) {
        0..10 if lossy => return Mishap::Missing,
        10..20 if lossy => {
            let again = retransmission(&packet, random);
            plan.packets.push_back(packet);
            return Mishap::Repeated(Box::new(again));
        }
        20..30 if lossy => halve(plan, packet, random, true),
        30..50 if lossy => halve(plan, packet, random, false),
        50..60 if !lossy => halve(plan, packet, random, false),
        _ => plan.packets.push_back(packet),
    }
    Mishap::None
}

/// The packet that the sender repeats when its time-out expires.
fn retransmission(packet: &Planned, random: &mut Random) -> Planned {
    let mut again = packet.clone();
    again.time += random.within(200 * MILLI..400 * MILLI);
    again.header.ip_id = again.header.ip_id.wrapping_add(0x2000);
    again
}

/// Two segments in place of one, perhaps in the wrong order.
fn halve(plan: &mut Plan, packet: Planned, random: &mut Random, swapped: bool) {
    let length = packet.payload.bytes().len() as u64;
    let time = packet.time;
    let (head, tail) = split(packet, random.within(1..length) as usize);
    let (first, mut second) = if swapped { (tail, head) } else { (head, tail) };
    second.time = time + 5 * MICRO;
    plan.packets.extend([first, second]);
}
