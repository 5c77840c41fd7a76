//! Which server software a greeting names.

use std::sync::Arc;

use super::text::Text;

/// Texts whose software is remembered, which keeps them too.
const REMEMBERED: usize = 256;

/// Longer texts are looked at anew.
const LONGEST: usize = 1024;

/// Words of greetings and the software that writes them, more specific ones first.
const KNOWN: &[(&str, &str)] = &[
    ("vsftpd", "vsftpd"),
    ("proftpd", "ProFTPD"),
    ("pure-ftpd", "Pure-FTPd"),
    ("pyftpdlib", "pyftpdlib"),
    ("filezilla server", "FileZilla Server"),
    ("microsoft ftp service", "Microsoft FTP Service"),
    ("serv-u", "Serv-U"),
    ("glftpd", "glFTPd"),
    ("gridftp", "GridFTP Server"),
    ("crushftp", "CrushFTP"),
    ("cerberus ftp", "Cerberus FTP Server"),
    ("ws_ftp", "WS_FTP Server"),
    ("titan ftp", "Titan FTP Server"),
    ("xlight", "Xlight FTP Server"),
    ("gene6", "Gene6 FTP Server"),
    ("bftpd", "bftpd"),
    ("ibm ftp cs", "IBM z/OS FTP Server"),
    ("gnu inetutils", "GNU inetutils ftpd"),
    ("netbsd-ftpd", "NetBSD-ftpd"),
    ("tnftpd", "tnftpd"),
    ("linux-ftpd", "Linux-ftpd"),
    ("netkit", "Linux-ftpd"),
    ("mod_ftp", "Apache mod_ftp"),
    ("wu-", "WU-FTPD"),
    ("twisted", "Twisted FTP"),
    ("mikrotik", "MikroTik FTP Server"),
    ("vxworks", "VxWorks FTP Server"),
    ("quick 'n easy", "Quick 'n Easy FTP Server"),
    ("apache ftpserver", "Apache FtpServer"),
    ("mina ftp", "Apache FtpServer"),
    ("busybox", "BusyBox ftpd"),
];

/// Which of the words above have a letter in first place, and which in second, as bits.
const FIRST: [u32; 26] = by_letter(0);
const SECOND: [u32; 26] = by_letter(1);

const fn by_letter(place: usize) -> [u32; 26] {
    assert!(KNOWN.len() <= 32);
    let mut bits = [0; 26];
    let mut index = 0;
    while index < KNOWN.len() {
        let letter = KNOWN[index].0.as_bytes()[place];
        assert!(letter.is_ascii_lowercase());
        bits[(letter - b'a') as usize] |= 1 << index;
        index += 1;
    }
    bits
}

/// What the texts name that servers said lately: they say the same to everybody. Each text has one
/// place, by where it lies in memory, because sessions share what all of them hear.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// None until a text is looked at.
    places: Vec<(Text, Option<Arc<str>>)>,
    /// Memory of the texts, in bytes.
    size: usize,
}

impl Named {
    /// The software that a text of the server (greeting, SYST) names.
    pub(super) fn software(&mut self, text: &Text) -> Option<Arc<str>> {
        if text.len() > LONGEST {
            return recognise(text);
        }
        if self.places.is_empty() {
            self.places.resize(REMEMBERED, Default::default());
        }
        let address = text.as_bytes().as_ptr().addr();
        let (known, software) = self.places.get_mut(address / 32 % REMEMBERED)?;
        if !std::ptr::eq(known.as_bytes(), text.as_bytes()) {
            self.size = self.size + text.weight() - known.weight();
            (*known, *software) = (text.clone(), recognise(text));
        }
        software.clone()
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.places.capacity() * size_of::<(Text, Option<Arc<str>>)>() + self.size
    }
}

/// The software that a text names, with its version where it tells.
fn recognise(text: &[u8]) -> Option<Arc<str>> {
    let (name, after) = named(text)?;
    Some(match version(after) {
        Some(version) => [name, " ", version].concat().into(),
        None => name.into(),
    })
}

/// The first of the known words that stands in the text, in the order above, as the software that it
/// tells of; and what follows it.
fn named(text: &[u8]) -> Option<(&'static str, &[u8])> {
    let mut best = None;
    let mut wanted = u32::MAX;
    for (at, (&first, &second)) in text.iter().zip(text.iter().skip(1)).enumerate() {
        let mut candidates = with_letter(&FIRST, first) & with_letter(&SECOND, second) & wanted;
        while candidates != 0 {
            let index = candidates.trailing_zeros();
            let (word, name) = *KNOWN.get(index as usize)?;
            let (head, after) = text
                .get(at..)?
                .split_at_checked(word.len())
                .unwrap_or_default();
            if head.eq_ignore_ascii_case(word.as_bytes()) {
                best = Some((name, after));
                // Only those before it would be better.
                wanted = (1 << index) - 1;
                break;
            }
            candidates &= candidates - 1;
        }
    }
    best
}

fn with_letter(words: &[u32; 26], letter: u8) -> u32 {
    let letter = usize::from(letter.to_ascii_lowercase().wrapping_sub(b'a'));
    words.get(letter).copied().unwrap_or(0)
}

/// The version that follows a name: the next word, when it begins with a digit or `v` and a digit.
fn version(after: &[u8]) -> Option<&str> {
    let word = trim_start(after, b" /-:([");
    let word = word
        .strip_prefix(b"Server")
        .or(word.strip_prefix(b"Version"))
        .unwrap_or(word);
    let word = trim_start(trim_start(word, b" /"), b"vV");
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-_".contains(*byte);
    let end = word.iter().take_while(is_part).count();
    let word = std::str::from_utf8(word.get(..end)?).ok()?;
    let word = word.trim_end_matches(['.', '-', '_']);
    (word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 24).then_some(word)
}

fn trim_start<'a>(text: &'a [u8], signs: &[u8]) -> &'a [u8] {
    let end = text.iter().take_while(|byte| signs.contains(byte)).count();
    text.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_of_real_servers() {
        for (greeting, expected) in [
            ("(vsFTPd 3.0.3)", Some("vsftpd 3.0.3")),
            (
                "ProFTPD 1.3.8 Server (Debian) [::ffff:192.0.2.1]",
                Some("ProFTPD 1.3.8"),
            ),
            ("ProFTPD Server (Debian) [192.0.2.1]", Some("ProFTPD")),
            (
                "---------- Welcome to Pure-FTPd [privsep] [TLS] ----------",
                Some("Pure-FTPd"),
            ),
            ("pyftpdlib 1.5.7 ready.", Some("pyftpdlib 1.5.7")),
            ("FileZilla Server 1.8.1", Some("FileZilla Server 1.8.1")),
            ("Microsoft FTP Service", Some("Microsoft FTP Service")),
            (
                "h FTP server (Version wu-2.6.2(1) Mon) ready.",
                Some("WU-FTPD 2.6.2"),
            ),
            (
                "ftp.NetBSD.org FTP server (NetBSD-ftpd 20100320) ready.",
                Some("NetBSD-ftpd 20100320"),
            ),
            ("Serv-U FTP Server v15.1 ready...", Some("Serv-U")),
            ("wu- is no vsFTPd 2", Some("vsftpd 2")),
            ("vsftpd and vsftpd 3.0.2", Some("vsftpd")),
            ("BUSYBOX", Some("BusyBox ftpd")),
            ("busybo", None),
            ("hello", None),
        ] {
            assert_eq!(
                recognise(greeting.as_bytes()).as_deref(),
                expected,
                "{greeting}"
            );
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut named = Named::default();
        let texts: Vec<Text> = (0..2 * REMEMBERED)
            .flat_map(|number| {
                let version = format!("vsFTPd 3.{number} ");
                [LONGEST, LONGEST + 1].map(|length| {
                    let rest = "x".repeat(length - version.len());
                    Text::from(format!("{version}{rest}").as_str())
                })
            })
            .collect();
        for (index, text) in texts.iter().enumerate() {
            let software = named.software(text).unwrap();
            assert_eq!(&*software, format!("vsftpd 3.{}", index / 2));
        }
        let kept = named.places.iter().map(|(text, _)| text);
        assert!(kept.clone().all(|text| text.len() <= LONGEST));
        assert_eq!(named.size, kept.map(Text::weight).sum::<usize>());
        let most = REMEMBERED * (LONGEST + 256);
        assert!(
            (LONGEST..most).contains(&named.memory()),
            "{}",
            named.memory()
        );
    }
}
