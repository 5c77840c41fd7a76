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

#[cfg(test)]
mod tests {
    use super::*;

    /// A value of DER: its tag, its length, its content.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let length = match content.len() {
            0..=127 => vec![low],
            128..=255 => vec![0x81, low],
            _ => vec![0x82, high, low],
        };
        [&[tag][..], &length, content].concat()
    }

    fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
        der(0x30, &parts.concat())
    }

    /// A certificate for these DNS names, whose subject is called `common` (RFC 5280 §4.1).
    fn certificate(common: &str, names: &[String]) -> Vec<u8> {
        let oid = |bytes: &[u8]| der(6, bytes);
        let algorithm = sequence(&[oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11])]);
        let name = sequence(&[oid(&[0x55, 4, 3]), der(12, common.as_bytes())]);
        let name = sequence(&[der(0x31, &name)]);
        let time = der(23, b"260101000000Z");
        let names: Vec<_> = names.iter().map(|it| der(0x82, it.as_bytes())).collect();
        let names = sequence(&[oid(&[0x55, 29, 17]), der(4, &sequence(&names))]);
        let bits = der(3, &[0, 1]);
        let body = sequence(&[
            der(0xa0, &der(2, &[2])),
            der(2, &[1]),
            algorithm.clone(),
            name.clone(),
            sequence(&[time.clone(), time]),
            name,
            sequence(&[algorithm.clone(), bits.clone()]),
            der(0xa3, &sequence(&[names])),
        ]);
        sequence(&[body, algorithm, bits])
    }

    #[test]
    fn of_many_names_the_first_and_of_a_long_one_the_beginning_are_kept() {
        let names: Vec<_> = (0..=MAX_NAMES).map(|it| format!("n{it}.example")).collect();
        let common = "x".repeat(2 * MAX_NAME);
        let certificate = certificate(&common, &names);
        let size = |bytes: &[u8]| (bytes.len() as u32).to_be_bytes()[1..].to_vec();
        let entry = [size(&certificate), certificate].concat();
        let read = read(&[size(&entry), entry].concat(), false, Moment::default()).unwrap();
        assert_eq!(read.names, names[..MAX_NAMES]);
        let long = format!("CN={common}");
        assert_eq!([read.subject, read.issuer], [&long[..MAX_NAME]; 2]);
    }
}
