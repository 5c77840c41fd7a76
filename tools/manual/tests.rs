//! Each page is complete, and says what is true of the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{page, text};

fn pages() -> Vec<(String, String)> {
    let pages = page::all(ftpscope::cli::command()).expect("pages");
    let texts = pages.into_iter().map(|(name, bytes)| {
        let text = String::from_utf8(bytes).expect("UTF-8");
        // As a reader sees them: hyphens are escaped in a man page.
        (name, text.replace(r"\-", "-"))
    });
    texts.collect()
}

#[test]
fn every_command_has_a_page_with_all_its_options() {
    let command = ftpscope::cli::command();
    let pages = pages();
    assert_eq!(pages.len(), command.get_subcommands().count() + 1);
    for command in command.get_subcommands() {
        let name = format!("ftpscope-{}.1", command.get_name());
        let page = &pages.iter().find(|page| page.0 == name).expect("page").1;
        for argument in command.get_arguments() {
            let long = argument.get_long().map(|long| format!("--{long}"));
            assert!(
                long.iter().all(|long| page.contains(long)),
                "{name} {long:?}"
            );
        }
        let sections = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"];
        for section in sections {
            assert!(
                page.contains(&format!("\n.SH {section}"))
                    || page.contains(&format!("\n.SH \"{section}\"")),
                "{name} {section}"
            );
        }
    }
}

#[test]
fn the_end_of_a_help_text_becomes_sections() {
    let roff = &mut clap_mangen::roff::Roff::new();
    let help = "Exit codes:\n  0  done\n  1  found:\n       error  bad,\n              very\n  2  wrong\n\nA word\nmore.";
    crate::list::sections(roff, help);
    assert_eq!(
        roff.to_roff(),
        ".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\ndone\n.TP\n\\fB1\\fR\nfound:\n.RS\n.TP\n\\fBerror\\fR\nbad,\nvery\n\
         .RE\n.TP\n\\fB2\\fR\nwrong\n.SH NOTES\nA word more.\n"
    );
}

#[test]
fn every_page_has_a_text_and_points_to_the_others() {
    for (name, page) in pages() {
        for other in text::NAMES
            .iter()
            .filter(|other| format!("{other}.1") != name)
        {
            assert!(
                page.contains(&format!("\\fB{other}\\fR(1)")),
                "{name}: {other}"
            );
        }
    }
}

#[test]
fn every_variable_that_the_program_reads_is_told() {
    let told: String = pages().into_iter().map(|page| page.1).collect();
    let mut read = BTreeSet::new();
    variables(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut read,
    );
    assert!(
        read.contains("NO_COLOR") && read.contains("SUDO_USER"),
        "{read:?}"
    );
    for name in read {
        assert!(told.contains(&name), "{name}");
    }
}

/// The names that stand behind a call that reads the environment, and those of constants for it.
fn variables(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("src").flatten() {
        let path = entry.path();
        if path.is_dir() {
            variables(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            for call in ["var(\"", "var_os(\"", "variable(\"", "VARIABLE: &str = \""] {
                let names = text
                    .split(call)
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next());
                found.extend(
                    names
                        .filter(|name| *name != "UPDATE_GOLDEN")
                        .map(str::to_owned),
                );
            }
        }
    }
}
