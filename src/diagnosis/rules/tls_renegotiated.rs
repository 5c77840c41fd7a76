//! A second handshake inside TLS, or that it was refused.

use crate::capture::Moment;
use crate::diagnosis::{Case, Confidence, Finding, Severity, advice, catalogue};
use crate::tls::Facts;

/// The alert no_renegotiation (RFC 5246 §7.2.2).
const REFUSED: u8 = 100;

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let (facts, channel) = match case.channel() {
        Some(channel) => (channel.tls.as_deref()?, Some(channel.number)),
        None => {
            case.ended()?;
            (case.scene.tls_facts()?, None)
        }
    };
    let at = facts.renegotiated;
    let refused = refused(facts);
    let connection = channel.map_or_else(
        || "the control connection".to_owned(),
        |number| format!("data connection {number}"),
    );
    let (severity, summary) = match refused {
        Some(_) => (
            Severity::Warning,
            format!("TLS was to be renegotiated on {connection}, and one side refused it."),
        ),
        None => (
            Severity::Notice,
            format!("TLS was renegotiated on {connection}: a second handshake began inside it."),
        ),
    };
    at.or(refused)?;
    let finding = Finding::new(
        &catalogue::TLS_RENEGOTIATED,
        severity,
        Confidence::Certain,
        summary,
    )
    .because_of(at, "a handshake begins inside TLS")
    .because_of(refused, "the alert no renegotiation (100)");
    Some(finding.advise_all(advice::no_renegotiation(case.scene.software())))
}

/// Where a side refused to renegotiate, which shows only with the keys.
fn refused(facts: &Facts) -> Option<Moment> {
    let alert = facts
        .alerts
        .iter()
        .find(|alert| alert.description == Some(REFUSED))?;
    Some(alert.at)
}
