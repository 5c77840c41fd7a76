//! The worker: what takes long and needs the disk.

mod form;
mod pcapng;
mod text;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;

use super::app::Msg;
use super::model::{Dossier, Problem};
use super::number;
use super::packets;
use super::run::Incoming;
use crate::analyzer::Summary;
use crate::capture::Frame;
use crate::{escape, save};

pub(crate) use form::Form;

/// What is to be saved.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// These sessions.
    pub(crate) sessions: Vec<u32>,
    /// Of them, only what proves these findings; all where there is none.
    pub(crate) problems: Vec<Arc<Problem>>,
    /// In this form.
    pub(crate) form: Form,
    /// To this file.
    pub(crate) path: PathBuf,
    /// The file may be there, and is replaced.
    pub(crate) replace: bool,
    /// The totals of the capture.
    pub(crate) summary: Summary,
}

/// How saving went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It was saved; in words.
    Saved(String),
    /// The file is there already.
    Exists,
    /// It was not saved; why.
    Failed(String),
}

/// Something for the worker to do.
#[derive(Debug)]
pub(crate) enum Job {
    /// To read packets again.
    Packets(Vec<Frame>),
    /// To save sessions.
    Save(Box<Request>, Vec<Dossier>),
}

/// Where packets can be read again.
#[derive(Clone, Debug)]
pub(super) enum Packets {
    /// From the captures.
    Files(Vec<PathBuf>),
    /// From a spool, in which they have other numbers.
    Spool(PathBuf),
}

impl Packets {
    fn files(&self) -> &[PathBuf] {
        match self {
            Self::Files(files) => files,
            Self::Spool(path) => std::slice::from_ref(path),
        }
    }
}

/// Starts the worker on captures that can be read again.
pub(super) fn start(
    source: Packets,
    jobs: Receiver<Job>,
    out: SyncSender<Incoming>,
) -> io::Result<()> {
    let work = move || {
        for job in jobs {
            let msg = match job {
                Job::Packets(frames) => Msg::Packets(match &source {
                    Packets::Files(files) => packets::read(files, &frames),
                    Packets::Spool(_) => Vec::new(),
                }),
                Job::Save(request, dossiers) => Msg::Told(saved(&source, &request, &dossiers)),
            };
            if out.send(Incoming::Msg(msg)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("worker".into()).spawn(work)?;
    Ok(())
}

fn saved(source: &Packets, request: &Request, dossiers: &[Dossier]) -> Told {
    let given_up = dossiers.iter().filter(|dossier| dossier.given_up).count();
    let result = match request.form {
        Form::Pcapng => pcapng::save(source, request, dossiers),
        _ => text::save(request, dossiers),
    };
    match result {
        Ok(mut text) => {
            if given_up > 0 {
                text += &format!(" (without {given_up} whose details were given up)");
            }
            Told::Saved(text)
        }
        Err(save::Problem::Exists(_)) => Told::Exists,
        Err(problem) => Told::Failed(escape::line(problem.to_string().as_bytes()).into_owned()),
    }
}

fn sessions(count: usize) -> String {
    number::count(count as u64, "session")
}

fn shown(path: &Path) -> String {
    escape::line(path.as_os_str().as_encoded_bytes()).into_owned()
}
