//! From session facts to findings: what went wrong, the frames that prove it, what mends it.
//!
//! A [`Diagnoser`] shows every fact, with its session, to each rule of [`rules::ALL`] that looks at
//! facts of its kind. A rule is a function of what it is shown: it holds no timers and no bytes, and
//! what must be remembered is a field of the session's history. Of the rules that explain a failed data channel the first that
//! fits wins, so the table is ordered from the specific to the general; every other rule stands
//! alone.
//!
//! No verdict is more certain than the capture allows: see [`Case::cap`], and `losses` for what a
//! live capture did not get.

pub mod catalogue;
pub mod codes;

pub(crate) mod address;
mod advice;
mod breakage;
mod case;
mod diagnoser;
mod finding;
mod hosts;
mod losses;
pub(crate) mod phrase;
mod repeats;
pub mod rules;
mod topic;
mod words;

pub use case::Case;
pub use catalogue::Cause;
pub use diagnoser::Diagnoser;
pub use finding::{Confidence, Evidence, Finding, Severity, Who};
pub use hosts::MAX_LOGIN_PAIRS;
pub use topic::Topic;
