//! Announced endpoints: the arguments of PORT, EPRT, LPRT and the replies 227, 228, 229.
//!
//! What servers really write is wider than the RFCs: 227 without brackets, with spaces, with an
//! IPv6 address; 229 with any delimiter and any of its three fields filled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The endpoint of PORT's argument: `h1,h2,h3,h4,p1,p2` (RFC 959 §5.3.2).
pub(super) fn port(argument: &[u8]) -> Option<SocketAddr> {
    let (endpoint, rest) = six_numbers(argument.trim_ascii())?;
    rest.is_empty().then_some(endpoint)
}

/// The endpoint of a 227 reply, wherever in its text it stands.
pub(super) fn pasv(text: &[u8]) -> Option<SocketAddr> {
    bracketed(text)
        .and_then(host_and_two_numbers)
        .or_else(|| first_six_numbers(text))
}

/// The endpoint of EPRT's argument: `|af|address|port|` (RFC 2428 §2).
pub(super) fn eprt(argument: &[u8]) -> Option<SocketAddr> {
    let [family, address, port] = delimited(argument.trim_ascii())?;
    let address: IpAddr = text(address)?.parse().ok()?;
    let agrees = match family {
        b"1" => address.is_ipv4(),
        b"2" => address.is_ipv6(),
        _ => false,
    };
    agrees
        .then(|| SocketAddr::new(address, 0))
        .and_then(|end| with_port(end, port))
}

/// The endpoint of a 229 reply, `(|||port|)` (RFC 2428 §3), on `server` unless it names an address.
pub(super) fn epsv(reply: &[u8], server: IpAddr) -> Option<SocketAddr> {
    let [_, address, port] = bracketed(reply)
        .and_then(|inner| delimited(inner.trim_ascii()))
        .or_else(|| first_delimited(reply))?;
    let address = text(address)
        .and_then(|text| text.parse().ok())
        .unwrap_or(server);
    with_port(SocketAddr::new(address, 0), port)
}

/// The endpoint of LPRT's argument or of a 228 reply: `af,hal,h1,…,pal,p1,…` (RFC 1639).
pub(super) fn long(argument: &[u8]) -> Option<SocketAddr> {
    let inner = bracketed(argument).unwrap_or(argument);
    let mut bytes = inner
        .split(|&byte| byte == b',')
        .map(|field| number(field.trim_ascii()));
    let mut next = || bytes.next().flatten();
    let (family, length) = (next()?, next()?);
    let address = match (family, length) {
        (4, 4) => IpAddr::V4(Ipv4Addr::new(next()?, next()?, next()?, next()?)),
        (6, 16) => {
            let mut octets = [0; 16];
            for octet in &mut octets {
                *octet = next()?;
            }
            IpAddr::V6(Ipv6Addr::from(octets))
        }
        _ => return None,
    };
    let (2, high, low) = (next()?, next()?, next()?) else {
        return None;
    };
    nonzero(SocketAddr::new(address, u16::from_be_bytes([high, low])))
}

/// What stands between the first opening bracket and the next closing one.
fn bracketed(text: &[u8]) -> Option<&[u8]> {
    let start = memchr::memchr(b'(', text)? + 1;
    let inner = text.get(start..)?;
    let end = memchr::memchr(b')', inner).unwrap_or(inner.len());
    inner.get(..end)
}

/// `address,p1,p2`, the address being four numbers or, as some servers have it, an IPv6 one.
fn host_and_two_numbers(inner: &[u8]) -> Option<SocketAddr> {
    let inner = inner.trim_ascii();
    if let Some((endpoint, rest)) = six_numbers(inner) {
        return matches!(rest.trim_ascii(), [] | [b'.'] | [b',']).then_some(endpoint);
    }
    let mut fields = inner
        .rsplitn(3, |&byte| byte == b',')
        .map(<[u8]>::trim_ascii);
    let (low, high, address) = (fields.next()?, fields.next()?, fields.next()?);
    let address: Ipv6Addr = text(address)?.parse().ok()?;
    let port = u16::from_be_bytes([number(high)?, number(low)?]);
    nonzero(SocketAddr::new(address.into(), port))
}

/// The first place in a text where six numbers joined by commas begin.
fn first_six_numbers(text: &[u8]) -> Option<SocketAddr> {
    let starts_number = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        text.get(at).is_some_and(u8::is_ascii_digit)
            && !before.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.')
    };
    (0..text.len())
        .filter(|&at| starts_number(at))
        .find_map(|at| six_numbers(text.get(at..)?).map(|(endpoint, _)| endpoint))
}

/// Six numbers of 0 to 255 joined by commas, and what follows them.
fn six_numbers(text: &[u8]) -> Option<(SocketAddr, &[u8])> {
    let mut rest = text;
    let mut numbers = [0u8; 6];
    for (index, slot) in numbers.iter_mut().enumerate() {
        if index > 0 {
            rest = rest
                .trim_ascii_start()
                .strip_prefix(b",")?
                .trim_ascii_start();
        }
        (*slot, rest) = leading_number(rest)?;
    }
    let [a, b, c, d, high, low] = numbers;
    let address = IpAddr::V4(Ipv4Addr::new(a, b, c, d));
    nonzero(SocketAddr::new(address, u16::from_be_bytes([high, low]))).map(|end| (end, rest))
}

/// Three fields in front of, between and behind four equal delimiters of ASCII 33 to 126.
fn delimited(text: &[u8]) -> Option<[&[u8]; 3]> {
    let (&delimiter, rest) = text.split_first()?;
    if !delimiter.is_ascii_graphic() || delimiter.is_ascii_alphanumeric() {
        return None;
    }
    let mut fields = rest.splitn(4, |&byte| byte == delimiter);
    let found = [fields.next()?, fields.next()?, fields.next()?];
    fields.next().is_some().then_some(found)
}

/// The first place in a text where `|||port|` stands without brackets.
fn first_delimited(text: &[u8]) -> Option<[&[u8]; 3]> {
    let start = memchr::memchr(b'|', text)?;
    delimited(text.get(start..)?)
}

fn with_port(endpoint: SocketAddr, port: &[u8]) -> Option<SocketAddr> {
    let port = text(port)?.trim().parse().ok()?;
    nonzero(SocketAddr::new(endpoint.ip(), port))
}

/// Nothing listens on port 0 (RFC 6335 §6).
fn nonzero(endpoint: SocketAddr) -> Option<SocketAddr> {
    (endpoint.port() != 0).then_some(endpoint)
}

/// A number of one byte, in digits; leading zeros are allowed.
fn number(digits: &[u8]) -> Option<u8> {
    let (number, rest) = leading_number(digits)?;
    rest.is_empty().then_some(number)
}

/// The same at the beginning of a text, and what follows it.
fn leading_number(text: &[u8]) -> Option<(u8, &[u8])> {
    let (mut number, mut rest) = (0u8, text);
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        number = number.checked_mul(10)?.checked_add(digit - b'0')?;
        rest = after;
    }
    (rest.len() < text.len()).then_some((number, rest))
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Option<SocketAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn port_takes_six_numbers_and_nothing_else() {
        assert_eq!(port(b"192,0,2,7,195,80"), end("192.0.2.7:50000"));
        assert_eq!(port(b" 192, 0,2,7 ,195,80 "), end("192.0.2.7:50000"));
        for bad in [
            &b""[..],
            b"192,0,2,7,195",
            b"256,0,2,7,195,80",
            b"1,2,3,4,5,6,7",
            b"a,2,3,4,5,6",
        ] {
            assert_eq!(port(bad), None, "{}", bad.escape_ascii());
        }
        assert_eq!(port(b"192,0,2,7,0,0"), None);
        assert_eq!(port(b"192,0,2,7,+1,2"), None);
    }

    #[test]
    fn pasv_is_found_in_every_shape() {
        let expected = end("192.0.2.7:50000");
        for shape in [
            &b"Entering Passive Mode (192,0,2,7,195,80)"[..],
            b"Entering Passive Mode (192,0,2,7,195,80).",
            b"Entering Passive Mode 192,0,2,7,195,80",
            b"Entering Passive Mode. 192, 0, 2, 7, 195, 80",
            b"=192,0,2,7,195,80",
            b"Entering passive mode (192,0,2,7,195,80",
            b"Passive mode 2 (192,0,2,7,195,80.)",
        ] {
            assert_eq!(pasv(shape), expected, "{}", shape.escape_ascii());
        }
        assert_eq!(
            pasv(b"Entering passive mode (fd99:2::2,195,81)"),
            end("[fd99:2::2]:50001")
        );
        assert_eq!(pasv(b"(0,0,0,0,195,80)"), end("0.0.0.0:50000"));
        for bad in [
            &b"Logout."[..],
            b"(257,0,2,7,195,80)",
            b"(192,0,2,7,195,65535)",
            b"(",
        ] {
            assert_eq!(pasv(bad), None, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn eprt_and_epsv_take_any_delimiter() {
        assert_eq!(eprt(b"|1|192.0.2.7|50000|"), end("192.0.2.7:50000"));
        assert_eq!(eprt(b"!2!2001:db8::7!50000!"), end("[2001:db8::7]:50000"));
        for bad in [
            &b"|2|192.0.2.7|50000|"[..],
            b"|1|192.0.2.7|131072|",
            b"|1|192.0.2.7|50000",
            b"||||",
        ] {
            assert_eq!(eprt(bad), None, "{}", bad.escape_ascii());
        }
        let server: IpAddr = "192.0.2.1".parse().unwrap();
        let expected = end("192.0.2.1:50000");
        assert_eq!(
            epsv(b"Entering Extended Passive Mode (|||50000|)", server),
            expected
        );
        assert_eq!(
            epsv(b"Extended Passive mode (!!!50000!).", server),
            expected
        );
        assert_eq!(
            epsv(b"Entering Extended Passive Mode |||50000|", server),
            expected
        );
        assert_eq!(
            epsv(b"ok (|1|192.0.2.9|50000|)", server),
            end("192.0.2.9:50000")
        );
        assert_eq!(epsv(b"ok (|||-1|)", server), None);
        assert_eq!(epsv(b"ok", server), None);
    }

    #[test]
    fn long_addresses_of_both_families() {
        assert_eq!(long(b"4,4,192,0,2,7,2,195,80"), end("192.0.2.7:50000"));
        let v6 = b"Entering Long Passive Mode (6,16,32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,7,2,195,80)";
        assert_eq!(long(v6), end("[2001:db8::7]:50000"));
        assert_eq!(long(b"4,16,192,0,2,7,2,195,80"), None);
        assert_eq!(long(b"4,4,192,0,2,7,3,195,80,1"), None);
    }
}
