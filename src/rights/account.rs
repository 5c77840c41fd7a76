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

/// Who a process that is root shall become: the user `name`, or else who called `sudo`, or else
/// nobody. `None` for a process that is not root: it cannot become anybody.
///
/// # Errors
///
/// When there is no user `name`.
#[cfg(unix)]
pub fn account(name: Option<&str>) -> Result<Option<Account>, NoSuchUser> {
    #[cfg(target_os = "linux")]
    return super::identity::account(name);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = name;
        Ok(None)
    }
}
