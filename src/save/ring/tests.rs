use super::*;
use crate::analyzer::Options;

/// A SYN from this port to port 80, as raw IPv4.
fn syn(port: u16) -> Vec<u8> {
    let mut bytes = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0];
    bytes.extend([192, 0, 2, 1, 192, 0, 2, 2]);
    bytes.extend(port.to_be_bytes());
    bytes.extend([0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0]);
    bytes
}

fn push(ring: &mut Ring, analyzer: &Analyzer, port: u16, second: u64) {
    let data = syn(port);
    let packet = Packet {
        frame: Frame::default(),
        time: Timestamp::new(second, 0),
        link: LinkType::RAW,
        wire_len: data.len() as u32,
        data: &data,
        plain: None,
    };
    ring.push(&packet, analyzer);
}

/// What leaves: the ports of what is kept, and how many were dropped early and late.
fn left(ring: &mut Ring, analyzer: Option<&Analyzer>) -> (Vec<u16>, u32, u32) {
    let (mut kept, mut early, mut late) = (Vec::new(), 0, 0);
    let mut leave = |leaves: Leaves<'_>| match leaves {
        Leaves::Kept(packet) => {
            kept.push(u16::from_be_bytes([packet.data[20], packet.data[21]]));
        }
        Leaves::Dropped { early: true } => early += 1,
        Leaves::Dropped { early: false } => late += 1,
    };
    while ring.pop(analyzer, &mut leave).is_some() {}
    (kept, early, late)
}

#[test]
fn packets_wait_for_their_time_and_go_early_when_there_is_no_room() {
    let analyzer = Analyzer::new(&Options::default());
    let mut ring = Ring::new(3 * (40 + OVERHEAD), Duration::from_secs(10));
    for port in 1..=3 {
        push(&mut ring, &analyzer, port, 100);
    }
    assert_eq!(left(&mut ring, Some(&analyzer)), (vec![], 0, 0));
    push(&mut ring, &analyzer, 4, 100);
    assert_eq!(left(&mut ring, Some(&analyzer)), (vec![], 1, 0));
    push(&mut ring, &analyzer, 5, 99);
    assert_eq!(left(&mut ring, Some(&analyzer)), (vec![], 1, 0));
    ring.advance(Timestamp::new(110, 0));
    assert_eq!(left(&mut ring, Some(&analyzer)), (vec![], 0, 3));
    assert_eq!((ring.bytes, ring.waiting.len()), (0, 0));
}

#[test]
fn what_is_learnt_lets_those_go_that_waited_for_it() {
    let analyzer = Analyzer::new(&Options::default());
    let mut ring = Ring::new(1 << 20, Duration::from_secs(10));
    for port in 1..=3 {
        push(&mut ring, &analyzer, port, 100);
    }
    let [client, server] = ["192.0.2.1:2", "192.0.2.2:80"].map(|end| end.parse().unwrap());
    ring.remember(ends(client, server));
    assert_eq!(left(&mut ring, Some(&analyzer)), (vec![], 0, 0));
    assert_eq!(left(&mut ring, None), (vec![2], 0, 2));
}

#[test]
fn what_is_known_is_bounded() {
    let mut ring = Ring::new(1 << 20, Duration::from_secs(10));
    for number in 0..MOST_KNOWN as u32 + 100 {
        let client = SocketAddr::from((number.to_be_bytes(), 1));
        ring.remember(ends(client, SocketAddr::from(([192, 0, 2, 2], 21))));
    }
    assert_eq!(ring.known.len(), MOST_KNOWN);
    ring.advance(Timestamp::new(1000, 0));
    ring.remember(ends(
        SocketAddr::from(([10, 0, 0, 1], 1)),
        SocketAddr::from(([10, 0, 0, 2], 21)),
    ));
    assert_eq!(ring.known.len(), 1);
}

#[test]
fn so_many_buffers_are_kept_to_be_used_again() {
    let analyzer = Analyzer::new(&Options::default());
    let mut ring = Ring::new(1 << 20, Duration::from_secs(10));
    let count = MOST_SPARE as u16 + 1;
    (0..count).for_each(|port| push(&mut ring, &analyzer, port, 100));
    assert_eq!(left(&mut ring, None), (vec![], 0, u32::from(count)));
    assert_eq!(ring.spare.len(), MOST_SPARE);
    push(&mut ring, &analyzer, 1, 100);
    assert_eq!(ring.spare.len(), MOST_SPARE - 1, "one is used again");
}
