//! Link types of interfaces, as far as they can be known without opening one.

use std::fs;

use pcap::Linktype;

use super::interfaces::ANY;
use crate::capture::LinkType;

/// The link type with which libpcap would open the interface; `None` where only trying tells.
///
/// Linux names the kind of hardware in sysfs, with the numbers of `<linux/if_arp.h>`.
pub(super) fn of_interface(name: &str) -> Option<LinkType> {
    if name == ANY {
        return Some(LinkType::LINUX_SLL2);
    }
    let path = format!("/sys/class/net/{name}/type");
    match fs::read_to_string(path).ok()?.trim().parse::<u16>().ok()? {
        // Ethernet, and loopback, which looks like it.
        1 | 772 => Some(LinkType::ETHERNET),
        801 => Some(LinkType::IEEE802_11),
        803 => Some(LinkType(127)),
        // None (tun, WireGuard), IP in IP of each kind.
        65534 | 768 | 769 | 776 => Some(LinkType::RAW),
        _ => None,
    }
}

/// libpcap's own number for a link type. They differ for raw IP, whose number is another on some
/// systems.
pub(super) fn for_pcap(link: LinkType) -> Linktype {
    match link {
        LinkType::RAW | LinkType::DLT_RAW_OPENBSD => Linktype(i32::from(LinkType::DLT_RAW.0)),
        other => Linktype(other.0.into()),
    }
}

/// The link type that libpcap has this number for.
pub(super) fn from_pcap(link: Linktype) -> LinkType {
    match u16::try_from(link.0).map(LinkType) {
        Ok(LinkType::DLT_RAW | LinkType::DLT_RAW_OPENBSD) => LinkType::RAW,
        Ok(other) => other,
        Err(_) => LinkType(u16::MAX),
    }
}
