//! Which server software a greeting names.

use std::sync::Arc;

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

/// The software that a text of the server (greeting, SYST) names, with its version where it tells.
pub(super) fn recognise(text: &[u8]) -> Option<Arc<str>> {
    let text = String::from_utf8_lossy(text);
    let lower = text.to_ascii_lowercase();
    let (at, word, name) = KNOWN
        .iter()
        .find_map(|&(word, name)| lower.find(word).map(|at| (at, word, name)))?;
    let after = text.get(at + word.len()..).unwrap_or_default();
    Some(match version(after) {
        Some(version) => format!("{name} {version}").into(),
        None => (*name).into(),
    })
}

/// The version that follows a name: the next word, when it begins with a digit or `v` and a digit.
fn version(after: &str) -> Option<&str> {
    let word = after.trim_start_matches([' ', '/', '-', ':', '(', '[']);
    let word = word
        .strip_prefix("Server")
        .or(word.strip_prefix("Version"))
        .unwrap_or(word);
    let word = word
        .trim_start_matches([' ', '/'])
        .trim_start_matches(['v', 'V']);
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_'));
    let word = word
        .get(..end.unwrap_or(word.len()))?
        .trim_end_matches(['.', '-', '_']);
    (word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 24).then_some(word)
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
            ("hello", None),
        ] {
            assert_eq!(
                recognise(greeting.as_bytes()).as_deref(),
                expected,
                "{greeting}"
            );
        }
    }
}
