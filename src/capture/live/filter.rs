//! What the kernel passes on: all that the engine can use, and as little else as can be told apart.
//!
//! Nothing here asks for port 21. A data channel is on any port, announced on the control channel a
//! moment before; a kernel filter cannot know it, and a control channel may be on any port too.
//!
//! Nothing here says `vlan` or `mpls` either. In libpcap's language these words are not only tests:
//! they move all offsets of what follows them, on a packet with a tag or without. What is neither
//! IP nor known to be useless (a second tag, a label, PPPoE) passes as a whole instead. The first
//! tag needs nothing: Linux takes it out of the packet before the filter sees it.

use pcap::Capture;

use super::{OpenError, link};
use crate::capture::LinkType;

/// IP protocols and next headers that the engine can use whatever follows: ICMP, IP in IP, TCP,
/// GRE, ICMPv6, and the extension headers behind which each of them may stand.
const PROTOCOLS: [u8; 11] = [0, 1, 4, 6, 41, 43, 44, 47, 51, 58, 60];

/// Answers of DNS, for names; VXLAN (two ports), GENEVE and GTP-U.
const DATAGRAMS: &str = "udp port 53 or udp dst port 4789 or udp dst port 8472 \
                         or udp dst port 6081 or udp dst port 2152";

/// Later fragments of UDP over IPv4, which have no ports: one of the above may be in them.
const LATER_FRAGMENTS: &str = "ip[9] = 17 and ip[6:2] & 0x1fff != 0";

/// Neither IP nor of use. All else that is not IP may carry IP.
const USELESS: &str = "arp or rarp";

/// The filter in libpcap's language, with `own` of the user and-ed to it.
///
/// The user's part comes last, since words in it may move the offsets of what follows.
pub fn expression(own: Option<&str>) -> String {
    let any_of = |field: &str| {
        PROTOCOLS
            .map(|number| format!("{field} = {number}"))
            .join(" or ")
    };
    let useful = format!(
        "({}) or ({}) or ({LATER_FRAGMENTS}) or {DATAGRAMS} or not (ip or ip6 or {USELESS})",
        any_of("ip[9]"),
        any_of("ip6[6]"),
    );
    match own.map(str::trim).filter(|own| !own.is_empty()) {
        Some(own) => format!("({useful}) and ({own})"),
        None => useful,
    }
}

/// Checks a filter of the user for packets of the link type `link`, without any rights.
///
/// # Errors
///
/// [`OpenError::Filter`], with what libpcap says.
pub fn check(own: &str, link: LinkType) -> Result<(), OpenError> {
    let wrong = |error| wrong(own, &error);
    let dead = Capture::dead(link::for_pcap(link)).map_err(wrong)?;
    dead.compile(own, true).map_err(wrong)?;
    // As it will be used: a text may be two expressions, each right by itself.
    dead.compile(&expression(Some(own)), true).map_err(wrong)?;
    Ok(())
}

/// Whether the kernel would pass a packet on, when the user has no filter.
#[cfg(test)]
pub(crate) fn passes(link: LinkType, data: &[u8]) -> bool {
    let dead = Capture::dead(link::for_pcap(link)).unwrap();
    dead.compile(&expression(None), true).unwrap().filter(data)
}

pub(super) fn wrong(own: &str, error: &pcap::Error) -> OpenError {
    OpenError::Filter {
        expression: own.to_owned(),
        message: words(error),
    }
}

/// What libpcap says, without what the crate puts before it.
pub(super) fn words(error: &pcap::Error) -> String {
    match error {
        pcap::Error::PcapError(message) => message.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 192.0.2.1:40000 → 192.0.2.2:`port`.
    fn datagram(port: u16) -> Vec<u8> {
        let mut bytes = vec![0x45, 0, 0, 36, 0, 7, 0, 0, 64, 17, 0, 0];
        bytes.extend([192, 0, 2, 1, 192, 0, 2, 2, 0x9c, 0x40]);
        bytes.extend(port.to_be_bytes());
        bytes.extend([0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn other_datagrams_are_held_back_and_their_later_fragments_are_not() {
        let mut bytes = datagram(443);
        assert!(!passes(LinkType::RAW, &bytes));
        assert!(passes(LinkType::RAW, &datagram(53)));
        assert!(passes(LinkType::RAW, &datagram(4789)));
        bytes[7] = 1;
        assert!(passes(LinkType::RAW, &bytes));
    }

    #[test]
    fn address_resolution_and_other_protocols_are_held_back() {
        let ethernet =
            |kind: u16, payload: &[u8]| [&[2; 12], &kind.to_be_bytes()[..], payload].concat();
        let passes = |kind, payload: &[u8]| passes(LinkType::ETHERNET, &ethernet(kind, payload));
        let mut multicast = datagram(0);
        multicast[9] = 2;
        assert!(!passes(0x0806, &[0; 28]));
        assert!(!passes(0x0800, &multicast));
        assert!(!passes(0x0800, &datagram(443)));
        let tagged = [&[0, 5, 8, 0], &datagram(443)[..]].concat();
        assert!(passes(0x8100, &tagged), "a tag that is not the first");
    }

    #[test]
    fn the_words_of_libpcap_about_a_wrong_filter() {
        let OpenError::Filter { message, .. } = check("port fish", LinkType::ETHERNET).unwrap_err()
        else {
            panic!("another error");
        };
        assert!(message.contains("unknown port 'fish'"), "{message}");
    }

    #[test]
    fn brackets_do_not_lead_out_of_the_users_part() {
        assert!(check("tcp) or (udp", LinkType::ETHERNET).is_err());
        assert!(check("tcp or udp", LinkType::ETHERNET).is_ok());
        assert!(check("", LinkType::ETHERNET).is_ok());
    }
}
