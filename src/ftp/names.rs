//! Host names that DNS answers in the capture gave to addresses.

use std::collections::VecDeque;
use std::net::IpAddr;

use hashbrown::HashMap;

/// Addresses whose names are kept; the one named longest ago gives way.
pub const MAX_NAMES: usize = 4096;

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

    pub(super) fn get(&self, address: IpAddr) -> Option<&str> {
        self.by_address.get(&address).map(AsRef::as_ref)
    }
}
