//! The records `command` and `reply`.

use super::{Fixed, Object, Style, Wire};
use crate::ftp::{Exchange, Reply, SessionId};
use crate::output::secret;

/// A command and the replies to it.
pub(super) fn fill(record: &mut Object<'_>, exchange: &Exchange, style: Style<'_>) {
    record.set("type", Fixed("command"));
    record.set("session", exchange.session);
    style.moment(record, exchange.at);
    record.set("command", exchange.verb.as_str());
    record.set("protected", exchange.protected);
    record.set("argument", argument(exchange, style).map(Wire));
    record.set("path", exchange.path.as_deref().map(Wire));
    record.list("replies", &exchange.replies, |object, reply| {
        style.reply(object, reply)
    });
    let latency = exchange
        .replies
        .first()
        .map(|reply| reply.at.time.since(exchange.at.time));
    record.set("latency", latency.map(|span| style.seconds(span)));
}

/// A reply that answers no command.
pub(super) fn fill_stray(
    record: &mut Object<'_>,
    session: SessionId,
    reply: &Reply,
    style: Style<'_>,
) {
    record.set("type", Fixed("reply"));
    record.set("session", session);
    style.moment(record, reply.at);
    record.set("code", reply.code);
    record.set("text", super::WireLines(&reply.text));
}

fn argument<'a>(exchange: &'a Exchange, style: Style<'_>) -> Option<&'a [u8]> {
    let hidden = secret::is_secret(exchange) && !style.show_passwords;
    (!hidden && !exchange.argument.is_empty()).then_some(exchange.argument.as_bytes())
}
