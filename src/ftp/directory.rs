//! The working directory, and paths resolved against it.

use std::borrow::Cow;

use super::text::{Text, Texts};

/// Bytes kept of one path.
const MAX_PATH: usize = 4096;

/// The working directory of a session, as far as the capture tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    current: Option<Text>,
}

impl Directory {
    /// The server named the working directory, as 257 does (RFC 959 appendix II).
    pub(super) fn named(&mut self, reply_text: &[u8], texts: &mut Texts) {
        if let Some(path) = quoted(reply_text) {
            self.current = Some(texts.share(&path));
        }
    }

    /// CWD was accepted.
    pub(super) fn change(&mut self, argument: &Text, texts: &mut Texts) {
        let path = self.resolve(argument, texts);
        self.current = is_absolute(&path).then_some(path);
    }

    /// CDUP was accepted.
    pub(super) fn up(&mut self) {
        self.current = self
            .current
            .take()
            .map(|path| normalised(&[&path, b".."]).into());
    }

    /// Nothing is known any more: REIN, a new login, or replies that the capture lacks.
    pub(super) fn forget(&mut self) {
        self.current = None;
    }

    /// The working directory, where it is known.
    pub(super) fn current(&self) -> Option<&Text> {
        self.current.as_ref()
    }

    /// A path as the server understands it; as it was given where the directory is not known.
    pub(super) fn resolve(&self, argument: &Text, texts: &mut Texts) -> Text {
        let path = argument.get(..MAX_PATH).unwrap_or(argument);
        let resolved = match &self.current {
            _ if path.starts_with(b"/") && is_normal(path) => Cow::Borrowed(path),
            _ if path.starts_with(b"/") => Cow::Owned(normalised(&[path])),
            Some(current) if !is_absolute(path) => Cow::Owned(joined(current, path)),
            _ => Cow::Borrowed(path),
        };
        match resolved {
            Cow::Borrowed(path) if path.len() == argument.len() => argument.clone(),
            path => texts.share(&path),
        }
    }
}

/// Rooted in the server's file system: `/x`, `C:\x`, an MVS data set in quotes, a VMS device.
fn is_absolute(path: &[u8]) -> bool {
    match path {
        [b'/' | b'\\' | b'\'' | b'[', ..] => true,
        [drive, b':', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

fn joined(current: &[u8], argument: &[u8]) -> Vec<u8> {
    let mut path = match current {
        // z/OS: 'HLQ.' and NAME make 'HLQ.NAME'.
        [b'\'', prefix @ .., b'\''] => [b"'", prefix, argument, b"'"].concat(),
        [b'/', ..] => normalised(&[current, argument]),
        [.., b'\\' | b'/' | b']'] => [current, argument].concat(),
        _ if memchr::memchr(b'\\', current).is_some() => [current, b"\\", argument].concat(),
        _ => [current, b"/", argument].concat(),
    };
    path.truncate(MAX_PATH);
    path
}

/// A path that begins with a slash has no empty component, `.` or `..`.
fn is_normal(path: &[u8]) -> bool {
    let mut parts = path.split(|&byte| byte == b'/').skip(1);
    parts.all(|part| !matches!(part, b"" | b"." | b".."))
}

/// Removes empty components, `.` and `..` of a path, which may come in pieces, and begins it with a
/// slash.
fn normalised(pieces: &[&[u8]]) -> Vec<u8> {
    let length = |piece: &&[u8]| piece.len() + 1;
    let mut normal = Vec::with_capacity(pieces.iter().map(length).sum());
    let parts = pieces
        .iter()
        .flat_map(|piece| piece.split(|&byte| byte == b'/'));
    for part in parts {
        match part {
            b"" | b"." => {}
            b".." => normal.truncate(memchr::memrchr(b'/', &normal).unwrap_or(0)),
            _ => {
                normal.push(b'/');
                normal.extend_from_slice(part);
            }
        }
    }
    if normal.is_empty() {
        normal.push(b'/');
    }
    normal.truncate(MAX_PATH);
    normal
}

/// The text between double quotes; a doubled one inside stands for one (RFC 959 appendix II).
fn quoted(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let start = memchr::memchr(b'"', text)? + 1;
    let rest = text.get(start..)?;
    let (path, after) = rest.split_at_checked(memchr::memchr(b'"', rest)?)?;
    if !after.starts_with(b"\"\"") {
        let fits = !path.is_empty() && path.len() < MAX_PATH;
        return fits.then_some(Cow::Borrowed(path));
    }
    unquoted(rest).map(Cow::Owned)
}

/// A path up to its closing quote.
fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut path = Vec::new();
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
            return (!path.is_empty()).then_some(path);
        }
        path.push(byte);
        if path.len() == MAX_PATH {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(current: &str) -> Directory {
        Directory {
            current: Some(current.into()),
        }
    }

    fn resolved(current: &str, argument: &str) -> String {
        let path = at(current).resolve(&argument.into(), &mut Texts::default());
        String::from_utf8(path.to_vec()).unwrap()
    }

    #[test]
    fn paths_are_resolved_in_every_server_s_way() {
        assert_eq!(resolved("/pub", "a.txt"), "/pub/a.txt");
        assert_eq!(resolved("/pub/x", "../a.txt"), "/pub/a.txt");
        assert_eq!(resolved("/pub", "/b/./c"), "/b/c");
        assert_eq!(resolved("/", "../../.."), "/");
        assert_eq!(resolved("'USER.'", "DATA"), "'USER.DATA'");
        assert_eq!(resolved("C:\\inetpub", "a.txt"), "C:\\inetpub\\a.txt");
        assert_eq!(resolved("/pub", "/"), "/");
        assert_eq!(resolved("/pub", "/b//c/"), "/b/c");
        let nowhere = Directory::default();
        let path = nowhere.resolve(&"a.txt".into(), &mut Texts::default());
        assert_eq!(path, "a.txt".into());
    }

    #[test]
    fn the_directory_follows_the_commands() {
        let texts = &mut Texts::default();
        let mut directory = Directory::default();
        directory.named(b"\"/home/\"\"x\" is the current directory", texts);
        assert_eq!(directory.resolve(&"a".into(), texts), "/home/\"x/a".into());
        directory.up();
        assert_eq!(directory.resolve(&"a".into(), texts), "/home/a".into());
        directory.change(&"sub".into(), texts);
        assert_eq!(directory.resolve(&"a".into(), texts), "/home/sub/a".into());
        directory.forget();
        directory.change(&"sub".into(), texts);
        let path = directory.resolve(&"a".into(), texts);
        assert_eq!(path, "a".into(), "relative to nothing known");
    }

    #[test]
    fn quotes_may_be_missing() {
        assert_eq!(quoted(b"at \"/a\" or \"/b\"").as_deref(), Some(&b"/a"[..]));
        assert_eq!(quoted(b"/home is current"), None);
        assert_eq!(quoted(b"\"/home"), None);
        assert_eq!(quoted(b"\"\" x"), None);
    }

    #[test]
    fn of_a_path_without_end_the_beginning_is_kept() {
        let long = "x".repeat(MAX_PATH - 2);
        for root in ["/", "C:\\", "'HLQ.'", "[A]"] {
            let (mut directory, texts) = (at(root), &mut Texts::default());
            let mut before = root.trim_end_matches('\'').to_owned();
            for _ in 0..3 {
                directory.change(&long.as_str().into(), texts);
                let now = directory.current().unwrap().to_vec();
                let now = String::from_utf8(now).unwrap();
                assert!(now.starts_with(&before) && now.len() <= MAX_PATH, "{root}");
                before = now;
            }
            assert_eq!(before.len(), MAX_PATH, "{root}");
            directory.named(format!("\"{root}{long}\"\"{long}\"").as_bytes(), texts);
            let path = directory.current().unwrap();
            assert_eq!(path, &before.as_str().into(), "it is no path");
        }
        let path =
            Directory::default().resolve(&long.repeat(2).as_str().into(), &mut Texts::default());
        assert_eq!(path.len(), MAX_PATH);
    }
}
