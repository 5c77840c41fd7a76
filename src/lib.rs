//! **ftpscope** follows FTP through packet captures and tells why a data channel failed.
//!
//! ```text
//!            capture          decode             tcp                ftp                diagnosis
//!  file ─▶ Source ─Packet─▶ Decoder ─Segment─▶ FlowTable ─StreamEvent─▶ Tracker ─SessionEvent─▶ Diagnoser
//!                                                                         └────── Event ────────┴─▶ Sink
//! ```
//!
//! Every stage is a struct with a `push`; those with time-outs also have `advance(now)`. Nothing
//! between the source and the sink does I/O, reads a clock, spawns a thread or takes a lock:
//! packet time is the only clock. Malformed input is never an error on that path, it is an event.
//!
//! Each module uses only those above it in this list.

pub mod escape;

pub mod time;

#[cfg(feature = "cli")]
mod fault;

#[cfg(feature = "live")]
pub mod rights;

pub mod capture;

pub mod decode;

pub mod tcp;

pub mod tls;

pub mod ftp;

pub mod diagnosis;

pub mod limits;

pub mod analyzer;

pub mod output;

pub mod select;

pub mod save;

pub mod run;

#[cfg(feature = "live")]
pub mod sniff;

#[cfg(feature = "dashboard")]
pub mod dashboard;

#[cfg(feature = "cli")]
pub mod cli;
