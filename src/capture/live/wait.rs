//! Waiting for packets, and the standing of the interface they come from.

use std::time::Duration;

/// What ended the waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    /// There may be packets, or a signal came.
    Ready,
    /// The time is over.
    TimedOut,
    /// Something happened to the interface.
    Trouble,
}

/// How an interface is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Up,
    Down,
    Removed,
}

#[cfg(target_os = "linux")]
mod system {
    use std::os::fd::AsFd;

    use nix::ifaddrs::{InterfaceAddress, getifaddrs};
    use nix::net::if_::{InterfaceFlags, if_nametoindex};
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use pcap::{Active, Capture};

    use super::{Duration, Presence, Woken};

    /// Whether libpcap shall return at once when there is nothing: waiting is done here.
    pub(in super::super) const NONBLOCKING: bool = true;

    /// Waits until there are packets, at most for `limit`.
    pub(in super::super) fn wait(capture: &Capture<Active>, limit: Duration) -> Woken {
        let mut handles = [PollFd::new(capture.as_fd(), PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::ZERO);
        match poll(&mut handles, limit) {
            Ok(0) => Woken::TimedOut,
            Ok(_) if handles.iter().any(is_troubled) => Woken::Trouble,
            Ok(_) | Err(_) => Woken::Ready,
        }
    }

    fn is_troubled(handle: &PollFd) -> bool {
        let bad = PollFlags::POLLERR | PollFlags::POLLHUP | PollFlags::POLLNVAL;
        handle
            .revents()
            .is_some_and(|events| events.intersects(bad))
    }

    /// What tells an interface from a later one of the same name.
    pub(in super::super) fn identity(name: &str) -> Option<u32> {
        if_nametoindex(name).ok()
    }

    /// How the interface is there that had `identity` when it was opened. It may have another name.
    pub(in super::super) fn presence(identity: Option<u32>, _name: &str) -> Presence {
        let Some(index) = identity else {
            // `any` is always there.
            return Presence::Up;
        };
        let Ok(mut interfaces) = getifaddrs() else {
            // Where the system does not answer, nothing can be said against the interface.
            return Presence::Up;
        };
        match interfaces.find(|one| number(one) == Some(index)) {
            Some(one) if one.flags.contains(InterfaceFlags::IFF_UP) => Presence::Up,
            Some(_) => Presence::Down,
            None => Presence::Removed,
        }
    }

    /// The number of an interface is in its link-layer address, which each has.
    fn number(interface: &InterfaceAddress) -> Option<u32> {
        let address = interface.address.as_ref()?.as_link_addr()?;
        u32::try_from(address.ifindex()).ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use pcap::{Active, Capture, Device};

    use super::{Duration, Presence, Woken};

    /// libpcap waits, as long as it holds packets back.
    pub(in super::super) const NONBLOCKING: bool = false;

    pub(in super::super) fn wait(_capture: &Capture<Active>, _limit: Duration) -> Woken {
        Woken::TimedOut
    }

    pub(in super::super) fn identity(_name: &str) -> Option<u32> {
        None
    }

    pub(in super::super) fn presence(_identity: Option<u32>, name: &str) -> Presence {
        let Ok(devices) = Device::list() else {
            return Presence::Up;
        };
        match devices.iter().find(|device| device.name == name) {
            Some(device) if device.flags.is_up() => Presence::Up,
            Some(_) => Presence::Down,
            None => Presence::Removed,
        }
    }
}

pub(super) use system::{NONBLOCKING, identity, presence, wait};
