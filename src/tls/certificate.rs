//! The server's certificate.

use std::net::{Ipv4Addr, Ipv6Addr};

use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::facts::Certificate;
use crate::capture::Moment;
use crate::escape;
use crate::time::Timestamp;

/// Names kept of a certificate, and characters of each.
const MAX_NAMES: usize = 32;
const MAX_NAME: usize = 512;

/// Reads the first certificate of a Certificate message: since TLS 1.3 a context comes before the
/// list, and extensions behind each entry (RFC 8446 §4.4.2).
pub(super) fn read(body: &[u8], is_13: bool, at: Moment) -> Option<Certificate> {
    let list = if is_13 {
        let (context, rest) = body.split_first()?;
        rest.get(usize::from(*context)..)?
    } else {
        body
    };
    let (_, mut list) = list.split_first_chunk::<3>()?;
    let mut entries = std::iter::from_fn(|| entry(&mut list, is_13));
    let first = entries.next()?;
    let chain = entries.count();
    let (_, certificate) = X509Certificate::from_der(first).ok()?;
    let validity = certificate.validity();
    Some(Certificate {
        at,
        subject: short(&certificate.subject().to_string()),
        issuer: short(&certificate.issuer().to_string()),
        names: names(&certificate),
        not_before: time(validity.not_before.timestamp()),
        not_after: time(validity.not_after.timestamp()),
        self_signed: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        chain,
    })
}

fn entry<'a>(list: &mut &'a [u8], is_13: bool) -> Option<&'a [u8]> {
    let ([high, middle, low], rest) = list.split_first_chunk()?;
    let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
    let (entry, rest) = rest.split_at_checked(length)?;
    *list = rest;
    if is_13 {
        let ([high, low], rest) = list.split_first_chunk()?;
        *list = rest.get(usize::from(u16::from_be_bytes([*high, *low]))..)?;
    }
    Some(entry)
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let names = extension.value.general_names.iter().filter_map(name);
    names.take(MAX_NAMES).map(|name| short(&name)).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes)
                .ok()
                .map(|it| Ipv4Addr::from(it).to_string()),
            16 => <[u8; 16]>::try_from(*bytes)
                .ok()
                .map(|it| Ipv6Addr::from(it).to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// A text fit to be shown, not too long.
fn short(text: &str) -> String {
    let end = text.char_indices().nth(MAX_NAME).map(|(end, _)| end);
    let head = end.and_then(|end| text.get(..end)).unwrap_or(text);
    escape::line(head.as_bytes()).into_owned()
}

/// Times before 1970 are taken for 1970.
fn time(seconds: i64) -> Timestamp {
    Timestamp::new(u64::try_from(seconds).unwrap_or(0), 0)
}
