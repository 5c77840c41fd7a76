//! What kind of place an address names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of address `ip` is, where it cannot be reached from everywhere.
pub(crate) fn local_kind(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => local_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(mapped) => local_v4(mapped),
            None => local_v6(ip),
        },
    }
}

/// Whether two addresses are most likely those of one IPv6 network: a host has several there.
pub(super) fn same_ipv6_network(one: IpAddr, other: IpAddr) -> bool {
    let network = |ip: Ipv6Addr| ip.to_bits() >> 64;
    match (one, other) {
        (IpAddr::V6(one), IpAddr::V6(other)) => network(one) == network(other),
        _ => false,
    }
}

/// The address without its IPv6 wrapping, to be compared.
pub(super) fn plain(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

fn local_v4(ip: Ipv4Addr) -> Option<&'static str> {
    let [first, second, ..] = ip.octets();
    if ip.is_private() {
        Some("private")
    } else if ip.is_loopback() {
        Some("loopback")
    } else if ip.is_link_local() {
        Some("link-local")
    } else if first == 0 {
        Some("unspecified")
    } else if first == 100 && second & 0xc0 == 64 {
        // RFC 6598: between a provider's address translation and its customers.
        Some("carrier-grade NAT")
    } else {
        None
    }
}

fn local_v6(ip: Ipv6Addr) -> Option<&'static str> {
    if ip.is_loopback() {
        Some("loopback")
    } else if ip.is_unspecified() {
        Some("unspecified")
    } else if ip.is_unicast_link_local() {
        Some("link-local")
    } else if ip.is_unique_local() {
        Some("unique local")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_addresses_have_a_name() {
        for (address, kind) in [
            ("192.168.1.1", Some("private")),
            ("172.31.255.1", Some("private")),
            ("172.32.0.1", None),
            ("127.0.0.1", Some("loopback")),
            ("169.254.1.1", Some("link-local")),
            ("0.0.0.0", Some("unspecified")),
            ("100.64.0.1", Some("carrier-grade NAT")),
            ("100.128.0.1", None),
            ("203.0.113.9", None),
            ("::1", Some("loopback")),
            ("fd00::1", Some("unique local")),
            ("fe80::1", Some("link-local")),
            ("::ffff:10.0.0.1", Some("private")),
            ("2001:db8::1", None),
        ] {
            assert_eq!(local_kind(address.parse().unwrap()), kind, "{address}");
        }
    }
}
