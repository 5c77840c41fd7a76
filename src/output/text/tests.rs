//! The report as a whole, over hand-made events.

use super::*;
use crate::output::fixture::{self, context, inputs};

/// Options of a plain report, `width` columns wide.
fn options(width: usize) -> Options {
    Options {
        width,
        colour: false,
        ascii: false,
        summary: false,
        all: false,
        show_passwords: false,
    }
}

fn report(events: &[Event], summary: &Summary, options: Options) -> String {
    let inputs = inputs();
    let mut out = Vec::new();
    let mut text = Text::new(&mut out, options);
    text.events(&mut events.to_vec(), context(&inputs)).unwrap();
    text.finish(summary, context(&inputs)).unwrap();
    drop(text);
    String::from_utf8(out).unwrap()
}

fn fixture_report(options: Options) -> String {
    report(&fixture::events(true), &fixture::summary(), options)
}

#[test]
fn show() {
    println!("{}", fixture_report(options(80)));
    println!(
        "{}",
        report(&fixture::events(false), &fixture::summary(), options(120))
    );
}
