"""FTPS that does not work, with the keys or as far as it can be seen without."""

import contextlib
import ftplib
import ssl

from certificates import AUTHORITY, issue_certificate
from sandbox import PASSWORD, USER
from secured import KEYS, Resuming, context, inject_keys, protected
from servers import InetutilsFtpd, ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

from scenarios import scenario
from scenarios.ftps import DOWNLOAD, OLD, curl, gnutls_curl, lftp, proftpd, received, told
from scenarios.paths import stateful_firewall
from scenarios.tls import TLS, refused

NOT_DONE = ("RETR", "/pub/a.bin", 0, False)
EXPIRED = {"begin": "20250101000000Z", "end": "20260101000000Z"}


def trusting(lab, *options, exit, **rest):
    """curl, which trusts the lab's authority and verifies the certificate."""
    arguments = ["--ssl-reqd", "--cacert", AUTHORITY, *options, "-o", "file", lab.url("pub/a.bin", USER)]
    return lab.client("curl", *map(str, arguments), exit=exit, keys=KEYS, **rest)


# -- certificates -----------------------------------------------------------------


@scenario("tls-expired-certificate-proftpd", twins=["tls-unknown-ca-proftpd"])
def expired(lab):
    """The server's certificate has expired; curl and ProFTPD, TLS 1.2.

    Conclude: `tls-handshake-failed`: the client's alert "certificate expired", in clear, and
    the certificate itself.
    """
    lab.serve(proftpd(certificate=issue_certificate(**EXPIRED)))
    with lab.record():
        run = trusting(lab, "--tls-max", "1.2", exit=60)
    lab.quote(run, "^curl: .60")
    lab.facts(cause="tls-handshake-failed", tls={"keys": "none"}, dialogues=[run])


def expired_tls13(lab):
    lab.serve(PureFtpd(tls=1, certificate=issue_certificate(**EXPIRED)))
    with lab.record():
        run = trusting(lab, exit=60)
    lab.quote(run, "^curl: .60")
    return run


@scenario("tls13-expired-certificate-pure-ftpd", twins=["tls-expired-certificate-proftpd"])
def expired_blind(lab):
    """The server's certificate has expired; curl and Pure-FTPd, TLS 1.3, without keys.

    The certificate is encrypted. The alert is in clear: OpenSSL has no keys for what it sends
    until it has seen all of the server's handshake.

    Conclude: `tls-handshake-failed`: the client's alert "certificate expired".
    """
    run = expired_tls13(lab)
    lab.facts(cause="tls-handshake-failed", tls={"keys": "none"}, dialogues=[run])


@scenario("tls13-expired-certificate-keys-pure-ftpd", twins=["tls13-expired-certificate-pure-ftpd"])
def expired_keys(lab):
    """The server's certificate has expired; curl and Pure-FTPd, TLS 1.3, with keys.

    Conclude: `tls-handshake-failed`: the alert is "certificate expired", and the certificate,
    decrypted, says since when.
    """
    run = expired_tls13(lab)
    inject_keys(lab)
    lab.facts(cause="tls-handshake-failed", tls={"keys": "all"}, dialogues=[run])


@scenario("tls-self-signed-vsftpd", point="server", twins=["tls-unknown-ca-proftpd"])
def self_signed(lab):
    """The client does not trust a self-signed certificate; lftp (GnuTLS) and vsftpd, TLS 1.2.

    lftp looks at the certificate when the handshake is done and a command is on its way.

    Conclude: `tls-handshake-failed`, at most likely: the client leaves after one command, and the
    certificate, in clear, is self-signed.
    """
    lab.serve(Vsftpd(**TLS))
    with lab.record():
        settings = ["set ftp:ssl-force yes", "set ftp:ssl-allow yes"]
        settings += ['set ssl:priority "NORMAL:-VERS-ALL:+VERS-TLS1.2"']
        run = lab.client("lftp", *settings, f"open {lab.url(user=USER)}", "get pub/a.bin -o a", exit=None)
    lab.quote(run, "Certificate verification")
    lab.facts(cause="tls-handshake-failed", tls={"keys": "none"}, dialogues=[run])


@scenario("tls-wrong-name-proftpd", twins=["tls-unknown-ca-proftpd"])
def wrong_name(lab):
    """The certificate is for another name; curl (OpenSSL) and ProFTPD, TLS 1.2.

    Conclude: `tls-handshake-failed`: the client ends the session with the handshake; the
    certificate is for ftp.example.org.
    """
    lab.serve(proftpd(certificate=issue_certificate(names="DNS:ftp.example.org")))
    with lab.record():
        run = trusting(lab, "--tls-max", "1.2", exit=60)
    lab.quote(run, "^curl: .60")
    lab.facts(cause="tls-handshake-failed", tls={"keys": "none"}, dialogues=[run])


# -- versions and ciphers ---------------------------------------------------------


@scenario("tls-client-without-tls12-proftpd", point="server", twins=["tls-version-mismatch-proftpd"])
def client_too_old(lab):
    """A client that knows nothing newer than TLS 1.1; Python and ProFTPD.

    Conclude: `tls-handshake-failed`: the server's alert "protocol version"; the client offers
    TLS 1.1 at most.
    """
    lab.serve(proftpd(TLSProtocol="TLSv1.2 TLSv1.3"))
    version = ssl.TLSVersion.TLSv1_1
    secured = context(oldest=version, newest=version, ciphers=OLD)
    fails(lab, secured)
    lab.facts(cause="tls-handshake-failed", tls={"keys": "none"})


def fails(lab, secured, kind=ftplib.FTP_TLS):
    """A session whose handshake fails."""
    with lab.record(), lab.ftplib(kind=kind, context=secured, login=False, quit=False) as ftp:
        with contextlib.suppress(ssl.SSLError, OSError, EOFError):
            ftp.auth()
            raise RuntimeError("the handshake succeeded")
    return ftp


@scenario("tls-no-common-cipher-proftpd", twins=["tls-version-mismatch-proftpd"])
def no_cipher(lab):
    """No cipher suite in common; Python and ProFTPD, TLS 1.2.

    Conclude: `tls-handshake-failed`: the server's alert "handshake failure".
    """
    lab.serve(proftpd(TLSProtocol="TLSv1.2", TLSCipherSuite="ECDHE-RSA-AES256-GCM-SHA384"))
    fails(lab, context(newest=ssl.TLSVersion.TLSv1_2, ciphers="AES128-SHA"))
    lab.facts(cause="tls-handshake-failed", tls={"keys": "none"})


# -- servers that refuse AUTH -----------------------------------------------------


@scenario("auth-tls-refused-inetutils", twins=["auth-tls-refused-vsftpd"])
def auth_unknown(lab):
    """AUTH TLS at a server that knows no AUTH; curl and GNU inetutils ftpd.

    Conclude: `command-unsupported`: the server does not offer TLS.
    """
    lab.serve(InetutilsFtpd())
    with lab.record():
        run = lab.client("curl", "--ssl-reqd", "-k", lab.url("pub/a.bin", USER), exit=64)
    lab.quote(run, "^< 5")
    lab.facts(cause="command-unsupported", dialogues=[run])


@scenario("auth-tls-refused-pyftpdlib", point="server", twins=["auth-tls-refused-vsftpd"])
def auth_unknown_pyftpdlib(lab):
    """AUTH TLS at a server without TLS; lftp and pyftpdlib.

    Conclude: `command-unsupported`: the server does not offer TLS.
    """
    lab.serve(Pyftpdlib())
    with lab.record():
        run = lftp(lab, "set ftp:use-feat no", f"open {lab.url(user=USER)}", "get pub/a.bin -o a", exit=None)
    lab.quote(run, "<--- 5")
    lab.facts(cause="command-unsupported", dialogues=[run])


@scenario("auth-ssl-refused-pure-ftpd", twins=["auth-tls-refused-vsftpd", "ftps-auth-ssl-proftpd"])
def auth_ssl_refused(lab):
    """AUTH SSL at a server that takes AUTH TLS only; Python and Pure-FTPd.

    Conclude: `command-unsupported`: the server refuses this mechanism with 500.
    """
    lab.serve(PureFtpd(tls=1))
    kind = type("Client", (Resuming,), {"mechanism": "SSL"})
    with lab.record(), lab.ftplib(kind=kind, context=context(), login=False) as ftp:
        with contextlib.suppress(ftplib.Error):
            ftp.auth()
    lab.quote(ftp, "500")
    lab.facts(cause="command-unsupported", dialogues=[ftp])


@scenario("auth-gssapi-refused-vsftpd", twins=["auth-tls-refused-vsftpd"])
def auth_gssapi(lab):
    """AUTH GSSAPI at a server without Kerberos; curl and vsftpd.

    curl's `--krb` insists on it.

    Conclude: `command-unsupported`: the server does not offer GSSAPI; this is no TLS.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("curl", "--krb", "clear", "-o", "file", lab.url("pub/a.bin", USER), exit=8)
    lab.quote(run, "AUTH GSSAPI")
    lab.facts(cause="command-unsupported", dialogues=[run])


@scenario("auth-after-login-proftpd", twins=["auth-tls-refused-vsftpd"])
def auth_late(lab):
    """AUTH TLS after the login; Python and ProFTPD.

    ProFTPD takes AUTH before USER only, unless `TLSOptions AllowPerUser` is set. The client goes
    on in clear.

    Conclude: the server refuses AUTH with 534, and the download in clear is healthy.
    """
    lab.serve(proftpd())
    with lab.record(), lab.ftplib() as ftp:
        with contextlib.suppress(ftplib.Error):
            ftp.sendcmd("AUTH TLS")
        received(ftp, "RETR /pub/a.bin")
    lab.quote(ftp, "534")
    lab.facts(transfers=[DOWNLOAD], dialogues=[ftp])


# -- the protection of data connections ---------------------------------------------


@scenario("tls-required-data-pure-ftpd", point="server", twins=["tls-required-data-vsftpd"])
def required_pure(lab):
    """The server wants TLS on the data connection; Pure-FTPd.

    `-Y 3` and no PROT P. Keys are in the capture.

    Conclude: `tls-required`: PROT P is missing.
    """
    lab.serve(PureFtpd(tls=3))
    with lab.record(), protected(lab, keys=True, private=False) as ftp:
        refused(ftp)
    lab.quote(ftp, "521")
    told(lab, ftp, transfers=[NOT_DONE], cause="tls-required")


@scenario("tls-required-data-proftpd", twins=["tls-required-data-vsftpd"])
def required_proftpd(lab):
    """The server wants TLS on the data connection; ProFTPD.

    `TLSRequired data`, and the client sends no PROT P. Keys are in the capture.

    Conclude: `tls-required`: PROT P is missing.
    """
    lab.serve(ProFtpd(TLSEngine="on", TLSRequired="data", TLSOptions="NoSessionReuseRequired"))
    with lab.record(), protected(lab, keys=True, private=False) as ftp:
        refused(ftp)
    lab.quote(ftp, "5[0-9][0-9]")
    told(lab, ftp, transfers=[], cause="tls-required")


@scenario("prot-p-refused-proftpd", twins=["tls-required-data-proftpd"])
def prot_refused(lab):
    """The server wants data connections in clear; Python and ProFTPD.

    `TLSRequired ctrl+!data`: PROT P is refused. Keys are in the capture.

    Conclude: `data-protection-mismatch`: the server refuses PROT P.
    """
    lab.serve(ProFtpd(TLSEngine="on", TLSRequired="ctrl+!data", TLSOptions="NoSessionReuseRequired"))
    with lab.record(), protected(lab, keys=True, private=False) as ftp:
        ftp.voidcmd("PBSZ 0")
        with contextlib.suppress(ftplib.Error):
            ftp.sendcmd("PROT P")
    lab.quote(ftp, "534")
    told(lab, ftp, transfers=[], cause="data-protection-mismatch")


def forgot_protection(lab):
    """A client that begins TLS on the data connection without having sent PROT P."""
    lab.serve(Vsftpd(**TLS, force_local_data_ssl="NO"))
    with lab.record(), protected(lab, keys=True, kind=Resuming, private=False, quit=False) as ftp:
        ftp._prot_p = True
        refused(ftp)
    return ftp


@scenario("tls-data-without-prot-p-vsftpd", twins=["tls-required-data-vsftpd"])
def forgot_prot_p(lab):
    """The client begins TLS on the data connection and has not sent PROT P; Python and vsftpd.

    The server sends the file in clear, the client takes it for TLS. Nothing is decrypted here.

    Conclude: `data-protection-mismatch`: one end of the data connection speaks TLS, the other
    does not.
    """
    ftp = forgot_protection(lab)
    lab.facts(
        cause="data-protection-mismatch",
        tls={"keys": "none"},
        dialogues=[ftp],
        transfers=[("RETR", "/pub/a.bin", None, True)],
        notes="""The server counts the whole file as sent; the client resets the connection before all
        of it has come.""",
        log_differs="not all that the server sent has come.",
    )


@scenario("tls-data-without-prot-p-keys-vsftpd", twins=["tls-data-without-prot-p-vsftpd"])
def forgot_prot_p_keys(lab):
    """The client begins TLS on the data connection and has not sent PROT P, with keys.

    Conclude: `data-protection-mismatch`, certain: no PROT P was sent, and the client speaks TLS.
    """
    ftp = forgot_protection(lab)
    told(
        lab,
        ftp,
        cause="data-protection-mismatch",
        transfers=[("RETR", "/pub/a.bin", None, True)],
        notes="""The server counts the whole file as sent; the client resets the connection before all
        of it has come.""",
        log_differs="not all that the server sent has come.",
    )


@scenario("clear-data-after-prot-p-proftpd", twins=["tls-data-without-prot-p-keys-vsftpd"])
def clear_after_prot_p(lab):
    """The client sends PROT P and then data in clear; Python and ProFTPD.

    The server waits for a handshake and gets the file. Keys are in the capture.

    Conclude: `data-protection-mismatch`.
    """
    lab.serve(proftpd())
    with lab.record(), protected(lab, keys=True, kind=Resuming, quit=False) as ftp:
        ftp._prot_p = False
        with (
            contextlib.suppress(ftplib.Error, OSError, EOFError),
            open("/srv/demo/pub/readme.txt", "rb") as source,
        ):
            ftp.storbinary("STOR incoming/up.txt", source)
    told(lab, ftp, cause="data-protection-mismatch", transfers=[("STOR", "/incoming/up.txt", 0, False)])


# -- handshakes of data connections ---------------------------------------------------


class Distrustful(Resuming):
    """Trusts the certificate on the control connection, and not on data connections."""

    def ntransfercmd(self, cmd, rest=None):
        made, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        strict = ssl.create_default_context()
        strict.maximum_version = self.newest
        strict.check_hostname = False
        strict.keylog_filename = str(KEYS)
        return strict.wrap_socket(made, server_hostname=self.host), size


def distrusted(lab, newest):
    kind = type("Client", (Distrustful,), {"newest": newest})
    with lab.record(), protected(lab, keys=True, kind=kind, quit=False, newest=newest) as ftp:
        refused(ftp)
        with contextlib.suppress(ftplib.Error, OSError, EOFError):
            ftp.voidresp()
    return ftp


@scenario("tls-data-unknown-ca-proftpd", twins=["tls-unknown-ca-proftpd"])
def data_unknown_ca(lab):
    """The client does not trust the certificate on the data connection; Python and ProFTPD.

    TLS 1.2: the alert on the data connection is in clear. Nothing is decrypted here.

    Conclude: `tls-handshake-failed`: alert "unknown CA" of the client on the data connection.
    """
    lab.serve(proftpd())
    ftp = distrusted(lab, ssl.TLSVersion.TLSv1_2)
    lab.facts(cause="tls-handshake-failed", tls={"keys": "none"}, dialogues=[ftp], transfers=[NOT_DONE])


@scenario("tls13-data-unknown-ca-keys-vsftpd", twins=["tls-data-unknown-ca-proftpd"])
def data_unknown_ca_keys(lab):
    """The client does not trust the certificate on the data connection, with keys; vsftpd.

    TLS 1.3: the alert is encrypted.

    Conclude: `tls-handshake-failed`: decrypted, alert "unknown CA" on the data connection.
    """
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="NO"))
    ftp = distrusted(lab, ssl.TLSVersion.TLSv1_3)
    told(lab, ftp, cause="tls-handshake-failed", transfers=[NOT_DONE])


@scenario("tls12-session-not-reused-proftpd", twins=["tls-session-not-reused-proftpd"])
def not_reused_tls12(lab):
    """The data connection does not resume the TLS session, TLS 1.2; ProFTPD insists.

    Nothing is decrypted here.

    Conclude: `tls-session-not-reused`, likely.
    """
    lab.serve(proftpd(options=None))
    newest = ssl.TLSVersion.TLSv1_2
    with lab.record(), protected(lab, quit=False, newest=newest) as ftp:
        refused(ftp)
    lab.quote(ftp, "425")
    lab.facts(cause="tls-session-not-reused", tls={"keys": "none"}, dialogues=[ftp], transfers=[NOT_DONE])


# -- firewalls and addresses ------------------------------------------------------------


@scenario("stateful-firewall-clear-and-tls", twins=["stateful-firewall-blind-to-tls"])
def clear_and_tls(lab):
    """A firewall with an FTP helper: plain FTP works, TLS to the same server does not.

    First a download in clear, for which the helper opens the passive port, then one with TLS,
    where it cannot read the announcement. Nothing is decrypted here.

    Conclude: `connection-unanswered` in the second session: the firewall opens ports only as
    far as it can read the control connection.
    """
    runs = firewalled(lab)
    lab.facts(
        control=2, cause="connection-unanswered", transfers=[DOWNLOAD], tls={"keys": "none"}, dialogues=runs
    )


@scenario("stateful-firewall-clear-and-tls-keys", twins=["stateful-firewall-clear-and-tls"])
def clear_and_tls_keys(lab):
    """A firewall with an FTP helper: plain FTP works, TLS does not, with keys.

    Conclude: `connection-unanswered` in the second session: the announcement was encrypted on
    the way, and the SYNs to it are dropped.
    """
    runs = firewalled(lab)
    told(lab, *runs, control=2, cause="connection-unanswered")


def firewalled(lab):
    stateful_firewall(lab)
    lab.serve(
        Vsftpd(
            ssl_enable="YES",
            allow_anon_ssl="YES",
            ssl_ciphers="HIGH",
            force_local_logins_ssl="NO",
            force_local_data_ssl="NO",
        )
    )
    with lab.record():
        plain = lab.client("curl", "--disable-epsv", "-o", "file", lab.url("pub/a.bin", USER))
        hidden = curl(lab, "--disable-epsv", "--connect-timeout", "6", exit=28)
    return plain, hidden


@scenario("private-address-in-tls-proftpd", twins=["ftps-tls13-download-proftpd"])
def private_address(lab):
    """A server behind a NAT announces its private address inside TLS, with keys.

    A helper that mends the address in clear FTP cannot do so here. curl is told to connect to
    the announced address.

    Conclude: `private-address-announced`: decrypted, as certain as in clear FTP.
    """
    lab.serve(proftpd(MasqueradeAddress="10.1.2.3"))
    lab.net.setting("client", "net.ipv4.tcp_syn_retries=1")
    lab.net.run("router", "ip route add blackhole 10.0.0.0/8")
    with lab.record():
        options = ["--disable-epsv", "--no-ftp-skip-pasv-ip", "--connect-timeout", "4"]
        run = curl(lab, *options, exit=None)
    told(lab, run, transfers=[], cause="private-address-announced")


# -- ordinary trouble inside TLS ----------------------------------------------------------


@scenario("login-failed-in-tls-vsftpd", twins=["login-failed-vsftpd"])
def login_failed(lab):
    """A wrong password inside TLS; curl and vsftpd, with keys.

    Conclude: `login-failed`, decrypted.
    """
    lab.serve(Vsftpd(**TLS))
    with lab.record():
        address = lab.url("pub/a.bin", USER).replace(PASSWORD, "wrong")
        run = lab.client("curl", "--ssl-reqd", "-k", address, exit=67, keys=KEYS)
    told(lab, run, transfers=[], cause="login-failed")


@scenario("missing-file-in-tls-proftpd", point="server")
def missing_file(lab):
    """A file that does not exist, asked for inside TLS; curl (GnuTLS) and ProFTPD, with keys.

    Conclude: `file-unavailable`, decrypted.
    """
    lab.serve(proftpd())
    with lab.record():
        run = gnutls_curl(lab, path="pub/none.bin", exit=None)
    lab.quote(run, "^< 550")
    told(lab, run, transfers=[], cause="file-unavailable")


@scenario("parallel-downloads-in-tls-vsftpd")
def parallel(lab):
    """Two clients on one computer at the same time; curl and vsftpd, TLS 1.2, with keys.

    The second one's data connections are opened while the first one's transfer runs.

    Conclude: two healthy sessions, and each data connection belongs to the right one.
    """
    lab.network(delay=(15, 20))
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES", local_max_rate="60000"))
    arguments = ["--ssl-reqd", "-k", "--tls-max", "1.2"]
    with lab.record():
        runs = [
            lab.spawn("curl", *arguments, "-o", "one", lab.url("pub/b.bin", USER), keys=KEYS),
            lab.spawn("curl", *arguments, "-o", "two", lab.url("pub/a.bin", USER), keys=KEYS),
        ]
        for run in runs:
            run.wait()
    told(lab, *runs, control=2, transfers=[DOWNLOAD, ("RETR", "/pub/b.bin", 60000, True)])


@scenario("lossy-download-in-tls-proftpd")
def lossy(lab):
    """Packets lost and out of order inside TLS; curl and ProFTPD, TLS 1.3, with keys.

    Conclude: decrypted, one transfer of 60000 bytes, complete in spite of the losses;
    `slow-transfer` because of them.
    """
    lab.network(disorder="late")
    lab.net.rule(
        "router",
        "-A FORWARD -p tcp -m length --length 1000: -m statistic --mode nth --every 9 --packet 4 -j DROP",
    )
    lab.serve(proftpd())
    with lab.record():
        run = curl(lab, path="pub/b.bin")
    told(
        lab,
        run,
        cause="slow-transfer",
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", 60000, True)],
    )


@scenario("midstream-in-tls-vsftpd", twins=["ftps-tls12-lftp-vsftpd"])
def midstream(lab):
    """The capture begins after the handshake of the control connection; vsftpd, with keys.

    The key log is complete, but it is found by the client's random number, and that is not in
    the capture. The data connection can be decrypted.

    Conclude: `midstream-start`; the control connection is TLS and cannot be read.
    """
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES"))
    with contextlib.ExitStack() as stack:
        ftp = stack.enter_context(protected(lab, keys=True, kind=Resuming))
        stack.enter_context(lab.record())
        received(ftp, "RETR pub/a.bin")
        ftp.quit()
        ftp.quit = lambda: None
    inject_keys(lab)
    told(lab, ftp, keys="data", cause="midstream-start", healthy=True)
