//! Where packets come from: a [`Source`] lends one [`Packet`] at a time.

mod input;
mod link;
mod packet;

pub use input::{Fault, Input, Progress};
pub use link::LinkType;
pub use packet::{Frame, Moment, Next, Packet, Source};
