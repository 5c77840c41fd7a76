//! Causes: data channel and TLS.

use crate::diagnosis::catalogue::Cause;

/// The server demands TLS.
pub const TLS_REQUIRED: Cause = Cause {
    id: "tls-required",
    title: "The server demands TLS",
    what: "\
        The server accepts this only under TLS. The client did not start TLS (AUTH TLS), or did \
        not protect the data connection (PROT P).",
    on_the_wire: "\
        421, 522, 530, 534 or 550 with a text that demands TLS or SSL, as the answer to USER, \
        PASS, PROT C, or to a transfer.",
    confirm: "\
        curl -v --ssl-reqd ftp://SERVER/ must work where curl -v ftp://SERVER/ does not.\n\
        openssl s_client -starttls ftp -connect SERVER:21 shows whether the server offers TLS at \
        all.",
    mend: "\
        Client: switch TLS on (“explicit FTP over TLS”). curl: --ssl-reqd; lftp: set \
        ftp:ssl-force on, set ftp:ssl-protect-data on.\n\
        Server, only if clear text is acceptable: vsftpd: force_local_logins_ssl, \
        force_local_data_ssl; ProFTPD: TLSRequired; Pure-FTPd: TLS 1 instead of 2 or 3; \
        pyftpdlib: tls_control_required, tls_data_required.\n\
        Firewall: its FTP helper is blind from then on; open the passive port range.",
};

/// The data connection did not resume the TLS session of the control connection.
pub const TLS_SESSION_NOT_REUSED: Cause = Cause {
    id: "tls-session-not-reused",
    title: "The data connection did not resume the TLS session of the control connection",
    what: "\
        The server wants proof that the data connection comes from the same client: its TLS must \
        resume the session of the control connection. This client began a new TLS session, so \
        the server ended the transfer.",
    on_the_wire: "\
        The data connection and its TLS handshake succeed, only about 2 kB flow, and it is \
        closed. The server says 522 or 425 (“session reuse required”, “TLS session of data \
        connection not resumed”); where the control connection is encrypted, only the tiny data \
        connection shows.",
    confirm: "\
        Use a client that resumes sessions (FileZilla, a current curl or lftp): if that works, \
        this is it.\n\
        In Wireshark, look at the Client Hello of both connections: a resumed one carries the \
        session ID or the pre-shared key that the server gave before.",
    mend: "\
        Client: update it, or switch TLS session resumption on. Some TLS libraries cannot do \
        this with TLS 1.3: try to limit the client to TLS 1.2.\n\
        Server, if the client cannot be changed: vsftpd: require_ssl_reuse=NO; ProFTPD: \
        TLSOptions NoSessionReuseRequired. This gives up the protection against stolen data \
        connections.",
};

/// One end protects the data connection, and the other one does not.
pub const DATA_PROTECTION_MISMATCH: Cause = Cause {
    id: "data-protection-mismatch",
    title: "Client and server do not agree whether data connections are protected",
    what: "\
        PROT P and PROT C say whether data connections are inside TLS. One end keeps to \
        something else than was said, or the server refuses to protect them.",
    on_the_wire: "\
        A data connection on which one end begins TLS and the other sends clear text; clear text \
        after PROT P; or 5yz as the answer to PROT P.",
    confirm: "\
        curl -v --ssl-reqd (protects data) and curl -v --ftp-ssl-control (does not): one of them \
        works.\n\
        The client's log shows whether it sends PBSZ 0 and PROT P before PASV.",
    mend: "\
        Client: send PBSZ 0 and PROT P after the login, and only then begin TLS on data \
        connections (lftp: set ftp:ssl-protect-data on; Python's ftplib: prot_p()).\n\
        Server: allow protected data connections. ProFTPD: TLSRequired without !data; Pure-FTPd: \
        TLS 1 or more; vsftpd: ssl_enable.",
};

/// TLS could not be set up.
pub const TLS_HANDSHAKE_FAILED: Cause = Cause {
    id: "tls-handshake-failed",
    title: "TLS could not be set up",
    what: "\
        Both sides began TLS and could not agree. The alert tells why: a certificate that the \
        client does not trust, no protocol version or cipher that both know, a certificate that \
        expired, or a client certificate that the server wants.",
    on_the_wire: "\
        A TLS alert after the Client Hello or the certificate, then FIN or RST; some servers add \
        421 in clear. “unknown CA” and “bad certificate” come from who checks; “protocol \
        version” and “handshake failure” from who was asked for something that it does not have.",
    confirm: "\
        openssl s_client -starttls ftp -connect SERVER:21 shows the certificate and the alert \
        (without -starttls ftp and with port 990 for implicit TLS).\n\
        Add -tls1_2 or -tls1_3 to test one version.",
    mend: "\
        “unknown CA”: Client: trust the authority that signed the server's certificate. Server: \
        send the intermediate certificates too.\n\
        “certificate expired”: Server: renew it. Client: check its clock.\n\
        “protocol version”, “handshake failure”: raise the older side to TLS 1.2 or later \
        (ProFTPD: TLSProtocol, TLSCipherSuite; Pure-FTPd: TLSCipherSuite).\n\
        Only the data connection fails: see tls-session-not-reused; also look for a firewall \
        that expects clear text on it.",
};
