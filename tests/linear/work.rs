//! What is measured, made for so many of it.

mod frames;
mod input;
mod segments;
mod sessions;
mod tls;

use std::net::{Ipv4Addr, SocketAddr};

use crate::scene::{CLIENT, SERVER};

pub use frames::*;
pub use input::*;
pub use segments::*;
pub use sessions::*;
pub use tls::*;

fn ends(port: u16) -> [SocketAddr; 2] {
    [(CLIENT, port).into(), (SERVER, 21).into()]
}

fn host(number: usize) -> Ipv4Addr {
    Ipv4Addr::from(0x0a00_0000 + number as u32)
}
