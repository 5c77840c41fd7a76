//! A JSON writer for objects whose fields are known: no tree, no allocation.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::escape;
use crate::output::stamp;
use crate::output::words::Word;

/// An object that is being written: each field begins with a comma.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
}

/// What can be the value of a field.
pub(super) trait Value {
    /// Appends the value.
    fn write(&self, out: &mut Vec<u8>);
}

/// Text of this program in which nothing has to be escaped.
pub(super) struct Fixed(pub(super) &'static str);

/// Bytes from the wire, on one line.
pub(super) struct Wire<'a>(pub(super) &'a [u8]);

/// Bytes from the wire, in which line feeds separate lines.
pub(super) struct WireLines<'a>(pub(super) &'a [u8]);

/// Writes one object.
pub(super) fn object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
    let start = out.len();
    fill(&mut Object { out });
    // The brace stands where the comma of the first field is.
    match out.get_mut(start) {
        Some(comma) => *comma = b'{',
        None => out.push(b'{'),
    }
    out.push(b'}');
}

impl Object<'_> {
    /// Writes a field.
    #[inline(always)]
    pub(super) fn set(&mut self, name: &str, value: impl Value) {
        self.name(name);
        value.write(self.out);
    }

    /// Writes a field that is an object.
    pub(super) fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        object(self.out, fill);
    }

    /// Writes a field that is an object, or null.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        value: Option<T>,
        fill: impl FnOnce(&mut Object<'_>, T),
    ) {
        match value {
            Some(value) => self.object(name, |object| fill(object, value)),
            None => self.set(name, None::<u64>),
        }
    }

    /// Writes a field that is an array of objects.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Object<'_>, T),
    ) {
        self.name(name);
        self.out.push(b'[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            object(self.out, |object| fill(object, item));
        }
        self.out.push(b']');
    }

    // Where the name is known, this is three stores.
    #[inline(always)]
    fn name(&mut self, name: &str) {
        self.out.extend_from_slice(b",\"");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }
}

impl<T: Value> Value for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl Value for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {
        $(impl Value for $type {
            fn write(&self, out: &mut Vec<u8>) {
                stamp::push_number(out, u64::from(*self));
            }
        })*
    };
}

numbers! { u8 u16 u32 u64 }

impl Value for &str {
    fn write(&self, out: &mut Vec<u8>) {
        if !push_simple(out, self.as_bytes()) {
            out.push(b'"');
            push_escaped(out, self);
            out.push(b'"');
        }
    }
}

impl<T: AsRef<str>> Value for &[T] {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, text) in self.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            text.as_ref().write(out);
        }
        out.push(b']');
    }
}

impl Value for Fixed {
    #[inline(always)]
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        out.extend_from_slice(self.0.as_bytes());
        out.push(b'"');
    }
}

/// The word of the contract for a fact.
pub(super) fn word(fact: impl Word) -> Fixed {
    Fixed(fact.word())
}

impl Value for Wire<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        if !push_simple(out, self.0) {
            escape::line(self.0).as_ref().write(out);
        }
    }
}

impl Value for WireLines<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        if !push_simple(out, self.0) {
            escape::lines(self.0).as_ref().write(out);
        }
    }
}

impl Value for SocketAddr {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"ip\":\"");
        match self.ip() {
            IpAddr::V4(ip) => push_ipv4(out, ip),
            // Writing to a vector does not fail.
            IpAddr::V6(ip) => drop(write!(out, "{ip}")),
        }
        out.extend_from_slice(b"\",\"port\":");
        self.port().write(out);
        out.push(b'}');
    }
}

fn push_ipv4(out: &mut Vec<u8>, ip: Ipv4Addr) {
    let [first, rest @ ..] = ip.octets();
    first.write(out);
    for octet in rest {
        out.push(b'.');
        octet.write(out);
    }
}

/// Appends text that nothing has to be escaped in, as nearly all of FTP is; else says so.
fn push_simple(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let is_simple = escape::is_simple(text);
    if is_simple {
        out.push(b'"');
        out.extend_from_slice(text);
        out.push(b'"');
    }
    is_simple
}

/// RFC 8259 §7: quotation mark, backslash and the control characters must be escaped. So is what a
/// terminal would act on, or not show: a name of a file may hold anything.
fn push_escaped(out: &mut Vec<u8>, text: &str) {
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            _ if escape::is_visible(character) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                let _ = write!(out, "\\u{unit:04x}");
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(fill: impl FnOnce(&mut Object<'_>)) -> String {
        let mut out = Vec::new();
        object(&mut out, fill);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_of_every_kind() {
        let text = written(|object| {
            object.set("number", 7u64);
            object.set("nothing", None::<bool>);
            object.set("wire", Wire(b"a\"b\\\x1b\xff"));
            object.set("lines", WireLines(b"one\ntwo"));
            object.set("name", "\u{9b}\u{202e}\u{e0041}\x07ß");
            object.set("end", "[2001:db8::7]:21".parse::<SocketAddr>().unwrap());
            object.list("list", [1u16, 2], |object, item| object.set("item", item));
        });
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["wire"], "a\"b\\\\x1b\\xff");
        assert_eq!(value["lines"], "one\ntwo");
        assert_eq!(value["name"], "\u{9b}\u{202e}\u{e0041}\x07ß");
        assert!(text.contains(r"\u009b\u202e\udb40\udc41\u0007ß"), "{text}");
        assert_eq!(value["end"]["ip"], "2001:db8::7");
        assert_eq!(value["list"][1]["item"], 2);
        assert!(text.starts_with(r#"{"number":7,"nothing":null,"#));
    }

    #[test]
    fn the_program_s_own_text_is_escaped_too() {
        let text = written(|object| object.set("name", "a\tb\u{1}"));
        assert_eq!(text, r#"{"name":"a\u0009b\u0001"}"#);
    }
}
