//! All that is known of one session: what the screen of one session is made from.

use std::sync::Arc;

use super::SessionRow;
use crate::analyzer::Event;

/// All that was told of one session, in the order in which it was told.
#[derive(Clone, Debug)]
pub(crate) struct Dossier {
    /// Its row.
    pub(crate) row: Arc<SessionRow>,
    /// Its events and findings; the latter right behind the fact that decided them.
    pub(crate) events: Vec<Arc<Event>>,
    /// What it is doing: facts that are not final yet.
    pub(crate) under_way: Vec<Arc<Event>>,
    /// The events were given up to keep memory bounded: none of them is here.
    pub(crate) given_up: bool,
}
