//! A man page of a command: what clap knows of it, and what [`text`] adds.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};

use crate::list;
use crate::text::{self, Text};

/// The name and the text of each page: of the program and of each of its commands.
pub(crate) fn all(command: Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let commands: Vec<Command> = command.get_subcommands().cloned().collect();
    std::iter::once(command).chain(commands).map(one).collect()
}

fn one(command: Command) -> io::Result<(String, Vec<u8>)> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let (name, version) = (name.to_owned(), env!("CARGO_PKG_VERSION"));
    let text = text::of(&name).ok_or_else(|| io::Error::other(format!("no text for {name}")))?;
    let help = command.get_after_help().map(ToString::to_string);
    let has_commands = command.has_subcommands();
    let man = Man::new(prepared(command, &text))
        .title(name.to_uppercase())
        .date(" ")
        .source(format!("ftpscope {version}"))
        .manual("User Commands");

    let page = &mut Vec::new();
    man.render_title(page)?;
    // Commands and options must not be drawn apart or broken in two.
    page.extend_from_slice(b".ad l\n.nh\n");
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    if has_commands {
        man.render_subcommands_section(page)?;
    }
    man.render_options_section(page)?;
    let rest = &mut Roff::new();
    list::sections(rest, help.as_deref().unwrap_or_default());
    entries(rest, "ENVIRONMENT", &text.environment);
    entries(rest, "FILES", &text.files);
    see_also(rest, &name, text.see_also);
    rest.to_writer(page)?;
    Ok((format!("{name}.1"), std::mem::take(page)))
}

/// With the description of the page, the short form of its usage, and without what would stand on
/// every page.
fn prepared(command: Command, text: &Text) -> Command {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    let command = match command.get_about() {
        Some(about) => {
            let about = about.to_string();
            command.about(about.trim_end_matches('.').to_owned())
        }
        None => command,
    };
    command
        .override_usage(usage)
        .long_about(text.description)
        .subcommand_help_heading("COMMANDS")
        .mut_args(|argument| match argument.get_id().as_str() {
            // Else it would say what only the help of the terminal has.
            "help" => argument.long_help("Print help"),
            "version" => argument.long_help("Print version, commit and libpcap version"),
            _ => argument,
        })
}

fn entries(roff: &mut Roff, title: &str, entries: &[(&str, &str)]) {
    if entries.is_empty() {
        return;
    }
    roff.control("SH", [title]);
    for (term, body) in entries {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*body)]);
    }
}

/// The program, its other commands, and further pages: `(name, section)`.
fn see_also(roff: &mut Roff, name: &str, further: &[(&str, &str)]) {
    let own = text::NAMES.iter().filter(|page| **page != name);
    let pages: Vec<(&str, &str)> = own
        .map(|page| (*page, "1"))
        .chain(further.iter().copied())
        .collect();
    roff.control("SH", ["SEE ALSO"]);
    let mut line: Vec<Inline> = Vec::new();
    for (index, (page, section)) in pages.iter().enumerate() {
        let end = if index + 1 < pages.len() { ", " } else { "" };
        line.push(bold(*page));
        line.push(roman(format!("({section}){end}")));
    }
    roff.text(line);
}
