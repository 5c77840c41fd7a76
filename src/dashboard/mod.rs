//! The dashboard: `ftpscope watch`.
//!
//! ```text
//!  source ─▶ engine thread: analyzer ─▶ model ──Delta──▶ UI thread: Snapshot ─▶ update ─▶ view
//!                  ▲                                        ▲  │
//!                  └────────────── Order ───────────────────┼──┘ Effect
//!  keyboard, signals, worker ──────────── Msg ──────────────┘
//! ```
//!
//! The engine thread alone owns what is known. At most ten times a second, and only when the screen
//! has taken the last one, it sends what changed; so a slow terminal holds nothing up. What the
//! screen shows comes from its own `Snapshot`, of which the rows are shared and
//! never locked. All that is known of one session is sent when it is asked for.
//!
//! `app` is pure: messages in, effects out, no I/O, no clock. `view` draws it. Everything else
//! here is about the outside: `terminal`, `input`, `engine`, `run`.

pub(crate) mod action;
pub(crate) mod app;
pub(crate) mod clock;
mod config;
pub(crate) mod engine;
mod feed;
pub(crate) mod glyphs;
mod input;
pub(crate) mod job;
pub(crate) mod key;
pub(crate) mod model;
pub(crate) mod number;
pub(crate) mod order;
pub(crate) mod packets;
mod run;
pub(crate) mod spool;
pub(crate) mod story;
mod terminal;
pub(crate) mod text;
pub(crate) mod theme;
pub(crate) mod view;

pub(crate) use app::Look;
pub(crate) use config::{Config, print as print_config, print_keys};
pub(crate) use feed::Feed;
pub(crate) use glyphs::Glyphs;
pub(crate) use model::Origin;
pub(crate) use run::{Setup, run};
pub(crate) use theme::Base;

#[cfg(test)]
mod tests;
