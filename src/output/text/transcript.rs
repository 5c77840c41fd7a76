//! The story of one session, of which a bounded part is kept.

use std::collections::VecDeque;
use std::time::Duration;

use super::line::Line;
use super::lines::{self, Entry};
use super::manner::Manner;
use super::number;
use crate::analyzer::Event;
use crate::ftp::{Exchange, Reply, SessionEvent};
use crate::time::Timestamp;

/// Events kept of the beginning of a session, and as many of its end.
const MOST_KEPT: usize = 120;

/// Silence that is worth a line.
const LONG: Duration = Duration::from_secs(5);

/// What is kept of the story of one session.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    head: Vec<Event>,
    tail: VecDeque<Event>,
    left_out: u64,
    weight: usize,
}

impl Transcript {
    /// Keeps an event; every one when `all`, else the first and the latest.
    pub(super) fn push(&mut self, event: Event, all: bool) {
        self.weight += weight(&event);
        if all || self.head.len() < MOST_KEPT {
            // Many sessions tell little: a vector begins with room for more.
            if self.head.len() == self.head.capacity() {
                self.head.reserve_exact(self.head.len().max(1));
            }
            return self.head.push(event);
        }
        self.tail.push_back(event);
        if self.tail.len() > MOST_KEPT
            && let Some(old) = self.tail.pop_front()
        {
            self.weight -= weight(&old);
            self.left_out += 1;
        }
    }

    /// Counts an event that there is no room for.
    pub(super) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// About as many bytes as it takes.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// What is kept, in order.
    pub(super) fn text(&self, manner: Manner) -> String {
        let mut text = String::new();
        let mut previous = None;
        write(&mut text, &mut previous, self.head.iter(), manner);
        if self.left_out > 0 {
            let what = number::count(self.left_out, "event");
            let line = Line::indented(14).dim(format!("┊ {what} left out: --all"));
            text += &manner.pen.line(line);
            previous = None;
        }
        write(&mut text, &mut previous, self.tail.iter(), manner);
        text
    }
}

/// Writes events by time, with a mark where a long time passes.
fn write<'a>(
    text: &mut String,
    previous: &mut Option<Timestamp>,
    events: impl Iterator<Item = &'a Event>,
    manner: Manner,
) {
    let mut entries: Vec<Entry> = events.flat_map(|event| lines::of(event, manner)).collect();
    entries.sort_by_key(|entry| entry.place);
    for entry in entries {
        let now = entry.place.0;
        let silence = previous
            .replace(now)
            .map_or(Duration::ZERO, |previous| now.since(previous));
        if silence >= LONG {
            let line = Line::indented(14).dim(format!("┊ {}", number::span(silence)));
            text.push_str(&manner.pen.line(line));
        }
        text.push_str(&entry.text);
    }
}

/// About as many bytes as an event takes.
fn weight(event: &Event) -> usize {
    let texts = match event {
        Event::Session(SessionEvent::Exchange(exchange)) => weight_of_exchange(exchange),
        Event::Session(SessionEvent::Reply { reply, .. }) => weight_of_reply(reply),
        Event::Session(SessionEvent::Channel(_)) | Event::Finding(_) => 1024,
        Event::Session(_) => 0,
    };
    size_of::<Event>() + texts
}

fn weight_of_exchange(exchange: &Exchange) -> usize {
    exchange.argument.weight() + exchange.replies.iter().map(weight_of_reply).sum::<usize>()
}

fn weight_of_reply(reply: &Reply) -> usize {
    size_of::<Reply>() + reply.text.weight()
}
