//! The interfaces of this machine.

use std::fs;
use std::net::IpAddr;

use pcap::{ConnectionStatus, Device};

use super::{OpenError, link};
use crate::capture::LinkType;

/// The name that stands for all interfaces at once, on Linux.
pub const ANY: &str = "any";

/// Devices that libpcap lists and that carry no network traffic.
const OTHER_DEVICES: [&str; 5] = ["bluetooth", "dbus-", "nflog", "nfqueue", "usbmon"];

/// An interface from which packets can be captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// What libpcap says about it.
    pub description: Option<String>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Switched on.
    pub up: bool,
    /// Connected, as far as the system can tell.
    pub running: bool,
    /// It leads nowhere but to this machine.
    pub loopback: bool,
    /// Its link type, where it is known without opening it.
    pub link: Option<LinkType>,
    /// Packets it sent and received since it exists, where the system counts them.
    pub packets: Option<u64>,
}

/// All interfaces, those with the most traffic first.
///
/// # Errors
///
/// When libpcap cannot list them.
pub fn interfaces() -> Result<Vec<Interface>, OpenError> {
    let devices = Device::list().map_err(|error| OpenError::NoList(error.to_string()))?;
    let counts = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    let mut interfaces: Vec<_> = devices
        .into_iter()
        .filter(|device| carries_packets(&device.name))
        .map(|device| interface(device, &counts))
        .collect();
    interfaces.sort_by_key(|interface| {
        let idle = !(interface.up && interface.running);
        (
            interface.name == ANY,
            idle,
            std::cmp::Reverse(interface.packets),
        )
    });
    Ok(interfaces)
}

fn carries_packets(name: &str) -> bool {
    !OTHER_DEVICES.iter().any(|other| name.starts_with(other))
}

fn interface(device: Device, counts: &str) -> Interface {
    let flags = &device.flags;
    Interface {
        up: flags.is_up(),
        running: flags.is_running() && flags.connection_status != ConnectionStatus::Disconnected,
        loopback: flags.is_loopback(),
        link: link::of_interface(&device.name),
        packets: packets(counts, &device.name),
        addresses: device
            .addresses
            .iter()
            .map(|address| address.addr)
            .collect(),
        description: device.desc,
        name: device.name,
    }
}

/// What `/proc/net/dev` says of an interface: eight columns of what was received, bytes and packets
/// first, then eight of what was sent.
fn packets(counts: &str, name: &str) -> Option<u64> {
    let line = counts.lines().find_map(|line| {
        let (found, numbers) = line.split_once(':')?;
        (found.trim() == name).then_some(numbers)
    })?;
    let mut numbers = line.split_whitespace().map(str::parse::<u64>);
    let received = numbers.nth(1)?.ok()?;
    let sent = numbers.nth(7)?.ok()?;
    Some(received.saturating_add(sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_both_directions_are_counted() {
        let counts = "Inter-|   Receive                    |  Transmit\n \
             face |bytes    packets errs drop fifo frame compressed multicast|bytes packets errs\n    \
             lo:     100      2    0    0    0     0          0         0      300       4    0    0\n  \
             eth0: 7 1 0 0 0 0 0 0 9 10 0 0 0 0 0 0\n";
        assert_eq!(packets(counts, "lo"), Some(6));
        assert_eq!(packets(counts, "eth0"), Some(11));
        assert_eq!(packets(counts, "eth"), None);
    }

    #[test]
    fn loopback_is_there_and_up() {
        let all = interfaces().unwrap();
        let lo = all.iter().find(|interface| interface.loopback).unwrap();
        assert!(lo.up, "{lo:?}");
    }
}
