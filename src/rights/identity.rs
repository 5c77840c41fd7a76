//! Groups, group and user.

use std::env;

use nix::unistd::{self, Gid, Uid, User, setgroups, setresgid, setresuid};

use super::{Account, Error, NoSuchUser};

/// Of systems whose list of users has no "nobody".
const NOBODY: u32 = 65_534;

/// Who a process that is root shall become: the user `name`, or else who called `sudo`, or else
/// nobody. `None` for a process that is not root: it cannot become anybody.
///
/// # Errors
///
/// When there is no user `name`.
pub fn account(name: Option<&str>) -> Result<Option<Account>, NoSuchUser> {
    let found = match name {
        Some(name) => Some(by_name(name).ok_or_else(|| NoSuchUser(name.to_owned()))?),
        None => None,
    };
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    Ok(Some(found.or_else(caller).unwrap_or_else(nobody)))
}

/// By name or number.
fn by_name(name: &str) -> Option<Account> {
    let named = User::from_name(name).ok().flatten();
    let numbered = || User::from_uid(Uid::from_raw(name.parse().ok()?)).ok()?;
    named.or_else(numbered).map(Account::from)
}

/// Who called `sudo`. Whoever forged these variables was root already.
fn caller() -> Option<Account> {
    let number = |name| env::var(name).ok()?.parse::<u32>().ok();
    let (user, group) = (number("SUDO_UID")?, number("SUDO_GID")?);
    let name = env::var("SUDO_USER").unwrap_or_else(|_| user.to_string());
    (user != 0).then_some(Account { name, user, group })
}

fn nobody() -> Account {
    by_name("nobody").unwrap_or_else(|| Account {
        name: "nobody".to_owned(),
        user: NOBODY,
        group: NOBODY,
    })
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            name: user.name,
            user: user.uid.as_raw(),
            group: user.gid.as_raw(),
        }
    }
}

/// Becomes `account`, with no other groups, and cannot become root again.
///
/// Groups first: without being root they cannot be changed.
pub(super) fn become_account(account: &Account) -> Result<(), Error> {
    let step = || format!("becoming user {}", account.name);
    let (user, group) = (Uid::from_raw(account.user), Gid::from_raw(account.group));
    setgroups(&[]).map_err(Error::refused(step()))?;
    setresgid(group, group, group).map_err(Error::refused(step()))?;
    setresuid(user, user, user).map_err(Error::refused(step()))?;
    let can_return = !user.is_root() && unistd::setuid(Uid::from_raw(0)).is_ok();
    match can_return {
        true => Err(Error::Kept("the way back to root")),
        false => Ok(()),
    }
}
