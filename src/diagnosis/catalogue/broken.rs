//! Causes: data channel broke.

use super::Cause;

/// The data connection was reset in mid-transfer.
pub const RESET_DURING_TRANSFER: Cause = Cause {
    id: "reset-during-transfer",
    title: "The data connection was reset in mid-transfer",
    what: "\
        The data connection worked, bytes flowed, and then one side ended it with a reset (RST) \
        instead of closing it. A program crashed or gave up, or a device on the way (firewall, \
        intrusion prevention) cut the connection with a forged reset.",
    on_the_wire: "\
        RST after data on the data connection. A reset whose TTL or IP ID does not fit the \
        sender's other packets was made by a device on the way. Usually 426 or 451 follows on \
        the control connection.",
    confirm: "\
        Repeat it with another file: if it ends at the same content, a content filter does it; \
        at the same time, a time-out; at random, a program or the network.\n\
        Capture at both ends: a reset that one end received and the other never sent is forged.",
    mend: "\
        Forged by a device: look into the log of the firewall or intrusion prevention for this \
        connection, and make an exception.\n\
        Sent by the server: read its log at this moment (quota, virus scanner, crash).\n\
        Sent by the client: read its log (disk full, cancelled, time-out).",
};

/// Packets of the data connection die on the way.
pub const STALLED_PATH: Cause = Cause {
    id: "stalled-path",
    title: "Packets of the data connection die on the way",
    what: "\
        The data connection worked, and from one packet on nothing came through any more: the \
        sender repeated its data and got no answer. The path died in the middle: a link or VPN \
        went down, a firewall forgot the connection, or the route changed.",
    on_the_wire: "\
        The same bytes are sent again with growing pauses (about 0.2, 0.4, 0.8 … seconds) and \
        are never acknowledged, until the connection ends or the capture does. Small packets die \
        too; compare stalled-mtu.",
    confirm: "\
        Does the control connection still work from that moment on? If it does not, see \
        peer-vanished.\n\
        Ping the other host during the transfer; capture at both ends to see which direction \
        dies.",
    mend: "\
        Firewall: look for dropped packets of this connection (state table full, asymmetric \
        routing, “out of window”, failover without state).\n\
        Network: check the link, the VPN and the routes at the time of the first repeated \
        packet.\n\
        Client and server: transfers can be resumed (REST) once the path is stable.",
};

/// Full-size packets of the data connection die on the way.
pub const STALLED_MTU: Cause = Cause {
    id: "stalled-mtu",
    title: "Full-size packets of the data connection die on the way",
    what: "\
        Small packets pass, full-size packets vanish. Somewhere on the way is a link with a \
        smaller maximum size (VPN, PPPoE, tunnel), and the ICMP message that would tell the \
        sender so is filtered. Logging in and short listings work; every real transfer hangs.",
    on_the_wire: "\
        Each segment of full size (often 1,460 or 1,448 bytes) is repeated and never \
        acknowledged, while smaller ones are. No ICMP “fragmentation needed” or “packet too big” \
        reaches the sender.",
    confirm: "\
        ping -M do -s 1472 SERVER fails, a smaller size passes: the largest that passes plus 28 \
        is the path's size (Linux).\n\
        tracepath SERVER shows where the size shrinks.",
    mend: "\
        Firewall: let ICMP type 3 code 4 (IPv6: type 2, “packet too big”) pass, everywhere on \
        the way.\n\
        Router of the tunnel: limit the segment size of TCP (MSS clamping; Linux: iptables … -j \
        TCPMSS --clamp-mss-to-pmtu).\n\
        Server or client, until then: lower the MTU of the interface, or switch on TCP probing \
        (Linux: net.ipv4.tcp_mtu_probing=1).",
};

/// The receiving application stopped reading.
pub const STALLED_RECEIVER: Cause = Cause {
    id: "stalled-receiver",
    title: "The receiving application stopped reading",
    what: "\
        The receiver's system still answers, but says “no room” (window zero): the program there \
        stopped reading. Its disk is slow or full, it waits for something else, or it hangs. The \
        network is not at fault.",
    on_the_wire: "\
        Zero-window segments from the receiver, and window probes from the sender, until the \
        connection ends.",
    confirm: "On the receiving host: ss -tn shows bytes that stay in the receive queue (Recv-Q).",
    mend: "\
        Receiving side: look at the program and its disk (full, slow, a network drive, a virus \
        scanner, a prompt “overwrite?” that waits for a person).\n\
        Server as receiver (upload): read its log; check disk and quota.",
};

/// The sending application stopped sending.
pub const STALLED_SENDER: Cause = Cause {
    id: "stalled-sender",
    title: "The sending application stopped sending",
    what: "\
        Nothing is lost, the receiver has room, and the sender simply sends no more. The program \
        on that side stopped: it waits for its disk, for the backup or script that feeds it, or \
        it hangs.",
    on_the_wire: "\
        All data is acknowledged, the window is open, no packet is repeated, and no new data \
        comes until a time-out or the end of the capture.",
    confirm: "\
        On the sending host: ss -tn shows an empty send queue (Send-Q); look what the process \
        waits for (strace, its log).",
    mend: "\
        Sending side: look at the program and where its data comes from (disk, network drive, \
        pipe).\n\
        Server: raise the time-out only if such pauses are expected (vsftpd: \
        data_connection_timeout; ProFTPD: TimeoutStalled).",
};

/// The data connection was closed before the transfer was complete.
pub const CLOSED_EARLY: Cause = Cause {
    id: "closed-early",
    title: "The data connection was closed before the transfer was complete",
    what: "\
        The data connection was closed in an orderly way, but before all bytes were there. The \
        side that closed believed that it was done, or gave up without saying so.",
    on_the_wire: "\
        FIN on the data connection, with fewer bytes than the 150 reply, SIZE or the listing \
        announced; or 426 or 451 after it.",
    confirm: "\
        Compare the size of the file at both ends; does it break at the same place each time?\n\
        Was the file still being written when it was sent?",
    mend: "\
        Side that closed first: read its log at this moment (time-out, quota, a file that \
        shrank, a limit on size).\n\
        Proxy or firewall on the way: look for a limit on time or size per connection.\n\
        Client: resume with REST, and compare the size after every transfer.",
};

/// The server has no space for the file.
pub const STORAGE_EXCEEDED: Cause = Cause {
    id: "storage-exceeded",
    title: "The server has no space for the file",
    what: "\
        The server has no room for the file: its disk is full, or the user's quota is used up. \
        The network is not at fault.",
    on_the_wire: "\
        452 or 552, or 451 or 426 with words such as “disk full”, “no space left” or “quota \
        exceeded”. Some servers say so only after the whole file was sent.",
    confirm: "On the server: df -h and df -i for the disk, and the quota of the user.",
    mend: "\
        Server: make room, or raise the quota (Pure-FTPd: Quota; ProFTPD: mod_quotatab; system \
        quotas: quota -u USER).\n\
        Server: remove files that are incomplete from earlier attempts.\n\
        Client: delete or move what is not needed any more.",
};

/// The data is complete, but the control connection was lost meanwhile.
pub const CONTROL_LOST: Cause = Cause {
    id: "control-lost",
    title: "The data is complete, but the control connection was lost meanwhile",
    what: "\
        The file itself came through, but the control connection died meanwhile, so the final \
        “done” (226) never arrived and the client reports a failure. While the data flows the \
        control connection is idle; a firewall that forgets idle connections after some minutes \
        has cut it.",
    on_the_wire: "\
        The data connection ends well. Then the server's 226 is repeated without \
        acknowledgement, or the client's next command is, or a reset comes. Before that the \
        control connection was silent for as long as the transfer took.",
    confirm: "\
        Compare with a short transfer: if only those fail that last longer than a certain time, \
        that time is the firewall's idle time-out.",
    mend: "\
        Firewall: raise the idle time-out of TCP connections above the longest transfer (Linux: \
        nf_conntrack_tcp_timeout_established).\n\
        Client: send TCP keep-alives on the control connection (curl: --keepalive-time 60), or \
        NOOP during transfers.\n\
        Server: switch on TCP keep-alives (ProFTPD: SocketOptions keepalive on; Linux: \
        net.ipv4.tcp_keepalive_time).\n\
        The file is complete: compare its size before sending it again.",
};

/// The other host or its link is gone.
pub const PEER_VANISHED: Cause = Cause {
    id: "peer-vanished",
    title: "The other host or its link is gone",
    what: "\
        Control and data connection went dead at the same moment: the other host or its link is \
        gone. It is not a problem of the data channel.",
    on_the_wire: "\
        Both connections repeat packets without an answer from the same moment on, or routers \
        report “host unreachable” for both.",
    confirm: "\
        Ping the host. Look at its uptime and its link, and at other connections to it in this \
        capture.",
    mend: "\
        Host: was it shut down, restarted, put to sleep, or did it change its address (Wi-Fi, \
        VPN, failover)?\n\
        Network: look at the link and the router that reported it unreachable.\n\
        Client: connect again and resume the transfer (REST).",
};

/// The server closed everything in mid-transfer without a reply.
pub const SERVER_DIED: Cause = Cause {
    id: "server-died",
    title: "The server closed everything in mid-transfer without a reply",
    what: "\
        In the middle of a transfer the server closed both connections without a final reply. \
        The process was killed, crashed or was restarted, or ended the session because of a \
        time-out about which it says nothing.",
    on_the_wire: "\
        FIN or RST from the server on data and control connection at about the same time, with \
        no 226, 426, 451 or 421.",
    confirm: "\
        On the server: read its log and the system's (out of memory, segmentation fault, \
        restart) at this moment.\n\
        Always after the same time: a time-out (ProFTPD: TimeoutStalled, TimeoutSession).",
    mend: "\
        Server: remove the reason in its log; update it if it crashes.\n\
        Server: raise the time-out if it is one.\n\
        Client: connect again and resume (REST).",
};

/// The server ended an idle session.
pub const IDLE_TIMEOUT: Cause = Cause {
    id: "idle-timeout",
    title: "The server ended an idle session",
    what: "\
        The client said nothing for a while, and the server ended the session. This is normal \
        for a session that was forgotten; it is a fault when the client was still at work.",
    on_the_wire: "\
        A long silence, then 421 from the server that answers no command, and the end of the \
        connection. A client that did not notice gets a reset for its next command.",
    confirm: "The silence before 421 equals a configured value (often 300, 600 or 900 seconds).",
    mend: "\
        Client: send NOOP now and then, or connect again when there is work to do.\n\
        Server: raise the time (vsftpd: idle_session_timeout; ProFTPD: TimeoutIdle, \
        TimeoutNoTransfer; Pure-FTPd: MaxIdleTime; pyftpdlib: timeout).",
};

/// The client aborted the transfer.
pub const ABORTED: Cause = Cause {
    id: "aborted",
    title: "The client aborted the transfer",
    what: "\
        The client ended the transfer on purpose (ABOR): a person cancelled it, or the program \
        had all that it wanted. This is no fault.",
    on_the_wire: "\
        ABOR on the control connection (often as urgent data), the data connection is closed, \
        and the server answers 426 and 226, or 225.",
    confirm: "\
        Ask who or what cancelled it; a client that shows the beginning of a file does this \
        always.",
    mend: "Nothing needs to be mended.",
};

pub(super) const ALL: &[&Cause] = &[
    &RESET_DURING_TRANSFER,
    &STALLED_PATH,
    &STALLED_MTU,
    &STALLED_RECEIVER,
    &STALLED_SENDER,
    &CLOSED_EARLY,
    &STORAGE_EXCEEDED,
    &CONTROL_LOST,
    &PEER_VANISHED,
    &SERVER_DIED,
    &IDLE_TIMEOUT,
    &ABORTED,
];
