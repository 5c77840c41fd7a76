//! JA3 and JA4: names for the way in which a client says hello.
//!
//! JA3 (<https://github.com/salesforce/ja3>) hashes five lists in the client's order; JA4
//! (<https://github.com/FoxIO-LLC/ja4>) sorts them first, because some clients shuffle them. Both
//! leave out the values that a client sends to keep servers from being strict (GREASE, RFC 8701).

use std::fmt::Write;

use md5::Md5;
use sha2::{Digest, Sha256};
use tls_parser::{
    TlsClientHelloContents, TlsExtension, parse_tls_extension_alpn_content,
    parse_tls_extension_ec_point_formats_content, parse_tls_extension_elliptic_curves_content,
    parse_tls_extension_signature_algorithms_content,
};

use super::facts::Version;
use super::hello::extension;

const GROUPS: u16 = 10;
const POINT_FORMATS: u16 = 11;
const SIGNATURES: u16 = 13;

/// What JA4 has for a hash of nothing.
const NOTHING: &str = "000000000000";

/// The parts of a ClientHello that fingerprints are made of, GREASE left out.
#[derive(Debug)]
pub(super) struct Shown {
    legacy: u16,
    newest: Option<Version>,
    ciphers: Vec<u16>,
    extensions: Vec<u16>,
    groups: Vec<u16>,
    formats: Vec<u16>,
    signatures: Vec<u16>,
    alpn: Option<Vec<u8>>,
}

/// Whether a value has no meaning (RFC 8701 §2).
pub(super) fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

impl Shown {
    pub(super) fn new(
        hello: &TlsClientHelloContents<'_>,
        extensions: &[(u16, &[u8])],
        newest: Option<Version>,
    ) -> Self {
        let get = |kind| {
            let found = extensions.iter().find(|(it, _)| *it == kind);
            found.map_or(&[][..], |(_, data)| *data)
        };
        let ciphers = hello.ciphers.iter().map(|id| id.0);
        Self {
            legacy: hello.version.0,
            newest,
            ciphers: ciphers.filter(|id| !is_grease(*id)).collect(),
            extensions: extensions
                .iter()
                .map(|(kind, _)| *kind)
                .filter(|kind| !is_grease(*kind))
                .collect(),
            groups: groups(get(GROUPS)),
            formats: formats(get(POINT_FORMATS)),
            signatures: signatures(get(SIGNATURES)),
            alpn: first_protocol(get(extension::ALPN)),
        }
    }

    pub(super) fn ja3(&self) -> String {
        let lists = [&self.ciphers, &self.extensions, &self.groups, &self.formats];
        let mut text = self.legacy.to_string();
        for list in lists {
            text.push(',');
            let numbers: Vec<_> = list.iter().map(u16::to_string).collect();
            text.push_str(&numbers.join("-"));
        }
        hexadecimal(&Md5::digest(text))
    }

    pub(super) fn ja4(&self) -> String {
        let name = self.extensions.contains(&extension::SERVER_NAME);
        format!(
            "t{}{}{:02}{:02}{}_{}_{}",
            self.ja4_version(),
            if name { 'd' } else { 'i' },
            self.ciphers.len().min(99),
            self.extensions.len().min(99),
            self.ja4_protocol(),
            self.ja4_ciphers(),
            self.ja4_extensions()
        )
    }

    fn ja4_version(&self) -> &'static str {
        match self.newest.map(|version| version.0) {
            Some(0x0304) => "13",
            Some(0x0303) => "12",
            Some(0x0302) => "11",
            Some(0x0301) => "10",
            Some(0x0300) => "s3",
            Some(0x0002) => "s2",
            _ => "00",
        }
    }

    /// The first and the last character of the first protocol, of its hexadecimal form when they
    /// are no letters or digits.
    fn ja4_protocol(&self) -> String {
        let Some((first, last)) = self
            .alpn
            .as_deref()
            .and_then(|it| it.first().zip(it.last()))
        else {
            return "00".to_owned();
        };
        if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
            return [char::from(*first), char::from(*last)].iter().collect();
        }
        format!("{:x}{:x}", first >> 4, last & 0xf)
    }

    fn ja4_ciphers(&self) -> String {
        let mut ciphers = self.ciphers.clone();
        ciphers.sort_unstable();
        if ciphers.is_empty() {
            return NOTHING.to_owned();
        }
        short_hash(&listed(&ciphers))
    }

    fn ja4_extensions(&self) -> String {
        let own = |kind: &u16| ![extension::SERVER_NAME, extension::ALPN].contains(kind);
        let mut kinds: Vec<_> = self.extensions.iter().copied().filter(own).collect();
        kinds.sort_unstable();
        if kinds.is_empty() {
            return NOTHING.to_owned();
        }
        let mut text = listed(&kinds);
        if !self.signatures.is_empty() {
            text.push('_');
            text.push_str(&listed(&self.signatures));
        }
        short_hash(&text)
    }
}

fn groups(data: &[u8]) -> Vec<u16> {
    match parse_tls_extension_elliptic_curves_content(data) {
        Ok((_, TlsExtension::EllipticCurves(groups))) => {
            let groups = groups.into_iter().map(|group| group.0);
            groups.filter(|group| !is_grease(*group)).collect()
        }
        _ => Vec::new(),
    }
}

fn formats(data: &[u8]) -> Vec<u16> {
    match parse_tls_extension_ec_point_formats_content(data) {
        Ok((_, TlsExtension::EcPointFormats(formats))) => {
            formats.iter().map(|format| u16::from(*format)).collect()
        }
        _ => Vec::new(),
    }
}

fn signatures(data: &[u8]) -> Vec<u16> {
    match parse_tls_extension_signature_algorithms_content(data) {
        Ok((_, TlsExtension::SignatureAlgorithms(algorithms))) => {
            let algorithms = algorithms.into_iter();
            algorithms.filter(|it| !is_grease(*it)).collect()
        }
        _ => Vec::new(),
    }
}

fn first_protocol(data: &[u8]) -> Option<Vec<u8>> {
    match parse_tls_extension_alpn_content(data).ok()?.1 {
        TlsExtension::ALPN(names) => names.first().map(|name| name.to_vec()),
        _ => None,
    }
}

fn listed(values: &[u16]) -> String {
    let values: Vec<_> = values.iter().map(|value| format!("{value:04x}")).collect();
    values.join(",")
}

fn short_hash(text: &str) -> String {
    let mut digits = hexadecimal(&Sha256::digest(text));
    digits.truncate(12);
    digits
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the description of JA4: Chrome on its way to a site with HTTP/2.
    #[test]
    fn the_published_example_of_ja4_comes_out() {
        let shown = Shown {
            legacy: 0x0303,
            newest: Some(Version::TLS13),
            ciphers: vec![
                0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
                0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
            ],
            extensions: vec![
                0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
                0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015,
            ],
            groups: Vec::new(),
            formats: Vec::new(),
            signatures: vec![
                0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601,
            ],
            alpn: Some(b"h2".to_vec()),
        };
        assert_eq!(shown.ja4(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    }

    /// The example of the description of JA3.
    #[test]
    fn the_published_example_of_ja3_comes_out() {
        let shown = Shown {
            legacy: 769,
            newest: Some(Version(769)),
            ciphers: vec![47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
            extensions: vec![0, 10, 11],
            groups: vec![23, 24, 25],
            formats: vec![0],
            signatures: Vec::new(),
            alpn: None,
        };
        assert_eq!(shown.ja3(), "ada70206e40642a3e4461f35503241d5");
        let bare = Shown {
            ciphers: vec![4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99],
            extensions: Vec::new(),
            groups: Vec::new(),
            formats: Vec::new(),
            ..shown
        };
        assert_eq!(bare.ja3(), "de350869b8c85de67a350c8d186f11e6");
        assert!(bare.ja4().starts_with("t10i110000_"));
        assert!(bare.ja4().ends_with("_000000000000"));
    }

    #[test]
    fn grease_is_known() {
        assert!([0x0a0a, 0x1a1a, 0xfafa].into_iter().all(is_grease));
        assert!(![0x0a1a, 0x0a0b, 0, 0x1301].into_iter().any(is_grease));
    }
}
