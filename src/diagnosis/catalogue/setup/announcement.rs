//! Causes: what was announced of the data channel, or was not.

use crate::diagnosis::catalogue::Cause;

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
