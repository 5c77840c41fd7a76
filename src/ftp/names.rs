//! Host names that DNS answers in the capture gave to addresses.

use std::collections::VecDeque;
use std::net::IpAddr;

use hashbrown::HashMap;

/// Addresses whose names are kept; the one named longest ago gives way.
pub const MAX_NAMES: usize = 4096;

/// What one name takes at most, in bytes: of a host name, 255 (RFC 1035 §2.3.4).
const NAME: usize = 2 * size_of::<(IpAddr, Box<str>)>() + size_of::<IpAddr>() + 256;

/// Names by address.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_address: HashMap<IpAddr, Box<str>>,
    order: VecDeque<IpAddr>,
}

impl Names {
    /// Keeps the latest name of an address.
    pub(super) fn add(&mut self, address: IpAddr, name: &str) {
        if self.by_address.insert(address, name.into()).is_some() {
            return;
        }
        self.order.push_back(address);
        if self.order.len() > MAX_NAMES
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_address.remove(&oldest);
        }
    }

    /// Memory that they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.order.len() * NAME
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn get(&self, address: IpAddr) -> Option<&str> {
        self.by_address.get(&address).map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_names_are_kept() {
        let mut names = Names::default();
        let address = |number: usize| IpAddr::from((number as u32).to_be_bytes());
        for number in 0..=MAX_NAMES {
            names.add(address(number), "a.example");
            // A further answer for the same address takes no room.
            names.add(address(number), "b.example");
        }
        assert_eq!(names.get(address(0)), None);
        assert_eq!(names.get(address(1)), Some("b.example"));
        assert_eq!(
            (names.by_address.len(), names.order.len()),
            (MAX_NAMES, MAX_NAMES)
        );
    }
}
