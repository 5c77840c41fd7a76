//! What an alert says, and what to do about it.

use std::net::IpAddr;
use std::time::Duration;

use crate::diagnosis::advice;
use crate::escape;
use crate::tls::{self, Certificate, Facts};

/// The alerts about a certificate (RFC 8446 §6.2).
const CERTIFICATE: [u8; 7] = [42, 43, 44, 45, 46, 48, 116];

/// Protocol version, inappropriate fallback.
const VERSION: [u8; 2] = [70, 86];

/// Handshake failure, insufficient security.
const CIPHER: [u8; 2] = [40, 71];

/// The alert by its name.
pub(super) fn phrase(description: Option<u8>) -> String {
    match description {
        Some(code) => format!("the alert {} ({code})", tls::alert_name(code)),
        None => "an encrypted alert".to_owned(),
    }
}

/// What the handshake shows of the reason.
pub(super) fn detail(facts: &Facts, by_client: bool, description: Option<u8>) -> String {
    let Some(code) = description else {
        return certificate_fault(facts).map_or_else(String::new, |fault| format!(": {fault}"));
    };
    if CERTIFICATE.contains(&code) && by_client {
        return certificate_fault(facts).map_or_else(String::new, |fault| format!(": {fault}"));
    }
    let newest = facts
        .offer
        .as_ref()
        .and_then(|offer| offer.versions.iter().max());
    match newest {
        Some(version) if VERSION.contains(&code) && *version < tls::Version::TLS12 => {
            format!(": the client offers {version} at most")
        }
        Some(version) if VERSION.contains(&code) => format!(": the client offers {version}"),
        _ => String::new(),
    }
}

/// What is wrong with the certificate of the server, as far as it can be read.
pub(super) fn certificate_fault(facts: &Facts) -> Option<String> {
    let certificate = facts.certificate.as_deref()?;
    let subject = escape::line(certificate.subject.as_bytes());
    let asked = facts
        .offer
        .as_ref()
        .and_then(|it| it.server_name.as_deref());
    if certificate.at.time > certificate.not_after {
        Some(format!(
            "the certificate of {subject} expired {} earlier",
            days(certificate.at.time.since(certificate.not_after))
        ))
    } else if certificate.at.time < certificate.not_before {
        Some(format!(
            "the certificate of {subject} becomes valid {} later",
            days(certificate.not_before.since(certificate.at.time))
        ))
    } else if certificate.self_signed {
        Some(format!("the certificate of {subject} is self-signed"))
    } else {
        let name = asked.filter(|name| !is_for(certificate, name))?;
        Some(format!(
            "the certificate is for {subject}, and the client asked for {}",
            escape::line(name)
        ))
    }
}

/// The client asked for no name, as it does that was given an address, and the certificate is not for
/// the address.
pub(super) fn not_for(facts: &Facts, address: IpAddr) -> Option<String> {
    let certificate = facts.certificate.as_deref()?;
    let named = facts.offer.as_ref()?.server_name.is_some();
    let fits = is_for(certificate, address.to_string().as_bytes());
    (!named && !fits).then(|| {
        format!(
            "the certificate is for {}, and not for {address}",
            escape::line(certificate.subject.as_bytes())
        )
    })
}

/// RFC 6125 §6.4: a wildcard stands for the first label.
fn is_for(certificate: &Certificate, name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let parent = name.split_once('.').map(|(_, parent)| parent);
    certificate.names.iter().any(|known| {
        let known = known.to_ascii_lowercase();
        known == name || (known.strip_prefix("*.").is_some() && known.strip_prefix("*.") == parent)
    })
}

fn days(span: Duration) -> String {
    match span.as_secs() / (24 * 60 * 60) {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// What to do about it, with the server's own options.
pub(super) fn remedies(
    software: Option<&str>,
    by_client: bool,
    description: Option<u8>,
) -> Vec<String> {
    let text = |text: &str| vec![text.to_owned()];
    match (by_client, description) {
        (true, Some(45)) => {
            text("Renew the certificate of the server, and look at the client's clock.")
        }
        (false, Some(45)) => text("Renew the certificate of the client."),
        (true, Some(42..=46 | 48) | None) => text(
            "Let the client trust the server's certificate: install its authority, or a certificate \
             from one that the client knows, for the name that it uses.",
        ),
        (false, Some(code)) if CERTIFICATE.contains(&code) => {
            text("Give the client a certificate that the server accepts.")
        }
        (_, Some(code)) if VERSION.contains(&code) => advice::tls_versions(software),
        (_, Some(code)) if CIPHER.contains(&code) => advice::tls_ciphers(software),
        _ => text("Look at the TLS settings and logs of client and server."),
    }
}
