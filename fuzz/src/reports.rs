//! Writes events in every form, and looks at what was written.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ftpscope::capture::Input;
use ftpscope::output::{self, Context, Format, text};
use ftpscope::time::Precision;

use super::engine::Told;

const FORMATS: [Format; 6] = [
    Format::Text,
    Format::Markdown,
    Format::Live,
    Format::Log,
    Format::Csv,
    Format::Json,
];

/// No form has anything in it that a terminal would obey, and each keeps to its own rules. Gives
/// the JSON.
pub fn check(told: &Told) -> String {
    let mut written = String::new();
    for format in FORMATS {
        written = write(told, format);
        is_harmless(&written, format);
        match format {
            Format::Log => written.lines().for_each(|line| {
                assert_eq!(line.split('\t').count(), 9, "{line}");
            }),
            Format::Json => is_json(&written, told),
            _ => {}
        }
    }
    written
}

pub fn json(told: &Told) -> String {
    write(told, Format::Json)
}

fn write(told: &Told, format: Format) -> String {
    let options = text::Options {
        width: 100,
        colour: false,
        ascii: false,
        summary: false,
        all: false,
        show_passwords: true,
        wireshark: true,
    };
    let page = Page::default();
    let mut sink = output::open(format, page.clone(), true, options);
    let input = Input {
        name: "capture.pcap".into(),
        frames: told.summary.frames,
        bytes_read: told.summary.bytes,
        bytes_total: None,
        fault: None,
    };
    let context = Context {
        inputs: std::slice::from_ref(&input),
        precision: Precision::Nano,
    };
    let mut events = told.events.clone();
    sink.events(&mut events, context).unwrap();
    sink.finish(&told.summary, context).unwrap();
    drop(sink);
    String::from_utf8(page.0.take()).expect("reports are text")
}

/// Memory that a sink writes to.
#[derive(Clone, Default)]
struct Page(Rc<RefCell<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// No control characters but those that the form is made of, and none that reorder text.
fn is_harmless(written: &str, format: Format) {
    let own = match format {
        Format::Log => "\t\n",
        Format::Csv => "\r\n",
        _ => "\n",
    };
    let obeyed = |c: &char| {
        (c.is_control() && !own.contains(*c))
            || matches!(
                c,
                '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            )
            || matches!(c, '\u{2066}'..='\u{2069}')
    };
    let found = written.chars().find(obeyed);
    assert_eq!(found, None, "{format:?}: {written:?}");
}

/// Every line is an object that says what it is, one for each event that has a record.
fn is_json(written: &str, told: &Told) {
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for line in written.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let kind = record["type"].as_str().expect("a record has a type");
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    let count = |kind: &str| counts.get(kind).copied().unwrap_or_default();
    let summary = &told.summary;
    assert_eq!(count("summary"), 1);
    assert_eq!(count("session"), summary.sessions);
    assert_eq!(count("command"), summary.commands);
    assert_eq!(
        count("data_channel"),
        summary.channels.values().sum::<u64>()
    );
    assert_eq!(count("finding"), summary.findings.values().sum::<u64>());
}
