//! System calls that no analysis makes, by seccomp (seccomp(2)).
//!
//! What is not named here is allowed: a list of all that the standard library and libpcap ever call
//! would break with each of their versions. What is named are the ways out: programs, other
//! processes, namespaces (in a new one everybody has all capabilities), the kernel itself.

#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
))]
mod system {
    use std::collections::BTreeMap;
    use std::env::consts::ARCH;

    use nix::libc::{self, c_int};
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
        SeccompFilter, SeccompRule, TargetArch, apply_filter,
    };

    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    const CALLS: [i64; 35] = [
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_kcmp,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_move_mount,
        libc::SYS_open_tree,
        libc::SYS_fsopen,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_open_by_handle_at,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_keyctl,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_kexec_load,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_acct,
        libc::SYS_quotactl,
    ];

    /// Forbids them, and to open interfaces unless `keep_capture`; whether the kernel does so.
    pub(in super::super) fn restrict(keep_capture: bool) -> bool {
        // The flags of clone3 are behind a pointer that a filter cannot follow. Whoever calls it
        // takes clone instead when it is missing.
        let clone3 = Rules::from([(libc::SYS_clone3, Vec::new())]);
        apply(clone3, libc::ENOSYS)
            && forbidden(keep_capture).is_ok_and(|rules| apply(rules, libc::EPERM))
    }

    fn forbidden(keep_capture: bool) -> Result<Rules, BackendError> {
        let mut rules: Rules = CALLS.map(|call| (call, Vec::new())).into();
        let user = flag_of_clone(libc::CLONE_NEWUSER)?;
        rules.insert(libc::SYS_clone, vec![user]);
        if !keep_capture {
            rules.insert(libc::SYS_socket, vec![socket(libc::AF_PACKET)?]);
        }
        Ok(rules)
    }

    fn flag_of_clone(flag: c_int) -> Result<SeccompRule, BackendError> {
        let flag = flag as u64;
        argument(0, SeccompCmpOp::MaskedEq(flag), flag)
    }

    fn socket(family: c_int) -> Result<SeccompRule, BackendError> {
        argument(0, SeccompCmpOp::Eq, family as u64)
    }

    fn argument(index: u8, is: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
        let condition = SeccompCondition::new(index, SeccompCmpArgLen::Dword, is, value)?;
        SeccompRule::new(vec![condition])
    }

    fn apply(rules: Rules, error: c_int) -> bool {
        let program = |target: TargetArch| {
            let action = SeccompAction::Errno(error.unsigned_abs());
            let filter = SeccompFilter::new(rules, SeccompAction::Allow, action, target).ok()?;
            BpfProgram::try_from(filter).ok()
        };
        TargetArch::try_from(ARCH)
            .ok()
            .and_then(program)
            .is_some_and(|program| apply_filter(&program).is_ok())
    }
}

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
)))]
mod system {
    /// Forbids nothing: no program can be made for this processor.
    pub(in super::super) fn restrict(_keep_capture: bool) -> bool {
        false
    }
}

pub(super) use system::restrict;
