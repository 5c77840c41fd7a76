//! The working directory, and paths resolved against it.

/// Bytes kept of one path.
const MAX_PATH: usize = 4096;

/// The working directory of a session, as far as the capture tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    current: Option<Vec<u8>>,
}

impl Directory {
    /// The server named the working directory, as 257 does (RFC 959 appendix II).
    pub(super) fn named(&mut self, reply_text: &[u8]) {
        if let Some(path) = quoted(reply_text) {
            self.current = Some(path);
        }
    }

    /// CWD was accepted.
    pub(super) fn change(&mut self, argument: &[u8]) {
        let path = self.resolve(argument);
        self.current = is_absolute(&path).then_some(path);
    }

    /// CDUP was accepted.
    pub(super) fn up(&mut self) {
        self.current = self
            .current
            .take()
            .map(|path| normalised(&[&path[..], b"/.."].concat()));
    }

    /// Nothing is known any more: REIN, a new login, or replies that the capture lacks.
    pub(super) fn forget(&mut self) {
        self.current = None;
    }

    /// The working directory, where it is known.
    pub(super) fn current(&self) -> Option<&[u8]> {
        self.current.as_deref()
    }

    /// A path as the server understands it; as it was given where the directory is not known.
    pub(super) fn resolve(&self, argument: &[u8]) -> Vec<u8> {
        let argument = argument.get(..MAX_PATH).unwrap_or(argument);
        match &self.current {
            _ if argument.starts_with(b"/") => normalised(argument),
            _ if is_absolute(argument) => argument.to_vec(),
            Some(current) => joined(current, argument),
            None => argument.to_vec(),
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
    match current {
        // z/OS: 'HLQ.' and NAME make 'HLQ.NAME'.
        [b'\'', prefix @ .., b'\''] => [b"'", prefix, argument, b"'"].concat(),
        [b'/', ..] => normalised(&[current, b"/", argument].concat()),
        [.., b'\\' | b'/' | b']'] => [current, argument].concat(),
        _ if memchr::memchr(b'\\', current).is_some() => [current, b"\\", argument].concat(),
        _ => [current, b"/", argument].concat(),
    }
}

/// Removes empty components, `.` and `..` of a path that begins with a slash.
fn normalised(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let mut normal = Vec::with_capacity(path.len());
    for part in &parts {
        normal.push(b'/');
        normal.extend_from_slice(part);
    }
    if normal.is_empty() {
        normal.push(b'/');
    }
    normal.truncate(MAX_PATH);
    normal
}

/// The text between double quotes; a doubled one inside stands for one (RFC 959 appendix II).
pub(super) fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    let start = memchr::memchr(b'"', text)? + 1;
    let mut path = Vec::new();
    let mut bytes = text.get(start..)?.iter().copied().peekable();
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
        String::from_utf8(at(current).resolve(argument.as_bytes())).unwrap()
    }

    #[test]
    fn paths_are_resolved_in_every_server_s_way() {
        assert_eq!(resolved("/pub", "a.txt"), "/pub/a.txt");
        assert_eq!(resolved("/pub/x", "../a.txt"), "/pub/a.txt");
        assert_eq!(resolved("/pub", "/b/./c"), "/b/c");
        assert_eq!(resolved("/", "../../.."), "/");
        assert_eq!(resolved("'USER.'", "DATA"), "'USER.DATA'");
        assert_eq!(resolved("C:\\inetpub", "a.txt"), "C:\\inetpub\\a.txt");
        assert_eq!(Directory::default().resolve(b"a.txt"), b"a.txt");
    }

    #[test]
    fn the_directory_follows_the_commands() {
        let mut directory = Directory::default();
        directory.named(b"\"/home/\"\"x\" is the current directory");
        assert_eq!(directory.resolve(b"a"), b"/home/\"x/a");
        directory.up();
        assert_eq!(directory.resolve(b"a"), b"/home/a");
        directory.change(b"sub");
        assert_eq!(directory.resolve(b"a"), b"/home/sub/a");
        directory.forget();
        directory.change(b"sub");
        assert_eq!(directory.resolve(b"a"), b"a", "relative to nothing known");
    }

    #[test]
    fn quotes_may_be_missing() {
        assert_eq!(quoted(b"/home is current"), None);
        assert_eq!(quoted(b"\"/home"), None);
        assert_eq!(quoted(b"\"\" x"), None);
    }
}
