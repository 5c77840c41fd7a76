//! A transfer is asked for and no data channel was announced.

use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue, phrase};
use crate::ftp::Reply;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let exchange = case.exchange()?;
    let reply = exchange.replies.last()?;
    let refused = case.scene.history().announcement_refused;
    if !exchange.verb.is_transfer() || exchange.prepared || refused || !is_complaint(reply) {
        return None;
    }
    let encrypted = case.scene.tls().is_some();
    let unseen = case.scene.midstream() || case.scene.has_gaps() || encrypted;
    let verb = exchange.verb.as_str();
    let finding = Finding::new(
        &catalogue::NO_ANNOUNCEMENT,
        Severity::Error,
        if unseen {
            Confidence::Possible
        } else {
            Confidence::Certain
        },
        format!(
            "The client sent {verb} without PASV, EPSV, PORT or EPRT before it: \"{}\".",
            phrase::reply(reply)
        ),
    );
    Some(
        finding
            .because(exchange.at, verb)
            .because(reply.at, phrase::reply(reply))
            .advise(
                "Look at the client: each transfer needs a data channel of its own, announced just \
                 before it.",
            )
            .advise(
                "If the client did announce one, a device on the way removed the command from the \
                 control connection.",
            ),
    )
}

fn is_complaint(reply: &Reply) -> bool {
    let text = String::from_utf8_lossy(&reply.text).to_ascii_lowercase();
    let names = ["port", "pasv", "epsv", "passive", "data connection"];
    match reply.code {
        425 | 503 => true,
        421 | 426 | 450 | 500 | 501 => {
            text.contains("first") && names.iter().any(|name| text.contains(name))
        }
        _ => false,
    }
}
