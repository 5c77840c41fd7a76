"""Control connections that do not come about, and commands without an answer."""

import contextlib
import socket
import time

from scenarios import scenario
from scenarios.firewall import blocked_download, impatient
from servers import ProFtpd, Vsftpd


@scenario("control-port-dropped", views={"": "client"}, twins=["control-port-refused"])
def control_dropped(lab):
    """The firewall drops the control port.

    Conclude: `control-unanswered`: there is no FTP session at all.
    """
    lab.serve(Vsftpd())
    impatient(lab)
    lab.net.rule("router", "-A FORWARD -p tcp --dport 21 -j DROP")
    with lab.record():
        run = blocked_download(lab, "--connect-timeout", "8", exit=28)
    lab.quote(run, "^curl: .28")
    lab.facts(control=0, cause="control-unanswered")


@scenario("control-port-refused", twins=["control-port-dropped"])
def control_refused(lab):
    """Nothing listens on port 21.

    The server listens on 2121; the client tries 21.

    Conclude: `control-refused`.
    """
    lab.serve(Vsftpd(port=2121))
    with lab.record():
        run = lab.client("curl", lab.url("pub/a.bin").replace(":2121", ""), exit=7)
    lab.quote(run, "^curl: .7")
    lab.facts(control=0, cause="control-refused")


@scenario("control-host-unreachable", twins=["control-port-refused"])
def control_unreachable(lab):
    """The server's host is gone.

    The client connects to an address of the server's network that nobody has; the router
    reports "host unreachable".

    Conclude: `control-unreachable`.
    """
    lab.serve(Vsftpd())
    impatient(lab)
    with lab.record():
        run = lab.client("curl", "--connect-timeout", "8", lab.url("a", host="203.0.113.99"), exit=None)
    lab.quote(run, "^curl:")
    lab.facts(control=0, cause="control-unreachable")


@scenario("port-scan-ftp", point="server", twins=["control-port-refused"])
def port_scan(lab):
    """A scan of the FTP ports.

    One host connects to a number of ports commonly used by FTP servers and closes what
    opens; it never logs in. Only port 21 is open.

    Conclude: `port-scan`: many SYNs from one host, no session.
    """
    lab.serve(Vsftpd())
    ports = [20, 21, 989, 990, 2021, 2100, 2120, 2121, 2221, 2811, 3721, 4559, 5554, 6021, 7021, 8021, 10021]
    with lab.record(), lab.net.inside("client"):
        opened = [port for port in ports if connects(lab.net.server, port)]
    assert opened == [21]
    lab.say("the scanner", f"open: {opened} of {ports}")
    lab.facts(cause="port-scan", notes="The one control connection is closed before a command is sent.")


def connects(address, port):
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


@scenario("no-greeting-vsftpd", twins=["greeting-late-vsftpd", "control-port-dropped"])
def no_greeting(lab):
    """The connection opens, but no greeting comes.

    vsftpd is stopped; the kernel accepts the connection for it.

    Conclude: `no-greeting`: TCP is open, the server's program says nothing.
    """
    server = lab.serve(Vsftpd())
    server.freeze()
    with lab.record():
        run = lab.client("curl", "-m", "6", lab.url("pub/a.bin"), exit=28)
    server.thaw()
    lab.quote(run, "^curl: .28")
    lab.facts(cause="no-greeting")


@scenario("greeting-late-vsftpd", twins=["no-greeting-vsftpd"])
def greeting_late(lab):
    """The greeting comes late.

    The server is stopped for three seconds (a slow reverse lookup of the client's name does
    the same); then everything works.

    Conclude: healthy, with a notice about three seconds without greeting.
    """
    server = lab.serve(Vsftpd())
    server.freeze()
    with lab.record():
        run = lab.spawn("curl", "--disable-epsv", "-o", "a.bin", lab.url("pub/a.bin"))
        time.sleep(3)
        server.thaw()
        run.wait()
    lab.quote(run, "^< 226")
    lab.facts(transfers=[("RETR", "/pub/a.bin", 20000, True)])


@scenario("command-unanswered-proftpd", twins=["no-greeting-vsftpd"])
def unanswered(lab):
    """The server hangs between two commands.

    After the login ProFTPD is stopped; its kernel acknowledges CWD, but no reply comes.

    Conclude: `unanswered-command`: CWD has no reply although the connection is alive.
    """
    server = lab.serve(ProFtpd())
    with lab.record():
        with lab.ftplib(quit=False, timeout=4) as ftp:
            server.freeze()
            with contextlib.suppress(TimeoutError):
                ftp.cwd("/pub")
        server.thaw()
    lab.quote(ftp, "CWD")
    lab.facts(cause="unanswered-command")
