//! TLS could not be set up, on the control connection or on a data connection.

use crate::diagnosis::{Case, Cause, Confidence, Finding, Severity, advice, catalogue, phrase};
use crate::ftp::{Reply, TlsAlert, TlsKind};

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
    let proftpd = case.scene.tls().is_some() && text.ends_with("operation not permitted");
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
    let records = case.scene.tls_records()?;
    let alert = records.alert.filter(|_| records.commands == 0)?;
    let who = if alert.from_client {
        "client"
    } else {
        "server"
    };
    let (what, confidence) = match alert.description {
        Some(code) => (
            format!("the alert {} ({code})", name(code)),
            Confidence::Certain,
        ),
        None => ("an encrypted alert".to_owned(), Confidence::Likely),
    };
    let finding = Finding::new(
        &catalogue::TLS_HANDSHAKE_FAILED,
        Severity::Error,
        confidence,
        format!("The {who} broke off the TLS handshake of the control connection with {what}."),
    )
    .because(alert.at, format!("alert of the {who}"));
    Some(finding.advise(remedy(&alert)))
}

/// The client began with TLS, and the server greeted in clear.
pub(super) fn greeted_in_clear<'a>(case: &Case<'a>) -> Option<&'a Reply> {
    let implicit = case
        .scene
        .tls()
        .is_some_and(|tls| tls.kind == TlsKind::Implicit);
    let greeting = case.scene.history().greeting.as_ref();
    // What was decrypted was not in clear.
    greeting.filter(|_| implicit && case.scene.is_opaque())
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

fn remedy(alert: &TlsAlert) -> String {
    let certificate = match (alert.from_client, alert.description) {
        (true, Some(42..=46 | 48) | None) => Some("server"),
        (false, Some(42..=46 | 48 | 116)) => Some("client"),
        _ => None,
    };
    match (certificate, alert.description) {
        (Some(owner), Some(45)) => format!("Renew the certificate of the {owner}."),
        (Some("server"), _) => {
            "Let the client trust the server's certificate: install its authority, or a certificate \
             from one that the client knows, for the name that it uses."
                .to_owned()
        }
        (Some(_), _) => "Give the client a certificate that the server accepts.".to_owned(),
        (None, Some(70 | 86)) => {
            "Let client and server allow a common TLS version: update the older one.".to_owned()
        }
        (None, Some(40 | 71)) => {
            "Let client and server allow a common TLS version and cipher suite.".to_owned()
        }
        _ => "Look at the TLS settings and logs of client and server.".to_owned(),
    }
}

/// The name of an alert (RFC 8446 §6, RFC 5246 §7.2).
fn name(description: u8) -> &'static str {
    match description {
        10 => "unexpected message",
        20 => "bad record MAC",
        22 => "record overflow",
        40 => "handshake failure",
        42 => "bad certificate",
        43 => "unsupported certificate",
        44 => "certificate revoked",
        45 => "certificate expired",
        46 => "certificate unknown",
        47 => "illegal parameter",
        48 => "unknown CA",
        49 => "access denied",
        50 => "decode error",
        51 => "decrypt error",
        70 => "protocol version",
        71 => "insufficient security",
        80 => "internal error",
        86 => "inappropriate fallback",
        109 => "missing extension",
        110 => "unsupported extension",
        112 => "unrecognized name",
        116 => "certificate required",
        120 => "no application protocol",
        _ => "unknown",
    }
}
