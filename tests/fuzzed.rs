//! The fuzz targets without a fuzzer: what was found once, the seeds, and mutations of them that are
//! the same in every run. `make fuzz` looks further, and `FUZZ_INPUTS=100000` lets this do so.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use fuzz::dictionary::WORDS;
use fuzz::support::random::Random;
use fuzz::{TARGETS, Target};

/// Mutations tried of each target.
const INPUTS: u64 = 250;

/// The longest input that mutations make.
const MOST: usize = 16 * 1024;

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            fuzz(stringify!($name));
        })*

        #[test]
        fn every_target_is_run() {
            let named: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(named, [$(stringify!($name)),*]);
        }
    };
}

targets! { packets pcap pcapng control endpoints tls_records key_log filter }

fn fuzz(name: &str) {
    let target = *TARGETS.iter().find(|target| target.name == name).unwrap();
    for (path, input) in regressions(name) {
        try_one(target, &input, &path.display().to_string());
    }
    let seeds = (target.seeds)(&root().join("captures"));
    assert!(seeds.len() > 20, "{name} has something to begin with");
    for (number, seed) in seeds.iter().enumerate() {
        try_one(target, seed, &format!("seed {number}"));
    }
    for number in 0..inputs() {
        let input = mutated(&seeds, &mut Random::new(number));
        try_one(target, &input, &format!("mutation {number}"));
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn inputs() -> u64 {
    match std::env::var("FUZZ_INPUTS") {
        Ok(inputs) => inputs.parse().expect("FUZZ_INPUTS is a number"),
        Err(_) => INPUTS,
    }
}

/// What a fuzzer found, one file each: `cargo fuzz tmin` makes it short.
fn regressions(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = root().join("fuzz/regressions").join(name);
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = files.map(|file| file.unwrap().path());
    paths
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

/// Keeps an input that shows a fault, where a fuzzer would keep it.
fn try_one(target: Target, input: &[u8], what: &str) {
    let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| (target.run)(input))) else {
        return;
    };
    let folder = root().join("fuzz/artifacts").join(target.name);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(what.replace(['/', ' '], "-"));
    fs::write(&path, input).unwrap();
    eprintln!(
        "{}: {what} of {} bytes is kept in {}",
        target.name,
        input.len(),
        path.display()
    );
    panic::resume_unwind(panic);
}

/// One of `seeds` with a few changes of the kinds that fuzzers make.
fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = one_of(seeds, random).clone();
    for _ in 0..1 + random.within(0..8) {
        let at = random.within(0..input.len() as u64 + 1) as usize;
        let end = (at + random.within(0..64) as usize).min(input.len());
        match random.within(0..7) {
            0 => input[at..end]
                .iter_mut()
                .take(1)
                .for_each(|byte| *byte ^= random.bits() as u8),
            1 => input[at..end]
                .iter_mut()
                .take(4)
                .for_each(|byte| *byte = 0xff),
            2 => drop(input.drain(at..end)),
            3 => {
                let again = input[at..end].to_vec();
                input.splice(at..at, again);
            }
            4 => {
                let word = WORDS[random.within(0..WORDS.len() as u64) as usize];
                input.splice(at..at, word.iter().copied());
            }
            5 => {
                let word = WORDS[random.within(0..WORDS.len() as u64) as usize];
                let end = (at + word.len()).min(input.len());
                input.splice(at..end, word.iter().copied());
            }
            _ => {
                let other = one_of(seeds, random);
                let from = random.within(0..other.len() as u64 + 1) as usize;
                input.truncate(at);
                input.extend(&other[from..]);
            }
        }
    }
    input.truncate(MOST);
    input
}

fn one_of<'a>(seeds: &'a [Vec<u8>], random: &mut Random) -> &'a Vec<u8> {
    &seeds[random.within(0..seeds.len() as u64) as usize]
}
