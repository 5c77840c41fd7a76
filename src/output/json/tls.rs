//! What there is to say of TLS, on a control connection and on a data connection.

use super::{Object, Style, Wire, word};
use crate::ftp::{Channel, Mode, SessionRecord, Tls};
use crate::tcp::Side;
use crate::tls::{Access, Alert, Certificate, Facts, Version};

/// The TLS of a control connection.
pub(super) fn fill_control(
    object: &mut Object<'_>,
    tls: &Tls,
    session: &SessionRecord,
    style: Style<'_>,
) {
    let initiator = session.control.initiator() == session.client;
    let client = if initiator {
        Side::Initiator
    } else {
        Side::Responder
    };
    object.set("kind", word(tls.kind));
    fill_choice(object, &tls.facts);
    object.set("data_protection", word(tls.data_protection));
    fill(object, &tls.facts, client, style);
}

/// The TLS of a data connection.
pub(super) fn fill_data(
    object: &mut Object<'_>,
    facts: &Facts,
    channel: &Channel,
    style: Style<'_>,
) {
    let client = match channel.mode {
        Mode::Passive => Side::Initiator,
        Mode::Active => Side::Responder,
    };
    fill_choice(object, facts);
    fill(object, facts, client, style);
}

fn fill_choice(object: &mut Object<'_>, facts: &Facts) {
    let version = facts.version().map(|version| version.to_string());
    object.set("version", version.as_deref());
    let cipher = facts.cipher().map(|cipher| cipher.to_string());
    object.set("cipher", cipher.as_deref());
    let name = facts
        .offer
        .as_ref()
        .and_then(|it| it.server_name.as_deref());
    object.set("server_name", name.map(Wire));
}

fn fill(object: &mut Object<'_>, facts: &Facts, client: Side, style: Style<'_>) {
    object.set("decrypted", facts.access == Access::Decrypted);
    object.set("keys", word(facts.access));
    let offer = facts.offer.as_deref();
    let versions = offer.map_or(&[][..], |offer| &offer.versions);
    let versions: Vec<String> = versions.iter().map(Version::to_string).collect();
    object.set("offered_versions", versions.as_slice());
    let alpn = facts.choice.as_ref().and_then(|it| it.alpn.as_deref());
    object.set("alpn", alpn.map(Wire));
    object.set("resumption", offer.and_then(|it| it.resumption).map(word));
    object.set("resumed", facts.resumed);
    object.set("retried", facts.retried.is_some());
    object.set("renegotiated", facts.renegotiated.is_some());
    object.optional("certificate", facts.certificate.as_deref(), |object, it| {
        fill_certificate(object, it, style);
    });
    object.list("alerts", &facts.alerts, |object, alert| {
        fill_alert(object, alert, client, style);
    });
    object.set("ja3", offer.map(|offer| offer.ja3.as_str()));
    object.set("ja4", offer.map(|offer| offer.ja4.as_str()));
}

fn fill_certificate(object: &mut Object<'_>, certificate: &Certificate, style: Style<'_>) {
    object.set("subject", certificate.subject.as_str());
    object.set("issuer", certificate.issuer.as_str());
    object.set("names", certificate.names.as_slice());
    object.set("not_before", style.time(certificate.not_before));
    object.set("not_after", style.time(certificate.not_after));
    object.set("self_signed", certificate.self_signed);
    object.set("valid", !certificate.is_outdated());
}

fn fill_alert(object: &mut Object<'_>, alert: &Alert, client: Side, style: Style<'_>) {
    let from = if alert.from == client {
        "client"
    } else {
        "server"
    };
    object.set("from", from);
    object.set("fatal", alert.fatal);
    object.set("code", alert.description);
    object.set("name", alert.name());
    style.moment(object, alert.at);
}
