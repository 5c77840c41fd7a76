//! The pure core: messages in, effects out.
//!
//! [`App::update`] and [`crate::dashboard::view::draw`] do no I/O and read no clock.

mod effect;
mod look;
mod message;
mod state;

pub(crate) use effect::Effect;
pub(crate) use look::{Look, Times};
pub(crate) use message::{Msg, Signal};
pub(crate) use state::*;
