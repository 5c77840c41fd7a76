//! What the two hellos say (RFC 8446 §4.1, RFC 5246 §7.4.1).

use sha2::{Digest, Sha256};
use tls_parser::{
    TlsClientHelloContents, TlsExtension, parse_tls_extension_alpn_content,
    parse_tls_extension_sni_content, parse_tls_handshake_client_hello,
    parse_tls_handshake_server_hello,
};

use super::facts::{Identity, Offer, Resumption, Suite, Version};
use super::fingerprint::{self, Shown};
use super::secrets::Random;
use crate::capture::Moment;
use crate::tcp::Side;

/// Entries kept of a list that a client sends.
const MAX_LISTED: usize = 256;

/// Application protocols kept of those that a client offers.
const MAX_PROTOCOLS: usize = 16;

/// Types of extensions (IANA, TLS ExtensionType Values).
pub(super) mod extension {
    pub(in crate::tls) const SERVER_NAME: u16 = 0;
    pub(in crate::tls) const ALPN: u16 = 16;
    pub(in crate::tls) const ENCRYPT_THEN_MAC: u16 = 22;
    pub(in crate::tls) const SESSION_TICKET: u16 = 35;
    pub(in crate::tls) const PRE_SHARED_KEY: u16 = 41;
    pub(in crate::tls) const EARLY_DATA: u16 = 42;
    pub(in crate::tls) const SUPPORTED_VERSIONS: u16 = 43;
}

/// The random of a ServerHello that asks for another ClientHello (RFC 8446 §4.1.3).
const RETRY: Random = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A ClientHello.
#[derive(Clone, Debug)]
pub(super) struct ClientHello {
    pub(super) random: Random,
    pub(super) offer: Offer,
}

/// A ServerHello.
#[derive(Clone, Debug)]
pub(super) struct ServerHello {
    pub(super) random: Random,
    pub(super) session_id: Vec<u8>,
    pub(super) version: Version,
    pub(super) cipher: Suite,
    pub(super) alpn: Option<Vec<u8>>,
    pub(super) encrypt_then_mac: bool,
    /// It resumes by a pre-shared key.
    pub(super) psk: bool,
    /// It is no answer but asks for another ClientHello.
    pub(super) retry: bool,
}

/// The same for equal session ids or tickets.
pub(super) fn identity(token: &[u8]) -> Identity {
    let digest = Sha256::digest(token);
    let mut short = [0; 16];
    short
        .iter_mut()
        .zip(digest.iter())
        .for_each(|(to, from)| *to = *from);
    Identity(short)
}

impl ClientHello {
    /// Reads the body of the message.
    pub(super) fn parse(body: &[u8], from: Side, at: Moment) -> Option<Self> {
        let (_, hello) = parse_tls_handshake_client_hello(body).ok()?;
        let extensions: Vec<_> = extensions(hello.ext.unwrap_or_default()).collect();
        let find = |kind| extensions.iter().find(|(it, _)| *it == kind);
        let get = |kind| find(kind).map(|(_, data)| *data);
        let versions = versions(&hello, get(extension::SUPPORTED_VERSIONS));
        let newest = versions.iter().max().copied();
        let (resumption, resumes) = resumption(
            hello.session_id.unwrap_or_default(),
            get(extension::SESSION_TICKET),
            get(extension::PRE_SHARED_KEY),
            newest == Some(Version::TLS13),
        );
        let shown = Shown::new(&hello, &extensions, newest);
        let ciphers = hello.ciphers.iter().take(MAX_LISTED).map(|id| Suite(id.0));
        Some(Self {
            random: hello.random.try_into().ok()?,
            offer: Offer {
                at,
                from,
                versions,
                ciphers: ciphers.collect(),
                server_name: get(extension::SERVER_NAME).and_then(server_name),
                alpn: get(extension::ALPN).map(protocols).unwrap_or_default(),
                resumption,
                resumes,
                early_data: find(extension::EARLY_DATA).is_some(),
                ja3: shown.ja3(),
                ja4: shown.ja4(),
            },
        })
    }
}

impl ServerHello {
    /// Reads the body of the message.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let (_, hello) = parse_tls_handshake_server_hello(body).ok()?;
        let extensions: Vec<_> = extensions(hello.ext.unwrap_or_default()).collect();
        let get = |kind| {
            let found = extensions.iter().find(|(it, _)| *it == kind);
            found.map(|(_, data)| *data)
        };
        let chosen = get(extension::SUPPORTED_VERSIONS).and_then(<[u8]>::first_chunk);
        let random = hello.random.try_into().ok()?;
        Some(Self {
            random,
            session_id: hello.session_id.unwrap_or_default().to_vec(),
            version: Version(
                chosen.map_or(hello.version.0, |&version| u16::from_be_bytes(version)),
            ),
            cipher: Suite(hello.cipher.0),
            alpn: get(extension::ALPN).and_then(|data| protocols(data).into_iter().next()),
            encrypt_then_mac: get(extension::ENCRYPT_THEN_MAC).is_some(),
            psk: get(extension::PRE_SHARED_KEY).is_some(),
            retry: random == RETRY,
        })
    }
}

/// The application protocol among encrypted extensions (RFC 8446 §4.3.1).
pub(super) fn encrypted_alpn(body: &[u8]) -> Option<Vec<u8>> {
    let (_, list) = body.split_first_chunk::<2>()?;
    let (_, data) = extensions(list).find(|(kind, _)| *kind == extension::ALPN)?;
    protocols(data).into_iter().next()
}

/// Type and content of each extension, as far as they are whole.
pub(super) fn extensions(mut list: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let ([k1, k2, l1, l2], rest) = list.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes([*l1, *l2]));
        let (data, rest) = rest.split_at_checked(length)?;
        list = rest;
        Some((u16::from_be_bytes([*k1, *k2]), data))
    })
}

/// The versions of the extension (RFC 8446 §4.2.1); without it the legacy field is the highest.
fn versions(hello: &TlsClientHelloContents<'_>, listed: Option<&[u8]>) -> Vec<Version> {
    let listed = listed
        .and_then(<[u8]>::split_first)
        .map_or(&[][..], |it| it.1);
    let mut versions: Vec<_> = listed
        .chunks_exact(2)
        .filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)))
        .filter(|version| !fingerprint::is_grease(*version))
        .take(MAX_LISTED)
        .map(Version)
        .collect();
    if versions.is_empty() {
        versions.push(Version(hello.version.0));
    }
    versions
}

fn server_name(data: &[u8]) -> Option<Vec<u8>> {
    match parse_tls_extension_sni_content(data).ok()?.1 {
        TlsExtension::SNI(names) => names.first().map(|(_, name)| name.to_vec()),
        _ => None,
    }
    .filter(|name| !name.is_empty())
}

fn protocols(data: &[u8]) -> Vec<Vec<u8>> {
    match parse_tls_extension_alpn_content(data) {
        Ok((_, TlsExtension::ALPN(names))) => {
            let names = names.into_iter().take(MAX_PROTOCOLS);
            names.map(<[u8]>::to_vec).collect()
        }
        _ => Vec::new(),
    }
}

/// How an earlier session is asked for. With TLS 1.3 a session id alone says nothing: clients send
/// a random one for the sake of middleboxes (RFC 8446 appendix D.4).
fn resumption(
    session_id: &[u8],
    ticket: Option<&[u8]>,
    psk: Option<&[u8]>,
    newest_is_13: bool,
) -> (Option<Resumption>, Option<Identity>) {
    let ticket = ticket.filter(|ticket| !ticket.is_empty());
    if let Some(token) = psk {
        return (Some(Resumption::Psk), first_psk(token).map(identity));
    }
    if let Some(ticket) = ticket {
        return (Some(Resumption::Ticket), Some(identity(ticket)));
    }
    if session_id.is_empty() || newest_is_13 {
        return (None, None);
    }
    (Some(Resumption::Id), Some(identity(session_id)))
}

/// The first identity of the extension (RFC 8446 §4.2.11).
fn first_psk(data: &[u8]) -> Option<&[u8]> {
    let ([_, _, high, low], rest) = data.split_first_chunk()?;
    rest.get(..usize::from(u16::from_be_bytes([*high, *low])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two bytes of length, and what is so long.
    fn sized(content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], content].concat()
    }

    #[test]
    fn of_long_lists_the_beginning_is_kept() {
        let count = MAX_LISTED as u16 + 9;
        let numbers: Vec<u8> = (1..=count).flat_map(u16::to_be_bytes).collect();
        let protocols: Vec<u8> = (0..=MAX_PROTOCOLS as u8).flat_map(|it| [1, it]).collect();
        let extensions = [
            [&[0, 16][..], &sized(&sized(&protocols))].concat(),
            // The length of the list is one byte, and is not relied on.
            [&[0, 43][..], &sized(&[&[254][..], &numbers].concat())].concat(),
        ];
        let body = [
            &[3, 3][..],
            &[7; 32],
            &[0],
            &sized(&numbers),
            &[1, 0],
            &sized(&extensions.concat()),
        ];
        let hello = ClientHello::parse(&body.concat(), Side::Initiator, Moment::default());
        let offer = hello.unwrap().offer;
        let first: Vec<_> = (1..=count).take(MAX_LISTED).collect();
        let ciphers: Vec<_> = offer.ciphers.iter().map(|it| it.0).collect();
        let versions: Vec<_> = offer.versions.iter().map(|it| it.0).collect();
        assert_eq!((&ciphers, &versions), (&first, &first));
        assert_eq!(offer.alpn.len(), MAX_PROTOCOLS);
        assert_eq!(offer.alpn[1], [1]);
    }
}
