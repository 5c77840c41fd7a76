//! The server demands TLS.

use crate::diagnosis::{Case, Confidence, Finding, Severity, advice, catalogue, phrase};
use crate::ftp::phrases::{Phrase, has_any, phrases};
use crate::ftp::{Channel, Outcome, Reply, Verb};

/// Words for TLS in replies.
const TLS: &[Phrase] = &phrases(["tls", "ssl", "encrypt", "cleartext", "secure"]);

/// Words of demands.
const DEMAND: &[Phrase] = &phrases([
    "require",
    "must",
    "need",
    "have to",
    "mandatory",
    "only",
    "not accepted",
    "not allow",
    "does not allow",
    "policy",
    "use auth",
    "first",
]);

/// Words that mean something else.
const NOT: &[Phrase] = &phrases([
    "reuse",
    "resum",
    "handshake",
    "negotiat",
    "not supported",
    "unsupported",
    "not available",
    "not configured",
    "not understood",
    "may not use encryption",
]);

/// What PROT is called.
const PROTECTION: &[Phrase] = &phrases(["prot p", "prot setting"]);

/// FileZilla: 503 Use AUTH first.
const AUTH_FIRST: &[Phrase] = &phrases(["use auth first", "issue auth first"]);

/// Words of replies about files.
const MISSING: &[Phrase] = &phrases(["no such", "not found", "not a "]);

/// A channel was refused for it.
pub(super) fn channel(case: &Case<'_>) -> Option<Finding> {
    let channel = case.unsuccessful()?;
    let reply = replies(channel).find(|reply| is_demand(reply))?;
    let what = match &channel.transfer {
        Some(transfer) => transfer.verb.as_str().to_owned(),
        None => phrase::method(channel).to_owned(),
    };
    Some(found(case, &what, reply))
}

/// Any other command was refused for it.
pub(super) fn command(case: &Case<'_>) -> Option<Finding> {
    let exchange = case.exchange()?;
    if matches!(exchange.verb, Verb::Auth | Verb::Adat | Verb::Pbsz) {
        return None;
    }
    let reply = exchange.replies.last().filter(|reply| is_demand(reply))?;
    Some(found(case, exchange.verb.as_str(), reply).because(exchange.at, exchange.verb.word()))
}

/// Whether a reply demands TLS.
pub(super) fn is_demand(reply: &Reply) -> bool {
    let refused = matches!(
        reply.code,
        421 | 425 | 431 | 500 | 503 | 504 | 521 | 522 | 530 | 533 | 534 | 550
    );
    let has = |words| has_any(&reply.text, words);
    let demands = || match reply.code {
        521 | 522 | 534 if has(TLS) || has(PROTECTION) => true,
        550 => has(TLS) && has(DEMAND),
        _ => has(AUTH_FIRST) || has(TLS) && has(DEMAND),
    };
    refused && demands() && !has(NOT) && !names_file(reply)
}

/// 550 usually names a file, whose name may be anything.
fn names_file(reply: &Reply) -> bool {
    if reply.code != 550 {
        return false;
    }
    let text = String::from_utf8_lossy(&reply.text).to_ascii_lowercase();
    let rest = text.replace("ssl/tls", "").replace("tls/ssl", "");
    rest.contains(['/', ':']) || has_any(&reply.text, MISSING)
}

fn found(case: &Case<'_>, what: &str, reply: &Reply) -> Finding {
    let in_tls = case.scene.is_encrypted();
    let remedy = if in_tls {
        "Let the client protect its data connections too: PBSZ 0 and PROT P after the login."
    } else {
        "Set the client to FTP over TLS (explicit): AUTH TLS before USER, then PBSZ 0 and PROT P."
    };
    Finding::new(
        &catalogue::TLS_REQUIRED,
        Severity::Error,
        Confidence::Certain,
        format!(
            "The server demands TLS: it answered {what} with \"{}\".",
            phrase::reply(reply)
        ),
    )
    .because(reply.at, phrase::reply(reply))
    .advise(remedy)
    .advise_all(advice::allow_clear(case.scene.software()))
}

fn replies(channel: &Channel) -> impl Iterator<Item = &Reply> {
    let granted = channel.reply.as_ref();
    let refused = channel.outcome == Outcome::Refused;
    let transferred = channel.transfer.as_ref().and_then(|it| it.reply.as_ref());
    granted.filter(|_| refused).into_iter().chain(transferred)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Moment;

    fn demand(line: &str) -> bool {
        let (code, text) = line.split_once(' ').unwrap();
        is_demand(&Reply {
            code: code.parse().unwrap(),
            text: text.into(),
            at: Moment::default(),
        })
    }

    #[test]
    fn servers_demand_tls_in_their_own_words() {
        for line in [
            "530 Non-anonymous sessions must use encryption.",
            "522 Data connections must be encrypted.",
            "550 SSL/TLS required on the control channel",
            "550 SSL/TLS required on the data channel.",
            "421 Sorry, cleartext sessions and weak ciphers are not accepted on this server.",
            "530 This server does not allow plain FTP. You have to use FTP over TLS.",
            "503 Use AUTH first. TLS is required.",
            "534 Policy requires SSL.",
            "503 Use AUTH first.",
            "521 PROT P required",
            "521 Data connection cannot be opened with this PROT setting",
            "534 Local policy on server does not allow TLS secure connections to be bypassed.",
            "530 Please use a secure connection: TLS is mandatory.",
        ] {
            assert!(demand(line), "{line}");
        }
    }

    #[test]
    fn other_replies_do_not() {
        for line in [
            "530 Please login with USER and PASS.",
            "530 Login incorrect.",
            "530 Anonymous sessions may not use encryption.",
            "500 AUTH not understood",
            "522 SSL connection failed: session reuse required",
            "421 TLS handshake failed",
            "500 SSL not supported",
            "522 Network protocol not supported, use (1)",
            "550 secure.txt: No such file or directory",
            "550 /ssl/required.txt: Permission denied",
            "550 Can't open must-be-encrypted.txt: not found",
            "230 TLS is required",
        ] {
            assert!(!demand(line), "{line}");
        }
    }
}
