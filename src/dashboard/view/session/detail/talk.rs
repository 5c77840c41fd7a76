//! A command with its replies, in full.

use super::Item;
use crate::dashboard::story::{Row, Story, Tone, What};
use crate::dashboard::theme::Token;
use crate::diagnosis::codes;
use crate::escape;
use crate::ftp::{Exchange, Reply};
use crate::output::secret;
use crate::output::text::number;

/// Lines of a reply that are shown.
const MOST_LINES: usize = 500;

/// The exchange of a row.
pub(super) fn items(story: &Story, row: &Row, tone: Tone) -> Vec<Item> {
    let mut items = vec![Item::Heading(Token::Title, story.place(row))];
    if let Some(exchange) = story.exchange(row) {
        items.push(Item::Text(Token::Client, command(exchange, tone)));
        for reply in &exchange.replies {
            push_reply(&mut items, reply);
        }
        if exchange.replies.is_empty() {
            items.push(Item::Text(Token::Open, "no reply".to_owned()));
        }
        items.extend(waits(exchange));
        if let Some(path) = &exchange.path {
            items.push(Item::Fact(
                "path",
                Token::Server,
                escape::line(path).into_owned(),
            ));
        }
        frames(&mut items, exchange);
    } else if let Some(reply) = story.reply(row) {
        push_reply(&mut items, reply);
    }
    let reply = match row.what {
        What::Reply(_) => story.reply(row),
        _ => story
            .exchange(row)
            .and_then(|exchange| exchange.replies.last()),
    };
    if let Some(code) = reply.and_then(|reply| codes::find(reply.code)) {
        items.push(Item::Fact("means", Token::Dim, code.meaning.to_owned()));
        items.push(Item::Fact("source", Token::Dim, code.source.to_owned()));
    }
    items
}

/// Command and replies, one line each.
pub(super) fn brief(story: &Story, row: &Row, tone: Tone) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(exchange) = story.exchange(row) {
        let waited = exchange.replies.first().map(|reply| {
            let waited = number::span(reply.at.time.since(exchange.at.time));
            format!("  (answered after {waited})")
        });
        items.push(Item::Text(
            Token::Client,
            command(exchange, tone) + &waited.unwrap_or_else(|| "  ◌ no reply".to_owned()),
        ));
        for reply in &exchange.replies {
            push_reply(&mut items, reply);
        }
    } else if let Some(reply) = story.reply(row) {
        push_reply(&mut items, reply);
    }
    items
}

pub(super) fn command(exchange: &Exchange, tone: Tone) -> String {
    let verb = exchange.verb.as_str();
    match secret::is_secret(exchange) && !tone.secrets {
        true => format!("{verb} ****"),
        false => format!("{verb} {}", escape::line(&exchange.argument))
            .trim_end()
            .to_owned(),
    }
}

fn push_reply(items: &mut Vec<Item>, reply: &Reply) {
    let token = if reply.code >= 400 {
        Token::Fail
    } else {
        Token::Server
    };
    let mut lines = reply.text.split(|&byte| byte == b'\n');
    let first = escape::line(lines.next().unwrap_or_default());
    items.push(Item::Text(
        token,
        format!("{:03} {first}", reply.code).trim_end().to_owned(),
    ));
    let further = lines.clone().count();
    for line in lines.take(MOST_LINES) {
        items.push(Item::Text(token, format!("    {}", escape::line(line))));
    }
    if further > MOST_LINES {
        let more = number::count((further - MOST_LINES) as u64, "line");
        items.push(Item::Text(Token::Dim, format!("    … {more} more")));
    }
}

fn waits(exchange: &Exchange) -> Vec<Item> {
    let since = |reply: &Reply| number::span(reply.at.time.since(exchange.at.time));
    let fact =
        |name, reply: &Reply| Item::Fact(name, Token::Server, format!("after {}", since(reply)));
    match exchange.replies.as_slice() {
        [] => Vec::new(),
        [only] => vec![fact("answered", only)],
        [first, .., last] => vec![fact("answered", first), fact("finished", last)],
    }
}

fn frames(items: &mut Vec<Item>, exchange: &Exchange) {
    let replies = exchange.replies.iter().map(|reply| reply.at.frame.number());
    let numbers = std::iter::once(exchange.at.frame.number()).chain(replies);
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    items.push(Item::Fact("frames", Token::Dim, numbers.join(" ")));
}
