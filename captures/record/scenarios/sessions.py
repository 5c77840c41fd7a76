"""Sessions that are unusual but fine: aborts, pipelining, ports, TLS, silence."""

import contextlib
import ftplib
import socket

from sandbox import USER
from scenarios import scenario
from servers import InetutilsFtpd, ProFtpd, PureFtpd, Pyftpdlib, Vsftpd


@scenario("control-port-2121-pyftpdlib", twins=["passive-download-vsftpd"])
def other_port(lab):
    """A download from a server on port 2121.

    Conclude: one healthy session on a port that is not 21.
    """
    lab.serve(Pyftpdlib(port=2121))
    with lab.record():
        run = lab.client("curl", "--disable-epsv", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^< 226")
    lab.facts(transfers=[("RETR", "/pub/a.bin", 20000, True)])


@scenario("pipelined-commands-vsftpd", twins=["pipelined-commands-proftpd"])
def pipelined(lab):
    """Commands sent without waiting for replies, vsftpd.

    After the login the client sends PWD, CWD, TYPE, SIZE, MDTM, NOOP and a listing of the
    features in one packet; the replies come in order. Then an ordinary download.

    Conclude: healthy; every reply belongs to the command in the same position.
    """
    lab.serve(Vsftpd())
    with lab.record(), lab.ftplib() as ftp:
        pipeline(ftp)
        ftp.retrbinary("RETR hello.txt", lambda data: None)
    lab.quote(ftp, "226")
    lab.facts(transfers=[("RETR", "/pub/hello.txt", 20, True)])


@scenario("pipelined-commands-proftpd", point="server", twins=["pipelined-commands-vsftpd"])
def pipelined_proftpd(lab):
    """Commands sent without waiting for replies, ProFTPD.

    Conclude: healthy; every reply belongs to the command in the same position, the
    multi-line one as well.
    """
    lab.serve(ProFtpd())
    with lab.record(), lab.ftplib() as ftp:
        pipeline(ftp)
        ftp.retrbinary("RETR hello.txt", lambda data: None)
    lab.quote(ftp, "226")
    lab.facts(transfers=[("RETR", "/pub/hello.txt", 20, True)])


def pipeline(ftp):
    commands = ["PWD", "CWD pub", "TYPE I", "SIZE a.bin", "MDTM a.bin", "FEAT", "NOOP"]
    ftp.sock.sendall("".join(f"{command}\r\n" for command in commands).encode())
    for _ in commands:
        ftp.getresp()


@scenario("abort-download-lftp-vsftpd", twins=["abort-download-telnet-synch-proftpd", "client-killed-vsftpd"])
def abort_lftp(lab):
    """A download that the user stops, lftp and vsftpd.

    vsftpd limits the rate; after two seconds the user gives up. lftp sends ABOR and goes on
    with a listing. vsftpd looks for ABOR during transfers (`async_abor_enable`).

    Conclude: `aborted`: the user stopped it; nothing is wrong.
    """
    lab.network().small_buffers()
    server = lab.serve(Vsftpd(anon_max_rate=12000, trans_chunk_size=4096, async_abor_enable="YES"))
    with lab.record():
        run = lab.client(
            "lftp",
            f"open {lab.url()}",
            "get pub/b.bin -o b.bin &",
            "sleep 2",
            "kill all",
            "ls pub/nothing",
            exit=None,
        )
    lab.quote(run, "---> ABOR")
    assert "FAIL DOWNLOAD" in server.log.read_text()
    lab.facts(
        cause="aborted",
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", None, False), ("LIST", "/pub/nothing", 0, True)],
    )


@scenario("abort-unheard-lftp-vsftpd", twins=["abort-download-lftp-vsftpd"])
def abort_unheard(lab):
    """An abort that the server does not listen to, lftp and vsftpd.

    By default vsftpd does not look at the control connection during a transfer. It reads
    ABOR when the file is sent: 226 "Transfer complete." for RETR and 225 "No transfer to
    ABOR." for ABOR. The whole file crosses the network; the client throws it away.

    Conclude: `aborted` as a notice; the transfer itself completed, as the 226 says.
    """
    lab.network().small_buffers()
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client(
            "lftp",
            f"set net:limit-rate 8000; open {lab.url()}",
            "get pub/b.bin -o b.bin &",
            "sleep 2",
            "kill all",
            "ls pub/nothing",
            exit=None,
        )
    lab.quote(run, "---> ABOR")
    lab.quote(run, "<--- 225")
    lab.facts(
        cause="aborted",
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", 60000, True), ("LIST", "/pub/nothing", 0, True)],
    )


def start_and_abort(ftp, path, after, synch=True, drain=False):
    """Start a download, read ``after`` bytes, then send ABOR, as RFC 959 wants it with
    Telnet IP and Synch (the last byte as urgent data). ``drain``: read what still comes."""
    ftp.voidcmd("TYPE I")
    data = ftp.transfercmd(f"RETR {path}")
    received = 0
    while received < after:
        received += len(data.recv(4096))
    if synch:
        ftp.sock.sendall(b"\xff\xf4")
        ftp.sock.sendall(b"\xff", socket.MSG_OOB)
        ftp.sock.sendall(b"\xf2ABOR\r\n")
    else:
        ftp.sock.sendall(b"ABOR\r\n", socket.MSG_OOB)
    while drain and data.recv(4096):
        pass
    replies(ftp, 1)
    data.close()


def replies(ftp, number):
    """Read replies of any kind; their text is in the log."""
    for _ in range(number):
        with contextlib.suppress(ftplib.Error):
            ftp.getresp()


@scenario("abort-download-telnet-synch-proftpd", twins=["abort-download-lftp-vsftpd"])
def abort_synch(lab):
    """A download aborted with Telnet IP, Synch and ABOR; ProFTPD.

    The client reads some of the file, sends the Telnet bytes IAC IP, IAC DM (the latter as
    urgent data) and ABOR, as RFC 959 describes. ProFTPD answers
    226 "Abort successful" first and 426 "Transfer aborted" for RETR after it.

    Conclude: `aborted`; the session goes on and ends healthy.
    """
    lab.network().small_buffers()
    lab.serve(ProFtpd(TransferRate="RETR 20"))
    with lab.record(), lab.ftplib() as ftp:
        start_and_abort(ftp, "/pub/b.bin", 20_000, drain=True)
        replies(ftp, 1)
        ftp.voidcmd("NOOP")
    lab.quote(ftp, "426")
    lab.facts(cause="aborted", healthy=True, transfers=[("RETR", "/pub/b.bin", None, False)])


@scenario("abort-download-urgent-pyftpdlib", point="server", twins=["abort-download-telnet-synch-proftpd"])
def abort_urgent(lab):
    """A download aborted with ABOR as urgent data; pyftpdlib.

    The whole command is sent out of band, as Python's `FTP.abort()` does, without the
    Telnet bytes.

    Conclude: `aborted`; the server answers 426 and then confirms ABOR.
    """
    lab.network().small_buffers()
    lab.serve(Pyftpdlib())
    with lab.record(), lab.ftplib() as ftp:
        start_and_abort(ftp, "/pub/b.bin", 15_000, synch=False)
        replies(ftp, 1)
        ftp.voidcmd("NOOP")
    lab.quote(ftp, "426")
    lab.facts(cause="aborted", healthy=True, transfers=[("RETR", "/pub/b.bin", None, False)])


@scenario("abort-download-pure-ftpd", point="server", twins=["abort-download-telnet-synch-proftpd"])
def abort_pure(lab):
    """A download aborted with Telnet Synch; Pure-FTPd.

    Conclude: `aborted`.
    """
    lab.network().small_buffers()
    lab.serve(PureFtpd(options=["-T", "20"]))
    with lab.record(), lab.ftplib() as ftp:
        start_and_abort(ftp, "/pub/b.bin", 15_000, drain=True)
        replies(ftp, 1)
        ftp.voidcmd("NOOP")
    lab.quote(ftp, "426|226|500")
    lab.facts(
        cause="aborted",
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", None, False)],
        log_differs="Pure-FTPd logs the bytes sent before the abort as a complete transfer.",
    )


@scenario("noop-during-transfer-vsftpd", twins=["slow-download-healthy"])
def noop_during_transfer(lab):
    """NOOPs sent while a download runs.

    Whenever the rate-limited download pauses the client sends NOOP, to keep the control
    connection alive; vsftpd answers them after the 226.

    Conclude: healthy; the late replies belong to the NOOPs.
    """
    lab.serve(Vsftpd(local_max_rate=12000, trans_chunk_size=4096))
    with lab.record(), lab.ftplib() as ftp:
        ftp.voidcmd("TYPE I")
        data = ftp.transfercmd("RETR /pub/a.bin")
        data.settimeout(0.2)
        received, asked = 0, 0
        while received < 20_000:
            try:
                received += len(data.recv(4096))
            except TimeoutError:
                ftp.putcmd("NOOP")
                asked += 1
        data.close()
        for _ in range(asked + 1):
            ftp.getresp()
    assert asked > 1
    lab.quote(ftp, "226")
    lab.facts(transfers=[("RETR", "/pub/a.bin", 20000, True)])


@scenario("interactive-pauses-inetutils", point="server")
def pauses(lab):
    """A user who thinks between commands; lftp and GNU ftpd.

    lftp lists a folder and downloads a file; two seconds of silence lie between.

    Conclude: healthy; silence between commands is not a fault.
    """
    lab.serve(InetutilsFtpd())
    with lab.record():
        run = lab.client("lftp", f"open {lab.url(user=USER)}", "ls pub/docs", "sleep 2", "get pub/hello.txt")
    lab.quote(run, "226")
    lab.facts(
        transfers=[
            ("LIST", f"/srv/{USER}/pub/docs", None, True),
            ("RETR", f"/srv/{USER}/pub/hello.txt", 20, True),
        ]
    )
