//! Where packets come from: a [`Source`] lends one [`Packet`] at a time.
//!
//! All reading of captures is here, and nothing else in the engine does any I/O. Packets of an
//! interface come through `live` (with the feature of that name). From the file to the
//! packet:
//!
//! ```text
//!  path ─▶ stored ─▶ content (gzip, zstd, lz4) ─▶ inflow ─▶ window ─▶ pcap │ pcapng ─▶ records ─┐
//!                                                          files ◀─ reader ◀──┬────────────────┤
//!                                                                            ahead ◀─ batch ◀─┘
//! ```
//!
//! Several files become one stream in time order. Bytes are read with plain `read` into a window
//! of 512 KiB that stays in the L2 cache: on every capture measured this was faster than a memory
//! map, and the same path serves files, pipes and decompressors. Where there is a second core, a
//! thread reads each file ahead, finds the packets and reads the headers of the plain ones.
//!
//! The headers of both formats are parsed by hand. The `pcap-parser` crate allocates the options
//! of every Enhanced Packet Block (dumpcap writes some into each), knows the modified pcap format
//! in one byte order only, and reports a damaged file without the place or the reason.
//!
//! Everything here may be hostile. What one open file can make this module hold is bounded: by the
//! longest record (16 MiB, in each of the four batches of a file that is read ahead), the keys before
//! a packet (20 MiB), the interfaces of a section (65,536) and the window of a decompressor
//! (128 MiB). A decompression bomb costs time only.

mod ahead;
mod batch;
mod content;
mod drops;
mod endian;
mod files;
mod inflow;
mod input;
mod keyed;
mod link;
#[cfg(feature = "live")]
pub mod live;
mod lookalike;
mod packet;
mod pcap;
mod pcapng;
mod piped;
mod plain;
mod reader;
mod records;
mod stored;
mod window;

#[cfg(test)]
#[path = "../../tests/support/formats.rs"]
mod formats;
#[cfg(test)]
mod properties;

pub use drops::Drops;
pub use files::{Files, TooMany, open, open_here};
pub use input::{Fault, Input, Progress};
pub use keyed::{KeyLog, Keyed};
pub use link::LinkType;
pub use packet::{Frame, Moment, Next, Packet, Source};
pub use piped::{Piped, follow};
pub use plain::Plain;
pub(crate) use plain::ip_start;
