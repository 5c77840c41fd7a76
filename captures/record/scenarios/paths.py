"""Paths with stateful firewalls, small windows, fragments; sessions in the wrong order."""

import contextlib
import ftplib
import time

from scenarios import BOTH, scenario
from scenarios.firewall import impatient, narrow_vsftpd
from scenarios.formats import download
from scenarios.nat import HELPER
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

A_BIN = ("RETR", "/pub/a.bin", 20000, True)


@scenario("small-window-download", views=BOTH, twins=["lossy-download", "slow-download-healthy"])
def small_window(lab):
    """A download limited by the client's receive window.

    The round trip takes 100 milliseconds and the client's window is a few kilobytes, so
    that no more than one window passes in a round trip.

    Conclude: `slow-transfer` because of the receive window (bytes in flight = window), no
    loss; the transfer completes.
    """
    lab.network(delay=(20, 30))
    lab.net.setting("client", "net.ipv4.tcp_rmem='4096 6144 6144'")
    lab.serve(Vsftpd())
    with lab.record():
        run = download(lab, "pub/b.bin")
    lab.quote(run, "^< 226")
    lab.facts(
        cause="slow-transfer",
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", 60000, True)],
    )


@scenario("fragmented-download", views=BOTH, twins=["mtu-discovery-works", "mtu-black-hole-download"])
def fragmented(lab):
    """IP fragments.

    The server allows fragmentation (no DF), and the router cuts its packets in two for the
    link to the client.

    Conclude (client-side): healthy; data arrives in IP fragments.

    Conclude (server-side): healthy; packets without DF.
    """
    lab.network(mtu={"client": 1400})
    lab.net.setting("server", "net.ipv4.ip_no_pmtu_disc=1")
    lab.serve(ProFtpd())
    with lab.record():
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario("stateful-firewall-active-ok", views=BOTH, twins=["active-blocked-by-client-firewall"])
def active_through_helper(lab):
    """Active mode through a client's firewall with an FTP helper.

    The router lets nobody connect to the client, but its FTP helper reads PORT and expects
    the server's connection.

    Conclude: healthy.
    """
    lab.network()
    lab.net.rule("router", HELPER)
    lab.net.rule("router", "-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT")
    lab.net.rule("router", "-A FORWARD -p tcp -d 198.51.100.10 -j DROP")
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario(
    "control-forgotten-while-idle", views=BOTH, twins=["control-lost-in-transfer", "idle-timeout-vsftpd"]
)
def forgotten(lab):
    """A firewall forgets an idle control connection.

    The session is idle for three seconds; meanwhile the router begins to drop its packets,
    as a firewall with a short time-out does. The client's next command is never
    acknowledged.

    Conclude (client-side): `control-lost` after three seconds of silence: the command is sent
    again and again without an acknowledgement.

    Conclude (server-side): nothing to report: the client has just been silent since its last
    command, and the capture ends.
    """
    lab.serve(PureFtpd())
    with lab.record(), lab.ftplib(quit=False, timeout=5) as ftp:
        ftp.cwd("/pub")
        time.sleep(3)
        lab.net.rule("router", "-A FORWARD -p tcp --dport 21 -j DROP")
        with contextlib.suppress(TimeoutError):
            ftp.cwd("/pub/docs")
    lab.quote(ftp, "/pub/docs")
    lab.facts(
        cause={"client-side": "control-lost", "server-side": None},
        notes={"client-side": "", "server-side": "The trouble on the way cannot be seen here."},
    )


@scenario("commands-before-login-vsftpd", twins=["login-failed-vsftpd"])
def before_login(lab):
    """Commands before the login.

    The client sends PWD, PASV and RETR without having logged in; each is answered with 530.

    Conclude: `bad-sequence`: 530 says that a login is missing; no login has failed.
    """
    lab.serve(Vsftpd())
    with lab.record(), lab.ftplib(login=False) as ftp:
        for line in ("PWD", "PASV", "RETR /pub/a.bin"):
            with contextlib.suppress(ftplib.Error):
                ftp.sendcmd(line)
    lab.quote(ftp, "530")
    lab.facts(cause="bad-sequence", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("folder-not-found-pure-ftpd", twins=["file-not-found-vsftpd"])
def folder_not_found(lab):
    """A folder that does not exist.

    curl changes to `/pub/archive`, which does not exist: 550 to CWD; it gives up before any
    data channel is announced.

    Conclude: `file-unavailable` for the folder `/pub/archive`.
    """
    lab.serve(PureFtpd())
    with lab.record():
        run = lab.client("curl", lab.url("pub/archive/2023.bin"), exit=9)
    lab.quote(run, "^< 550")
    lab.facts(cause="file-unavailable", notes="CWD failed; no transfer command was sent.")


@scenario("too-many-clients-pyftpdlib", twins=["too-many-clients-vsftpd"])
def too_many_pyftpdlib(lab):
    """421 as the greeting: pyftpdlib's `max_cons`.

    Conclude: `too-many-connections` for the second session.
    """
    lab.serve(Pyftpdlib(max_cons=2))
    with lab.record(), lab.ftplib() as first:
        first.voidcmd("NOOP")
        run = lab.client("curl", lab.url("pub/a.bin"), exit=28)
    lab.quote(run, "421")
    lab.facts(control=2, cause="too-many-connections")


def stateful_firewall(lab):
    """A router that lets in port 21 and 2121, and data connections its helper expects."""
    lab.network()
    impatient(lab)
    lab.net.rule("router", HELPER)
    lab.net.rule("router", "-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT")
    lab.net.rule("router", "-A FORWARD -p tcp -m multiport --dports 21,2121 -j ACCEPT")
    lab.net.rule("router", "-A FORWARD -p tcp -j DROP")


@scenario(
    "stateful-firewall-passive-ok",
    twins=["stateful-firewall-blind-on-2121", "stateful-firewall-blind-to-tls"],
)
def stateful_ok(lab):
    """A stateful firewall with an FTP helper opens the passive port.

    Conclude: healthy.
    """
    stateful_firewall(lab)
    lab.serve(ProFtpd())
    with lab.record():
        run = lab.client("curl", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^< 229")
    lab.facts(transfers=[A_BIN])


@scenario("stateful-firewall-blind-on-2121", twins=["stateful-firewall-passive-ok"])
def stateful_blind_port(lab):
    """A stateful firewall with an FTP helper, and a server on port 2121.

    The helper looks at port 21 only, so nothing opens the passive port.

    Conclude: `connection-unanswered`; the control port 2121 is a hint that a helper on
    the way may not see the announcement.
    """
    stateful_firewall(lab)
    lab.serve(ProFtpd(port=2121))
    with lab.record():
        options = ["--disable-epsv", "--connect-timeout", "6"]
        run = lab.client("curl", *options, lab.url("pub/a.bin"), exit=28)
    lab.quote(run, "^curl:")
    lab.facts(cause="connection-unanswered")


@scenario(
    "stateful-firewall-blind-to-tls", twins=["stateful-firewall-passive-ok", "explicit-tls-download-vsftpd"]
)
def stateful_blind_tls(lab):
    """A stateful firewall with an FTP helper, and TLS on the control connection.

    The helper cannot read 229 under TLS, so nothing opens the passive port.

    Conclude: `connection-unanswered`: right after the encrypted exchange the client sends
    SYNs to a high port of the same server that are never answered. The announcement
    itself cannot be seen.
    """
    stateful_firewall(lab)
    lab.serve(Vsftpd(ssl_enable="YES", allow_anon_ssl="YES", ssl_ciphers="HIGH"))
    with lab.record():
        options = ["--ssl-reqd", "-k", "--disable-epsv", "--connect-timeout", "6"]
        run = lab.client("curl", *options, lab.url("pub/a.bin"), exit=28)
    lab.quote(run, "^curl:")
    lab.facts(cause="connection-unanswered")


@scenario("reply-227-lost", views=BOTH, twins=["passive-range-dropped"])
def reply_lost(lab):
    """A device on the way drops the 227 reply.

    The router drops packets that contain "227 Entering", as an application gateway does
    that dislikes what it reads. The server repeats the reply until the client goes away.

    Conclude (client-side): `reply-lost`: PASV is acknowledged at the TCP level but its
    reply never comes, although the control connection is alive.

    Conclude (server-side): `reply-lost`: 227 is sent again and again and never
    acknowledged.
    """
    lab.serve(narrow_vsftpd())
    lab.net.rule("router", '-A FORWARD -p tcp --sport 21 -m string --algo bm --string "227 Entering" -j DROP')
    with lab.record(), lab.ftplib(timeout=5, quit=False) as ftp, contextlib.suppress(TimeoutError):
        ftp.retrbinary("RETR /pub/a.bin", lambda data: None)
    lab.quote(ftp, "PASV")
    lab.facts(cause="reply-lost")
