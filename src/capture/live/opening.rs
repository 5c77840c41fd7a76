//! Opening an interface.

use std::io;
use std::thread;

use pcap::{Active, Capture, Device};

use super::filter::{self, words};
use super::handover::hand_over;
use super::interfaces::ANY;
use super::options::HOLD;
use super::reader::Reader;
use super::{Live, OpenError, Options, Stopper, interfaces, link, wait};
use crate::capture::LinkType;
use crate::rights;

/// An open interface, whose packets the kernel collects and nobody reads yet.
pub struct Handle {
    opened: Opened,
    options: Options,
}

/// What libpcap opened.
pub(super) struct Opened {
    pub(super) capture: Capture<Active>,
    pub(super) link: LinkType,
    /// What tells this interface from a later one of the same name.
    pub(super) identity: Option<u32>,
}

/// Opens the interface: checks the filter, whether the interface is there, and the rights, in this
/// order.
///
/// # Errors
///
/// The first of these that is not as it has to be.
pub fn open(options: &Options) -> Result<Handle, OpenError> {
    check_filter(options)?;
    let opened = activate(options)?;
    Ok(Handle {
        opened,
        options: options.clone(),
    })
}

impl Handle {
    /// What the first byte of each packet is the start of.
    pub fn link(&self) -> LinkType {
        self.opened.link
    }

    /// Begins to read, in a thread of its own.
    ///
    /// # Errors
    ///
    /// When there can be no thread.
    pub fn start(self, stopper: Stopper) -> io::Result<Live> {
        let (giver, taker) = hand_over(self.options.buffer as usize);
        let name = self.options.interface.clone();
        let reader = Reader::new(self.opened, self.options, giver, stopper.clone());
        let thread = thread::Builder::new()
            .name("capture".into())
            .spawn(move || reader.run())?;
        Ok(Live::new(name, taker, thread, stopper))
    }
}

/// Checks the filter before anything else: whoever writes one may try it without rights.
fn check_filter(options: &Options) -> Result<(), OpenError> {
    match options.filter.as_deref() {
        Some(own) => {
            let link = link::of_interface(&options.interface).unwrap_or(LinkType::ETHERNET);
            filter::check(own, link)
        }
        None => Ok(()),
    }
}

/// Opens the interface as it is now.
pub(super) fn activate(options: &Options) -> Result<Opened, OpenError> {
    let name = options.interface.as_str();
    check_presence(name)?;
    rights::may_capture().map_err(OpenError::NoPermission)?;
    let identity = wait::identity(name);
    let mut capture = try_activate(options).map_err(|error| OpenError::Refused {
        name: name.to_owned(),
        message: words(&error),
    })?;
    if name == ANY {
        // As tcpdump does: the second version of the cooked header names the interface. Before
        // libpcap 1.10 there is only the first.
        let _ = capture.set_datalink(link::for_pcap(LinkType::LINUX_SLL2));
    }
    let own = options.filter.as_deref();
    capture
        .filter(&filter::expression(own), true)
        .map_err(|error| filter::wrong(own.unwrap_or_default(), &error))?;
    Ok(Opened {
        link: link::from_pcap(capture.get_datalink()),
        capture,
        identity,
    })
}

fn check_presence(name: &str) -> Result<(), OpenError> {
    // The name of another one may be no text, and then libpcap's list is none: it is tried without.
    let Ok(devices) = Device::list() else {
        return Ok(());
    };
    match devices.iter().find(|device| device.name == name) {
        Some(device) if device.flags.is_up() || name == ANY => Ok(()),
        Some(_) => Err(OpenError::Down(name.to_owned())),
        None => Err(OpenError::NoSuchInterface {
            name: name.to_owned(),
            known: interfaces()?.into_iter().map(|one| one.name).collect(),
        }),
    }
}

fn try_activate(options: &Options) -> Result<Capture<Active>, pcap::Error> {
    let name = options.interface.as_str();
    let inactive = Capture::from_device(name)?
        // libpcap would refuse it for all interfaces at once.
        .promisc(options.promiscuous && name != ANY)
        .buffer_size(options.buffer_for_pcap())
        .snaplen(options.snapshot_for_pcap())
        .timeout(i32::try_from(HOLD.as_millis()).unwrap_or(i32::MAX));
    // Elsewhere nobody says whether it was granted.
    #[cfg(target_os = "linux")]
    let inactive = inactive.precision(pcap::Precision::Nano);
    let active = inactive.open()?;
    if wait::NONBLOCKING {
        active.setnonblock()
    } else {
        Ok(active)
    }
}
