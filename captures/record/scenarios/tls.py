"""TLS: keys in the capture, and the ways it can go wrong."""

import contextlib
import ftplib

from sandbox import USER
from secured import context, inject_keys, protected
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

from scenarios import BOTH, scenario

TLS = {"ssl_enable": "YES", "allow_anon_ssl": "YES", "ssl_ciphers": "HIGH"}


@scenario("tls-keys-in-capture-proftpd", twins=["explicit-tls-download-vsftpd"])
def with_keys(lab):
    """Download with AUTH TLS, the keys stored in the capture.

    Python's ftplib writes its TLS secrets; editcap puts them into the pcapng file, so that
    control and data connection can be decrypted.

    Conclude: one healthy transfer of 20000 bytes.
    """
    lab.serve(ProFtpd(TLSEngine="on", TLSRequired="off", TLSOptions="NoSessionReuseRequired"))
    with lab.record(), protected(lab, keys=True) as ftp:
        ftp.retrbinary("RETR /pub/a.bin", lambda data: None)
    inject_keys(lab)
    lab.quote(ftp, "226")
    lab.facts(
        transfers=[("RETR", "/pub/a.bin", 20000, True)],
        notes="20000 bytes after decryption; TLS adds some thousand.",
    )


@scenario(
    "tls-session-not-reused-vsftpd",
    views=BOTH,
    twins=["explicit-tls-download-vsftpd", "tls-keys-session-not-reused-vsftpd"],
)
def not_reused_vsftpd(lab):
    """The data connection does not resume the TLS session; vsftpd insists.

    Python's ftplib makes a new TLS session for each data connection. vsftpd
    (`require_ssl_reuse=YES`, its default) refuses with 522. Nothing is decrypted here.

    Conclude: `tls-session-not-reused` as likely: the TLS handshake on the data connection
    starts without resumption, some kilobytes of handshake flow, and no file.
    """
    server = lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES"))
    with lab.record(), protected(lab, quit=False) as ftp:
        refused(ftp)
    lab.quote(ftp, "522")
    assert "522" in server.log.read_text()
    lab.facts(
        cause="tls-session-not-reused",
        transfers=[("RETR", "/pub/a.bin", 0, False)],
        notes="No byte of the file was sent; the TLS handshake took some thousand bytes.",
    )


def refused(ftp):
    """Ask for a file that will not come."""
    with contextlib.suppress(ftplib.Error, OSError, EOFError):
        ftp.retrbinary("RETR /pub/a.bin", lambda data: None)


@scenario("tls-keys-session-not-reused-vsftpd", twins=["tls-session-not-reused-vsftpd"])
def not_reused_keys(lab):
    """A TLS session that is not resumed, with keys in the capture.

    vsftpd insists that the data connection resumes the TLS session of the control
    connection; ftplib does not.

    Conclude: `tls-session-not-reused`: decrypted, the server says 522 and why.
    """
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES"))
    with lab.record(), protected(lab, keys=True, quit=False) as ftp:
        refused(ftp)
    inject_keys(lab)
    lab.quote(ftp, "522")
    lab.facts(cause="tls-session-not-reused", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("tls-session-not-reused-proftpd", twins=["tls-session-not-reused-vsftpd"])
def not_reused_proftpd(lab):
    """The data connection does not resume the TLS session; ProFTPD insists.

    ProFTPD requires it unless `TLSOptions NoSessionReuseRequired` is set. Keys are in the
    capture.

    Conclude: `tls-session-not-reused`: 425 after a full TLS handshake on the data
    connection.
    """
    lab.serve(ProFtpd(TLSEngine="on", TLSRequired="off"))
    with lab.record(), protected(lab, keys=True, quit=False) as ftp:
        refused(ftp)
    inject_keys(lab)
    lab.quote(ftp, "425")
    lab.facts(cause="tls-session-not-reused", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("tls-required-vsftpd", twins=["tls-required-data-vsftpd", "login-failed-vsftpd"])
def required_vsftpd(lab):
    """The server wants TLS before the login; vsftpd.

    wget logs in without TLS: vsftpd answers USER with 530 "Non-anonymous sessions must use
    encryption."

    Conclude: `tls-required`, not `login-failed`: the password was never asked for.
    """
    lab.serve(Vsftpd(**TLS, force_local_logins_ssl="YES"))
    with lab.record():
        run = lab.client("wget", "--tries=1", lab.url("pub/a.bin", USER), exit=None)
    lab.quote(run, "^530")
    lab.facts(cause="tls-required")


@scenario("tls-required-pure-ftpd", point="server", twins=["tls-required-vsftpd"])
def required_pure(lab):
    """The server wants TLS before the login; Pure-FTPd.

    `-Y 2`: clear-text sessions are refused with 421.

    Conclude: `tls-required`, not `too-many-connections`.
    """
    lab.serve(PureFtpd(tls=2))
    with lab.record():
        run = lab.client("curl", lab.url("pub/a.bin", USER), exit=None)
    lab.quote(run, "^< 421")
    lab.facts(cause="tls-required")


@scenario("tls-required-proftpd", twins=["tls-required-vsftpd"])
def required_proftpd(lab):
    """The server wants TLS before the login; ProFTPD.

    `TLSRequired on`: USER is answered with 550.

    Conclude: `tls-required`, not `file-unavailable`.
    """
    lab.serve(ProFtpd(TLSEngine="on", TLSRequired="on"))
    with lab.record():
        run = lab.client("curl", lab.url("pub/a.bin", USER), exit=None)
    lab.quote(run, "^< 5")
    lab.facts(cause="tls-required")


@scenario("tls-required-data-pyftpdlib", point="server", twins=["tls-required-vsftpd"])
def required_pyftpdlib(lab):
    """The server wants TLS on the data connection; pyftpdlib.

    The client has TLS on the control connection but has not sent PROT P: PASV is refused
    with 550. Keys are in the capture.

    Conclude: `tls-required`: the server wants PROT P for data connections.
    """
    lab.serve(Pyftpdlib(tls=True, tls_data_required=True))
    secured = context(keys=True)
    with lab.record(), lab.ftplib(kind=ftplib.FTP_TLS, context=secured) as ftp:
        refused(ftp)
    inject_keys(lab)
    lab.quote(ftp, "550")
    lab.facts(cause="tls-required")


@scenario("tls-required-data-vsftpd", twins=["tls-required-vsftpd"])
def required_data_vsftpd(lab):
    """The server wants TLS on the data connection; vsftpd.

    `force_local_data_ssl=YES` and no PROT P: 522. Keys are in the capture.

    Conclude: `tls-required`: PROT P is missing.
    """
    lab.serve(Vsftpd(**TLS, force_local_data_ssl="YES"))
    secured = context(keys=True)
    with lab.record(), lab.ftplib(kind=ftplib.FTP_TLS, context=secured) as ftp:
        refused(ftp)
    inject_keys(lab)
    lab.quote(ftp, "522")
    lab.facts(cause="tls-required", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("tls-unknown-ca-proftpd", twins=["explicit-tls-download-pure-ftpd"])
def unknown_ca(lab):
    """The client does not trust the server's certificate.

    curl verifies the self-signed certificate, sends a TLS alert and ends. ProFTPD answers in
    clear text.

    Conclude: `tls-handshake-failed`: alert "unknown CA" from the client; the certificate is
    not one it trusts.
    """
    lab.serve(ProFtpd(TLSEngine="on", TLSRequired="off"))
    with lab.record():
        options = ["--ssl-reqd", "--tlsv1.2", "--tls-max", "1.2"]
        run = lab.client("curl", *options, lab.url("pub/a.bin"), exit=60)
    lab.quote(run, "^curl: .60")
    lab.facts(cause="tls-handshake-failed")


@scenario("tls-version-mismatch-proftpd", point="server", twins=["tls-unknown-ca-proftpd"])
def version_mismatch(lab):
    """Client and server have no TLS version in common.

    The client accepts TLS 1.3 only, the server offers at most TLS 1.2.

    Conclude: `tls-handshake-failed`: alert "protocol version" from the server.
    """
    lab.serve(ProFtpd(TLSEngine="on", TLSRequired="off", TLSProtocol="TLSv1.2"))
    with lab.record():
        run = lab.client("curl", "--ssl-reqd", "-k", "--tlsv1.3", lab.url("pub/a.bin"), exit=35)
    lab.quote(run, "^curl: .35")
    lab.facts(cause="tls-handshake-failed")


@scenario("auth-tls-refused-vsftpd", twins=["explicit-tls-download-vsftpd"])
def auth_refused(lab):
    """The client insists on TLS, the server has none.

    vsftpd without TLS answers AUTH with 530 "Please login with USER and PASS."

    Conclude: `command-unsupported`: the server does not offer TLS.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("curl", "--ssl-reqd", "-k", lab.url("pub/a.bin"), exit=64)
    lab.quote(run, "^< 530")
    lab.facts(cause="command-unsupported")


@scenario(
    "explicit-tls-download-vsftpd", twins=["explicit-tls-download-pure-ftpd", "tls-keys-in-capture-proftpd"]
)
def explicit_tls(lab):
    """Download with AUTH TLS, no keys; curl and vsftpd.

    curl tries AUTH SSL, which vsftpd accepts or refuses, then everything on control and
    data connection is encrypted.

    Conclude: `control-encrypted` as a notice. The data connection can only be attributed
    by its hosts and time; nothing failed.
    """
    lab.serve(Vsftpd(ssl_enable="YES", allow_anon_ssl="YES", require_ssl_reuse="YES", ssl_ciphers="HIGH"))
    with lab.record():
        run = lab.client("curl", "--ssl-reqd", "-k", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^< 234")
    lab.facts(
        cause="control-encrypted",
        healthy=True,
        transfers=[("RETR", "/pub/a.bin", None, True)],
        notes="20000 bytes of the file; more cross the network because of TLS.",
        log_differs="bytes on the wire are those of TLS.",
    )


@scenario("explicit-tls-download-pure-ftpd", point="server", twins=["explicit-tls-download-vsftpd"])
def explicit_tls_pure(lab):
    """Download with AUTH TLS, no keys; lftp and Pure-FTPd.

    Conclude: `control-encrypted` as a notice.
    """
    lab.serve(PureFtpd(tls=1))
    with lab.record():
        run = lab.client(
            "lftp",
            "set ftp:ssl-allow yes",
            "set ftp:ssl-force yes",
            "set ssl:verify-certificate no",
            f"open {lab.url(user=USER)}",
            "get pub/a.bin -o a.bin",
        )
    lab.quote(run, "234")
    lab.facts(
        cause="control-encrypted",
        healthy=True,
        transfers=[("RETR", "/pub/a.bin", None, True)],
        notes="20000 bytes of the file; more cross the network because of TLS.",
        log_differs="bytes on the wire are those of TLS.",
    )


@scenario("tls-control-clear-data-pyftpdlib", twins=["explicit-tls-download-vsftpd"])
def tls_clear_data(lab):
    """AUTH TLS on the control connection, data in clear.

    `PROT C` (the default): the login and all commands are encrypted, the file is not.

    Conclude: `control-encrypted`; the data connection carries a readable file but the
    command that asked for it cannot be seen.
    """
    lab.serve(Pyftpdlib(tls=True))
    with lab.record(), lab.ftplib(kind=ftplib.FTP_TLS, context=context()) as ftp:
        ftp.retrbinary("RETR /pub/hello.txt", lambda data: None)
    lab.quote(ftp, "234")
    lab.facts(
        cause="control-encrypted",
        healthy=True,
        transfers=[("RETR", "/pub/hello.txt", 20, True)],
    )


@scenario("clear-command-channel-proftpd", point="server", twins=["explicit-tls-download-vsftpd"])
def clear_command_channel(lab):
    """AUTH TLS for the login, then back to clear text with CCC.

    ftplib logs in under TLS, then leaves TLS with CCC; the rest of the session can be
    read, so that a firewall's FTP helper could follow it.

    Conclude: the login is encrypted; after CCC commands and replies are visible again and
    the download is healthy.
    """
    lab.serve(ProFtpd(TLSEngine="on", TLSRequired="off", TLSOptions="NoSessionReuseRequired"))
    with lab.record(), lab.ftplib(kind=ftplib.FTP_TLS, context=context()) as ftp:
        ftp.ccc()
        ftp.retrbinary("RETR /pub/hello.txt", lambda data: None)
    lab.quote(ftp, "226")
    lab.facts(
        cause="control-encrypted",
        healthy=True,
        transfers=[("RETR", "/pub/hello.txt", 20, True)],
        notes="Only the part before CCC is encrypted.",
    )
