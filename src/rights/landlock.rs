//! Files and connections, by Landlock (landlock(7)).

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

use super::{Enforced, Error, Plan};

/// The version of Landlock whose rights are named here. Older kernels do what they can.
const KNOWN: ABI = ABI::V6;

/// Forbids all files but those of `plan`, to open TCP servers and connections, and to send signals
/// to other processes. `None` when the kernel has no Landlock.
pub(super) fn restrict(plan: &Plan) -> Result<Option<Enforced>, Error> {
    exist(plan.read.iter().chain(&plan.write))?;
    let status = rules(plan)
        .and_then(RulesetCreated::restrict_self)
        .map_err(Error::refused("forbidding files"))?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Some(Enforced::Fully),
        RulesetStatus::PartiallyEnforced => Some(Enforced::Partly),
        RulesetStatus::NotEnforced => None,
    })
}

/// A rule for what is not there would be left out without a word.
fn exist<'a>(mut paths: impl Iterator<Item = &'a PathBuf>) -> Result<(), Error> {
    match paths.find(|path| !path.exists()) {
        Some(path) => Err(Error::NoSuchPath(path.clone())),
        None => Ok(()),
    }
}

fn rules(plan: &Plan) -> Result<RulesetCreated, RulesetError> {
    let rules = Ruleset::default()
        .handle_access(AccessFs::from_all(KNOWN))?
        .handle_access(AccessNet::from_all(KNOWN))?
        .scope(Scope::from_all(KNOWN))?
        .create()?;
    let rules = allow(rules, &plan.read, AccessFs::from_read(KNOWN))?;
    allow(rules, &plan.write, AccessFs::from_all(KNOWN))
}

fn allow(
    rules: RulesetCreated,
    paths: &[impl AsRef<Path>],
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    // No file that is written here is ever a program or a device.
    let access = access & !(AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock);
    rules.add_rules(path_beneath_rules(paths, access))
}
