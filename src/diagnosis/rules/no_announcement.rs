//! A transfer is asked for and no data channel was announced.

use std::borrow::Cow;

use crate::capture::Moment;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue, phrase};
use crate::ftp::{Login, Method, Reply};

/// The server says so.
pub(super) fn told(case: &Case<'_>) -> Option<Finding> {
    let exchange = case.exchange()?;
    let reply = exchange.replies.last()?;
    let refused = case.scene.history().announcement_refused;
    if !exchange.verb.is_transfer() || exchange.prepared || refused {
        return None;
    }
    // 503 also means that the login is missing.
    let logged_in = reply.code != 503 || case.scene.login() == Login::Accepted;
    let complains = logged_in && is_complaint(reply);
    complains.then(|| found(case, exchange.verb.word(), exchange.at, reply))
}

/// The server tried the default ports (RFC 959 §3.2) in vain.
pub(super) fn default_ports(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful()?;
    let transfer = channel.transfer.as_ref()?;
    let reply = transfer.reply.as_ref()?;
    let is_default = channel.method == Method::Default && matches!(reply.code, 421 | 425);
    is_default.then(|| {
        let finding = found(case, transfer.verb.word(), transfer.at, reply);
        super::attempt::evidence(finding, channel)
    })
}

fn found(case: &Case<'_>, verb: Cow<'static, str>, at: Moment, reply: &Reply) -> Finding {
    let encrypted = case.scene.is_opaque();
    let unseen = case.scene.midstream() || case.scene.has_gaps() || encrypted;
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
    finding
        .because(at, verb)
        .because(reply.at, phrase::reply(reply))
        .advise(
            "Look at the client: each transfer needs a data channel of its own, announced just \
             before it.",
        )
        .advise(
            "If the client did announce one, a device on the way removed the command from the \
             control connection.",
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
