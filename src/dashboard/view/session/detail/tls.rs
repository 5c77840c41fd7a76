//! What a TLS handshake told.

use super::Item;
use crate::dashboard::theme::Token;
use crate::escape;
use crate::tls::{Access, Facts};

/// Its facts, without a heading.
pub(super) fn facts(facts: &Facts) -> Vec<Item> {
    let mut items = Vec::new();
    let mut fact = |name, value: String| items.push(Item::Fact(name, Token::Server, value));
    if let Some(choice) = &facts.choice {
        fact("version", choice.version.to_string());
        fact("cipher", choice.cipher.to_string());
    }
    if let Some(name) = facts
        .offer
        .as_ref()
        .and_then(|it| it.server_name.as_deref())
    {
        fact("asked for", escape::line(name).into_owned());
    }
    if let Some(certificate) = &facts.certificate {
        fact(
            "certificate",
            escape::line(certificate.subject.as_bytes()).into_owned(),
        );
    }
    if let Some(resumed) = facts.resumed {
        fact(
            "session",
            if resumed { "resumed" } else { "new" }.to_owned(),
        );
    }
    let access = match facts.access {
        Access::None => "no keys: what follows is not known",
        Access::Unfit => "the keys do not fit",
        Access::Unsupported => "this cipher suite cannot be decrypted here",
        Access::Decrypted => "decrypted",
    };
    fact("content", access.to_owned());
    for alert in &facts.alerts {
        let name = alert.name().unwrap_or("encrypted");
        items.push(Item::Fact("alert", Token::Fail, name.to_owned()));
    }
    items
}
