//! FTP: from byte streams to sessions, commands, replies, data channels and transfers.
//!
//! The [`Tracker`] decides what each flow is. The bytes of a control connection become lines
//! (`line`), commands (`command`) and replies (`reply`); `pairing` says which command a reply
//! answers; `session` and `state` hold what follows from it. PORT, PASV and their like (`announce`,
//! `endpoint`) open a channel (`channel`, `channels`) that expects a connection (`expectation`);
//! `outcome` says in the end what became of it.

mod announce;
mod channel;
mod channels;
mod codes;
mod command;
mod content;
mod context;
mod detection;
mod directory;
mod encryption;
mod end;
mod endpoint;
mod event;
mod expectation;
mod history;
mod inference;
mod knocks;
mod lifetime;
mod line;
mod login;
mod matching;
mod names;
mod outcome;
mod pairing;
pub(crate) mod phrases;
mod probe;
mod record;
mod relief;
mod reply;
mod review;
mod rhythm;
mod scene;
mod session;
mod sessions;
mod size;
mod software;
mod state;
mod streams;
mod summary;
mod text;
mod tracker;
mod transfer;
mod under_way;
mod weight;

pub use channels::MAX_OPEN_CHANNELS;
pub use command::{Command, Verb, Word};
pub use context::MAX_REVIEWS;
pub use encryption::{TlsAlert, TlsRecords};
pub use event::*;
pub use expectation::{EXPECTATION_TIMEOUT, MAX_EXPECTATIONS};
pub use history::{History, MAX_HISTORY, Past, Rarities};
pub use knocks::{Knocks, MAX_DOORS, MAX_KNOCKERS};
pub use line::{Line, LineReader, MAX_LINE};
pub use login::Login;
pub use names::MAX_NAMES;
pub use pairing::{MAX_PENDING, MAX_PENDING_BYTES};
pub use probe::MAX_PROBE;
pub use reply::MAX_REPLY_TEXT;
pub use scene::Scene;
pub use streams::MAX_STREAMS;
pub use summary::*;
pub use text::Text;
pub use tracker::{CONTROL_PORTS, IMPLICIT_TLS_PORT, MAX_PROBES, Observer, Tracker, Tracking};
pub use transfer::*;
