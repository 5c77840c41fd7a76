//! TLS could not be set up, on the control connection or on a data connection.

use super::tls_alert;
use crate::diagnosis::{Case, Cause, Confidence, Finding, Severity, advice, catalogue, phrase};
use crate::ftp::{Login, Reply, TlsAlert, TlsKind};

/// What a client may have said before it looked at the certificate.
const MOST_COMMANDS: u64 = 1;

/// A data channel failed with a reply that says so.
pub(super) fn channel(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful()?;
    let replies = [
        channel.reply.as_ref(),
        channel.transfer.as_ref().and_then(|it| it.reply.as_ref()),
    ];
    let said = |reply: &&Reply| reply.code >= 400;
    let reply = replies.into_iter().flatten().find(said)?;
    let cause = cause_of(case, reply)?;
    let finding = Finding::new(
        cause,
        case.severity(channel),
        Confidence::Certain,
        format!(
            "{}: the server answered \"{}\".",
            cause.title,
            phrase::reply(reply)
        ),
    );
    let finding = super::attempt::evidence(case.with_course(finding, channel), channel);
    Some(finding.advise_all(remedies(case, cause)))
}

fn cause_of(case: &Case<'_>, reply: &Reply) -> Option<&'static Cause> {
    let text = String::from_utf8_lossy(&reply.text).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let tls = has(&["tls", "ssl"]);
    let began = case.channel().is_some_and(|channel| channel.tls.is_some());
    let proftpd = began && text.ends_with("operation not permitted");
    if (tls && has(&["reuse", "resum", "session of data"])) || proftpd {
        Some(&catalogue::TLS_SESSION_NOT_REUSED)
    } else if tls
        && has(&[
            "handshake",
            "negotiat",
            "connection failed",
            "alert",
            "certificate",
        ])
    {
        Some(&catalogue::TLS_HANDSHAKE_FAILED)
    } else {
        None
    }
}

/// The handshake on the control connection ended in an alert.
pub(super) fn control(case: &Case<'_>) -> Option<Finding> {
    case.ended()?;
    if let Some(greeting) = greeted_in_clear(case) {
        return Some(unexpected(case, greeting));
    }
    let alert = alert(case)?;
    let who = if alert.from_client {
        "client"
    } else {
        "server"
    };
    let confidence = match alert.description {
        Some(_) => Confidence::Certain,
        None => Confidence::Likely,
    };
    let detail = case.scene.tls_facts().map_or_else(String::new, |facts| {
        tls_alert::detail(facts, alert.from_client, alert.description)
    });
    let finding = Finding::new(
        &catalogue::TLS_HANDSHAKE_FAILED,
        Severity::Error,
        confidence,
        format!(
            "The {who} broke off the TLS handshake of the control connection with {}{detail}.",
            tls_alert::phrase(alert.description)
        ),
    )
    .because(alert.at, format!("alert of the {who}"));
    Some(finding.advise_all(tls_alert::remedies(
        case.scene.software(),
        alert.from_client,
        alert.description,
    )))
}

/// The alert before anything was said inside TLS, or one that was decrypted before the login.
fn alert(case: &Case<'_>) -> Option<TlsAlert> {
    let records = case.scene.tls_records()?;
    let before = records.alert.filter(|_| records.commands == 0);
    let facts = case.scene.tls_facts()?;
    let client = facts.offer.as_ref()?.from;
    let told = facts.alerts.iter().find(|alert| {
        let early = case.scene.login() == Login::None;
        early && alert.fatal && alert.description.is_some()
    });
    let told = told.map(|alert| TlsAlert {
        from_client: alert.from == client,
        description: alert.description,
        at: alert.at,
    });
    told.or(before)
}

/// The client left as soon as TLS was there, as clients do that look at the certificate last.
pub(super) fn left(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    let facts = case.scene.tls_facts()?;
    let records = case.scene.tls_records()?;
    let completed = facts.completed?;
    let (end, client) = (record.control.end()?, facts.offer.as_ref()?.from);
    let silent = records.commands <= MOST_COMMANDS
        && record.channels == 0
        && case.scene.login() == Login::None;
    if !silent || alert(case).is_some() || end.side != client {
        return None;
    }
    let address = case.scene.server().ip();
    let nameless = || tls_alert::not_for(facts, address).filter(|_| records.commands == 0);
    let fault = tls_alert::certificate_fault(facts).or_else(nameless)?;
    let finding = Finding::new(
        &catalogue::TLS_HANDSHAKE_FAILED,
        Severity::Error,
        if records.commands == 0 {
            Confidence::Likely
        } else {
            Confidence::Possible
        },
        format!("The client left as soon as TLS was set up: {fault}."),
    )
    .because(completed, "the TLS handshake is over")
    .because(end.at, "the client leaves");
    Some(finding.advise_all(tls_alert::remedies(case.scene.software(), true, None)))
}

/// The client began with TLS, and the server greeted in clear.
pub(super) fn greeted_in_clear<'a>(case: &Case<'a>) -> Option<&'a Reply> {
    let implicit = case.scene.tls_kind() == Some(TlsKind::Implicit);
    let agreed = case
        .scene
        .tls_facts()
        .is_some_and(|facts| facts.choice.is_some());
    let greeting = case.scene.history().greeting.as_ref();
    greeting.filter(|_| implicit && !agreed)
}

fn unexpected(case: &Case<'_>, greeting: &Reply) -> Finding {
    let finding = Finding::new(
        &catalogue::TLS_HANDSHAKE_FAILED,
        Severity::Error,
        Confidence::Certain,
        format!(
            "The client began with TLS at once, and {} speaks clear FTP on this port: \"{}\".",
            case.scene.server(),
            phrase::reply(greeting)
        ),
    );
    finding
        .because(greeting.at, phrase::reply(greeting))
        .advise("Set the client to explicit TLS (AUTH TLS) on this port.")
        .advise("Or let it use implicit TLS where the server offers it, as a rule on port 990.")
}

fn remedies(case: &Case<'_>, cause: &Cause) -> Vec<String> {
    if cause.id == catalogue::TLS_SESSION_NOT_REUSED.id {
        advice::reuse_tls_session(case.scene.software())
    } else {
        vec![
            "Compare the TLS versions, ciphers and certificates that client and server allow for \
             data connections."
                .to_owned(),
        ]
    }
}
