//! TLS of a data connection: the handshake fails, or only one end speaks TLS.

use super::tls_alert;
use crate::diagnosis::{Case, Confidence, Finding, Severity, advice, catalogue, phrase};
use crate::ftp::{Channel, DataConnection, Outcome, Protection, Verb};
use crate::tcp::Side;
use crate::tls::{Alert, Facts};

/// The handshake of the data connection ended in an alert.
pub(super) fn handshake(case: &Case<'_>) -> Option<Finding> {
    let channel = unsuccessful(case)?;
    let facts = channel.tls.as_deref()?;
    let alert = facts
        .failure()
        .filter(|alert| alert.description.is_some())?;
    let by_client = facts.offer.as_ref()?.from == alert.from;
    Some(broken_off(case, channel, facts, alert, by_client))
}

fn broken_off(
    case: &Case<'_>,
    channel: &Channel,
    facts: &Facts,
    alert: &Alert,
    by_client: bool,
) -> Finding {
    let who = if by_client { "client" } else { "server" };
    let finding = Finding::new(
        &catalogue::TLS_HANDSHAKE_FAILED,
        case.severity(channel),
        Confidence::Certain,
        format!(
            "The {who} broke off the TLS handshake of a data connection with {}{}.",
            tls_alert::phrase(alert.description),
            tls_alert::detail(facts, by_client, alert.description)
        ),
    )
    .because(alert.at, format!("alert of the {who}"));
    case.with_course(finding, channel)
        .advise_all(tls_alert::remedies(
            case.scene.software(),
            by_client,
            alert.description,
        ))
}

/// One end of the data connection speaks TLS, and the other one does not.
pub(super) fn mismatch(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    let connection = channel.connection.as_ref().filter(|it| it.established)?;
    case.scene.protection()?;
    match channel.tls.as_deref() {
        Some(facts) => hello_unanswered(case, channel, connection, facts),
        None => clear_after_prot_p(case, channel, connection),
    }
}

/// The client greets with TLS, and the server sends clear text.
fn hello_unanswered(
    case: &Case<'_>,
    channel: &Channel,
    connection: &DataConnection,
    facts: &Facts,
) -> Option<Finding> {
    let offer = facts.offer.as_ref()?;
    let answer = connection.facts.half(offer.from.peer());
    // A server of TLS says nothing before the client's hello.
    let before = answer
        .first_data
        .is_some_and(|first| first.time < offer.at.time);
    let in_clear = before || facts.left.is_some();
    if facts.choice.is_some() || !in_clear || connection.facts.missing() > 0 {
        return None;
    }
    let finding = Finding::new(
        &catalogue::DATA_PROTECTION_MISMATCH,
        Severity::Error,
        Confidence::Certain,
        format!(
            "The client began TLS on the data connection to {}, and the server sent {} bytes of \
             clear text{}.",
            connection.to,
            answer.bytes,
            because_of_prot(case)
        ),
    )
    .because(offer.at, "the client's TLS begins")
    .because_of(answer.first_data, "clear text of the server");
    Some(case.with_course(finding, channel).advise(
        "Let the client send PBSZ 0 and PROT P before the transfer when it means to protect its \
         data, and no TLS on data connections otherwise.",
    ))
}

fn because_of_prot(case: &Case<'_>) -> &'static str {
    match case.scene.protection() {
        _ if case.scene.is_opaque() => "",
        Some(Protection::Clear) => ": PROT C was agreed on",
        Some(Protection::Unknown) => ": it was not told to protect its data (PROT P)",
        _ => "",
    }
}

/// PROT P was agreed on, and the data come in clear.
fn clear_after_prot_p(
    case: &Case<'_>,
    channel: &Channel,
    connection: &DataConnection,
) -> Option<Finding> {
    let private = case.scene.protection()? == Protection::Private;
    let failed = matches!(channel.outcome, Outcome::Failed | Outcome::Refused);
    let (side, first) = [Side::Initiator, Side::Responder]
        .into_iter()
        .find_map(|side| Some((side, connection.facts.half(side).first_data?)))?;
    if !private || !failed {
        return None;
    }
    let sender = if side == Side::Initiator {
        connection.from
    } else {
        connection.to
    };
    let finding = Finding::new(
        &catalogue::DATA_PROTECTION_MISMATCH,
        case.severity(channel),
        Confidence::Certain,
        format!(
            "PROT P was agreed on, and {sender} sends clear text on the data connection: {} bytes \
             without a TLS handshake.",
            connection.facts.half(side).bytes
        ),
    )
    .because(first, "clear text on the data connection");
    Some(case.with_course(finding, channel).advise(
        "Let the client begin TLS on its data connections after PROT P, or send PROT C where the \
         server allows it.",
    ))
}

/// The server refuses to protect data connections, and the client left.
pub(super) fn refused(case: &Case<'_>) -> Option<Finding> {
    case.ended()?;
    let exchange = case.scene.history().unresolved.as_deref()?;
    let reply = exchange.replies.last().filter(|reply| reply.code >= 500)?;
    let wanted = exchange.argument.trim_ascii().to_ascii_uppercase();
    if exchange.verb != Verb::Prot || wanted == b"C" {
        return None;
    }
    let finding = Finding::new(
        &catalogue::DATA_PROTECTION_MISMATCH,
        Severity::Error,
        Confidence::Certain,
        format!(
            "The client wants its data connections protected, and the server refuses: \"{}\".",
            phrase::reply(reply)
        ),
    )
    .because(exchange.at, "PROT")
    .because(reply.at, phrase::reply(reply));
    Some(
        finding
            .advise_all(advice::allow_private(case.scene.software()))
            .advise("Or let the client send PROT C: its data are then readable on the way."),
    )
}

/// A channel that failed, or one of which nobody can tell.
fn unsuccessful<'a>(case: &Case<'a>) -> Option<&'a Channel> {
    let hidden = |channel: &&Channel| channel.inferred.is_some();
    case.unsuccessful()
        .or_else(|| case.channel().filter(hidden))
}
