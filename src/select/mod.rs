//! Which sessions: the one filter language of `--where` and of the dashboard.
//!
//! ```text
//! state:fail (user:anon* or cmd:RETR,STOR) -host:10.0.0.0/8 bytes:>1M /timed? out/
//! ```
//!
//! A [`Query`] is parsed from text; [`keys`] is the one table of what can be asked, from which the
//! parser, the completion, the help and the documentation are made. What a session can be asked for
//! is a stream of [`Fact`]s: a [`Subject`] tells all of its own at once, and the streaming
//! [`Filter`] shows them to a [`Trial`] as they become known, which says as soon as possible
//! whether the session is meant.

mod complete;
mod error;
mod fact;
mod filter;
mod guide;
mod host;
mod key;
mod matcher;
mod number;
mod over;
mod parse;
mod pattern;
mod query;
mod seen;
mod story;
mod test;
mod token;
mod trial;
mod when;

#[cfg(test)]
mod properties;

pub use complete::{Completion, complete};
pub use error::Error;
pub use fact::{Fact, Subject, Wants};
pub use filter::Filter;
pub use guide::RULES;
pub use host::HostRange;
pub use key::{Key, Kind, keys};
pub use query::Query;
pub use seen::Seen;
pub use story::Story;
pub use trial::Trial;
