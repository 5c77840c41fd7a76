//! The sessions in Markdown: a table of all, and the transcripts of those that failed.

use super::escape;
use crate::ftp::SessionRecord;
use crate::output::Standing;
use crate::output::stamp;
use crate::output::text::manner::Manner;
use crate::output::text::number;
use crate::output::text::session::user;
use crate::output::text::shelf::Shelf;

const HEADER: &str = "\
| Session | Result | Start (UTC) | Client | Server | User | Data channels | Bytes |
|---:|---|---|---|---|---|---|---:|
";

/// All that is kept of the sessions.
pub(super) fn text(shelf: &Shelf, manner: Manner) -> String {
    let (rows, more) = shelf.rows();
    let rows: Vec<String> = rows
        .map(|(record, standing)| row(record, *standing))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut text = format!("\n## Sessions\n\n{HEADER}{}", rows.concat());
    if more > 0 {
        text += &format!("\n… and {} more.\n", number::grouped(more));
    }
    let mut failed = shelf.failed().peekable();
    if failed.peek().is_some() {
        text += "\n## Sessions that failed\n";
    }
    for told in failed {
        text += &format!("\n{}", escape::block(&told.text(manner)));
    }
    text
}

fn row(record: &SessionRecord, standing: Standing) -> String {
    let bytes = record
        .bytes_downloaded
        .saturating_add(record.bytes_uploaded);
    let failed = match record.failed_channels {
        0 => String::new(),
        failed => format!(", {} failed", number::grouped(failed)),
    };
    format!(
        "| {} | {} {} | {} | {} | {} | {} | {}{failed} | {} |\n",
        record.id,
        standing.glyph(),
        standing.word(),
        stamp::clock(record.started.time),
        escape::text(&record.client.to_string()),
        escape::text(&record.server.to_string()),
        escape::text(&user(record)),
        number::grouped(record.channels),
        number::bytes(bytes).replace(number::GLUE, " "),
    )
}
