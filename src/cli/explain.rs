//! `ftpscope explain`: what a reply code or a cause means.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::arguments::{Explain, ExplainForm};
use super::{Exit, complain, terminal};
use crate::diagnosis::Topic;
use crate::escape;
use crate::output::json::explain as told;
use crate::output::text::explain as text;
use crate::select::{Key, RULES, keys};

/// The topic that is neither a code nor a cause.
const FILTER: &str = "filter";

/// Does what the arguments say.
pub(super) fn run(arguments: &Explain) -> io::Result<Exit> {
    if arguments.topic.as_deref() == Some(FILTER) {
        return print(&match arguments.format {
            ExplainForm::Text => text::reference(
                "The filter language of --where and of the dashboard",
                &RULES,
                keys().map(|key| (key.name, key.sentence())),
                terminal::looks(&arguments.looks),
            ),
            ExplainForm::Json => format!("{}\n", filter_keys()),
        });
    }
    let topic = match arguments.topic.as_deref().map(Topic::find) {
        Some(Err(nearest)) => {
            let word = arguments.topic.as_deref().unwrap_or_default();
            complain(&unknown(word, nearest));
            return Ok(Exit::Wrong);
        }
        Some(Ok(topic)) => Some(topic),
        None => None,
    };
    print(&match arguments.format {
        ExplainForm::Text => {
            let options = terminal::looks(&arguments.looks);
            topic.map_or_else(|| text::list(options), |one| text::topic(one, options))
        }
        ExplainForm::Json => format!("{}\n", topic.map_or_else(told::list, told::topic)),
    })
}

fn print(text: &str) -> io::Result<Exit> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}

/// The keys of the filter language: an array of objects.
fn filter_keys() -> Value {
    let object = |key: &Key| {
        json!({
            "key": key.name,
            "also": key.also,
            "what": key.what,
            "values": key.values(),
            "examples": key.examples,
        })
    };
    keys().map(object).collect()
}

fn unknown(word: &str, nearest: Option<&str>) -> String {
    let word = escape::line(word.as_bytes());
    match nearest {
        Some(nearest) => format!(
            "`{word}` is no reply code and no cause; is it {nearest}? `ftpscope explain` lists all"
        ),
        None => format!("`{word}` is no reply code and no cause; `ftpscope explain` lists all"),
    }
}
