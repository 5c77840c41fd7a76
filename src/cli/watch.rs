//! `ftpscope watch`: the dashboard.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::{Theme, Watch};
use super::{Exit, analyze, complain, terminal};
use crate::analyzer::{Analyzer, Options};
use crate::capture::{self, KeyLog, Keyed};
use crate::dashboard::{self, Base, Config, Feed, Glyphs, Look, Origin, Setup};

/// Does what the arguments say.
pub(super) fn run(arguments: &Watch) -> io::Result<Exit> {
    if arguments.print_config || arguments.print_keys {
        return print(arguments);
    }
    if !is_screen() && arguments.interface().is_none() {
        return analyze::run(&arguments.as_report());
    }
    match setup(arguments) {
        Ok(setup) => match dashboard::run(setup) {
            Ok(()) => Ok(Exit::Done),
            Err(error) => {
                complain(&error.to_string());
                Ok(Exit::Wrong)
            }
        },
        Err(problem) => {
            complain(&problem);
            Ok(Exit::Wrong)
        }
    }
}

fn print(arguments: &Watch) -> io::Result<Exit> {
    let config = match config(arguments) {
        Ok(config) => config,
        Err(problem) => {
            complain(&problem);
            return Ok(Exit::Wrong);
        }
    };
    let text = match config.keymap() {
        Ok(keymap) if arguments.print_keys => dashboard::print_keys(&keymap, false),
        _ => dashboard::print_config(&config),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Exit::Done)
}

fn config(arguments: &Watch) -> Result<Config, String> {
    let home = terminal::variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(terminal::variable("HOME")?).join(".config")));
    let home = home.map(|home| home.join("ftpscope").join("config.toml"));
    Config::load(arguments.config.as_deref(), home)
}

/// There is a terminal that can show a screen.
fn is_screen() -> bool {
    io::stdout().is_terminal() && terminal::variable("TERM").is_some_and(|term| term != "dumb")
}

/// Checks everything that can be checked before the screen is taken.
fn setup(arguments: &Watch) -> Result<Setup, String> {
    if !is_screen() {
        return Err(
            "standard output is no terminal that can show a screen; without one, \
             `ftpscope sniff` tells what happens line by line"
                .to_owned(),
        );
    }
    let config = config(arguments)?;
    let look = look(arguments, &config)?;
    let (origin, files, source) = source(arguments)?;
    let options = Options {
        ports: arguments.port.clone(),
        ..Options::default()
    };
    let filter = arguments.filter.query();
    Ok(Setup {
        source,
        files,
        analyzer: Analyzer::new(&options),
        origin,
        look,
        mouse: !arguments.no_mouse && config.mouse.unwrap_or(true),
        config,
        filter: filter.map_err(|error| error.to_string())?,
    })
}

fn look(arguments: &Watch, config: &Config) -> Result<Look, String> {
    let base = match arguments.theme {
        _ if !terminal::colour(arguments.color, false) => Base::Mono,
        Some(Theme::Mono) => Base::Mono,
        Some(Theme::Light) => Base::Light,
        Some(Theme::Default) => Base::Default,
        None => config.base()?.unwrap_or_default(),
    };
    let ascii = arguments.ascii || config.ascii.unwrap_or(!terminal::is_utf8());
    Ok(Look::new(config.theme(base)?, Glyphs { ascii }))
}

/// Opens a source on the engine's thread.
type Opener = Box<dyn FnOnce() -> Keyed<Feed> + Send>;

fn open(keys: Vec<KeyLog>, feed: impl FnOnce() -> Feed + Send + 'static) -> Opener {
    Box::new(move || Keyed::new(feed(), keys))
}

fn source(arguments: &Watch) -> Result<(Origin, Vec<PathBuf>, Opener), String> {
    #[cfg(feature = "live")]
    if let Some(name) = arguments.interface() {
        return interface(name, arguments);
    }
    let files = analyze::files(&arguments.files, "watch")?;
    let keys = arguments.keys.follow()?;
    let origin = Origin::File(name(&files));
    if let [file] = files.as_slice()
        && is_pipe(file)
    {
        let pipe =
            capture::follow(file.clone(), Arc::default()).map_err(|error| error.to_string())?;
        let feed = open(keys, move || Feed::Piped(Box::new(pipe)));
        return Ok((origin, Vec::new(), feed));
    }
    for file in &files {
        check(file)?;
    }
    let opened = capture::open(&files).map_err(|error| error.to_string())?;
    let feed = open(keys, move || Feed::Files(Box::new(opened)));
    Ok((origin, files, feed))
}

#[cfg(feature = "live")]
fn interface(name: &str, arguments: &Watch) -> Result<(Origin, Vec<PathBuf>, Opener), String> {
    use crate::capture::live;
    let mut options = live::Options::new(name);
    options.filter.clone_from(&arguments.live.filter);
    options.promiscuous = arguments.live.promiscuous;
    let handle = live::open(&options).map_err(|error| error.to_string())?;
    let live = handle
        .start(live::Stopper::new())
        .map_err(|error| error.to_string())?;
    let origin = Origin::Interface(name.to_owned());
    let keys = arguments.keys.follow()?;
    let feed = open(keys, move || Feed::Live(Box::new(live)));
    Ok((origin, Vec::new(), feed))
}

/// What is read from it may still have to be written.
fn is_pipe(file: &Path) -> bool {
    match file.to_str() {
        Some("-") => true,
        _ => file
            .metadata()
            .is_ok_and(|data| !data.is_file() && !data.is_dir()),
    }
}

/// A file that cannot be opened is told while there is a plain terminal to tell it on.
fn check(file: &Path) -> Result<(), String> {
    let shown = crate::escape::line(file.as_os_str().as_encoded_bytes()).into_owned();
    if file == Path::new("-") {
        return Ok(());
    }
    if file.is_dir() {
        return Err(format!("{shown}: is a folder, not a capture"));
    }
    File::open(file)
        .map(drop)
        .map_err(|error| format!("{shown}: cannot be read: {error}"))
}

fn name(files: &[PathBuf]) -> String {
    let one = |file: &PathBuf| match file.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => {
            let name = file.file_name().unwrap_or(file.as_os_str());
            crate::escape::line(name.as_encoded_bytes()).into_owned()
        }
    };
    match files {
        [file] => one(file),
        [file, rest @ ..] => format!("{} +{}", one(file), rest.len()),
        [] => String::new(),
    }
}
