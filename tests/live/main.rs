//! `ftpscope sniff` on real interfaces: with network namespaces, servers and clients, as root.
//!
//! ```text
//! client ───────── here       veth; here are the server, tcpdump and ftpscope
//! 10.0.0.2        10.0.0.1
//! fd00::2          fd00::1
//! ```
//!
//! All of it happens in namespaces of this process (mounts, processes, networks), which end with it:
//! nothing stays behind, whatever goes wrong. Without root, or without a program that is needed,
//! tests are listed as ignored, with the reason.
#![allow(unreachable_pub, reason = "a program of several modules")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot do its work fails"
)]
#![allow(clippy::disallowed_methods, reason = "other programs are waited for")]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod away;
#[cfg(target_os = "linux")]
mod equal;
#[cfg(target_os = "linux")]
mod errors;
mod faults;
#[cfg(target_os = "linux")]
mod lab;
#[cfg(target_os = "linux")]
mod lost;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod rights;
#[cfg(target_os = "linux")]
mod runner;
#[cfg(target_os = "linux")]
mod traffic;

#[cfg(target_os = "linux")]
use runner::Test;

#[cfg(target_os = "linux")]
const TESTS: &[Test] = &[
    Test::new(
        "equal::ipv4_with_offload",
        &traffic::PROGRAMS,
        equal::ipv4_with_offload,
    ),
    Test::new(
        "equal::ipv4_without_offload",
        &traffic::PROGRAMS,
        equal::ipv4_without_offload,
    ),
    Test::new("equal::ipv6", &traffic::PROGRAMS, equal::ipv6),
    Test::new("equal::any", &traffic::PROGRAMS, equal::any),
    Test::new("equal::loopback", &traffic::PROGRAMS, equal::loopback),
    Test::new("equal::vlan", &["tcpdump"], equal::vlan),
    Test::new(
        "rights::of_a_root_are_given_up",
        &[],
        rights::of_a_root_are_given_up,
    ),
    Test::new(
        "rights::of_a_file_are_given_up",
        &["setcap"],
        rights::of_a_file_are_given_up,
    ),
    Test::new(
        "rights::the_right_to_reopen_is_of_one_thread",
        &[],
        rights::the_right_to_reopen_is_of_one_thread,
    ),
    Test::new(
        "rights::a_sandbox_has_no_way_out",
        &[],
        rights::a_sandbox_has_no_way_out,
    ),
    Test::new(
        "rights::threads_are_refused",
        &[],
        rights::threads_are_refused,
    ),
    Test::new("errors::no_permission", &[], errors::no_permission),
    Test::new("errors::no_such_interface", &[], errors::no_such_interface),
    Test::new("errors::interface_down", &[], errors::interface_down),
    Test::new(
        "errors::bad_filter_without_rights",
        &[],
        errors::bad_filter_without_rights,
    ),
    Test::new(
        "errors::names_of_interfaces_are_told_harmlessly",
        &[],
        errors::names_of_interfaces_are_told_harmlessly,
    ),
    Test::new(
        "errors::a_name_that_is_no_text_keeps_no_other_interface_from_being_used",
        &[],
        errors::a_name_that_is_no_text_keeps_no_other_interface_from_being_used,
    ),
    Test::new("away::down_and_up", &[], away::down_and_up),
    Test::new(
        "away::down_ends_it_on_demand",
        &[],
        away::down_ends_it_on_demand,
    ),
    Test::new("away::removed_ends_it", &[], away::removed_ends_it),
    Test::new("away::removed_and_back", &[], away::removed_and_back),
    Test::new(
        "lost::a_stop_loses_nothing",
        &[],
        lost::a_stop_loses_nothing,
    ),
    Test::new(
        "lost::what_is_lost_is_counted",
        &[],
        lost::what_is_lost_is_counted,
    ),
    Test::new(
        "faults::a_full_disk_keeps_whole_lines",
        &faults::PROGRAMS,
        faults::a_full_disk_keeps_whole_lines,
    ),
    Test::new(
        "faults::a_reader_that_leaves_is_no_error",
        &faults::PROGRAMS,
        faults::a_reader_that_leaves_is_no_error,
    ),
    Test::new(
        "faults::what_was_written_before_a_kill_is_whole",
        &faults::PROGRAMS,
        faults::what_was_written_before_a_kill_is_whole,
    ),
    Test::new(
        "faults::signals_reopen_sum_up_and_end",
        &faults::PROGRAMS,
        faults::signals_reopen_sum_up_and_end,
    ),
    Test::new(
        "faults::a_finding_is_told_within_two_seconds",
        &[],
        faults::a_finding_is_told_within_two_seconds,
    ),
];

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some(lab::SEND) => lab::send(),
        Some(rights::ESCAPE) => rights::try_to_escape(),
        Some(rights::THREADS) => rights::try_with_threads(),
        _ => return runner::run(TESTS),
    }
    ExitCode::SUCCESS
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("\ntests of `ftpscope sniff` on real interfaces ... ignored, they need Linux\n");
    ExitCode::SUCCESS
}
