//! Causes: data channel could not be set up.

use super::Cause;

/// A private address was announced to someone who cannot reach it.
pub const PRIVATE_ADDRESS_ANNOUNCED: Cause = Cause {
    id: "private-address-announced",
    title: "A private address was announced to someone who cannot reach it",
    what: "\
        FTP moves files over a second connection. One side tells the other where to connect: the \
        server in its 227 reply, the client in PORT or EPRT. Here the address told is one that \
        only works inside a local network (10.x, 172.16–31.x, 192.168.x, 127.x, 169.254.x, \
        fc00::/7), but the other side is outside: it connects to nowhere. The usual reason is \
        address translation (NAT): the host knows only its inside address.",
    on_the_wire: "\
        The six numbers of 227 or PORT (four of the address, two of the port) name a private \
        address, while the IP header of the control connection shows another one. Then SYNs to \
        the private address get no answer, or nobody tries at all, or the server refuses PORT \
        with 500, 501 or 504.",
    confirm: "\
        curl -v --disable-epsv ftp://SERVER/ from outside shows the 227 line and the address \
        that is tried.\n\
        If the same works with --ftp-skip-pasv-ip (ignore the address, use the server's), the \
        address is the only fault.",
    mend: "\
        Server (227): set the public address. vsftpd: pasv_address; ProFTPD: MasqueradeAddress; \
        Pure-FTPd: ForcePassiveIP; pyftpdlib: masquerade_address; FileZilla Server: Passive \
        mode, “Use the following host”; IIS: FTP Firewall Support, “External IP Address of \
        Firewall”. Also forward the passive port range to the server.\n\
        Client (PORT, EPRT): use passive mode. If it must be active: set the client's external \
        address and forward its ports.\n\
        Client (227): use EPSV, which names no address, or let the client ignore it (curl: \
        --ftp-skip-pasv-ip; lftp: ftp:fix-pasv-address).\n\
        Firewall: an FTP helper (ALG) can rewrite the address, but only when it reads the \
        control connection: never under TLS, and on another port than 21 only if it is told so.",
};

/// The announced address is not that of the host that announced it.
pub const WRONG_ADDRESS_ANNOUNCED: Cause = Cause {
    id: "wrong-address-announced",
    title: "The announced address is not that of the host that announced it",
    what: "\
        The address told for the data connection is not that of the host that told it. It is not \
        a private one either, so it may belong to somebody else, to an old address of the \
        server, or to another of its interfaces.",
    on_the_wire: "\
        The address in 227, PORT or EPRT differs from the one in the IP header of the control \
        connection. The connection to it gets no answer, is refused, or the server refuses the \
        command.",
    confirm: "\
        curl -v --disable-epsv ftp://SERVER/ shows the 227 line; compare its address with that \
        of the server (host SERVER).\n\
        Test the port at the server's own address: nc -vz SERVER PORT",
    mend: "\
        Server: correct the configured address. It is often an old public address (vsftpd: \
        pasv_address; ProFTPD: MasqueradeAddress; Pure-FTPd: ForcePassiveIP; pyftpdlib: \
        masquerade_address). If it changes, give a host name (vsftpd: with \
        pasv_addr_resolve=YES).\n\
        Server behind a load balancer: each node must announce an address that leads to that \
        same node.\n\
        Client: use EPSV, which names no address.",
};

/// Nobody answered the connection to the announced endpoint.
pub const CONNECTION_UNANSWERED: Cause = Cause {
    id: "connection-unanswered",
    title: "Nobody answered the connection to the announced endpoint",
    what: "\
        The announced address is right, but the request to connect there (SYN) got no answer at \
        all. Something on the way drops it in silence. Nearly always that is a firewall which \
        lets port 21 pass but not the ports of the data connections.",
    on_the_wire: "\
        After 227 or 229: SYN to the announced port, repeated after about 1, 3 and 7 seconds, \
        with no answer. Or the other side does answer (SYN/ACK), but the answer never arrives \
        and both repeat. Minutes later the server says 425 or 421, or the client gives up.",
    confirm: "\
        nc -vz SERVER PORT from the client's network, while the server waits on that port.\n\
        Capture at the server at the same time: if no SYN arrives there, the drop is on the way; \
        if SYN/ACKs leave, the drop is on the way back.",
    mend: "\
        Firewall: allow the server's whole passive port range, from the clients to the server, \
        on every firewall on the way (also on the server itself and in a cloud's security \
        group).\n\
        Server: fix the range, so that there is something to allow. vsftpd: pasv_min_port, \
        pasv_max_port; ProFTPD: PassivePorts; Pure-FTPd: PassivePortRange; pyftpdlib: \
        passive_ports; FileZilla Server: “Use custom port range”; IIS: “Data Channel Port \
        Range”.\n\
        Behind address translation: forward the same range, port by port, to the server.\n\
        Do not count on the firewall's FTP helper: it cannot see the port when the control \
        connection is encrypted.",
};

/// The connection to the announced endpoint was refused.
pub const CONNECTION_REFUSED: Cause = Cause {
    id: "connection-refused",
    title: "The connection to the announced endpoint was refused",
    what: "\
        The request to connect to the announced port was answered with a reset (RST): “nobody \
        listens here”. Either the server had already given up the port, or a device on the way \
        answers for it: a firewall that rejects, or a router that sends the connection to the \
        wrong host.",
    on_the_wire: "\
        SYN to the announced endpoint, RST (usually RST/ACK) back at once. Compare the TTL of \
        the RST with that of the server's other packets: another value means that another device \
        sent it.",
    confirm: "\
        nc -vz SERVER PORT from the client and from a host beside the server: if only the client \
        is refused, a device on the way does it.\n\
        On the server, right after PASV: ss -ltn shows whether the port is open.",
    mend: "\
        Firewall: allow the passive port range instead of rejecting it.\n\
        Address translation: forward the passive range to the same host as port 21, and to the \
        same port numbers.\n\
        Server: look whether it closed the port first (a 421 or 425 just before), whether \
        another process took it, and whether several servers share one address.",
};

/// A device on the way reported that the announced endpoint cannot be reached.
pub const CONNECTION_UNREACHABLE: Cause = Cause {
    id: "connection-unreachable",
    title: "A device on the way reported that the announced endpoint cannot be reached",
    what: "\
        A router or firewall reported with an ICMP message that the connection to the announced \
        endpoint cannot be made. The message says who sent it and why: that device is the one to \
        look at.",
    on_the_wire: "\
        An ICMP “destination unreachable” message that quotes the SYN of the data connection. \
        Its code tells why: host or network unreachable (routing), port unreachable or \
        administratively prohibited (a filter rule).",
    confirm: "\
        Read the source address of the ICMP message: that is the device.\n\
        traceroute -T -p PORT SERVER shows how far packets to that port come (as root).",
    mend: "\
        Firewall (“administratively prohibited”, “port unreachable”): allow the passive port \
        range on the device that sent the message.\n\
        Network (“host unreachable”, “network unreachable”): the announced address has no route \
        from there; check that it is the right address, and that the host is up.\n\
        Server: restrict the passive range to ports that are allowed (see \
        connection-unanswered).",
};

/// The server cannot connect to the client in active mode.
pub const ACTIVE_BLOCKED: Cause = Cause {
    id: "active-blocked",
    title: "The server cannot connect to the client in active mode",
    what: "\
        In active mode the server connects back to the client. Most clients sit behind a \
        firewall or address translation that lets nobody in, so the server's connection does not \
        arrive.",
    on_the_wire: "\
        PORT or EPRT is accepted (200). Then SYNs from the server (from port 20 or another one) \
        to the announced port get no answer, a reset or an ICMP error. Seen at the client: no \
        SYN arrives, and the server answers the transfer with 425.",
    confirm: "\
        curl -v ftp://SERVER/ (passive) against curl -v --ftp-port - ftp://SERVER/ (active): if \
        only passive mode works, this is it.",
    mend: "\
        Client: use passive mode (ftp: passive; lftp: set ftp:passive-mode on; curl: its \
        default).\n\
        Firewall at the client: allow connections from the server to the client's data ports, or \
        load an FTP helper for this control port (Linux: nf_conntrack_ftp). A helper is blind \
        under TLS.\n\
        Server: nothing to change, except that its own firewall must let outgoing connections \
        pass.",
};

/// Nobody tried to connect to the announced endpoint.
pub const NEVER_ATTEMPTED: Cause = Cause {
    id: "never-attempted",
    title: "Nobody tried to connect to the announced endpoint",
    what: "\
        Where to connect was announced, a transfer was asked for, and nobody tried to connect, \
        although the capture would show it. Either the side that should connect did not like \
        what it was told, or the attempt was dropped before it came to the place of the capture.",
    on_the_wire: "\
        227, 229 or a 200 to PORT, then RETR, STOR, LIST or the like, and no SYN to the \
        announced endpoint. Often 425 or 421 follows after the server's time-out. Seen at the \
        server, a SYN that a firewall dropped on the way looks the same.",
    confirm: "\
        Capture at the other end too: only that tells “not sent” from “dropped on the way”.\n\
        curl -v ftp://SERVER/ prints what the client does after the announcement.",
    mend: "\
        Capture taken at the server, passive mode: treat it as a blocked port range first (see \
        connection-unanswered).\n\
        Capture taken at the client, passive mode: look into the client's log. It checks the \
        address, waits for TLS, or was out of time after an earlier attempt.\n\
        Active mode: see active-blocked. The server's host may also forbid outgoing connections.",
};

/// The server has no free port for a passive data channel.
pub const NO_PASSIVE_PORT: Cause = Cause {
    id: "no-passive-port",
    title: "The server has no free port for a passive data channel",
    what: "\
        The server was asked for a passive port and had none free. The configured range is too \
        small for the number of transfers at the same time, or ports that were just used are \
        still kept by the system.",
    on_the_wire: "\
        PASV or EPSV answered by 421, 425, 426, 450 or 500 with words such as “ports are busy”, \
        “cannot bind” or “no free port”.",
    confirm: "\
        On the server: ss -tan '( sport >= :FIRST and sport <= :LAST )' shows what the ports of \
        the range are used for.\n\
        Count the sessions of this capture that transfer at the same time.",
    mend: "\
        Server: widen the passive range to more ports than there can be transfers within a few \
        minutes (vsftpd: pasv_min_port, pasv_max_port; ProFTPD: PassivePorts; Pure-FTPd: \
        PassivePortRange; pyftpdlib: passive_ports), and open the new ports in the firewall.\n\
        Server: limit the number of clients (vsftpd: max_clients; ProFTPD: MaxClients; \
        Pure-FTPd: MaxClientsNumber; pyftpdlib: max_cons) to what the range can serve.\n\
        Client: open fewer connections at the same time.",
};

/// The other side refused the way in which the data channel was to be set up.
pub const ANNOUNCEMENT_REJECTED: Cause = Cause {
    id: "announcement-rejected",
    title: "The other side refused the way in which the data channel was to be set up",
    what: "\
        One side proposed a way to set up the data connection (PASV, EPSV, PORT or EPRT) and the \
        server refused it, and no other way worked after that.",
    on_the_wire: "\
        A reply of 500, 501, 502, 504, 522 or 530 to PASV, EPSV, PORT or EPRT, with no transfer \
        that works afterwards.",
    confirm: "\
        curl -v --quote FEAT ftp://SERVER/ shows what the server supports.\n\
        curl -v --disable-epsv ftp://SERVER/ uses PASV, and curl -v --ftp-port - ftp://SERVER/ \
        uses PORT: see which one is accepted.",
    mend: "\
        Server: allow the mode (vsftpd: pasv_enable, port_enable). 500 and 501 to PORT usually \
        mean that the address in it is not the client's own (see bounce-refused and \
        private-address-announced).\n\
        Client: use the other mode, or the older command (PASV instead of EPSV: curl \
        --disable-epsv; lftp: set ftp:prefer-epsv off).\n\
        Firewall: some proxies know PASV and PORT only, and refuse EPSV and EPRT themselves.",
};

/// A transfer was asked for and no data channel was announced.
pub const NO_ANNOUNCEMENT: Cause = Cause {
    id: "no-announcement",
    title: "A transfer was asked for and no data channel was announced",
    what: "\
        The client asked for a transfer without saying first how the data connection should be \
        set up. RFC 959 has default ports for that case, but servers do not use them any more.",
    on_the_wire: "\
        RETR, STOR, LIST or the like with no PASV, EPSV, PORT or EPRT before it, answered by 425 \
        or 503 (“Use PORT or PASV first”).",
    confirm: "\
        Look at the command before the transfer: PASV or PORT must come again for every single \
        transfer.",
    mend: "\
        Client: send PASV or EPSV (or PORT, EPRT) before each transfer, and do not go on when \
        that was refused.\n\
        Client with an error before this one: the announcement was refused or lost; mend that \
        first.",
};

/// The server refused to connect to a third host.
pub const BOUNCE_REFUSED: Cause = Cause {
    id: "bounce-refused",
    title: "The server refused to connect to a third host",
    what: "\
        The client told the server to connect to a third host (or to a port below 1024). Servers \
        refuse that, because it can be abused to attack others through the server (an “FTP \
        bounce”).",
    on_the_wire: "\
        PORT or EPRT with an address that is not the client's, or a port below 1024, answered by \
        500, 501 or 504.",
    confirm: "\
        Compare the address in PORT with the source address of the client's packets.\n\
        If it is the client's own inside address, this is address translation and no attack: see \
        private-address-announced.",
    mend: "\
        Nothing needs to be mended: the server is right.\n\
        Client: if nobody wanted this, look at the client's host. If it is behind address \
        translation, use passive mode.\n\
        If a transfer between two servers (FXP) is wanted: vsftpd: port_promiscuous, \
        pasv_promiscuous; ProFTPD: AllowForeignAddress; Pure-FTPd: AllowUserFXP; pyftpdlib: \
        permit_foreign_addresses. Allow it for known hosts only.",
};

/// The server connected to a third host.
pub const BOUNCE_ALLOWED: Cause = Cause {
    id: "bounce-allowed",
    title: "The server connected to a third host",
    what: "\
        The client told the server to connect to a third host, and the server did. Anyone with a \
        login can use this server to scan other networks or to send data to other hosts in its \
        name.",
    on_the_wire: "\
        PORT or EPRT with an address that is not the client's, answered by 200, and then a SYN \
        from the server to that third host.",
    confirm: "\
        nmap -Pn -b USER:PASSWORD@SERVER TARGET tests it; use only hosts of your own as targets.",
    mend: "\
        Server: turn it off. vsftpd: port_promiscuous=NO; ProFTPD: AllowForeignAddress off; \
        Pure-FTPd: AllowUserFXP no and AllowAnonymousFXP no; pyftpdlib: permit_foreign_addresses \
        = False.\n\
        Firewall: let the server open connections only where it must.\n\
        Look at the client that did it, and at the third host.",
};

/// Someone other than the client connected to the passive port.
pub const THIRD_PARTY_CONNECTION: Cause = Cause {
    id: "third-party-connection",
    title: "Someone other than the client connected to the passive port",
    what: "\
        Someone other than the client connected to the passive port. He can take the file that \
        was meant for the client, or put another one in its place. It can be a scan, a second \
        address of the client, or an attack.",
    on_the_wire: "\
        A SYN to the announced port from an address that is not the client's. Often the real \
        client is refused or waits, and the server says 425.",
    confirm: "\
        Look up the foreign address: another exit of the client's own network, or a stranger?",
    mend: "\
        Server: accept data connections from the client's address only. vsftpd: \
        pasv_promiscuous=NO; ProFTPD: AllowForeignAddress off; pyftpdlib: \
        permit_foreign_addresses = False.\n\
        Server: use a wide, random passive range and TLS for data with session reuse: a stranger \
        cannot resume the client's session.\n\
        Network: if the client has several exits (load balancing), send all connections to one \
        server through the same exit.",
};

/// The data channel was announced in the wrong address family.
pub const ADDRESS_FAMILY_MISMATCH: Cause = Cause {
    id: "address-family-mismatch",
    title: "The data channel was announced in the wrong address family",
    what: "\
        IPv4 and IPv6 were mixed: the data connection was announced in one family while the \
        control connection uses the other. PASV and PORT know only IPv4; EPSV and EPRT know \
        both.",
    on_the_wire: "\
        Over IPv6: PASV answered by 227 with an IPv4 address or 0.0.0.0, by 425 or 522. Or EPRT \
        with the wrong family, answered by 522 with the families that the server takes: (1) is \
        IPv4, (2) is IPv6.",
    confirm: "curl -4 -v ftp://SERVER/ against curl -6 -v ftp://SERVER/: see which family works.",
    mend: "\
        Client: over IPv6 use EPSV (or EPRT), never PASV or PORT.\n\
        Client or proxy that translates between the families (NAT64): use EPSV.\n\
        Server: update software that cannot do EPSV and EPRT.",
};

/// The reply that announces the data channel never reached the client.
pub const REPLY_LOST: Cause = Cause {
    id: "reply-lost",
    title: "The reply that announces the data channel never reached the client",
    what: "\
        The server answered PASV or EPSV, but the answer never reached the client. A device on \
        the way that inspects FTP (a firewall's FTP helper or ALG) dropped exactly this packet: \
        it did not like the address or the port in it, or does not know the command.",
    on_the_wire: "\
        Seen at the server: the 227 or 229 reply is sent again and again and never acknowledged, \
        while all packets before it were. Seen at the client: PASV or EPSV is acknowledged and \
        no reply comes, then silence or a reset.",
    confirm: "\
        Use TLS or another port than 21: the helper cannot look into it. If the transfer works \
        then, the helper is the fault.\n\
        Capture on both sides of the device at the same time.",
    mend: "\
        Firewall: turn off the FTP helper (ALG, “FTP inspection”, “FTP fixup”) for this server, \
        or update it; then open the passive port range by hand.\n\
        Server: if it announces a private or foreign address, correct that: helpers drop such \
        replies on purpose.\n\
        Client: use the command that passes (PASV instead of EPSV, or the reverse), or TLS.",
};

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

/// The transfer failed and the capture does not show why.
pub const TRANSFER_FAILED: Cause = Cause {
    id: "transfer-failed",
    title: "The transfer failed and the capture does not show why",
    what: "\
        The transfer failed, and nothing in the capture tells why: the packets that would do so \
        are missing, encrypted, or there is only the server's word. It is named so that no \
        failure goes unseen.",
    on_the_wire: "\
        A final reply of the class 4yz or 5yz to a transfer, or no final reply, without any of \
        the signs of a more special cause.",
    confirm: "\
        Read the text of the server's reply and its log at this moment.\n\
        Capture again with whole packets and by host, not by port: tcpdump -i any -w file.pcap \
        host SERVER",
    mend: "\
        Follow the server's reply: ftpscope explain CODE tells what usually causes it.\n\
        Capture at the other end too, and analyze both files.",
};

pub(super) const ALL: &[&Cause] = &[
    &PRIVATE_ADDRESS_ANNOUNCED,
    &WRONG_ADDRESS_ANNOUNCED,
    &CONNECTION_UNANSWERED,
    &CONNECTION_REFUSED,
    &CONNECTION_UNREACHABLE,
    &ACTIVE_BLOCKED,
    &NEVER_ATTEMPTED,
    &NO_PASSIVE_PORT,
    &ANNOUNCEMENT_REJECTED,
    &NO_ANNOUNCEMENT,
    &BOUNCE_REFUSED,
    &BOUNCE_ALLOWED,
    &THIRD_PARTY_CONNECTION,
    &ADDRESS_FAMILY_MISMATCH,
    &REPLY_LOST,
    &TLS_REQUIRED,
    &TLS_SESSION_NOT_REUSED,
    &DATA_PROTECTION_MISMATCH,
    &TLS_HANDSHAKE_FAILED,
    &TRANSFER_FAILED,
];
