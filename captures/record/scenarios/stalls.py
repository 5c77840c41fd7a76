"""Transfers that stand still or crawl: dead paths, black holes, stopped programs."""

import contextlib
import time

from scenarios import BOTH, scenario
from scenarios.broken import BROKEN, RANGE, half_a_download, narrow
from servers import ProFtpd, PureFtpd, Pyftpdlib


@scenario("path-dead-in-transfer", views=BOTH, twins=["reset-by-firewall-in-transfer"])
def path_dead(lab):
    """The path of the data connection dies in the middle of a download.

    When 20000 of 60000 bytes have come, the router begins to drop the packets of the data
    connection in both directions. The control connection stays alive.

    Conclude (client-side): `stalled-path`: from one moment on nothing more comes on the data
    connection, and the client's own FIN on it is never acknowledged, while the control
    connection works.

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


@scenario("mtu-discovery-works", point="server", twins=["mtu-black-hole-download"])
def mtu_works(lab):
    """Path-MTU discovery at work.

    The link to the client carries packets of 1400 bytes, and ICMP passes: the server is told
    the size and sends smaller segments.

    Conclude: healthy; ICMP "fragmentation needed" followed by smaller segments is normal.
    """
    lab.network(mtu={"client": 1400})
    lab.serve(narrow())
    with lab.record():
        run = lab.client("curl", "--disable-epsv", "-o", "b.bin", lab.url("pub/b.bin"))
    lab.quote(run, "^< 226")
    lab.facts(transfers=[("RETR", "/pub/b.bin", 60000, True)])


@scenario(
    "receiver-stopped-in-download", views=BOTH, twins=["slow-reader-download", "server-stopped-in-download"]
)
def receiver_stopped(lab):
    """The client's program stops reading.

    ftplib reads 20000 of 60000 bytes and then nothing for fifteen seconds. Its window closes;
    vsftpd gives up (`data_connection_timeout=4`).

    Conclude: `stalled-receiver`: the client's window is zero until the server gives up; the
    network is fine, the client's program has stopped.
    """
    lab.network().small_buffers()
    lab.serve(narrow(data_connection_timeout=4))
    with lab.record(), half_a_download(lab) as ftp:
        time.sleep(15)
    lab.quote(ftp, "42[16]")
    lab.facts(cause="stalled-receiver", transfers=[BROKEN])


@scenario("slow-reader-download", twins=["receiver-stopped-in-download"])
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


@scenario(
    "server-stopped-in-download", views=BOTH, twins=["receiver-stopped-in-download", "slow-download-healthy"]
)
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


@scenario("lossy-download", views=BOTH, twins=["slow-download-healthy", "path-dead-in-transfer"])
def lossy(lab):
    """A download over a path that loses packets.

    The router drops every other data packet of the server. TCP repairs it, slowly.

    Conclude: `slow-transfer` because of loss; the transfer completes, nothing failed.
    """
    lab.serve(narrow())
    every = "-m statistic --mode nth --every 2 --packet 1"
    lab.net.rule("router", f"-A FORWARD -p tcp --sport {RANGE} -m length --length 500:1500 {every} -j DROP")
    with lab.record():
        run = lab.client("curl", "--disable-epsv", "-o", "b.bin", lab.url("pub/b.bin"))
    lab.quote(run, "^< 226")
    lab.facts(
        cause="slow-transfer",
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", 60000, True)],
        notes="Every other data packet is lost on the router.",
    )


@scenario("data-timeout-pyftpdlib", twins=["receiver-stopped-in-download"])
def data_timeout(lab):
    """A stalled download ended by pyftpdlib.

    The client stops reading; after `timeout = 3` seconds without progress the server sends
    421 without having been asked.

    Conclude: `stalled-receiver`: the client's window was zero until the server gave up.
    """
    lab.network().small_buffers()
    lab.serve(Pyftpdlib(data_timeout=3))
    with lab.record(), half_a_download(lab) as ftp:
        time.sleep(10)
    lab.quote(ftp, "421|426")
    lab.facts(cause="stalled-receiver", transfers=[BROKEN])


@scenario("stalled-timeout-proftpd", point="server", twins=["receiver-stopped-in-download"])
def stalled_timeout(lab):
    """A stalled download ended by ProFTPD.

    The client stops reading; `TimeoutStalled 3` ends the session without any reply.

    Conclude: `stalled-receiver`: the client's window was zero until the server closed
    everything.
    """
    lab.network().small_buffers()
    lab.serve(ProFtpd(TimeoutStalled=3))
    with lab.record(), half_a_download(lab) as ftp:
        time.sleep(10)
    lab.quote(ftp, r"\*data\*")
    lab.facts(cause="stalled-receiver", transfers=[BROKEN])


@scenario("upload-server-stops-reading-pure-ftpd", twins=["receiver-stopped-in-download"])
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
        log_differs="Pure-FTPd logs the bytes it had received before it was stopped.",
    )
