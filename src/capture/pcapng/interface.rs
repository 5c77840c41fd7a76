//! What a section says about the interfaces it was captured on.

use super::clock::Clock;
use crate::capture::LinkType;
use crate::capture::endian::Endian;

/// Options of an interface.
const END_OF_OPTIONS: u16 = 0;
const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;

/// An Interface Description Block (draft §4.2).
pub(super) struct Interface {
    /// What its packets begin with.
    pub(super) link: LinkType,
    /// The longest piece of a packet that was captured; 0 is without limit.
    pub(super) snapshot: u32,
    /// How it counts time.
    pub(super) clock: Clock,
}

impl Interface {
    /// Reads the body of the block, unless it is too short.
    pub(super) fn parse(body: &[u8], endian: Endian) -> Option<Self> {
        let link = LinkType(endian.u16(body, 0)?);
        let snapshot = endian.u32(body, 4)?;
        let clock = clock(body.get(8..)?, endian);
        Some(Self {
            link,
            snapshot,
            clock,
        })
    }
}

/// The clock that the options describe; what is malformed is as if absent.
fn clock(mut options: &[u8], endian: Endian) -> Clock {
    let mut clock = Clock::default();
    while let Some((code, value, rest)) = option(options, endian) {
        match (code, value) {
            (END_OF_OPTIONS, _) => break,
            (IF_TSRESOL, [resolution]) => clock.set_resolution(*resolution),
            (IF_TSOFFSET, _) => clock.set_offset(endian.i64(value, 0).unwrap_or_default()),
            _ => {}
        }
        options = rest;
    }
    clock
}

/// Code and value of the first option, and what follows it.
fn option(options: &[u8], endian: Endian) -> Option<(u16, &[u8], &[u8])> {
    let code = endian.u16(options, 0)?;
    let len = usize::from(endian.u16(options, 2)?);
    let (value, rest) = options.get(4..)?.split_at_checked(len)?;
    let padding = len.next_multiple_of(4) - len;
    Some((code, value, rest.get(padding..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn interface(options: &[u8]) -> Interface {
        let body = [&[0, 113, 0, 0, 0, 0, 1, 0], options].concat();
        Interface::parse(&body, Endian::Big).unwrap()
    }

    #[test]
    fn the_clock_is_among_the_options() {
        let name = [0, 2, 0, 3, b'l', b'a', b'n', 0];
        let resolution = [0, 9, 0, 1, 0, 0, 0, 0];
        let offset = [0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7];
        let interface = interface(&[&name[..], &resolution, &offset, &[0; 4]].concat());
        assert_eq!(
            (interface.link, interface.snapshot),
            (LinkType::LINUX_SLL, 256)
        );
        assert_eq!(interface.clock.at(3), Timestamp::new(10, 0));
    }

    #[test]
    fn malformed_options_are_as_if_absent() {
        for options in [
            &[0, 9, 0, 2, 9, 9, 0, 0][..],
            &[0, 9, 0xff, 0xff, 0],
            &[0, 9],
            &[0; 40],
        ] {
            assert_eq!(interface(options).clock, Clock::default());
        }
        assert!(Interface::parse(&[0, 1, 0, 0, 0, 0, 1], Endian::Big).is_none());
    }

    #[test]
    fn nothing_counts_after_the_end_of_the_options() {
        let options = [0, 0, 0, 0, 0, 9, 0, 1, 9, 0, 0, 0];
        assert_eq!(interface(&options).clock, Clock::default());
    }
}
