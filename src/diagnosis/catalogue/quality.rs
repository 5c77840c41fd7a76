//! Causes: integrity and quality.

use super::Cause;

/// A binary file was transferred in ASCII mode.
pub const ASCII_MODE_CORRUPTION: Cause = Cause {
    id: "ascii-mode-corruption",
    title: "A binary file was transferred in ASCII mode",
    what: "\
        A file that is not text was transferred in ASCII mode (TYPE A). In that mode line ends \
        are rewritten, which destroys programs, archives, pictures and every other binary file. \
        The transfer itself reports success.",
    on_the_wire: "\
        TYPE A before RETR or STOR, and content that is no text; or the number of bytes differs \
        from SIZE by the number of line ends.",
    confirm: "\
        Compare the checksum of the file at both ends (sha256sum).\n\
        Transfer it again in binary mode: ftp: binary; curl: without --use-ascii and ;type=a",
    mend: "\
        Client: use binary mode (TYPE I) always, or at least for everything that is no text. Do \
        not rely on automatic detection by file name.\n\
        Server: refuse the conversion (vsftpd: ascii_download_enable=NO, ascii_upload_enable=NO, \
        its default).\n\
        Damaged files must be transferred again: they cannot be repaired in general.",
};

/// The transfer was confirmed, but its size is not the announced one.
pub const SIZE_MISMATCH: Cause = Cause {
    id: "size-mismatch",
    title: "The transfer was confirmed, but its size is not the announced one",
    what: "\
        The server confirmed the transfer, but the number of bytes differs from the size that \
        was announced. The file changed meanwhile, part of it is missing, or it was converted on \
        the way.",
    on_the_wire: "\
        226, and on the data connection more or fewer bytes than the 150 reply, SIZE or the \
        listing told.",
    confirm: "\
        Compare size and checksum at both ends.\n\
        Was the file being written during the transfer?",
    mend: "\
        If the file was changing: transfer it when it is complete (write under another name and \
        rename it at the end).\n\
        If not: transfer it again in binary mode; read the server's log.\n\
        Client: compare sizes after every transfer.",
};

/// The client ignored a wrong address and connected to the server itself.
pub const NAT_ADDRESS_IGNORED: Cause = Cause {
    id: "nat-address-ignored",
    title: "The client ignored a wrong address and connected to the server itself",
    what: "\
        The server announced an address that does not work from outside, and the client was \
        clever enough to connect to the server's real address. It works with this client; it \
        fails with those that believe the announcement.",
    on_the_wire: "\
        227 names one address, the SYN goes to another one (that of the control connection), and \
        the transfer succeeds.",
    confirm: "\
        curl -v --disable-epsv --no-ftp-skip-pasv-ip ftp://SERVER/ believes the announced \
        address: it fails.",
    mend: "Server: announce the public address, as for private-address-announced.",
};

/// A device on the way rewrote the announced address.
pub const NAT_HELPER_REWROTE: Cause = Cause {
    id: "nat-helper-rewrote",
    title: "A device on the way rewrote the announced address",
    what: "\
        A device on the way (firewall or router with an FTP helper) changed the address in PORT \
        or 227, so that the connection works through address translation. It works only as long \
        as this device can read the control connection: not under TLS, and on port 21 only.",
    on_the_wire: "\
        The address in PORT, EPRT or 227 is not the one that the sender wrote; seen from one \
        side, the connection goes to or comes from the translated address and succeeds.",
    confirm: "Try it with TLS: if it fails then, it depends on the helper.",
    mend: "\
        Nothing needs to be mended today.\n\
        Before TLS is switched on: let the server announce its public address and open the \
        passive port range; use passive mode.",
};

/// One way to set up the data channel failed, another worked.
pub const EPSV_FALLBACK: Cause = Cause {
    id: "epsv-fallback",
    title: "One way to set up the data channel failed, another worked",
    what: "\
        The first way to set up the data connection failed or was refused, and the client used \
        another one (for example PASV after EPSV). The transfer worked, but each attempt can \
        cost time.",
    on_the_wire: "\
        EPSV or EPRT refused or without a connection, then PASV or PORT and a transfer that \
        works.",
    confirm: "\
        Look at the time between both attempts: a refusal costs nothing, a connection without an \
        answer many seconds.",
    mend: "\
        Client: use the way that works from the start (curl: --disable-epsv; lftp: set \
        ftp:prefer-epsv off).\n\
        Firewall or server: find out why the first way fails (see connection-unanswered, \
        reply-lost).",
};

/// The data connection needed more than one SYN.
pub const SYN_LOST_THEN_OK: Cause = Cause {
    id: "syn-lost-then-ok",
    title: "The data connection needed more than one SYN",
    what: "\
        The data connection worked, but the first request to connect (SYN) got no answer and had \
        to be repeated. That costs a second or more for each transfer.",
    on_the_wire: "\
        Two or more SYNs with the same ports about 1 second apart, then SYN/ACK and a normal \
        transfer.",
    confirm: "\
        Count how often it happens: once is packet loss; always the first one of a transfer \
        hints at a firewall or server that opens the port too late.",
    mend: "\
        Once or rarely: nothing; packets get lost.\n\
        Often: look for packet loss on the way, a full connection table in a firewall, or an \
        overloaded server.",
};

/// The transfer was slow.
pub const SLOW_TRANSFER: Cause = Cause {
    id: "slow-transfer",
    title: "The transfer was slow",
    what: "\
        The transfer worked but was slow. The numbers tell why: lost packets, a receive window \
        too small for the distance, pauses of the sender, or a server that takes long to begin.",
    on_the_wire: "\
        Loss: many repeated segments. Window: the sender always waits for acknowledgements with \
        the window full; the rate is window divided by round-trip time. Sender: pauses with the \
        window open. Think time: a long gap between command and 150.",
    confirm: "\
        Compare with another transfer between the same hosts: iperf3, or curl of a file over \
        HTTP.",
    mend: "\
        Loss: find the link or device that drops (duplex mismatch, overload, Wi-Fi, policing).\n\
        Window: allow larger buffers on the receiver (Linux: net.ipv4.tcp_rmem) and window \
        scaling in firewalls.\n\
        Sender: look at its disk and CPU, and at rate limits of the server (vsftpd: \
        local_max_rate, anon_max_rate; ProFTPD: TransferRate; Pure-FTPd: UserBandwidth).\n\
        Many small files: use several connections, or pack them into one archive.",
};

pub(super) const ALL: &[&Cause] = &[
    &ASCII_MODE_CORRUPTION,
    &SIZE_MISMATCH,
    &NAT_ADDRESS_IGNORED,
    &NAT_HELPER_REWROTE,
    &EPSV_FALLBACK,
    &SYN_LOST_THEN_OK,
    &SLOW_TRANSFER,
];
