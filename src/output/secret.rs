//! Which arguments are passwords.

use crate::ftp::Exchange;

/// SITE commands whose arguments hold passwords (wu-ftpd, Serv-U, ProFTPD's mod_site_misc).
const SECRET_SITE_WORDS: [&[u8]; 4] = [b"PSWD", b"PASSWD", b"GPASS", b"CHPASS"];

/// The argument of a command is a password, or holds one.
pub(crate) fn is_secret(exchange: &Exchange) -> bool {
    exchange.verb.is_secret()
        || (exchange.verb.as_str() == "SITE" && is_secret_site(&exchange.argument))
}

fn is_secret_site(argument: &[u8]) -> bool {
    let word = argument
        .split(|&byte| byte == b' ')
        .find(|word| !word.is_empty());
    word.is_some_and(|word| {
        SECRET_SITE_WORDS
            .iter()
            .any(|secret| word.eq_ignore_ascii_case(secret))
    })
}
