//! An address, or a range of addresses: `10.0.0.7`, `10.0.0.0/8`, `2001:db8::/32`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses that have their first bits in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostRange {
    address: IpAddr,
    prefix: u32,
}

impl HostRange {
    /// `address` lies within the range. An IPv4 address never lies within an IPv6 range.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                let differing = range.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => {
                let differing = range.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

impl fmt::Display for HostRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl FromStr for HostRange {
    type Err = String;

    /// # Errors
    ///
    /// Says what is wrong with the text, for the user who typed it.
    fn from_str(text: &str) -> Result<Self, String> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address
            .parse()
            .map_err(|_| format!("`{address}` is no IP address (names are not looked up)"))?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(prefix) => prefix
                .parse()
                .ok()
                .filter(|prefix| *prefix <= bits)
                .ok_or_else(|| format!("`/{prefix}` is no prefix length from /0 to /{bits}"))?,
        };
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &str, address: &str) -> bool {
        range
            .parse::<HostRange>()
            .unwrap()
            .contains(address.parse().unwrap())
    }

    #[test]
    fn ranges_hold_what_they_say() {
        assert!(contains("10.0.0.7", "10.0.0.7"));
        assert_eq!(
            "10.0.0.7".parse::<HostRange>().unwrap().to_string(),
            "10.0.0.7/32"
        );
        assert!(!contains("10.0.0.7", "10.0.0.8"));
        assert!(contains("10.0.0.0/8", "10.255.1.2"));
        assert!(!contains("10.0.0.0/8", "11.0.0.0"));
        assert!(contains("0.0.0.0/0", "192.0.2.1"));
        assert!(!contains("0.0.0.0/0", "::1"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!contains("2001:db8::/32", "2001:db9::1"));
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let error = |text: &str| text.parse::<HostRange>().unwrap_err();
        assert!(error("ftp.example.org").contains("no IP address"));
        assert!(error("10.0.0.0/33").contains("from /0 to /32"));
    }
}
