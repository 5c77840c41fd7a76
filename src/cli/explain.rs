//! `ftpscope explain`: what a reply code or a cause means.

use std::io::{self, Write};

use serde_json::Value;

use super::arguments::{Explain, ExplainForm};
use super::{Exit, complain, terminal};
use crate::diagnosis::Topic;
use crate::escape;
use crate::output::json::explain as json;
use crate::output::text::explain as text;

/// Does what the arguments say.
pub(super) fn run(arguments: &Explain) -> io::Result<Exit> {
    let topic = match arguments.topic.as_deref().map(Topic::find) {
        Some(Err(nearest)) => {
            let word = arguments.topic.as_deref().unwrap_or_default();
            complain(&unknown(word, nearest));
            return Ok(Exit::Wrong);
        }
        Some(Ok(topic)) => Some(topic),
        None => None,
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        ExplainForm::Text => {
            let options = terminal::looks(&arguments.looks);
            let explained =
                topic.map_or_else(|| text::list(options), |one| text::topic(one, options));
            out.write_all(explained.as_bytes())?;
        }
        ExplainForm::Json => {
            let value: Value = topic.map_or_else(json::list, json::topic);
            writeln!(out, "{value}")?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
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
