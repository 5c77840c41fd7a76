//! Who the process becomes when it was started as root.

use std::fmt;

use crate::escape;

/// A user and group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user's name; its number where it has none.
    pub name: String,
    /// The user's number.
    pub user: u32,
    /// The number of the user's own group.
    pub group: u32,
}

/// There is no user of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchUser(pub String);

impl fmt::Display for NoSuchUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = escape::line(self.0.as_bytes());
        write!(f, "there is no user {name}: give --user the name of one")
    }
}

impl std::error::Error for NoSuchUser {}
