"""Transfers and sessions that break in the middle: stalls, resets, dead programs."""

import contextlib
import ftplib
import time

from lab import until
from scenarios import BOTH, scenario
from servers import ProFtpd, Pyftpdlib, Vsftpd

RANGE = "50000:50009"
BROKEN = ("RETR", "/pub/b.bin", None, False)


def narrow(**more):
    return Vsftpd(pasv_min_port=50000, pasv_max_port=50009, **more)


@contextlib.contextmanager
def half_a_download(lab, path="/pub/b.bin", after=20_000, timeout=5, quit=False):
    """A download with ftplib; the block runs when ``after`` bytes have come. Then the
    rest is read, for at most ``timeout`` seconds without a byte."""
    with lab.ftplib(quit=quit, timeout=timeout) as ftp:
        ftp.voidcmd("TYPE I")
        data = ftp.transfercmd(f"RETR {path}")
        received = 0
        while received < after:
            received += len(data.recv(2048))
        yield ftp
        try:
            while more := len(data.recv(4096)):
                received += more
            print("*data* end of file")
        except OSError as problem:
            print(f"*data* {problem}")
        print(f"*data* {received} bytes received")
        data.close()
        with contextlib.suppress(ftplib.Error, OSError, EOFError):
            ftp.getresp()


@scenario("reset-by-firewall-in-transfer", views=BOTH, twins=["path-dead-in-transfer"])
def reset_by_firewall(lab):
    """A firewall resets the data connection in the middle of a download.

    When 20000 of 60000 bytes have come, the router begins to reject the packets of the data
    connection with RST, to both sides.

    Conclude (client-side): `reset-during-transfer`: a RST that claims to come from the
    server but has another time to live; the device on the way cut the connection.

    Conclude (server-side): `reset-during-transfer`: the RST seems to come from the client
    but has another time to live; the server answers 426.
    """
    lab.network().small_buffers()
    lab.serve(narrow())
    with lab.record(), half_a_download(lab, quit=False) as ftp:
        lab.net.rule("router", f"-A FORWARD -p tcp --dport {RANGE} -j REJECT --reject-with tcp-reset")
        lab.net.rule("router", f"-A FORWARD -p tcp --sport {RANGE} -j REJECT --reject-with tcp-reset")
    lab.quote(ftp, r"\*data\*")
    lab.quote(ftp, "426|421|226")
    lab.facts(cause="reset-during-transfer", transfers=[BROKEN], notes="60000 bytes were asked for.")


@scenario("peer-vanished-in-transfer", views=BOTH, twins=["path-dead-in-transfer"])
def peer_vanished(lab):
    """The whole path between the hosts dies in the middle of a download.

    As in the twin, but the control connection is dead as well.

    Conclude: `peer-vanished`: control and data connection die at the same moment; the link
    or the other host is gone.
    """
    lab.network().small_buffers()
    lab.serve(narrow(data_connection_timeout=4))
    with lab.record(), half_a_download(lab, timeout=6) as ftp:
        lab.net.rule("router", "-A FORWARD -p tcp -j DROP")
        print("*cmd* NOOP (sent while the transfer hangs)")
        ftp.sock.sendall(b"NOOP\r\n")
    lab.quote(ftp, r"\*data\*")
    lab.facts(cause="peer-vanished", transfers=[BROKEN])


@scenario("server-host-unreachable-in-transfer", twins=["peer-vanished-in-transfer"])
def host_unreachable(lab):
    """The server's host disappears; the router says so.

    The router rejects everything for the server with ICMP "host unreachable" from the
    middle of an upload on.

    Conclude: `peer-vanished`: control and data connection both get "host unreachable".
    """
    lab.network().small_buffers()
    lab.serve(narrow())
    with lab.record(), lab.ftplib(quit=False, timeout=4) as ftp:
        ftp.voidcmd("TYPE I")
        data = ftp.transfercmd("STOR /incoming/new.bin")
        data.sendall(bytes(20_000))
        lab.net.rule("router", "-A FORWARD -d 203.0.113.20 -j REJECT --reject-with icmp-host-unreachable")
        with contextlib.suppress(OSError):
            ftp.sock.sendall(b"NOOP\r\n")
            for _ in range(5):
                data.sendall(bytes(4_000))
        with contextlib.suppress(OSError, ftplib.Error, EOFError):
            ftp.getresp()
    lab.say("ftplib", "stopped after the data connection gave no more sign of life")
    lab.facts(cause="peer-vanished", transfers=[("STOR", "/incoming/new.bin", None, False)])


@scenario(
    "client-killed-vsftpd", views=BOTH, twins=["abort-download-lftp-vsftpd", "server-killed-in-download"]
)
def client_killed(lab):
    """The client is killed in the middle of a download.

    curl is ended with SIGKILL; its kernel closes both connections and answers what still
    comes with RST. vsftpd says 426 to nobody.

    Conclude: `reset-during-transfer` by the client, whose control connection ends at the
    same moment without QUIT: the client's program died or was stopped.
    """
    lab.network().small_buffers()
    lab.serve(Vsftpd(anon_max_rate=12000, trans_chunk_size=4096))
    with lab.record(linger=1):
        run = lab.spawn("curl", "--disable-epsv", "-o", "b.bin", lab.url("pub/b.bin"))
        until(lambda: "< 150" in run.text())
        time.sleep(1.5)
        run.process.kill()
        run.wait(exit=-9)
    lab.quote(run, "^< 150")
    lab.facts(cause="reset-during-transfer", transfers=[BROKEN], notes="curl ended by signal 9.")


@scenario("server-killed-in-download", views=BOTH, twins=["client-killed-vsftpd"])
def server_killed(lab):
    """The server's session is killed in the middle of a download.

    The processes of vsftpd that serve this session are ended with SIGKILL; the kernel
    closes both connections. No 226 or 426 comes.

    Conclude: `server-died`: data and control connection are closed by the server in
    mid-transfer without a final reply.
    """
    lab.network().small_buffers()
    server = lab.serve(narrow())
    with lab.record(), half_a_download(lab) as ftp:
        server.kill_sessions()
    lab.quote(ftp, r"\*data\*")
    lab.facts(cause="server-died", transfers=[BROKEN])


@scenario("server-killed-pyftpdlib", twins=["server-killed-in-download"])
def server_killed_pyftpdlib(lab):
    """The whole server is killed in the middle of a download; pyftpdlib.

    Conclude: `server-died`.
    """
    lab.network().small_buffers()
    server = lab.serve(Pyftpdlib())
    with lab.record(), half_a_download(lab) as ftp:
        server.kill()
    lab.quote(ftp, r"\*data\*")
    lab.facts(cause="server-died", transfers=[BROKEN])


@scenario(
    "control-lost-in-transfer", views=BOTH, twins=["noop-during-transfer-vsftpd", "path-dead-in-transfer"]
)
def control_lost(lab):
    """A firewall forgets the control connection during a long transfer.

    From the middle of the download on the router drops the packets of port 21, as a
    stateful firewall does that has seen no packet of the control connection for too long.
    The file arrives completely; the 226 does not.

    Conclude (client-side): `control-lost`: the data is complete and closed by the server,
    and the final reply never comes.

    Conclude (server-side): `control-lost`: 226 is sent again and again and never
    acknowledged.
    """
    lab.network().small_buffers()
    lab.serve(narrow())
    with lab.record(), half_a_download(lab, timeout=4) as ftp:
        lab.net.rule("router", "-A FORWARD -p tcp --sport 21 -j DROP")
        lab.net.rule("router", "-A FORWARD -p tcp --dport 21 -j DROP")
    lab.quote(ftp, r"\*data\* 60000")
    lab.facts(
        cause="control-lost",
        transfers=[("RETR", "/pub/b.bin", 60000, True)],
        notes="The file arrived completely; the client never got the 226.",
    )


@scenario("control-reset-in-transfer", twins=["control-lost-in-transfer"])
def control_reset(lab):
    """A firewall resets the control connection during a transfer.

    As in the twin, but with RST. The client learns of it when it wants the final reply.

    Conclude: `control-lost`: the data is complete, the control connection is reset by a
    device on the way.
    """
    lab.network().small_buffers()
    lab.serve(narrow())
    with lab.record(), half_a_download(lab, timeout=4) as ftp:
        lab.net.rule("router", "-A FORWARD -p tcp --sport 21 -j REJECT --reject-with tcp-reset")
        lab.net.rule("router", "-A FORWARD -p tcp --dport 21 -j REJECT --reject-with tcp-reset")
        ftp.sock.sendall(b"NOOP\r\n")
    lab.quote(ftp, r"\*data\* ")
    received = "60000 bytes received" in ftp.log.read_text()
    lab.facts(
        cause="control-lost",
        transfers=[("RETR", "/pub/b.bin", 60000 if received else None, received)],
        notes="The file arrived completely; the client never got the 226." if received else "",
    )


@scenario("file-shrinks-during-download-proftpd", twins=["server-killed-in-download"])
def file_shrinks(lab):
    """The file becomes shorter while it is downloaded.

    The server announces 60000 bytes; another program cuts the file to 40000 bytes during
    the download. ProFTPD says 226 nevertheless.

    Conclude: `size-mismatch`: a clean end and a 226 after fewer bytes than announced, and no
    network fault.
    """
    lab.network().small_buffers()
    server = lab.serve(ProFtpd(UseSendfile="off"))
    path = lab.add_file("pub/shrinking.bin", bytes(range(250)) * 240)
    with lab.record(), half_a_download(lab, "/pub/shrinking.bin") as ftp, open(path, "r+b") as file:
        file.truncate(40_000)
    lab.quote(ftp, r"\*data\* end")
    lab.quote(ftp, "226")
    _, size, _ = server.transfers()[0]
    lab.facts(
        cause="size-mismatch",
        transfers=[("RETR", "/pub/shrinking.bin", size, True)],
        notes="150 announced 60000 bytes.",
    )
