"""Transfers and sessions that break in the middle: stalls, resets, dead programs."""

import contextlib
import ftplib
import time

from lab import until
from scenarios import BOTH, scenario
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

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


@scenario("reset-by-firewall-in-transfer", views=BOTH, twins=["path-dead-in-transfer-client-side"])
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
        lab.net.rule("router", f"-A FORWARD -p tcp --sport {RANGE} -j REJECT --reject-with tcp-reset")
        lab.net.rule("router", f"-A FORWARD -p tcp --dport {RANGE} -j REJECT --reject-with tcp-reset")
    lab.quote(ftp, r"\*data\*")
    lab.quote(ftp, "426|421|226")
    lab.facts(cause="reset-during-transfer", transfers=[BROKEN], notes="60000 bytes were asked for.")


@scenario("path-dead-in-transfer", views=BOTH, twins=["reset-by-firewall-in-transfer-client-side"])
def path_dead(lab):
    """The path of the data connection dies in the middle of a download.

    When 20000 of 60000 bytes have come, the router begins to drop the packets of the data
    connection in both directions. The control connection stays alive.

    Conclude (client-side): `stalled-path`, with reserve: from one moment on nothing more
    comes on the data connection while the control connection works; a stopped server would
    look the same here.

    Conclude (server-side): `stalled-path`: the server sends the same data again and again
    with growing gaps and gets no acknowledgement.
    """
    lab.network().small_buffers()
    lab.serve(narrow(data_connection_timeout=4))
    with lab.record(), half_a_download(lab, timeout=6) as ftp:
        lab.net.rule("router", f"-A FORWARD -p tcp --sport {RANGE} -j DROP")
        lab.net.rule("router", f"-A FORWARD -p tcp --dport {RANGE} -j DROP")
    lab.quote(ftp, r"\*data\*")
    lab.facts(cause="stalled-path", transfers=[BROKEN])


@scenario("peer-vanished-in-transfer", views=BOTH, twins=["path-dead-in-transfer-client-side"])
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


@scenario("server-host-unreachable-in-transfer", twins=["peer-vanished-in-transfer-client-side"])
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


@scenario("mtu-black-hole-download", views=BOTH, twins=["mtu-discovery-works"])
def mtu_black_hole(lab):
    """A path-MTU black hole.

    The link to the client carries packets of 1400 bytes; the router's ICMP "fragmentation
    needed" is dropped by a badly made rule. Small packets pass, full-size ones never.

    Conclude (client-side): `stalled-mtu` as likely: the connection is up, the session
    works, but no full-size segment of the file ever comes.

    Conclude (server-side): `stalled-mtu`: segments of 1448 bytes are sent again and again
    and never acknowledged. vsftpd may say 226 nevertheless.
    """
    lab.network(mtu={"client": 1400})
    lab.net.rule("router", "-A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP")
    server = lab.serve(narrow())
    with lab.record():
        run = lab.client("curl", "--disable-epsv", "-m", "8", "-o", "b.bin", lab.url("pub/b.bin"), exit=28)
    lab.quote(run, "^curl: .28")
    said = "226" if "226 Transfer complete" in server.log.read_text() else "no final reply"
    lab.facts(
        cause="stalled-mtu",
        transfers=[("RETR", "/pub/b.bin", 0, False)],
        notes=f"The client received nothing; the server's reply at the end: {said}.",
        log_differs="vsftpd counts what it handed to its own kernel.",
    )


@scenario("mtu-discovery-works", point="server", twins=["mtu-black-hole-download-server-side"])
def mtu_works(lab):
    """Path-MTU discovery at work.

    The same small link, but ICMP passes: the server is told the size and sends smaller
    segments.

    Conclude: healthy; ICMP "fragmentation needed" followed by smaller segments is normal.
    """
    lab.network(mtu={"client": 1400})
    lab.serve(narrow())
    with lab.record():
        run = lab.client("curl", "--disable-epsv", "-o", "b.bin", lab.url("pub/b.bin"))
    lab.quote(run, "^< 226")
    lab.facts(transfers=[("RETR", "/pub/b.bin", 60000, True)])


@scenario("receiver-stopped-in-download", views=BOTH, twins=["slow-reader-download", "server-stopped-in-download"])
def receiver_stopped(lab):
    """The client's program stops reading.

    ftplib reads 20000 of 60000 bytes and then nothing for six seconds. Its window closes;
    vsftpd gives up after four seconds (`data_connection_timeout`).

    Conclude: `stalled-receiver`: the client's window is zero until the end; the network is
    fine, the client's program has stopped.
    """
    lab.network().small_buffers()
    lab.serve(narrow(data_connection_timeout=4))
    with lab.record(), half_a_download(lab) as ftp:
        time.sleep(6)
    lab.quote(ftp, "42[16]")
    lab.facts(cause="stalled-receiver", transfers=[BROKEN])


@scenario("slow-reader-download", twins=["receiver-stopped-in-download-client-side"])
def slow_reader(lab):
    """A client that reads slowly but steadily.

    The window closes and opens again all the time; after two seconds of pause everything is
    read.

    Conclude: `slow-transfer` at most: the client's window limits the rate; the transfer
    completes.
    """
    lab.network().small_buffers()
    lab.serve(narrow())
    with lab.record(), half_a_download(lab, quit=True) as ftp:
        time.sleep(2)
    lab.quote(ftp, "226")
    lab.facts(transfers=[("RETR", "/pub/b.bin", 60000, True)])


@scenario("server-stopped-in-download", views=BOTH, twins=["receiver-stopped-in-download-client-side", "slow-download-healthy"])
def server_stopped(lab):
    """The server's program stops in the middle of a download.

    All processes of vsftpd are stopped with SIGSTOP (a hung disk would do the same). The
    kernels of both hosts are alive; no byte is lost.

    Conclude: `stalled-sender`: everything sent is acknowledged, the window is open, and no
    more data comes.
    """
    lab.network().small_buffers()
    server = lab.serve(narrow(local_max_rate=30000, trans_chunk_size=4096))
    with lab.record():
        with half_a_download(lab, timeout=5) as ftp:
            server.freeze()
        server.thaw()
    lab.quote(ftp, r"\*data\* timed out")
    lab.facts(cause="stalled-sender", transfers=[BROKEN])


@scenario("client-killed-vsftpd", views=BOTH, twins=["abort-download-lftp-vsftpd", "server-killed-in-download-client-side"])
def client_killed(lab):
    """The client is killed in the middle of a download.

    curl is ended with SIGKILL; its kernel closes both connections, the data connection
    with RST because data is left unread.

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


@scenario("server-killed-in-download", views=BOTH, twins=["client-killed-vsftpd-client-side"])
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


@scenario("server-killed-pyftpdlib", twins=["server-killed-in-download-client-side"])
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


@scenario("control-lost-in-transfer", views=BOTH, twins=["noop-during-transfer-vsftpd", "path-dead-in-transfer-client-side"])
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


@scenario("control-reset-in-transfer", twins=["control-lost-in-transfer-client-side"])
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


@scenario("lossy-download", views=BOTH, twins=["slow-download-healthy", "path-dead-in-transfer-server-side"])
def lossy(lab):
    """A download over a path that loses packets.

    The router drops every eighth data packet of the server. TCP repairs it.

    Conclude: `slow-transfer` because of loss; the transfer completes, nothing failed.
    """
    lab.serve(narrow())
    every = "-m statistic --mode nth --every 8 --packet 3"
    lab.net.rule("router", f"-A FORWARD -p tcp --sport {RANGE} -m length --length 500:1500 {every} -j DROP")
    with lab.record():
        run = lab.client("curl", "--disable-epsv", "-o", "b.bin", lab.url("pub/b.bin"))
    lab.quote(run, "^< 226")
    lab.facts(
        cause="slow-transfer", healthy=True, transfers=[("RETR", "/pub/b.bin", 60000, True)],
        notes="One data packet of eight is lost on the router.",
    )


@scenario("file-shrinks-during-download-vsftpd", twins=["server-killed-in-download-client-side"])
def file_shrinks(lab):
    """The file becomes shorter while it is downloaded.

    The server announces 60000 bytes; another program cuts the file to 24000 bytes during
    the download.

    Conclude: `closed-early`: a clean end after fewer bytes than announced, and no network
    fault.
    """
    lab.network().small_buffers()
    lab.serve(narrow())
    path = lab.add_file("pub/growing.bin", bytes(range(250)) * 240)
    with lab.record(), half_a_download(lab, "/pub/growing.bin", quit=False) as ftp:
        with open(path, "r+b") as file:
            file.truncate(24_000)
    lab.quote(ftp, r"\*data\* end")
    lab.quote(ftp, "226|426|451")
    size = int(next(line for line in ftp.log.read_text().splitlines() if "bytes received" in line).split()[1])
    lab.facts(
        cause="closed-early",
        transfers=[("RETR", "/pub/growing.bin", size, "226" in ftp.log.read_text())],
        notes="150 announced 60000 bytes.",
    )


@scenario("data-timeout-pyftpdlib", twins=["receiver-stopped-in-download-client-side"])
def data_timeout(lab):
    """A stalled download ended by pyftpdlib.

    The client stops reading; after three seconds the server sends 421 "Data connection
    timed out." without having been asked.

    Conclude: `stalled-receiver`: the client's window was zero until the server gave up.
    """
    lab.network().small_buffers()
    lab.serve(Pyftpdlib(data_timeout=3))
    with lab.record(), half_a_download(lab) as ftp:
        time.sleep(5)
    lab.quote(ftp, "421|426")
    lab.facts(cause="stalled-receiver", transfers=[BROKEN])


@scenario("stalled-timeout-proftpd", point="server", twins=["receiver-stopped-in-download-server-side"])
def stalled_timeout(lab):
    """A stalled download ended by ProFTPD.

    The client stops reading; `TimeoutStalled 3` ends the session without any reply.

    Conclude: `stalled-receiver`: the client's window was zero until the server closed
    everything.
    """
    lab.network().small_buffers()
    lab.serve(ProFtpd(TimeoutStalled=3))
    with lab.record(), half_a_download(lab) as ftp:
        time.sleep(6)
    lab.quote(ftp, r"\*data\*")
    lab.facts(cause="stalled-receiver", transfers=[BROKEN])


@scenario("upload-server-stops-reading-pure-ftpd", twins=["receiver-stopped-in-download-client-side"])
def upload_stalled(lab):
    """The server stops reading an upload.

    Pure-FTPd is stopped in the middle of an upload; its kernel's window closes.

    Conclude: `stalled-receiver`: here the receiver is the server.
    """
    lab.network().small_buffers()
    server = lab.serve(PureFtpd())
    with lab.record():
        with lab.ftplib(quit=False, timeout=5) as ftp:
            ftp.voidcmd("TYPE I")
            data = ftp.transfercmd("STOR /incoming/new.bin")
            data.sendall(bytes(20_000))
            time.sleep(0.3)
            server.freeze()
            with contextlib.suppress(TimeoutError):
                data.sendall(bytes(40_000))
            data.close()
        server.thaw()
    lab.say("ftplib", "TimeoutError while sending")
    lab.facts(
        cause="stalled-receiver",
        transfers=[("STOR", "/incoming/new.bin", None, False)],
        log_differs="Pure-FTPd, once it goes on, logs what had come as a complete upload.",
    )
