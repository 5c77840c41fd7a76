//! The server refuses to set up a data channel.

use crate::diagnosis::{Case, Confidence, Finding, Severity, advice, catalogue, phrase};
use crate::ftp::{Channel, Login, Mode, Outcome, Reply};

/// Words of servers that have no port or socket for a passive channel.
const NO_PORT: [&str; 9] = [
    "ports are busy",
    "bind",
    "address already in use",
    "no free port",
    "no port",
    "all ports",
    "open a passive connection",
    "open passive connection",
    "create socket",
];

/// The server has no free port: it refuses PASV or EPSV for now, or says so.
pub(super) fn no_passive_port(case: &Case<'_>) -> Option<Finding> {
    let (channel, reply) = refusal(case)?;
    if channel.mode != Mode::Passive {
        return None;
    }
    let text = lower(reply);
    let says = NO_PORT.iter().any(|words| text.contains(words));
    let temporary = matches!(reply.code, 421 | 425 | 426 | 450 | 451);
    if !says && !temporary {
        return None;
    }
    let finding = Finding::new(
        &catalogue::NO_PASSIVE_PORT,
        case.severity(channel),
        if says {
            Confidence::Certain
        } else {
            Confidence::Likely
        },
        format!(
            "The server has no port for a passive data channel: it answered {} with \"{}\".",
            phrase::method(channel),
            phrase::reply(reply)
        ),
    );
    let finding = case.with_course(finding, channel);
    Some(finding.advise_all(advice::more_passive_ports(case.scene.software())))
}

/// Any other refusal.
pub(super) fn announcement_rejected(case: &Case<'_>) -> Option<Finding> {
    let (channel, reply) = refusal(case)?;
    // Who is not logged in is refused anything: that the login failed or was left out is what counts.
    if matches!(reply.code, 530 | 332) && case.scene.login() != Login::Accepted {
        return None;
    }
    let finding = Finding::new(
        &catalogue::ANNOUNCEMENT_REJECTED,
        severity(case, channel),
        Confidence::Certain,
        format!(
            "The server refused {}{}: \"{}\".",
            phrase::method(channel),
            channel
                .announced
                .map_or_else(String::new, |endpoint| format!(" {endpoint}")),
            phrase::reply(reply)
        ),
    );
    Some(
        case.with_course(finding, channel)
            .advise_all(advice::rejected(case.scene.software(), channel, reply)),
    )
}

/// It did not matter when the server granted the next announcement.
fn severity(case: &Case<'_>, channel: &Channel) -> Severity {
    let granted = case
        .scene
        .history()
        .channels
        .iter()
        .any(|past| past.number > channel.number && past.outcome != Outcome::Refused);
    if granted {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// The refused channel and the refusal.
fn refusal<'a>(case: &Case<'a>) -> Option<(&'a Channel, &'a Reply)> {
    let channel = case.unsuccessful()?;
    let reply = channel.reply.as_ref()?;
    let text = lower(reply);
    // 421 ends the session, whatever was asked for.
    let ends = reply.code == 421
        && ["time", "idle", "inactiv", "clos", "shut"]
            .iter()
            .any(|word| text.contains(word));
    let refused = channel.outcome == Outcome::Refused && reply.code >= 400;
    (refused && !ends).then_some((channel, reply))
}

fn lower(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.text).to_ascii_lowercase()
}
