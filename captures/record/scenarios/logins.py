"""Logins that fail, sessions that are not wanted or last too long."""

import contextlib
import ftplib

from sandbox import USER
from scenarios import scenario
from servers import ProFtpd, PureFtpd, Vsftpd


@scenario("login-failed-vsftpd", twins=["password-guessed-vsftpd"])
def login_failed(lab):
    """A wrong password.

    wget sends a wrong password once; vsftpd answers 530 and the client gives up.

    Conclude: `login-failed`. One attempt, no password guessing.
    """
    lab.serve(Vsftpd())
    with lab.record():
        url = lab.url("pub/a.bin", USER).replace("demo-pass", "wrong")
        run = lab.client("wget", "--tries=1", url, exit=6)
    lab.quote(run, "530")
    lab.facts(cause="login-failed")


@scenario("login-failed-proftpd", point="server", twins=["login-failed-then-ok-pure-ftpd"])
def login_failed_proftpd(lab):
    """An unknown user at ProFTPD.

    curl logs in with a name the server does not know: 331 as for any user, then 530.

    Conclude: `login-failed`.
    """
    lab.serve(ProFtpd())
    with lab.record():
        url = lab.url("pub/a.bin", USER).replace(USER, "nobody-here", 1)
        run = lab.client("curl", url, exit=67)
    lab.quote(run, "^< 530")
    lab.facts(cause="login-failed")


@scenario("login-failed-then-ok-pure-ftpd", twins=["login-failed-proftpd"])
def login_second_try(lab):
    """A mistyped password, corrected in the same session.

    Pure-FTPd refuses the first password with 530; the second is right and the download
    works.

    Conclude: healthy. A 530 that is followed by a login is no failure.
    """
    lab.serve(PureFtpd())
    with lab.record(), lab.ftplib(login=False) as ftp:
        with contextlib.suppress(ftplib.error_perm):
            ftp.login(USER, "mistyped")
        ftp.login(USER, "demo-pass")
        ftp.retrbinary("RETR /pub/hello.txt", lambda data: None)
    lab.quote(ftp, "530")
    lab.facts(transfers=[("RETR", "/pub/hello.txt", 20, True)])


@scenario("too-many-clients-vsftpd", twins=["too-many-clients-proftpd"])
def too_many_clients(lab):
    """421 as the greeting: vsftpd's `max_clients`.

    One client holds the only session that the server allows. The second is greeted with
    421 and disconnected.

    Conclude: `too-many-connections` for the second session; the first is healthy.
    """
    lab.serve(Vsftpd(max_clients=1))
    with lab.record(), lab.ftplib() as first:
        first.voidcmd("NOOP")
        run = lab.client("curl", lab.url("pub/a.bin"), exit=28)
    lab.quote(run, "421")
    lab.facts(control=2, cause="too-many-connections")


@scenario("too-many-clients-proftpd", point="server", twins=["too-many-clients-vsftpd"])
def too_many_clients_proftpd(lab):
    """Too many users at login: ProFTPD's `MaxClients`.

    ProFTPD lets the second client send USER and PASS before it refuses.

    Conclude: `too-many-connections`; the refusal comes at login, not at the greeting.
    """
    lab.serve(ProFtpd(MaxClients="1"))
    with lab.record(), lab.ftplib() as first:
        first.voidcmd("NOOP")
        run = lab.client("curl", lab.url("pub/a.bin", USER), exit=67)
    lab.quote(run, "^< 530")
    lab.facts(control=2, cause="too-many-connections")


@scenario("too-many-clients-pure-ftpd", point="server", twins=["too-many-clients-vsftpd"])
def too_many_clients_pure_ftpd(lab):
    """421 as the greeting: Pure-FTPd's limit for one address.

    Conclude: `too-many-connections` for the second session.
    """
    lab.serve(PureFtpd(options=["-C", "1"]))
    with lab.record(), lab.ftplib() as first:
        first.voidcmd("NOOP")
        run = lab.client("curl", lab.url("pub/a.bin"), exit=28)
    lab.quote(run, "421")
    lab.facts(control=2, cause="too-many-connections")


@scenario("idle-timeout-vsftpd", twins=["slow-download-healthy"])
def idle_timeout(lab):
    """The server ends an idle session with 421.

    After a listing the client says nothing for three seconds; vsftpd's
    `idle_session_timeout=3` ends the session with an unsolicited 421.

    Conclude: `idle-timeout` after three seconds without a command; the listing was fine.
    """
    server = lab.serve(Vsftpd(idle_session_timeout=3))
    with lab.record(), lab.ftplib(quit=False) as ftp:
        ftp.retrlines("LIST /pub/nothing", lambda line: None)
        with contextlib.suppress(ftplib.Error):
            ftp.getresp()
    lab.quote(ftp, "421")
    assert "421 Timeout" in server.log.read_text()
    lab.facts(cause="idle-timeout", transfers=[("LIST", "/pub/nothing", 0, True)])


@scenario("idle-timeout-proftpd", point="server", twins=["idle-timeout-vsftpd"])
def idle_timeout_proftpd(lab):
    """An idle session ended by ProFTPD.

    `TimeoutIdle 3`: ProFTPD sends 421 after three seconds of silence.

    Conclude: `idle-timeout`.
    """
    lab.serve(ProFtpd(TimeoutIdle=3))
    with lab.record(), lab.ftplib(quit=False) as ftp:
        ftp.voidcmd("NOOP")
        with contextlib.suppress(ftplib.Error):
            ftp.getresp()
    lab.quote(ftp, "421")
    lab.facts(cause="idle-timeout")


@scenario("password-guessing-vsftpd", twins=["password-guessed-vsftpd", "login-failed-vsftpd"])
def guessing(lab):
    """Passwords guessed over several sessions, none of them right.

    One client opens four sessions and tries three passwords in each.

    Conclude: `password-guessing`: twelve failed logins from one client, no success.
    """
    lab.serve(Vsftpd(max_login_fails=3, delay_failed_login=0))
    with lab.record():
        for number in range(4):
            with lab.ftplib(login=False, quit=False) as ftp:
                guess(ftp, [f"guess{number}{letter}" for letter in "abc"])
    lab.quote(ftp, "530")
    lab.facts(control=4, cause="password-guessing")


@scenario("password-guessed-vsftpd", point="server", twins=["password-guessing-vsftpd"])
def guessed(lab):
    """Passwords guessed until one is right.

    As in the twin, but the password of the fifth session is right, and a file is
    downloaded.

    Conclude: `password-guessing`, and one guess succeeded: that account is in foreign
    hands.
    """
    server = lab.serve(Vsftpd(max_login_fails=3, delay_failed_login=0))
    with lab.record():
        for number in range(4):
            with lab.ftplib(login=False, quit=False) as ftp:
                guess(ftp, [f"guess{number}{letter}" for letter in "abc"])
        with lab.ftplib() as ftp:
            ftp.retrbinary("RETR /pub/hello.txt", lambda data: None)
    assert server.log.read_text().count("FAIL LOGIN") == 12
    lab.quote(ftp, "230")
    lab.facts(control=5, cause="password-guessing", transfers=[("RETR", "/pub/hello.txt", 20, True)])


def guess(ftp, passwords):
    for password in passwords:
        with contextlib.suppress(ftplib.Error, EOFError):
            ftp.login(USER, password)
