//! Saving sessions as a text of some form.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::Arc;

use super::{Form, Request, sessions, shown};
use crate::analyzer::Event;
use crate::dashboard::model::Dossier;
use crate::dashboard::story::{Export, Story};
use crate::output::{self, Context, Format, text};
use crate::save;
use crate::time::Precision;

/// Saves it; tells of how many sessions.
pub(super) fn save(request: &Request, dossiers: &[Dossier]) -> Result<String, save::Problem> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => save::Problem::Exists(request.path.clone()),
        _ => save::Problem::Io(request.path.clone(), error),
    };
    let mut options = OpenOptions::new();
    options.write(true);
    match request.replace {
        true => options.create(true).truncate(true),
        false => options.create_new(true),
    };
    let mut file = options.open(&request.path).map_err(failed)?;
    write(request, dossiers, &mut file).map_err(failed)?;
    Ok(format!(
        "{}: {}",
        shown(&request.path),
        sessions(dossiers.len())
    ))
}

fn write(request: &Request, dossiers: &[Dossier], file: &mut File) -> io::Result<()> {
    if let Some((form, ..)) = request.form.export() {
        return export(form, dossiers, file);
    }
    let format = match request.form {
        Form::Json => Format::Json,
        Form::Csv => Format::Csv,
        _ => Format::Markdown,
    };
    let out = io::BufWriter::new(file.try_clone()?);
    let mut sink = output::open(format, out, false, report_options());
    let context = Context {
        inputs: &[],
        precision: Precision::default(),
    };
    for dossier in dossiers {
        let events = dossier.events.iter();
        let mut batch: Vec<Event> = events.map(|event| event.as_ref().clone()).collect();
        sink.events(&mut batch, context)?;
    }
    sink.finish(&request.summary, context)
}

fn report_options() -> text::Options {
    text::Options {
        width: 100,
        colour: false,
        ascii: false,
        summary: false,
        all: true,
        show_passwords: false,
        wireshark: true,
    }
}

fn export(form: Export, dossiers: &[Dossier], file: &mut impl Write) -> io::Result<()> {
    for dossier in dossiers {
        let story = Story::new(&[Arc::new(dossier.clone())]);
        file.write_all(form.text(&story).as_bytes())?;
        file.write_all(b"\n")?;
    }
    Ok(())
}
