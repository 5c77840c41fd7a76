//! The recordings of `captures/`, their facts, and what the engine makes of them.

use std::fs;
use std::path::{Path, PathBuf};

use ftpscope::analyzer::{Analyzer, Event, Options};
use ftpscope::capture::open;
use serde_json::Value;

use super::{analysis, captures};

/// One recording.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// Its `facts.json`.
    pub facts: Value,
}

/// All recordings, by name.
pub fn all() -> Vec<Recording> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let mut found: Vec<Recording> = fs::read_dir(root)
        .expect("captures/ can be read")
        .map(|entry| entry.expect("an entry").path())
        .filter(|folder| folder.join("facts.json").exists())
        .map(|folder| Recording {
            name: name_of(&folder),
            facts: facts(&folder),
            folder,
        })
        .collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

impl Recording {
    /// Whose keys there are, of an encrypted one: `all`, `beside`, `control`, `data`, `wrong`, `none`.
    pub fn keys(&self) -> Option<&str> {
        self.facts.get("tls")?.get("keys")?.as_str()
    }

    /// The dialogue of each client as it was logged: `C USER demo`, `S 331 …`.
    pub fn dialogues(&self) -> Vec<Vec<&str>> {
        let dialogues = self.facts.get("dialogues").and_then(Value::as_array);
        dialogues
            .into_iter()
            .flatten()
            .map(|dialogue| {
                let lines = dialogue.as_array().expect("a dialogue is a list").iter();
                lines.map(|line| line.as_str().expect("a line")).collect()
            })
            .collect()
    }

    /// Its capture.
    pub fn capture(&self) -> PathBuf {
        captures::capture(&self.name)
    }

    /// What the engine makes of it, with the keys that are there.
    pub fn events(&self) -> Vec<Event> {
        let keys = fs::read(self.folder.join("keys.log")).ok();
        self.events_of(&self.capture(), keys.as_deref())
    }

    /// What the engine makes of a capture, which may be a changed one, with this key log beside what
    /// is in it.
    pub fn events_of(&self, capture: &Path, keys: Option<&[u8]>) -> Vec<Event> {
        let mut source = open(&[capture.to_path_buf()]).expect("one file is not too many");
        let mut options = Options::default();
        let port = self.facts.get("port").and_then(Value::as_u64);
        options
            .ports
            .extend(port.map(|port| u16::try_from(port).expect("a port")));
        let mut analyzer = Analyzer::new(&options);
        let mut events = Vec::new();
        if let Some(keys) = keys {
            analyzer.secrets(keys, &mut events);
        }
        events.extend(analysis::read(&mut analyzer, &mut source));
        events
    }
}

fn name_of(folder: &Path) -> String {
    let name = folder.file_name().expect("a folder has a name");
    name.to_string_lossy().into_owned()
}

fn facts(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("facts.json")).expect("facts.json can be read");
    serde_json::from_str(&text).expect("facts.json is JSON")
}
