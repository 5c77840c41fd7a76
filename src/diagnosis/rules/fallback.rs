//! One way to set up the data channel failed and another worked.

use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue, phrase};
use crate::ftp::{Channel, Method, Outcome};

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful().or(case.abandoned())?;
    let better = case.repaired(channel)?;
    // That the extended command fails where the old one works is a fault of its own; otherwise what
    // was tried in vain says more than that something else worked.
    let extended = matches!(channel.method, Method::Epsv | Method::Eprt);
    let same_way = extended && better.mode == channel.mode;
    let refused = channel.outcome == Outcome::Refused;
    if better.method == channel.method || !(same_way || refused) {
        return None;
    }
    let hidden = channel.outcome == Outcome::Unused && case.lacks_data();
    if hidden || channel.connection.as_ref().is_some_and(|it| it.established) {
        return None;
    }
    let finding = Finding::new(
        &catalogue::EPSV_FALLBACK,
        Severity::Warning,
        Confidence::Certain,
        format!(
            "{} {}; the client went on with {}, which worked.",
            phrase::method(channel),
            what_happened(channel),
            name(better.method),
        ),
    );
    let finding = super::attempt::evidence(case.with_course(finding, channel), channel);
    Some(finding.advise(format!(
        "Set the client to {} at once to save the failed attempt, or find out why {} fails: a \
         server that does not know it, or a firewall that does not.",
        name(better.method),
        phrase::method(channel),
    )))
}

fn what_happened(channel: &Channel) -> String {
    match (&channel.reply, &channel.connection) {
        (Some(reply), _) if reply.code >= 400 => {
            format!("was refused with \"{}\"", phrase::reply(reply))
        }
        (_, Some(connection)) => format!(
            "was granted, but {} to {} did not connect",
            phrase::syns(connection.syns),
            connection.to
        ),
        (_, None) => "was granted, but no connection came about".to_owned(),
    }
}

fn name(method: Method) -> &'static str {
    match method {
        Method::Epsv => "EPSV",
        Method::Port => "PORT",
        Method::Eprt => "EPRT",
        Method::Lpsv => "LPSV",
        Method::Lprt => "LPRT",
        Method::Spsv => "SPSV",
        Method::Pasv | Method::Default | Method::Inferred => "PASV",
    }
}
