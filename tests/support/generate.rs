//! Writes a synthetic capture: `generate KIND SIZE FILE`, for example `generate chatty 500MB c.pcap`.
//!
//! Prints what is in it as one JSON object.

use std::path::Path;
use std::process::ExitCode;

#[path = "mod.rs"]
mod support;

use support::generator::{Kind, Truth, generate_file};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(truth) => {
            println!("{}", describe(&truth));
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("generate: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<Truth, String> {
    let [kind, size, path] = arguments else {
        return Err("usage: generate bulk|chatty|mixed|lossy|dense SIZE[kB|MB|GB] FILE".into());
    };
    let (kind, size) = (kind.parse::<Kind>()?, bytes(size)?);
    generate_file(kind, size, Path::new(path)).map_err(|error| format!("{path}: {error}"))
}

/// A size such as `500MB`, in bytes.
fn bytes(size: &str) -> Result<u64, String> {
    let digits = size.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &size[digits.len()..] {
        "" | "B" => 1,
        "k" | "kB" | "KB" => 1_000,
        "M" | "MB" => 1_000_000,
        "G" | "GB" => 1_000_000_000,
        unit => return Err(format!("no such unit: {unit}")),
    };
    let number: u64 = digits.parse().map_err(|_| format!("not a size: {size}"))?;
    number
        .checked_mul(unit)
        .ok_or_else(|| format!("too large: {size}"))
}

fn describe(truth: &Truth) -> serde_json::Value {
    serde_json::json!({
        "bytes": truth.bytes,
        "packets": truth.packets,
        "connections": truth.connections,
        "sessions": truth.sessions,
        "commands": truth.commands,
        "replies": truth.replies,
        "transfers_ok": truth.transfers_ok,
        "transfers_failed": truth.transfers_failed,
        "data_bytes": truth.data_bytes,
        "damaged_commands": truth.damaged_commands,
        "damaged_replies": truth.damaged_replies,
        "left_open": truth.left_open,
    })
}
