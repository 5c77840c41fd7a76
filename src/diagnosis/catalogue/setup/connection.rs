//! Causes: the connection that was announced did not come about, or another came.

use crate::diagnosis::catalogue::Cause;

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
