//! What is known of the selected row, in full.
//!
//! The same [`Item`]s stand in the pane at the right, in the drawer below and in a copied text.

mod channel;
mod finding;
mod talk;
mod tcp;
mod tls;

use crate::dashboard::story::{Story, Tone, What};
use crate::dashboard::theme::Token;
use crate::output::text::number::GLUE;

/// One piece of a detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// What the lines below are about.
    Heading(Token, String),
    /// A fact and its name.
    Fact(&'static str, Token, String),
    /// A text below a heading.
    Text(Token, String),
    /// One of a list.
    Point(String),
    /// An empty line.
    Blank,
}

/// What is known of a row.
pub(super) fn of(story: &Story, row: usize, tone: Tone) -> Vec<Item> {
    let Some(told) = story.rows().get(row) else {
        return Vec::new();
    };
    let mut items = match told.what {
        What::Command | What::Reply(_) | What::Tls => talk::items(story, told, tone),
        What::Connect | What::End(..) | What::Again | What::StillOpen => tcp::items(story, told),
        _ => Vec::new(),
    };
    let record = story
        .session_of(told.event)
        .and_then(|session| story.record(session));
    if let Some(tls) = record.and_then(|record| record.tls.as_ref())
        && told.what == What::Tls
    {
        items.extend(tls::facts(&tls.facts));
    }
    if let Some(channel) = story.channel_around(told) {
        separate(&mut items);
        items.extend(channel::items(channel));
        if let Some(tls) = &channel.tls {
            items.push(Item::Text(Token::Tls, "TLS".to_owned()));
            items.extend(tls::facts(tls));
        }
    }
    if items.is_empty() {
        let label = story.label(told, tone);
        items.push(Item::Heading(label.ink, label.whole()));
    }
    for (finding, _) in story.findings(row) {
        separate(&mut items);
        items.extend(finding::items(finding));
    }
    items
}

/// The same in a few lines behind a heading; where there is little room, with what went wrong first.
pub(super) fn brief(story: &Story, row: usize, tone: Tone, tight: bool) -> Vec<Item> {
    let Some(told) = story.rows().get(row) else {
        return Vec::new();
    };
    let mut items = Vec::new();
    match story
        .channel_around(told)
        .filter(|_| told.what.is_channel())
    {
        Some(channel) => items.extend(channel::brief(channel)),
        None => {
            let label = story.label(told, tone);
            items.push(Item::Heading(label.ink, story.place(told)));
            match told.what {
                What::Command | What::Reply(_) => items.extend(talk::brief(story, told, tone)),
                What::Connect | What::End(..) | What::Again | What::StillOpen => {
                    items.push(Item::Text(label.ink, label.whole()));
                    items.extend(tcp::brief(story, told));
                }
                _ => items.push(Item::Text(label.ink, label.whole())),
            }
            if let Some(channel) = story.channel_around(told) {
                items.extend(channel::brief(channel).into_iter().skip(1));
            }
        }
    }
    let findings = story.findings(row).into_iter();
    let findings = findings.flat_map(|(finding, _)| finding::brief(finding));
    let at = if tight { 1 } else { items.len() };
    items.splice(at..at, findings);
    items
}

/// A detail as lines of text.
pub(super) fn text(items: &[Item]) -> String {
    let lines = items.iter().map(|item| match item {
        Item::Heading(_, text) | Item::Text(_, text) => text.clone(),
        Item::Fact(name, _, text) => format!("  {name:12}{text}"),
        Item::Point(text) => format!("  - {text}"),
        Item::Blank => String::new(),
    });
    let lines: Vec<String> = lines.collect();
    lines.join("\n").replace(GLUE, " ") + "\n"
}

fn separate(items: &mut Vec<Item>) {
    if !items.is_empty() {
        items.push(Item::Blank);
    }
}
