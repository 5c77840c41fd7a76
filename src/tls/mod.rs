//! TLS on control and data connections: records, what the handshake tells, and decryption with the
//! keys of a key log.
//!
//! A [`Stream`] takes the bytes of both sides of a connection in order and tells what they hold:
//! records, clear text before and behind them, and what was encrypted where [`Secrets`] has the
//! keys. What the handshake said is in its [`Facts`].
//!
//! ```text
//!  bytes ─▶ record ─▶ handshake ─▶ hello, certificate, fingerprint ─▶ Facts
//!              │                          │ random, version, suite
//!              └─▶ opener ◀─ schedule ◀─ secrets ◀─ key log
//! ```
//!
//! All cryptography is that of the RustCrypto crates. What they do not authenticate is never told:
//! a wrong key shows as [`Access::Unfit`].

mod certificate;
mod dialogue;
mod estimate;
mod facts;
mod fingerprint;
mod handshake;
mod held;
mod hello;
mod keychain;
mod names;
mod opener;
mod record;
mod schedule;
mod secrets;
mod stream;
mod suite;
mod told;

pub use facts::{
    Access, Alert, Carried, Certificate, Choice, Facts, Identity, MAX_ALERTS, MAX_ISSUED, Offer,
    Resumption, Suite, Version,
};
pub use handshake::MAX_MESSAGE;
pub use held::MAX_HELD;
pub use keychain::MAX_SEARCH;
pub use names::alert as alert_name;
pub use record::begins_record;
pub use secrets::{MAX_RESUMABLE, MAX_SECRETS, MAX_TLS_BYTES, Secrets};
pub use stream::{MAX_HANDSHAKE, Stream};
pub use told::{Record, Told, What};
