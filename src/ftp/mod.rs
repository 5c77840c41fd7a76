//! FTP: from byte streams to sessions, commands, replies, data channels and transfers.

mod command;
mod event;
mod login;

pub use command::Verb;
pub use event::*;
pub use login::Login;
