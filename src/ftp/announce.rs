//! Commands and replies that concern data channels: PORT, PASV and their like, transfers, ABOR.

use std::net::SocketAddr;

use super::channel::OpenTransfer;
use super::channels::Announcement;
use super::command::Verb;
use super::context::Context;
use super::endpoint;
use super::event::Reply;
use super::pairing::Pending;
use super::session::Session;
use super::transfer::{Method, Mode};

/// A command was sent; gives the key of the channel that it announces or uses.
pub(super) fn sent(session: &mut Session, pending: &Pending, cx: &mut Context<'_>) -> Option<u32> {
    let key = match &pending.verb {
        Verb::Port => announced(session, pending, Method::Port, endpoint::port, cx),
        Verb::Eprt => announced(session, pending, Method::Eprt, endpoint::eprt, cx),
        Verb::Lprt => announced(session, pending, Method::Lprt, endpoint::long, cx),
        Verb::Abor => {
            session.channels.abort(pending.at);
            return None;
        }
        verb if verb.is_transfer() => begun(session, pending, cx),
        _ => return None,
    };
    session.bound_channels(cx);
    Some(key)
}

/// A command was answered with its final reply.
pub(super) fn answered(
    session: &mut Session,
    pending: &Pending,
    reply: &Reply,
    cx: &mut Context<'_>,
) {
    match (&pending.verb, pending.channel) {
        (verb @ (Verb::Pasv | Verb::Epsv | Verb::Lpsv | Verb::Spsv), _) => {
            passive(session, verb, reply, cx);
        }
        (verb, Some(key)) if verb.is_transfer() => session.channels.replied(key, reply.clone()),
        (_, Some(key)) => session.channels.granted(key, reply.clone()),
        _ => {}
    }
}

/// A reply came whose command is not in the capture.
pub(super) fn overheard(session: &mut Session, reply: &Reply, cx: &mut Context<'_>) {
    match reply.code {
        // Some servers say goodbye with `227 Logout.`
        227..=229 if reply.text.iter().any(u8::is_ascii_digit) => {
            passive(session, &Verb::Pasv, reply, cx);
        }
        125 | 150 | 226 | 250 => {
            let owner = session.owner(cx.flows);
            session.channels.overheard(reply, owner, cx);
            session.bound_channels(cx);
        }
        _ => {}
    }
}

/// The client said where it listens.
fn announced(
    session: &mut Session,
    pending: &Pending,
    method: Method,
    parse: fn(&[u8]) -> Option<SocketAddr>,
    cx: &mut Context<'_>,
) -> u32 {
    let owner = session.owner(cx.flows);
    let announcement = Announcement {
        mode: Mode::Active,
        method,
        at: pending.at,
        endpoint: parse(&pending.argument),
        reply: None,
    };
    session.channels.announce(announcement, owner, cx)
}

fn begun(session: &mut Session, pending: &Pending, cx: &mut Context<'_>) -> u32 {
    let owner = session.owner(cx.flows);
    let transfer = OpenTransfer {
        verb: pending.verb.clone(),
        at: pending.at,
        path: pending.path.clone(),
        representation: session.state.representation,
        restart_offset: session.state.take_restart_offset(),
        announced: session
            .state
            .sizes()
            .and_then(|sizes| sizes.of(pending.path.as_deref())),
        begun: None,
        reply: None,
    };
    session.channels.begin(transfer, owner, cx)
}

/// The server said where it listens, or that it does not.
///
/// What was announced is told by the reply: some servers answer PASV with 229.
fn passive(session: &mut Session, verb: &Verb, reply: &Reply, cx: &mut Context<'_>) {
    let owner = session.owner(cx.flows);
    let text = &reply.text;
    let (method, endpoint) = match (reply.code, verb) {
        (227, Verb::Spsv) => (Method::Spsv, endpoint::pasv(text)),
        (227, _) => (Method::Pasv, endpoint::pasv(text)),
        (228, _) => (Method::Lpsv, endpoint::long(text)),
        (229, _) => (Method::Epsv, endpoint::epsv(text, session.server.ip())),
        (400.., Verb::Epsv) => (Method::Epsv, None),
        (400.., Verb::Lpsv) => (Method::Lpsv, None),
        (400.., Verb::Spsv) => (Method::Spsv, None),
        (400.., _) => (Method::Pasv, None),
        // EPSV ALL is granted with 200 and announces nothing (RFC 2428 §4).
        _ => return,
    };
    let refused = reply.code >= 400;
    let at = reply.at;
    let reply = Some(reply.clone());
    let announcement = Announcement {
        mode: Mode::Passive,
        method,
        at,
        endpoint,
        reply,
    };
    if refused {
        session.channels.refuse(announcement, owner, cx);
    } else {
        session.channels.announce(announcement, owner, cx);
    }
    session.bound_channels(cx);
}
