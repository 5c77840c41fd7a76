//! Writes the man pages and the completions of bash, zsh and fish into a folder:
//!
//! ```sh
//! cargo run --example manual -- FOLDER
//! ```

mod list;
mod page;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use clap_complete::{Shell, generate_to};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: manual FOLDER");
        return ExitCode::from(2);
    };
    match write(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("manual: {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &std::path::Path) -> io::Result<()> {
    let mut command = ftpscope::cli::command();
    let (pages, completions) = (folder.join("man"), folder.join("completions"));
    fs::create_dir_all(&pages)?;
    fs::create_dir_all(&completions)?;
    for (name, text) in page::all(command.clone())? {
        fs::write(pages.join(name), text)?;
    }
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut command, "ftpscope", &completions)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
