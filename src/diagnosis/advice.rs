//! Remedies in the words of the server software that was recognised.
//!
//! Each option stands as that software's own documentation has it: vsftpd.conf(5), ProFTPD's
//! configuration reference, pure-ftpd(8), pyftpdlib's API reference, the manuals of FileZilla Server,
//! IIS and Serv-U, ftpaccess(5) of WU-FTPD.

use std::net::{IpAddr, SocketAddr};

use crate::ftp::{Channel, Mode, Reply};

/// Software that remedies are known for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Vsftpd,
    ProFtpd,
    PureFtpd,
    Pyftpdlib,
    FileZilla,
    Iis,
    WuFtpd,
    ServU,
    Other,
}

impl Server {
    fn recognise(software: Option<&str>) -> Self {
        const NAMES: [(&str, Server); 8] = [
            ("vsftpd", Server::Vsftpd),
            ("ProFTPD", Server::ProFtpd),
            ("Pure-FTPd", Server::PureFtpd),
            ("pyftpdlib", Server::Pyftpdlib),
            ("FileZilla Server", Server::FileZilla),
            ("Microsoft FTP Service", Server::Iis),
            ("WU-FTPD", Server::WuFtpd),
            ("Serv-U", Server::ServU),
        ];
        let software = software.unwrap_or_default();
        NAMES
            .iter()
            .find(|(name, _)| software.starts_with(name))
            .map_or(Self::Other, |(_, server)| *server)
    }
}

/// The server announces an address that the client cannot reach: `public` is the one that works.
pub(super) fn public_address(software: Option<&str>, public: Option<IpAddr>) -> Vec<String> {
    let address = public.map_or_else(|| "<public address>".to_owned(), |ip| ip.to_string());
    let setting = match Server::recognise(software) {
        Server::Vsftpd => format!("vsftpd: set pasv_address={address} in vsftpd.conf."),
        Server::ProFtpd => format!("ProFTPD: set MasqueradeAddress {address} in proftpd.conf."),
        Server::PureFtpd => {
            format!("Pure-FTPd: set ForcePassiveIP {address} (option -P {address}).")
        }
        Server::Pyftpdlib => {
            format!("pyftpdlib: set masquerade_address = \"{address}\" on the handler class.")
        }
        Server::FileZilla => format!(
            "FileZilla Server: Protocol settings, FTP and FTP over TLS, Passive mode: \"Use the \
             following host\" {address}."
        ),
        Server::Iis => {
            format!("IIS: FTP Firewall Support, \"External IP Address of Firewall\" {address}.")
        }
        Server::WuFtpd => {
            format!("WU-FTPD: add \"passive address {address} 0.0.0.0/0\" to ftpaccess.")
        }
        Server::ServU => format!(
            "Serv-U: give the listener the PASV IP address {address} (domain details, listeners)."
        ),
        Server::Other => format!(
            "Tell the server its public address for passive mode ({address}), or switch on address \
             rewriting for FTP in the device that translates."
        ),
    };
    vec![
        setting,
        "Or let the client use EPSV, which announces no address, or ignore the address in 227."
            .to_owned(),
    ]
}

/// Connections to the passive ports are dropped.
pub(super) fn open_passive_range(
    software: Option<&str>,
    server: IpAddr,
    (lowest, highest): (u16, u16),
) -> Vec<String> {
    let ports = if lowest == highest {
        format!("port {lowest}")
    } else {
        format!("ports {lowest} to {highest}")
    };
    vec![
        format!(
            "Allow TCP connections to {server} {ports} in every firewall between client and server \
             and on the server itself; better its whole passive range."
        ),
        format!(
            "{} makes the range known and small enough to open.",
            passive_range(software)
        ),
        "With TLS, or on another port than 21, a firewall cannot learn the ports from the control \
         connection: they must be open for good."
            .to_owned(),
    ]
}

/// No port is left.
pub(super) fn more_passive_ports(software: Option<&str>) -> Vec<String> {
    vec![
        format!(
            "Give the server more passive ports than it has transfers at once: {}.",
            passive_range(software)
        ),
        "Open the new ports in the firewall too.".to_owned(),
        "Look on the server for clients that announce channels and never use them.".to_owned(),
    ]
}

fn passive_range(software: Option<&str>) -> &'static str {
    match Server::recognise(software) {
        Server::Vsftpd => "vsftpd: pasv_min_port and pasv_max_port",
        Server::ProFtpd => "ProFTPD: PassivePorts <lowest> <highest>",
        Server::PureFtpd => "Pure-FTPd: PassivePortRange <lowest> <highest> (option -p)",
        Server::Pyftpdlib => "pyftpdlib: passive_ports = range(<lowest>, <highest>)",
        Server::FileZilla => "FileZilla Server: Passive mode, \"Use custom port range\"",
        Server::Iis => "IIS: FTP Firewall Support, \"Data Channel Port Range\"",
        Server::WuFtpd => "WU-FTPD: \"passive ports 0.0.0.0/0 <lowest> <highest>\" in ftpaccess",
        Server::ServU => "Serv-U: the PASV port range of the server's network settings",
        Server::Other => "The server's setting for the range of passive ports",
    }
}

/// The client announces an address behind translation.
pub(super) fn active_behind_nat() -> Vec<String> {
    vec![
        "Set the client to passive mode: then only the client connects.".to_owned(),
        "Or switch on address rewriting for FTP (helper, ALG) in the device that translates; it \
         cannot work with TLS, nor on other ports than 21 without being told."
            .to_owned(),
    ]
}

/// The server cannot connect to the client.
pub(super) fn active_blocked(announced: Option<SocketAddr>) -> Vec<String> {
    let where_to = announced.map_or_else(String::new, |endpoint| format!(" to {}", endpoint.ip()));
    vec![
        "Set the client to passive mode: then only the client connects.".to_owned(),
        format!(
            "Or allow connections from the server (source port 20 with some servers){where_to} in \
             the client's firewall, and limit the client to a known range of ports."
        ),
    ]
}

/// The client connects only after 150, or later than the server waits.
pub(super) fn slow_to_connect(software: Option<&str>) -> Vec<String> {
    let wait = match Server::recognise(software) {
        Server::Vsftpd => "vsftpd: accept_timeout is how long it waits.",
        _ => "Let the server wait longer for the data connection.",
    };
    vec![
        "Look at why the client connects so late: it should connect as soon as it has the reply \
         to PASV or EPSV."
            .to_owned(),
        wait.to_owned(),
    ]
}

/// TLS is renegotiated during a session.
pub(super) fn no_renegotiation(software: Option<&str>) -> Vec<String> {
    let tls13 = "Allow TLS 1.3 on both sides: it changes keys without a second handshake.";
    let setting = match Server::recognise(software) {
        Server::ProFtpd => Some("ProFTPD: TLSRenegotiate none in proftpd.conf turns it off."),
        _ => None,
    };
    setting
        .into_iter()
        .chain([tls13])
        .map(str::to_owned)
        .collect()
}

/// The server connects to third hosts.
pub(super) fn forbid_bounce(software: Option<&str>) -> Vec<String> {
    let setting = match Server::recognise(software) {
        Server::Vsftpd => "vsftpd: set port_promiscuous=NO.",
        Server::ProFtpd => "ProFTPD: set AllowForeignAddress off.",
        Server::PureFtpd => "Pure-FTPd: set AllowUserFXP no and AllowAnonymousFXP no.",
        Server::Pyftpdlib => {
            "pyftpdlib: set permit_foreign_addresses = False and permit_privileged_ports = False."
        }
        _ => {
            "Let the server connect to nobody but the client, and not to ports below 1024 (RFC 2577)."
        }
    };
    vec![
        setting.to_owned(),
        "Find out who uses the server to reach other hosts, and what was sent there.".to_owned(),
    ]
}

/// Another host takes a passive port.
pub(super) fn third_party(software: Option<&str>) -> Vec<String> {
    let setting = match Server::recognise(software) {
        Server::Vsftpd => "vsftpd: keep pasv_promiscuous=NO, so that only the client is served.",
        Server::ProFtpd => {
            "ProFTPD: keep AllowForeignAddress off, so that only the client is served."
        }
        Server::Pyftpdlib => {
            "pyftpdlib: keep permit_foreign_addresses = False, so that only the client is served."
        }
        _ => "Let the server accept data connections from the client's address only.",
    };
    vec![
        "Find out what that host is: a port scan, or a proxy or address translation that gives the \
         client's connections different addresses."
            .to_owned(),
        setting.to_owned(),
        "TLS with session reuse keeps data from strangers.".to_owned(),
    ]
}

/// The server demands TLS and the client cannot.
pub(super) fn allow_clear(software: Option<&str>) -> Option<String> {
    let setting = match Server::recognise(software) {
        Server::Vsftpd => "force_local_logins_ssl and force_local_data_ssl (vsftpd)",
        Server::ProFtpd => "TLSRequired (ProFTPD)",
        Server::PureFtpd => "TLS, option -Y (Pure-FTPd)",
        Server::Pyftpdlib => "tls_control_required and tls_data_required (pyftpdlib)",
        _ => return None,
    };
    Some(format!("What the server demands is set by {setting}."))
}

/// The server does not protect data connections.
pub(super) fn allow_private(software: Option<&str>) -> Option<String> {
    let setting = match Server::recognise(software) {
        Server::ProFtpd => "ProFTPD: TLSRequired without !data.",
        Server::PureFtpd => "Pure-FTPd: TLS 1 or more (option -Y).",
        Server::Vsftpd => "vsftpd: ssl_enable=YES.",
        _ => return None,
    };
    Some(format!(
        "Let the server protect data connections. {setting}"
    ))
}

/// Client and server have no TLS version in common.
pub(super) fn tls_versions(software: Option<&str>) -> Vec<String> {
    let setting = match Server::recognise(software) {
        Server::Vsftpd => " vsftpd: ssl_tlsv1 and its like, ssl_ciphers.",
        Server::ProFtpd => " ProFTPD: TLSProtocol.",
        Server::PureFtpd => " Pure-FTPd: TLSCipherSuite (option -J).",
        Server::Pyftpdlib => " pyftpdlib: ssl_protocol, ssl_options.",
        _ => "",
    };
    vec![
        "Update the older side, so that both have TLS 1.2 or later (RFC 8996).".to_owned(),
        format!("Or let client and server allow a common version.{setting}"),
    ]
}

/// Client and server have no cipher suite in common.
pub(super) fn tls_ciphers(software: Option<&str>) -> Vec<String> {
    let setting = match Server::recognise(software) {
        Server::Vsftpd => " vsftpd: ssl_ciphers.",
        Server::ProFtpd => " ProFTPD: TLSCipherSuite.",
        Server::PureFtpd => " Pure-FTPd: TLSCipherSuite (option -J).",
        Server::Pyftpdlib => " pyftpdlib: ssl_context.",
        _ => "",
    };
    vec![format!(
        "Let client and server allow a common TLS version and cipher suite.{setting}"
    )]
}

/// The server demands that data connections resume the TLS session of the control connection.
pub(super) fn reuse_tls_session(software: Option<&str>) -> Vec<String> {
    let setting = match Server::recognise(software) {
        Server::Vsftpd => "vsftpd: require_ssl_reuse=NO relaxes the demand.",
        Server::ProFtpd => "ProFTPD: TLSOptions NoSessionReuseRequired relaxes the demand.",
        _ => "Or relax the server's demand for session reuse, where it has such a setting.",
    };
    vec![
        "Use a client that resumes the control connection's TLS session on its data connections."
            .to_owned(),
        format!("{setting} Data connections are then open to whoever reaches the port first."),
    ]
}

/// The server refuses an announcement: by its code.
pub(super) fn rejected(software: Option<&str>, channel: &Channel, reply: &Reply) -> Vec<String> {
    let server = Server::recognise(software);
    let other = match channel.mode {
        Mode::Passive => "active mode (PORT or EPRT)",
        Mode::Active => "passive mode (EPSV or PASV)",
    };
    let reason = match reply.code {
        530 | 332 => return vec!["Log in before the transfer.".to_owned()],
        500 | 502 | 504 => "The server does not know the command, or it is switched off",
        501 => "The server does not accept the argument",
        421 => "The server is closing the session",
        522 => "The server does not support this address family",
        550 => "The server does not permit it",
        _ => "The server refuses it",
    };
    let setting = match (server, channel.mode) {
        (Server::Vsftpd, Mode::Passive) => " (vsftpd: pasv_enable)",
        (Server::Vsftpd, Mode::Active) => " (vsftpd: port_enable)",
        _ => "",
    };
    vec![
        format!("{reason}{setting}: let the client use {other}."),
        "Or allow it in the server's settings.".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_of_the_recognised_software_comes_first() {
        let public = Some("203.0.113.9".parse().unwrap());
        for (software, expected) in [
            ("vsftpd 3.0.3", "pasv_address=203.0.113.9"),
            ("ProFTPD 1.3.8", "MasqueradeAddress 203.0.113.9"),
            ("Pure-FTPd", "ForcePassiveIP 203.0.113.9"),
            ("pyftpdlib 2.0.1", "masquerade_address = \"203.0.113.9\""),
            ("Microsoft FTP Service", "External IP Address of Firewall"),
            ("FileZilla Server 1.8.1", "Use the following host"),
            ("Unheard of", "its public address"),
        ] {
            let advice = public_address(Some(software), public);
            assert!(advice[0].contains(expected), "{}", advice[0]);
        }
    }
}
