//! The story of one or a few sessions: what happened, in order, each event once.
//!
//! A [`Story`] is told from the events that the engine gave for these sessions. `weave` puts them
//! in order as [`Row`]s, with the rows of data channels (`channel`) in their places, marks of
//! silence (`silence`) between them and findings (`found`) on the rows that prove them. `lanes` says
//! between whom a row passes, `label` what is written on it. `compare` sets two stories side by
//! side, `related` says which sessions belong together, `export` writes a story as text.
//!
//! Nothing here knows of a terminal. Text from the wire is escaped when a label is made, never
//! later.

mod channel;
mod compare;
mod export;
mod found;
mod label;
mod lanes;
mod links;
mod packets;
mod related;
mod row;
mod silence;
#[cfg(test)]
pub(crate) mod testing;
mod told;
mod weave;

pub(crate) use channel::sending;
pub(crate) use compare::{Comparison, Pair, Sameness, Step};
pub(crate) use export::Export;
pub(crate) use label::{Label, Picture, Stroke, Tone, data, finding_mark, folded};
pub(crate) use lanes::{Lane, Lanes, Party};
pub(crate) use related::Kin;
pub(crate) use row::{Row, What};
pub(crate) use told::Story;
