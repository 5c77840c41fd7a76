"""Firewalls between client and server: what they do to data and control connections."""

import contextlib
import ftplib

from sandbox import USER
from scenarios import BOTH, scenario
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

RANGE = "50000:50009"
ONLY_CONTROL = f"-A FORWARD -p tcp --dport {RANGE} -j"


def narrow_vsftpd(**more):
    return Vsftpd(pasv_min_port=50000, pasv_max_port=50009, **more)


def impatient(lab, *hosts):
    """Give up connecting after some seconds instead of two minutes."""
    for host in hosts or ("client", "server"):
        lab.net.setting(host, "net.ipv4.tcp_syn_retries=2")


def blocked_download(lab, *options, exit=None):
    return lab.client("curl", "--disable-epsv", *options, "-o", "a.bin", lab.url("pub/a.bin"), exit=exit)


@scenario(
    "passive-range-dropped",
    views={**BOTH, "on-router": "router-outside"},
    twins=["passive-range-half-open", "first-syn-lost-then-ok"],
)
def passive_dropped(lab):
    """A firewall drops the passive ports.

    vsftpd announces ports 50000 to 50009; the router in front of it drops connections to
    them. curl's SYN is never answered and it gives up.

    Conclude (client-side): `connection-unanswered`: the SYN to the announced endpoint and
    its retransmissions stay without an answer. Open the passive range in the firewall.

    Conclude (server-side): `never-attempted` as far as this capture can tell: no SYN for
    the announced port reaches the server, so it was dropped before or never sent.

    Conclude (on-router): `connection-unanswered`: the SYN passes here on its way to the
    server and is never answered.
    """
    lab.serve(narrow_vsftpd())
    impatient(lab)
    lab.net.rule("router", f"{ONLY_CONTROL} DROP")
    with lab.record():
        run = blocked_download(lab, "--connect-timeout", "8", exit=28)
    lab.quote(run, "^curl: .28")
    lab.facts(
        cause={
            "client-side": "connection-unanswered",
            "server-side": "never-attempted",
            "on-router": "connection-unanswered",
        }
    )


@scenario("passive-range-dropped-epsv-lftp", twins=["passive-range-dropped"])
def passive_dropped_lftp(lab):
    """A firewall drops the passive ports; lftp retries.

    lftp uses PASV, waits, and tries a second time over a new port.

    Conclude: `connection-unanswered`, twice for the same reason: one finding.
    """
    lab.serve(PureFtpd(options=["-p", RANGE]))
    impatient(lab)
    lab.net.rule("router", f"{ONLY_CONTROL} DROP")
    with lab.record():
        run = lab.client(
            "lftp",
            "set net:max-retries 2; set net:timeout 4; set net:reconnect-interval-base 1",
            f"open {lab.url()}",
            "get pub/a.bin -o a.bin",
            exit=None,
        )
    lab.quote(run, "[Tt]imeout")
    attempts = run.text().count("---> PASV") + run.text().count("---> EPSV")
    lab.facts(
        control=run.text().count("<--- 220---"),
        cause="connection-unanswered",
        transfers=[("RETR", "/pub/a.bin", 0, False)] * run.text().count("---> RETR"),
        notes=f"{attempts} announcements.",
    )


@scenario("passive-range-dropped-ipv6", twins=["passive-range-dropped"])
def passive_dropped_ipv6(lab):
    """A firewall drops the passive ports, IPv6.

    Conclude: `connection-unanswered`.
    """
    lab.serve(narrow_vsftpd(listen="NO", listen_ipv6="YES"))
    impatient(lab)
    lab.net.rule("router", f"{ONLY_CONTROL} DROP", family=6)
    with lab.record():
        url = lab.url("pub/a.bin", host=f"[{lab.net.server6}]")
        run = lab.client("curl", "--connect-timeout", "8", url, exit=8)
    lab.quote(run, "timed out")
    lab.facts(cause="connection-unanswered")


@scenario("passive-range-half-open", twins=["passive-range-dropped", "passive-download-vsftpd"])
def half_open(lab):
    """Only a part of the passive range is open.

    Ports 50000 to 50005 pass the firewall, 50006 to 50009 do not. The client downloads
    the same file again and again; some downloads work and one does not.

    Conclude: `connection-unanswered` for the port of the failed download; ports that
    worked are evidence that only a part of the range is open.
    """
    lab.serve(narrow_vsftpd())
    impatient(lab)
    lab.net.rule("router", "-A FORWARD -p tcp --dport 50006:50009 -j DROP")
    worked = 0
    with lab.record():
        with lab.ftplib(timeout=6, quit=False) as ftp, contextlib.suppress(TimeoutError):
            while worked < 30:
                ftp.retrbinary("RETR /pub/hello.txt", lambda data: None)
                worked += 1
        lab.quote(ftp, "227")
    if not 2 <= worked < 30:
        raise RuntimeError(f"{worked} downloads worked; the ports were drawn badly, record again")
    lab.facts(
        cause="connection-unanswered",
        transfers=[("RETR", "/pub/hello.txt", 20, True)] * worked,
        notes=f"{worked} downloads worked, then one could not connect.",
    )


@scenario("passive-syn-ack-lost", views=BOTH, twins=["passive-range-dropped"])
def syn_ack_lost(lab):
    """The answer to the SYN gets lost.

    The router lets the client's SYN through to the passive port but drops what comes
    back from these ports.

    Conclude (client-side): `connection-unanswered`; from here it cannot be told on which
    way the packets are lost.

    Conclude (server-side): `connection-unanswered`: the server answers every SYN and
    repeats its SYN/ACK, which never reaches the client; look at the way back.
    """
    lab.serve(narrow_vsftpd())
    impatient(lab)
    lab.net.rule("router", f"-A FORWARD -p tcp --sport {RANGE} -j DROP")
    with lab.record():
        run = blocked_download(lab, "--connect-timeout", "8", exit=28)
    lab.quote(run, "^curl: .28")
    lab.facts(cause="connection-unanswered")


@scenario("first-syn-lost-then-ok", twins=["passive-range-dropped"])
def first_syn_lost(lab):
    """One lost SYN, then all is well.

    The router drops exactly one packet, the first SYN to the passive port. The client
    repeats it after a second.

    Conclude: `syn-lost-then-ok`, a warning at most: the transfer works, one second late.
    """
    lab.serve(narrow_vsftpd())
    lab.net.rule("router", f"-A FORWARD -p tcp --syn --dport {RANGE} -m quota --quota 60 -j DROP")
    with lab.record():
        run = blocked_download(lab, exit=0)
    lab.quote(run, "^< 226")
    lab.facts(cause="syn-lost-then-ok", healthy=True, transfers=[("RETR", "/pub/a.bin", 20000, True)])


@scenario("passive-range-rejected-reset", views=BOTH, twins=["passive-range-rejected-admin-prohibited"])
def rejected_reset(lab):
    """A firewall rejects the passive ports with RST.

    Conclude (client-side): `connection-refused`: a RST answers the SYN. Its time to live
    is that of the router, not of the server: a firewall refused.

    Conclude (server-side): `never-attempted`: nothing arrives here.
    """
    lab.serve(narrow_vsftpd())
    lab.net.rule("router", f"{ONLY_CONTROL} REJECT --reject-with tcp-reset")
    with lab.record():
        run = blocked_download(lab, exit=7)
    lab.quote(run, "^curl: .7")
    lab.facts(cause={"client-side": "connection-refused", "server-side": "never-attempted"})


@scenario("passive-range-rejected-admin-prohibited", twins=["passive-range-rejected-reset"])
def rejected_prohibited(lab):
    """A firewall rejects the passive ports: administratively prohibited.

    Conclude: `connection-unreachable`: ICMP "communication administratively prohibited"
    from the router 198.51.100.1 quotes the SYN.
    """
    lab.serve(narrow_vsftpd())
    impatient(lab)
    lab.net.rule("router", f"{ONLY_CONTROL} REJECT --reject-with icmp-admin-prohibited")
    with lab.record():
        run = blocked_download(lab, "--connect-timeout", "8")
    lab.quote(run, "^curl:")
    lab.facts(cause="connection-unreachable")


@scenario("passive-range-rejected-port-unreachable", twins=["passive-range-rejected-admin-prohibited"])
def rejected_port(lab):
    """A firewall on the server rejects the passive ports: port unreachable.

    Conclude: `connection-unreachable`: ICMP "port unreachable" sent by the server itself.
    """
    lab.serve(narrow_vsftpd())
    impatient(lab)
    lab.net.rule("server", f"-A INPUT -p tcp --dport {RANGE} -j REJECT --reject-with icmp-port-unreachable")
    with lab.record():
        run = blocked_download(lab, "--connect-timeout", "8")
    lab.quote(run, "^curl:")
    lab.facts(cause="connection-unreachable")


@scenario("passive-range-rejected-ipv6", twins=["passive-range-rejected-admin-prohibited"])
def rejected_ipv6(lab):
    """A firewall rejects the passive ports: administratively prohibited, IPv6.

    Conclude: `connection-unreachable`: ICMPv6 "administratively prohibited" from the
    router quotes the SYN.
    """
    lab.serve(narrow_vsftpd(listen="NO", listen_ipv6="YES"))
    impatient(lab)
    lab.net.rule("router", f"{ONLY_CONTROL} REJECT --reject-with icmp6-adm-prohibited", family=6)
    with lab.record():
        url = lab.url("pub/a.bin", host=f"[{lab.net.server6}]")
        run = lab.client("curl", "--connect-timeout", "8", url, exit=None)
    lab.quote(run, "^curl:")
    lab.facts(cause="connection-unreachable")


@scenario(
    "active-blocked-by-client-firewall",
    views={**BOTH, "on-router": "router-inside"},
    twins=["active-download-vsftpd"],
)
def active_blocked(lab):
    """Active mode, and a firewall in front of the client drops incoming connections.

    curl sends PORT; vsftpd's SYN from port 20 is dropped by the router. vsftpd gives up
    with 425.

    Conclude (client-side): `active-blocked`: the server says 425 and no SYN of the server
    is seen: it was dropped on the way here. Use passive mode.

    Conclude (server-side): `active-blocked`: the server's SYN to the announced endpoint is
    not answered. Use passive mode, or let the client's firewall pass data connections.

    Conclude (on-router): `active-blocked`: the server's SYN comes by on its way to the
    client and is not answered.
    """
    lab.serve(Vsftpd(connect_timeout=4))
    impatient(lab)
    lab.net.rule("router", "-A FORWARD -p tcp --syn -d 198.51.100.10 -j DROP")
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", lab.url("pub/a.bin"), exit=None)
    lab.quote(run, "^< 425")
    lab.facts(cause="active-blocked", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("active-refused-by-client-host", views=BOTH, twins=["active-blocked-by-client-firewall"])
def active_refused(lab):
    """Active mode, and the client's own firewall refuses with RST.

    Conclude: `active-blocked`: the server's SYN is answered with RST and the server says
    425.
    """
    lab.serve(ProFtpd())
    lab.net.rule("client", "-A INPUT -p tcp --syn -j REJECT --reject-with tcp-reset")
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", lab.url("pub/a.bin"), exit=None)
    lab.quote(run, "^< 425")
    lab.facts(cause="active-blocked", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("active-prohibited-pyftpdlib", point="server", twins=["active-refused-by-client-host"])
def active_prohibited(lab):
    """Active mode, answered with ICMP by the firewall in front of the client; pyftpdlib.

    pyftpdlib connects when it reads PORT; as the router rejects the connection, PORT itself
    is answered with an error.

    Conclude: `active-blocked`: ICMP "administratively prohibited" answers the server's SYN.
    """
    lab.serve(Pyftpdlib())
    impatient(lab)
    reject = "REJECT --reject-with icmp-admin-prohibited"
    lab.net.rule("router", f"-A FORWARD -p tcp --syn -d 198.51.100.10 -j {reject}")
    with lab.record(), lab.ftplib(timeout=15, quit=False) as ftp:
        ftp.set_pasv(False)
        with contextlib.suppress(ftplib.Error, TimeoutError):
            ftp.retrbinary("RETR /pub/a.bin", lambda data: None)
    lab.quote(ftp, "4[0-9][0-9] ")
    lab.facts(cause="active-blocked")


@scenario("epsv-blocked-then-pasv-works", twins=["passive-range-dropped"])
def epsv_fallback(lab):
    """EPSV refused, PASV used instead.

    ProFTPD does not allow EPSV here (`<Limit EPSV>`); curl falls back to PASV and
    downloads the file.

    Conclude: `epsv-fallback` as a notice; the download is healthy.
    """
    lab.serve(ProFtpd(**{"<Limit EPSV>": "\nDenyAll\n</Limit>"}))
    with lab.record():
        run = lab.client("curl", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^< 5")
    lab.facts(cause="epsv-fallback", healthy=True, transfers=[("RETR", "/pub/a.bin", 20000, True)])


@scenario("port-refused-then-nothing-vsftpd", point="server", twins=["active-download-vsftpd"])
def port_refused(lab):
    """Active mode switched off at the server.

    vsftpd has `port_enable=NO` and refuses PORT; the client gives up.

    Conclude: `announcement-rejected`: the server does not allow active mode; use passive.
    """
    lab.serve(Vsftpd(port_enable="NO"))
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", lab.url("pub/a.bin"), exit=None)
    lab.quote(run, "^< 5")
    lab.facts(cause="announcement-rejected")


@scenario("pasv-refused-vsftpd", twins=["port-refused-then-nothing-vsftpd"])
def pasv_refused(lab):
    """Passive mode switched off at the server.

    vsftpd has `pasv_enable=NO`; wget asks for PASV and gives up.

    Conclude: `announcement-rejected`: the server does not allow passive mode.
    """
    lab.serve(Vsftpd(pasv_enable="NO"))
    with lab.record():
        run = lab.client("wget", "--tries=1", lab.url("pub/a.bin", USER), exit=None)
    lab.quote(run, "^5[0-9][0-9] ")
    lab.facts(cause="announcement-rejected")
