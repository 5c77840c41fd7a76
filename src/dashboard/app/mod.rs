//! The pure core: messages in, effects out.
//!
//! [`App::update`] and [`crate::dashboard::view::draw`] do no I/O and read no clock.

mod application;
mod columns;
mod copy;
mod effect;
mod field;
mod filter;
mod keys;
mod listing;
mod look;
mod message;
mod mouse;
mod open;
mod overlay;
mod pager;
mod problems;
mod save;
mod table;

pub(crate) use application::{App, Screen};
pub(crate) use columns::{DataColumn, SessionColumn};
pub(crate) use effect::Effect;
pub(crate) use field::Field;
pub(crate) use filter::{FORM, FilterForm, FilterLine};
pub(crate) use keys::palette;
pub(crate) use look::{Look, Times};
pub(crate) use message::{Msg, Signal};
pub(crate) use mouse::Hit;
pub(crate) use overlay::Overlay;
pub(crate) use pager::Pager;
pub(crate) use problems::{Group, Item, Problems, Unfolded};
pub(crate) use save::{Line as SaveLine, SaveDialog, What};
pub(crate) use table::{Column, Table};
