//! What crosses the network in clear, and what does not.

use crate::diagnosis::words;
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue};
use crate::escape;
use crate::ftp::Verb;
use crate::tls::Access;

/// A password of a real user in clear.
pub(super) fn password(case: &Case<'_>) -> Option<Finding> {
    let exchange = case
        .exchange()
        .filter(|exchange| exchange.verb == Verb::Pass)?;
    let accepted = exchange
        .replies
        .last()
        .is_some_and(|reply| matches!(reply.code, 202 | 230 | 232 | 332));
    let user = case.scene.user()?;
    let protected = case.scene.is_encrypted();
    if !accepted || protected || words::is_anonymous(user) {
        return None;
    }
    let offered = case
        .scene
        .history()
        .rarities()
        .features
        .as_deref()
        .is_some_and(offers_tls);
    let user = escape::line(user);
    let (severity, rest) = if offered {
        (Severity::Warning, ", although the server offers TLS")
    } else {
        (Severity::Notice, "")
    };
    let summary = format!("The password of {user} crossed the network in clear{rest}.");
    let finding = Finding::new(
        &catalogue::CLEARTEXT_PASSWORD,
        severity,
        Confidence::Certain,
        summary,
    )
    .because(exchange.at, "PASS");
    Some(finding.advise("Use FTP over TLS (AUTH TLS), and change the password."))
}

fn offers_tls(features: &[u8]) -> bool {
    let text = String::from_utf8_lossy(features).to_ascii_uppercase();
    text.lines().any(|line| {
        let line = line.trim();
        line.starts_with("AUTH ") && (line.contains("TLS") || line.contains("SSL"))
    })
}

/// The control connection cannot be read.
pub(super) fn encrypted(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    if !case.scene.is_opaque() || super::tls_failed::greeted_in_clear(case).is_some() {
        return None;
    }
    let unfit = case
        .scene
        .tls_facts()
        .is_some_and(|facts| facts.access == Access::Unfit);
    let (keys, advice) = if unfit {
        (
            "The TLS keys that were given for it do not fit. ",
            "Give the key log that was written while this connection was made.",
        )
    } else {
        ("", "To see more, capture again with the TLS keys logged.")
    };
    let summary = format!(
        "The control connection is encrypted: commands and replies after that cannot be read, only \
         what their data connections do can be told. {keys}"
    );
    let at = case
        .scene
        .history()
        .rarities()
        .secured
        .unwrap_or(record.started);
    let finding = Finding::new(
        &catalogue::CONTROL_ENCRYPTED,
        Severity::Notice,
        Confidence::Certain,
        summary.trim_end().to_owned(),
    )
    .because(at, "TLS begins");
    Some(finding.advise(advice))
}
