//! Causes: session.

use super::Cause;

/// Nobody answered the control connection.
pub const CONTROL_UNANSWERED: Cause = Cause {
    id: "control-unanswered",
    title: "Nobody answered the control connection",
    what: "\
        The server did not answer the connection to its FTP port at all. The host is down, the \
        address is wrong, or a firewall drops the packets in silence.",
    on_the_wire: "\
        SYN to port 21 (or the port used), repeated after about 1, 3 and 7 seconds, without any \
        answer.",
    confirm: "\
        nc -vz SERVER 21 from the client, and from a host beside the server.\n\
        ping SERVER tells whether the host is up (if ping is allowed).",
    mend: "\
        Firewall: allow TCP port 21 from the clients to the server.\n\
        Server: is the host up, and does its own firewall allow the port?\n\
        Client: check the server's name, address and port.",
};

/// The control connection was refused.
pub const CONTROL_REFUSED: Cause = Cause {
    id: "control-refused",
    title: "The control connection was refused",
    what: "\
        The host answered at once that nobody listens on this port: the FTP server is not \
        running there, listens elsewhere, or a firewall rejects the connection.",
    on_the_wire: "SYN to port 21 (or the port used), RST/ACK back at once.",
    confirm: "\
        On the server: ss -ltnp | grep ':21 ' shows who listens.\n\
        nc -vz SERVER 21; also try 990 (FTP over TLS) and 22 (SFTP, which is another protocol).",
    mend: "\
        Server: start the FTP service, and let it listen on the address that the clients use.\n\
        Client: use the right port. Many sites offer SFTP (port 22) only.\n\
        Firewall: allow the port instead of rejecting it.",
};

/// A device on the way reported that the server cannot be reached.
pub const CONTROL_UNREACHABLE: Cause = Cause {
    id: "control-unreachable",
    title: "A device on the way reported that the server cannot be reached",
    what: "\
        A router or firewall reported with an ICMP message that the server cannot be reached. \
        The sender of that message is the device to look at.",
    on_the_wire: "\
        An ICMP “destination unreachable” message that quotes the SYN to the FTP port; its code \
        tells why.",
    confirm: "\
        Read the source address of the ICMP message.\n\
        traceroute SERVER shows where the way ends.",
    mend: "\
        “Host” or “network unreachable”: the host is down or a route is missing at the sender of \
        the message.\n\
        “Port unreachable” or “administratively prohibited”: a firewall rule on that device \
        forbids it.",
};

/// One host tries many FTP ports without a session.
pub const PORT_SCAN: Cause = Cause {
    id: "port-scan",
    title: "One host tries many FTP ports without a session",
    what: "\
        One host tried many FTP ports, of one or of many hosts, without ever starting a session. \
        That is a search for FTP servers: by an attacker, or by a security scanner of your own.",
    on_the_wire: "\
        Many SYNs from one address to FTP ports, most of them refused or unanswered; those that \
        are accepted are closed at once without a command.",
    confirm: "Is the source a known scanner, inventory or monitoring system?",
    mend: "\
        Known scanner: nothing to mend; leave it out of the analysis.\n\
        Unknown: block the address, and allow FTP only from where it is needed.",
};

/// The server accepted the connection and was slow to greet, or never did.
pub const NO_GREETING: Cause = Cause {
    id: "no-greeting",
    title: "The server accepted the connection and was slow to greet, or never did",
    what: "\
        The connection was accepted, but the server's first line (220) came very late or never. \
        Usually the server looks up the client's name (reverse DNS) or asks it for its identity \
        (ident, port 113) and waits for an answer that never comes; or it is overloaded or \
        hangs. A client that expects TLS from the first byte on a server that does not (or the \
        reverse) waits in the same way.",
    on_the_wire: "\
        The handshake is complete, then silence for many seconds before 220. Seen at the server \
        there may be DNS queries or SYNs to the client's port 113 meanwhile.",
    confirm: "\
        time nc -v SERVER 21 shows the delay; 5, 10 or 30 seconds hint at DNS or ident.\n\
        openssl s_client -connect SERVER:990 for implicit TLS.",
    mend: "\
        Server: switch the look-ups off. ProFTPD: UseReverseDNS off, IdentLookups off; \
        Pure-FTPd: DontResolve yes; inetd and tcp_wrappers: no ident look-ups. Or repair DNS for \
        the clients' addresses.\n\
        Firewall at the client: reject port 113 instead of dropping it.\n\
        Client: use explicit TLS on port 21 and implicit TLS on port 990, not the other way \
        round.",
};

/// The server has too many connections.
pub const TOO_MANY_CONNECTIONS: Cause = Cause {
    id: "too-many-connections",
    title: "The server has too many connections",
    what: "\
        The server has reached its limit of clients, in all or from this address, and turned the \
        client away. Often sessions that nobody uses any more fill the places.",
    on_the_wire: "\
        421 instead of the greeting or in answer to the login, sometimes 530, with words such as \
        “too many connections” or “too many users”.",
    confirm: "\
        Count the open sessions of this client in the capture.\n\
        On the server: ss -tn state established '( sport = :21 )' | wc -l",
    mend: "\
        Client: close sessions (QUIT) and use fewer at the same time.\n\
        Server: raise the limits (vsftpd: max_clients, max_per_ip; ProFTPD: MaxClients, \
        MaxClientsPerHost, MaxInstances; Pure-FTPd: MaxClientsNumber, MaxClientsPerIP; \
        pyftpdlib: max_cons, max_cons_per_ip), or shorten the idle time-out.\n\
        Many clients behind one address (NAT): raise the limit per address.",
};

/// The login was refused.
pub const LOGIN_FAILED: Cause = Cause {
    id: "login-failed",
    title: "The login was refused",
    what: "\
        The server did not accept the user name or password, and no later attempt in this \
        session succeeded. The user may also exist and not be allowed to use FTP.",
    on_the_wire: "530 (sometimes 430) in answer to PASS or USER.",
    confirm: "\
        Read the server's log: it tells wrong password from unknown user, locked account, \
        missing shell or forbidden host.\n\
        curl -v -u USER ftp://SERVER/",
    mend: "\
        Client: correct user and password (changed lately? saved in a script?).\n\
        Server: is the account locked or expired, in a list of denied users (/etc/ftpusers; \
        vsftpd: userlist_enable), without a valid shell (ProFTPD: RequireValidShell), or without \
        a home directory that exists?\n\
        If the text demands TLS: see tls-required.",
};

/// One client tries many passwords.
pub const PASSWORD_GUESSING: Cause = Cause {
    id: "password-guessing",
    title: "One client tries many passwords",
    what: "\
        One client tried many passwords or many users in a short time. That is an attack, or a \
        program with a wrong password that tries again and again.",
    on_the_wire: "\
        Many USER/PASS pairs from one address that end with 530, over one or many sessions. A \
        230 at the end means that a password was found.",
    confirm: "\
        Different users and passwords: an attack. Always the same ones: a misconfigured program.",
    mend: "\
        If it succeeded: change that password at once, and look at what was done in the session.\n\
        Server: block the address and limit the attempts (fail2ban; vsftpd: max_login_fails, \
        delay_failed_login; ProFTPD: MaxLoginAttempts, mod_ban; pyftpdlib: max_login_attempts).\n\
        Firewall: allow FTP only from where it is needed.",
};

/// The file or directory does not exist or cannot be used.
pub const FILE_UNAVAILABLE: Cause = Cause {
    id: "file-unavailable",
    title: "The file or directory does not exist or cannot be used",
    what: "\
        The server cannot give or take this file or directory: it does not exist, the name is \
        wrong (upper and lower case count), the working directory is another one than expected, \
        or somebody else uses the file. The data connection is not at fault.",
    on_the_wire: "\
        550, 450, 551 or 553 in answer to a command with a path. A data connection that was \
        already open is closed with no byte, sometimes with a reset.",
    confirm: "\
        curl -v --list-only ftp://SERVER/DIRECTORY/ shows what is there.\n\
        PWD tells the working directory; many servers show only a part of the file system \
        (chroot).",
    mend: "\
        Client: correct the path, with the directory that PWD tells in mind. Look at blanks and \
        at characters that are not ASCII in the name.\n\
        Server: is the file there, and is it in the part of the file system that this user sees?",
};

/// The user may not do this.
pub const PERMISSION_DENIED: Cause = Cause {
    id: "permission-denied",
    title: "The user may not do this",
    what: "\
        The user is logged in but may not do this: read this file, write into this directory, \
        delete or rename. The data connection is not at fault.",
    on_the_wire: "\
        550, 553 or 532 with words such as “permission denied”, “not allowed” or “access is \
        denied”.",
    confirm: "\
        On the server: ls -ld of the directory, and id of the user that the server runs as after \
        the login.",
    mend: "\
        Server: allow it in the configuration (vsftpd: write_enable, anon_upload_enable; \
        ProFTPD: <Limit WRITE>; pyftpdlib: the permissions of the user, such as \"elradfmw\").\n\
        Server: give the user the right in the file system; also look at read-only mounts and at \
        SELinux.\n\
        Client: use the directory that is meant for uploads, or another user.",
};

/// The server does not know the command.
pub const COMMAND_UNSUPPORTED: Cause = Cause {
    id: "command-unsupported",
    title: "The server does not know the command",
    what: "\
        The server does not know this command or does not offer it. Clients often try a newer \
        command first and use an older one after that: then it is harmless.",
    on_the_wire: "500, 502 or 504 in answer to a command.",
    confirm: "curl -v --quote FEAT ftp://SERVER/ shows what the server supports beyond the basics.",
    mend: "\
        If the work went on: nothing needs to be mended.\n\
        Client: switch the feature off (lftp: ftp:use-mlsd, ftp:use-feat and others).\n\
        Server: update it, or switch the command on (vsftpd: cmds_allowed, cmds_denied).\n\
        Firewall: some FTP proxies let only known commands pass.",
};

/// The server does not understand the command or its argument.
pub const SYNTAX_ERROR: Cause = Cause {
    id: "syntax-error",
    title: "The server does not understand the command or its argument",
    what: "\
        The server did not understand the command or its argument: a missing path, a wrong \
        number, or a name in characters that it does not take.",
    on_the_wire: "501 (sometimes 500 or 504) in answer to a command.",
    confirm: "\
        Compare the line with the command's form: every byte of the argument is shown in the \
        transcript.",
    mend: "\
        Client: correct the argument; names that are not ASCII need UTF-8 on both sides (OPTS \
        UTF8 ON).\n\
        500 to an ABOR that was sent as urgent data: harmless, the server read its Telnet signs \
        as a command.",
};

/// The command came at the wrong time.
pub const BAD_SEQUENCE: Cause = Cause {
    id: "bad-sequence",
    title: "The command came at the wrong time",
    what: "\
        The command is right, but a command that must come before it is missing or failed: USER \
        before PASS, RNFR before RNTO, PASV before a transfer, PBSZ before PROT.",
    on_the_wire: "503 in answer to a command.",
    confirm: "Look at the replies before this one: usually the step before was refused.",
    mend: "\
        Client: send the commands in order, and do not go on after a refusal.\n\
        If the client is a script: let it stop at the first error.",
};

/// The server never answered a command.
pub const UNANSWERED_COMMAND: Cause = Cause {
    id: "unanswered-command",
    title: "The server never answered a command",
    what: "\
        The server never answered a command, although the session went on in the capture. The \
        server hangs, lost the command, or the answer was dropped on the way.",
    on_the_wire: "\
        A command with no reply, while later packets of the session are there. A device that \
        inspects FTP can also swallow the command.",
    confirm: "\
        Was the command acknowledged by TCP? If not, it never arrived. If so, the server \
        received it and kept silent.",
    mend: "\
        Server: read its log at this moment; a slow disk or name look-up can block it.\n\
        Firewall: turn its FTP helper off for a test (see reply-lost).\n\
        Client: wait longer, or send one command at a time.",
};

/// The password went over the network in clear.
pub const CLEARTEXT_PASSWORD: Cause = Cause {
    id: "cleartext-password",
    title: "The password went over the network in clear",
    what: "\
        User name and password were sent without encryption: everyone on the way can read and \
        reuse them. This capture contains them too, so treat the file as a secret.",
    on_the_wire: "USER and PASS readable on the control connection, with no AUTH TLS before them.",
    confirm: "\
        openssl s_client -starttls ftp -connect SERVER:21 shows whether the server could do TLS.",
    mend: "\
        Client: switch on explicit TLS (curl: --ssl-reqd; lftp: set ftp:ssl-force on).\n\
        Server: offer TLS and demand it for logins (vsftpd: ssl_enable, force_local_logins_ssl; \
        ProFTPD: TLSEngine, TLSRequired; Pure-FTPd: TLS 2; pyftpdlib: TLS_FTPHandler with \
        tls_control_required).\n\
        Change a password that was seen by others.",
};

/// The control connection is encrypted.
pub const CONTROL_ENCRYPTED: Cause = Cause {
    id: "control-encrypted",
    title: "The control connection is encrypted",
    what: "\
        The control connection is encrypted, so commands and replies cannot be read. What \
        happened must be judged from the connections alone, which is less certain.",
    on_the_wire: "\
        AUTH TLS and 234, or TLS from the first byte (port 990); after that only TLS records.",
    confirm: "\
        With the keys of the session the capture can be read: set SSLKEYLOGFILE for the client \
        when it records (curl and other programs write the keys there).",
    mend: "\
        Nothing needs to be mended.\n\
        For a full diagnosis: record again with the key file, or once without TLS in a test \
        network, or read the logs of both sides.",
};

/// A new handshake began inside TLS.
pub const TLS_RENEGOTIATED: Cause = Cause {
    id: "tls-renegotiated",
    title: "TLS was renegotiated during the session",
    what: "\
        A new handshake began inside an encrypted connection, to change its keys. It is no fault, \
        but many clients and servers refuse it and leave, so that long sessions end after a fixed \
        time or number of bytes. TLS 1.3 has no renegotiation.",
    on_the_wire: "\
        Up to TLS 1.2: encrypted handshake records after the handshake was over. With the keys: a \
        second ClientHello, or the alert “no renegotiation”.",
    confirm: "\
        The server's log at this moment.\n\
        ProFTPD: look for TLSRenegotiate in its configuration.",
    mend: "\
        Nothing needs to be mended as long as both sides agree to it.\n\
        ProFTPD: TLSRenegotiate none turns it off.\n\
        Both sides: allow TLS 1.3, which changes keys without a handshake.",
};

pub(super) const ALL: &[&Cause] = &[
    &CONTROL_UNANSWERED,
    &CONTROL_REFUSED,
    &CONTROL_UNREACHABLE,
    &PORT_SCAN,
    &NO_GREETING,
    &TOO_MANY_CONNECTIONS,
    &LOGIN_FAILED,
    &PASSWORD_GUESSING,
    &FILE_UNAVAILABLE,
    &PERMISSION_DENIED,
    &COMMAND_UNSUPPORTED,
    &SYNTAX_ERROR,
    &BAD_SEQUENCE,
    &UNANSWERED_COMMAND,
    &CLEARTEXT_PASSWORD,
    &CONTROL_ENCRYPTED,
    &TLS_RENEGOTIATED,
];
