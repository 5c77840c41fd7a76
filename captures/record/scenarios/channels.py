"""Data channels that go to the wrong host, or find no port."""

import contextlib
import ftplib
import socket

from scenarios import BOTH, scenario
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

ONE_PORT = ["-p", "50000:50000"]


@contextlib.contextmanager
def listener(lab, port, host="third"):
    """Something that accepts connections on the third host."""
    with lab.net.inside(host):
        made = socket.create_server(("0.0.0.0", port))
    with made:
        yield made


def bounce(lab, ftp, port=25):
    """Ask the server to connect to the third host."""
    ftp.voidcmd("TYPE I")
    with contextlib.suppress(ftplib.Error):
        ftp.sendport(lab.net.third, port)
        ftp.sendcmd("RETR /pub/hello.txt")
        ftp.voidresp()


@scenario("bounce-refused-vsftpd", views=BOTH, twins=["bounce-allowed-pyftpdlib"])
def bounce_vsftpd(lab):
    """PORT with the address of a third host, refused by vsftpd.

    The client asks the server to connect to port 25 of 192.0.2.30. vsftpd answers 500
    "Illegal PORT command."

    Conclude: `bounce-refused`: the server is right; look at the client.
    """
    lab.network(third=True)
    lab.serve(Vsftpd())
    with lab.record(), listener(lab, 25), lab.ftplib() as ftp:
        bounce(lab, ftp)
    lab.quote(ftp, "500")
    lab.facts(cause="bounce-refused")


@scenario("bounce-refused-proftpd", point="server", twins=["bounce-refused-vsftpd"])
def bounce_proftpd(lab):
    """PORT with the address of a third host, refused by ProFTPD.

    Conclude: `bounce-refused`.
    """
    lab.network(third=True)
    lab.serve(ProFtpd())
    with lab.record(), listener(lab, 25), lab.ftplib() as ftp:
        bounce(lab, ftp)
    lab.quote(ftp, "50[0-9]")
    lab.facts(cause="bounce-refused")


@scenario("bounce-refused-eprt-pure-ftpd", point="server", twins=["bounce-refused-vsftpd"])
def bounce_pure(lab):
    """EPRT with the address of a third host, refused by Pure-FTPd.

    Conclude: `bounce-refused`; EPRT is checked like PORT.
    """
    lab.network(third=True)
    lab.serve(PureFtpd())
    with lab.record(), listener(lab, 2525), lab.ftplib() as ftp, contextlib.suppress(ftplib.Error):
        ftp.sendcmd(f"EPRT |1|{lab.net.third}|2525|")
    lab.quote(ftp, "50[0-9]")
    lab.facts(cause="bounce-refused")


@scenario("bounce-allowed-pyftpdlib", views=BOTH, twins=["transfer-between-two-servers"])
def bounce_allowed(lab):
    """PORT with the address of a third host, obeyed by pyftpdlib.

    The server has `permit_foreign_addresses` and `permit_privileged_ports` on and connects to
    port 25 of 192.0.2.30, which is no FTP server; the file goes there.

    Conclude (client-side): `bounce-allowed`: PORT named a third host that has not announced
    this endpoint in any session, and the server accepted and transferred.

    Conclude (server-side): `bounce-allowed`: the server connected to port 25 of a third
    host: a security hole.
    """
    lab.network(third=True)
    lab.serve(Pyftpdlib(permit_foreign_addresses=True, permit_privileged_ports=True))
    with lab.record(), listener(lab, 25), lab.ftplib() as ftp:
        bounce(lab, ftp)
    lab.quote(ftp, "226")
    lab.facts(
        cause="bounce-allowed",
        transfers=[("RETR", "/pub/hello.txt", 20, True)],
        notes="The data went from the server to port 25 of 192.0.2.30.",
    )


@scenario("bounce-allowed-proftpd", point="server", twins=["bounce-refused-proftpd"])
def bounce_allowed_proftpd(lab):
    """PORT with the address of a third host, obeyed by ProFTPD.

    `AllowForeignAddress on`; the port is not a privileged one.

    Conclude: `bounce-allowed`.
    """
    lab.network(third=True)
    lab.serve(ProFtpd(AllowForeignAddress="on"))
    with lab.record(), listener(lab, 8080), lab.ftplib() as ftp:
        bounce(lab, ftp, 8080)
    lab.quote(ftp, "226")
    lab.facts(cause="bounce-allowed", transfers=[("RETR", "/pub/hello.txt", 20, True)])


def steal(lab):
    """The third host connects to the passive port before the client does."""
    with lab.record(), lab.ftplib(timeout=6, quit=False) as ftp:
        ftp.voidcmd("TYPE I")
        host, port = ftplib.parse227(ftp.sendcmd("PASV"))
        with lab.net.inside("third"):
            thief = socket.create_connection((host, port))
        thief.settimeout(1)
        ftp.putcmd("RETR /pub/hello.txt")
        with contextlib.suppress(OSError):
            data = socket.create_connection((host, port), timeout=3)
            data.settimeout(2)
            data.recv(100)
        stolen = b""
        with contextlib.suppress(OSError):
            stolen = thief.recv(4096)
        thief.close()
        with contextlib.suppress(ftplib.Error, OSError, EOFError):
            ftp.getresp()
            ftp.getresp()
    return ftp, stolen


@scenario("passive-port-taken-by-third-vsftpd", point="server", twins=["passive-port-stolen-proftpd"])
def taken_vsftpd(lab):
    """A third host connects to the passive port first; vsftpd.

    vsftpd (`pasv_promiscuous=NO`) notices that the connection comes from 192.0.2.30 and not
    from the client: 425 "Security: Bad IP connecting."

    Conclude: `third-party-connection`: look at 192.0.2.30.
    """
    lab.network(third=True)
    lab.serve(Vsftpd())
    ftp, stolen = steal(lab)
    assert not stolen
    lab.quote(ftp, "425")
    lab.facts(cause="third-party-connection", transfers=[("RETR", "/pub/hello.txt", 0, False)])


@scenario("passive-port-stolen-proftpd", point="server", twins=["passive-port-taken-by-third-vsftpd"])
def taken_proftpd(lab):
    """A third host takes the data connection; ProFTPD.

    With `AllowForeignAddress on` ProFTPD serves whoever comes first: the file goes to
    192.0.2.30 and the client gets nothing.

    Conclude: `third-party-connection`: the 226 says that the file was sent, but to another
    host than the client.
    """
    lab.network(third=True)
    lab.serve(ProFtpd(AllowForeignAddress="on"))
    ftp, stolen = steal(lab)
    assert stolen
    lab.quote(ftp, "226")
    lab.say("the third host", f"received {len(stolen)} bytes: {stolen.decode().strip()}")
    lab.facts(cause="third-party-connection", transfers=[("RETR", "/pub/hello.txt", 20, True)])


@scenario(
    "passive-port-taken-by-third-pyftpdlib", point="server", twins=["passive-port-taken-by-third-vsftpd"]
)
def taken_pyftpdlib(lab):
    """A third host connects to the passive port first; pyftpdlib.

    pyftpdlib rejects the foreign connection with an unasked 425 and goes on waiting: the
    client connects second and gets the file.

    Conclude: `third-party-connection` as a warning: the transfer worked in spite of it.
    """
    lab.network(third=True)
    server = lab.serve(Pyftpdlib())
    ftp, stolen = steal(lab)
    assert not stolen
    lab.quote(ftp, "425")
    completed = bool(server.transfers())
    lab.facts(
        cause="third-party-connection",
        transfers=[("RETR", "/pub/hello.txt", 20 if completed else 0, completed)],
    )


def occupy(lab, sessions=1):
    """Some sessions hold all passive ports; another one asks for one."""
    with lab.record(), contextlib.ExitStack() as stack:
        for _ in range(sessions):
            stack.enter_context(lab.ftplib()).sendcmd("PASV")
        run = lab.client("curl", "--disable-epsv", lab.url("pub/a.bin"), exit=None)
    return run


@scenario(
    "passive-ports-exhausted-pure-ftpd",
    twins=["passive-ports-exhausted-vsftpd", "passive-range-too-small-proftpd"],
)
def exhausted_pure(lab):
    """No free passive port; Pure-FTPd.

    The passive range is one port, which a first session holds. PASV of the second session
    is answered with 425 "All reserved TCP ports are busy".

    Conclude: `no-passive-port`: widen `-p`.
    """
    lab.serve(PureFtpd(options=ONE_PORT))
    run = occupy(lab)
    lab.quote(run, "^< 425")
    lab.facts(control=2, cause="no-passive-port")


@scenario("passive-ports-exhausted-vsftpd", point="server", twins=["passive-ports-exhausted-pure-ftpd"])
def exhausted_vsftpd(lab):
    """No free passive port; vsftpd.

    vsftpd gives up the whole session: 500 "OOPS: vsf_sysutil_bind".

    Conclude: `no-passive-port`: widen `pasv_min_port` to `pasv_max_port`.
    """
    lab.serve(Vsftpd(pasv_min_port=50000, pasv_max_port=50000))
    run = occupy(lab)
    lab.quote(run, "500|425|421")
    lab.facts(control=2, cause="no-passive-port")


@scenario("passive-range-too-small-proftpd", point="server", twins=["passive-ports-exhausted-pure-ftpd"])
def exhausted_proftpd(lab):
    """No free port in the passive range; ProFTPD helps itself.

    ProFTPD takes any other port when its `PassivePorts` are busy. No firewall is in the way
    here, so that the download works.

    Conclude: healthy. (Through a firewall that opens only the range it would fail.)
    """
    lab.serve(ProFtpd(PassivePorts="50000 50001"))
    run = occupy(lab, 2)
    lab.quote(run, "^< 227")
    lab.facts(control=3, transfers=[("RETR", "/pub/a.bin", 20000, True)])


@scenario("address-family-mismatch-proftpd", point="server", twins=["ipv6-eprt-active-download-vsftpd"])
def family(lab):
    """EPRT with an IPv6 address on an IPv4 session.

    Conclude: `address-family-mismatch`: the server refuses the other family.
    """
    lab.serve(ProFtpd())
    with lab.record(), lab.ftplib() as ftp, contextlib.suppress(ftplib.Error):
        ftp.sendcmd(f"EPRT |2|{lab.net.client6}|50123|")
    lab.quote(ftp, "5[0-9][0-9]")
    lab.facts(cause="address-family-mismatch")


@scenario("address-family-mismatch-pyftpdlib", twins=["address-family-mismatch-proftpd"])
def family_pyftpdlib(lab):
    """EPRT with an IPv6 address on an IPv4 session, refused with 522.

    pyftpdlib uses the reply code that RFC 2428 has for it and names the family to use.

    Conclude: `address-family-mismatch`.
    """
    lab.serve(Pyftpdlib())
    with lab.record(), lab.ftplib() as ftp, contextlib.suppress(ftplib.Error):
        ftp.sendcmd(f"EPRT |2|{lab.net.client6}|50123|")
    lab.quote(ftp, "522")
    lab.facts(cause="address-family-mismatch")


@scenario("pasv-over-ipv6-pure-ftpd", twins=["ipv6-epsv-download-pure-ftpd"])
def pasv_ipv6(lab):
    """PASV over IPv6, refused by Pure-FTPd.

    PASV cannot announce an IPv6 address; Pure-FTPd answers 425.

    Conclude: `address-family-mismatch`: the client has to use EPSV over IPv6.
    """
    lab.serve(PureFtpd())
    with lab.record(), lab.ftplib(to=lab.net.server6) as ftp, contextlib.suppress(ftplib.Error):
        ftp.sendcmd("PASV")
    lab.quote(ftp, "425")
    lab.facts(cause="address-family-mismatch")


@scenario("port-announced-nobody-listens-vsftpd", point="server", twins=["active-refused-by-client-host"])
def nobody_listens(lab):
    """The client announces a port on which it does not listen.

    Conclude: `active-blocked`: the server's SYN is answered by a RST of the client's host.
    """
    lab.serve(Vsftpd())
    with lab.record(), lab.ftplib() as ftp:
        ftp.sendport(lab.net.client, 50123)
        with contextlib.suppress(ftplib.Error):
            ftp.voidcmd("LIST /pub")
    lab.quote(ftp, "425")
    lab.facts(cause="active-blocked", transfers=[("LIST", "/pub", 0, False)])


@scenario("passive-listener-gone-vsftpd", twins=["passive-range-rejected-reset"])
def listener_gone(lab):
    """The client connects too late, the listener is gone.

    vsftpd waits two seconds for the data connection (`accept_timeout=2`), then answers 425.
    The client comes after that and is refused.

    Conclude: `connection-refused` because the server had given up before: the 425 came
    first. The client was slow.
    """
    lab.serve(Vsftpd(accept_timeout=2))
    with lab.record(), lab.ftplib(quit=False) as ftp:
        ftp.voidcmd("TYPE I")
        address = ftplib.parse227(ftp.sendcmd("PASV"))
        ftp.putcmd("RETR /pub/a.bin")
        with contextlib.suppress(ftplib.Error, EOFError):
            ftp.getresp()
        with contextlib.suppress(OSError):
            socket.create_connection(address, timeout=3)
    lab.quote(ftp, "42[0-9]")
    lab.facts(cause="connection-refused", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("announced-never-used-vsftpd", twins=["passive-range-dropped", "passive-listener-gone-vsftpd"])
def never_used(lab):
    """The client asks for a passive port and never connects.

    Seen at the client: PASV, RETR, and no attempt to connect to the announced port. vsftpd
    gives up after two seconds.

    Conclude: `never-attempted`: near the client a missing SYN means that the client itself
    did not try.
    """
    lab.serve(Vsftpd(accept_timeout=2))
    with lab.record(), lab.ftplib(quit=False) as ftp:
        ftp.voidcmd("TYPE I")
        ftp.sendcmd("PASV")
        with contextlib.suppress(ftplib.Error, EOFError):
            ftp.sendcmd("RETR /pub/a.bin")
            ftp.getresp()
    lab.quote(ftp, "42[0-9]")
    lab.facts(cause="never-attempted", transfers=[("RETR", "/pub/a.bin", 0, False)])
