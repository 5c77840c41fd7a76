//! `--write` of `ftpscope analyze`: the packets of the sessions that were shown.

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::arguments::Save;
use super::progress::Progress;
use super::{Exit, complain};
use crate::capture::{self, Next, Source};
use crate::escape;
use crate::output::text::number::count;
use crate::save::{self, Problem, Selection, Target};
use crate::select::Query;
use crate::time::Timestamp;

/// Where the packets are to be saved, if anywhere.
pub(super) fn target(arguments: &Save) -> Option<Target> {
    let path = arguments.write.clone()?;
    let replace = arguments.force;
    Some(Target { path, replace })
}

/// Tells whether the packets of `files` can be saved there: before the work begins.
pub(super) fn check(target: &Target, files: &[PathBuf]) -> Result<(), String> {
    save::readable_again(files)
        .and_then(|()| target.check(files))
        .map_err(|problem| in_words(&problem))
}

/// Saves the packets of `selection`.
pub(super) fn save(target: &Target, files: &[PathBuf], selection: &Selection) -> Exit {
    let path = escape::path(&target.path);
    if selection.is_empty() {
        complain(&format!("{path}: is not written: no session was shown"));
        return Exit::Done;
    }
    let mut progress = Progress::begin(false);
    let mut look = |done| {
        progress.show(done);
        ControlFlow::Continue(())
    };
    let saved = save::plan(files, selection, &mut look)
        .and_then(|plan| Ok((plan.sessions, save::packets(&plan, target, &mut look)?)));
    drop(progress);
    match saved {
        Ok((sessions, saved)) => {
            complain(&format!(
                "{path}: {} of {}, {}",
                count(saved.packets, "packet"),
                count(sessions, "session"),
                count(saved.bytes, "byte")
            ));
            Exit::Done
        }
        Err(problem) => {
            complain(&in_words(&problem));
            Exit::Wrong
        }
    }
}

/// The query with times that count from the end of the captures, which takes one more reading.
pub(super) fn resolve(query: Query, files: &[PathBuf]) -> Result<Query, String> {
    if !query.is_relative() {
        return Ok(query);
    }
    save::readable_again(files).map_err(|_| {
        "--where: times that count from the end of the capture, or have no date, need a file that \
         can be read twice; standard input and pipes cannot"
            .to_owned()
    })?;
    let mut source = capture::open(files).map_err(|error| error.to_string())?;
    let mut last = Timestamp::default();
    let mut progress = Progress::begin(false);
    while let Next::Packet(packet) = source.next() {
        last = last.max(packet.time);
        if packet.frame.number() % 4096 == 0 {
            progress.show(source.progress());
        }
    }
    Ok(query.at(last))
}

fn in_words(problem: &Problem) -> String {
    match problem {
        Problem::Exists(path) => format!(
            "{}: is there already; give --write another name, or --force to replace it (never a \
             capture that is read)",
            escape::path(path)
        ),
        problem => problem.to_string(),
    }
}
