"""One healthy download, captured or stored in unusual ways."""

from scenarios import scenario
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

A_BIN = ("RETR", "/pub/a.bin", 20000, True)


def download(lab, path="pub/a.bin", **options):
    """A passive download with curl; the login is anonymous."""
    return lab.client("curl", "--disable-epsv", "-o", "file", lab.url(path), **options)


@scenario("capture-starts-after-login", twins=["passive-download-vsftpd"])
def starts_late(lab):
    """A capture that starts in the middle of a session.

    tcpdump is started after the login; the handshake, the greeting and USER are missing.

    Conclude: `midstream-start` as a notice; the download itself is healthy.
    """
    lab.serve(Vsftpd())
    with lab.ftplib(quit=False) as ftp:
        ftp.cwd("/pub")
        with lab.record():
            ftp.retrbinary("RETR a.bin", lambda data: None)
            ftp.quit()
    lab.quote(ftp, "226")
    lab.facts(cause="midstream-start", healthy=True, transfers=[A_BIN])


@scenario("capture-starts-during-transfer", point="server", twins=["capture-starts-after-login"])
def starts_in_transfer(lab):
    """A capture that starts in the middle of a download.

    tcpdump is started when 20000 of 60000 bytes have been received. What announced the
    data connection is not in the capture.

    Conclude: `midstream-start`; the 226 says that a transfer completed, the number of
    bytes in the capture says nothing about its size.
    """
    lab.network().small_buffers()
    lab.serve(Pyftpdlib())
    with lab.ftplib() as ftp:
        ftp.voidcmd("TYPE I")
        data = ftp.transfercmd("RETR /pub/b.bin")
        received = 0
        while received < 20_000:
            received += len(data.recv(4096))
        with lab.record():
            while data.recv(65536):
                pass
            data.close()
            ftp.voidresp()
            ftp.voidcmd("NOOP")
    lab.quote(ftp, "226")
    lab.facts(
        cause="midstream-start",
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", None, True)],
        notes="60000 bytes in all, of which a part is in the capture.",
        log_differs="only a part of the 60000 bytes is in the capture.",
    )


@scenario("capture-ends-during-transfer", twins=["capture-starts-during-transfer"])
def ends_in_transfer(lab):
    """A capture that ends in the middle of a download.

    tcpdump is stopped when 20000 of 60000 bytes have been received.

    Conclude: `capture-ended`: how the transfer ended is not known, nothing indicates a
    failure. (It completed.)
    """
    lab.network().small_buffers()
    lab.serve(Pyftpdlib())
    with lab.ftplib() as ftp:
        ftp.voidcmd("TYPE I")
        with lab.record(linger=0):
            data = ftp.transfercmd("RETR /pub/b.bin")
            received = 0
            while received < 20_000:
                received += len(data.recv(4096))
        while data.recv(65536):
            pass
        data.close()
        ftp.voidresp()
    lab.quote(ftp, "226")
    lab.facts(
        cause="capture-ended",
        also=["midstream-start"],
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", None, True)],
        notes="Starts after the login and ends during the download, which completed later.",
        log_differs="only a part of the 60000 bytes is in the capture.",
    )


@scenario("capture-server-to-client-only", point="router-inside", twins=["capture-client-to-server-only"])
def from_server_only(lab):
    """Only the packets from the server to the client.

    A capture on an asymmetric path: replies and file, but no command.

    Conclude: `one-direction-only` as a notice; the replies alone tell a healthy download.
    """
    lab.serve(ProFtpd())
    with lab.record(only=f"src host {lab.net.server}"):
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(cause="one-direction-only", healthy=True, transfers=[A_BIN])


@scenario("capture-client-to-server-only", point="router-inside", twins=["capture-server-to-client-only"])
def from_client_only(lab):
    """Only the packets from the client to the server.

    Commands and acknowledgements, but no reply and no data.

    Conclude: `one-direction-only` as a notice; nothing may be called failed.
    """
    lab.serve(ProFtpd())
    with lab.record(only=f"src host {lab.net.client}"):
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(
        cause="one-direction-only",
        healthy=True,
        transfers=[("RETR", "/pub/a.bin", None, True)],
        notes="20000 bytes, none of them in the capture.",
        log_differs="the 20000 bytes are not in the capture.",
    )


@scenario("capture-control-port-only", twins=["passive-download-vsftpd"])
def control_only(lab):
    """Only port 21.

    A capture filter `tcp port 21` leaves the data connection out.

    Conclude: `data-not-captured` as a notice: 226 says that the transfer completed;
    missing data packets mean nothing.
    """
    lab.serve(Vsftpd())
    with lab.record(only="tcp port 21"):
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(
        cause="data-not-captured",
        healthy=True,
        transfers=[("RETR", "/pub/a.bin", None, True)],
        notes="20000 bytes, none of them in the capture.",
        log_differs="the 20000 bytes are not in the capture.",
    )


@scenario("capture-snapped-96", twins=["passive-download-vsftpd"])
def snapped(lab):
    """The first 96 bytes of each packet only.

    `tcpdump -s 96`: data packets are cut, and so are long replies.

    Conclude: `frames-truncated` as a notice. Sizes are known from the IP headers; contents
    are not.
    """
    lab.serve(Vsftpd())
    with lab.record(snap=96):
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(cause="frames-truncated", healthy=True, transfers=[A_BIN])


@scenario("capture-large-segments", point="server", twins=["passive-download-vsftpd"])
def large_segments(lab):
    """A capture on a host with segmentation offload.

    The network interface may cut large segments itself, so tcpdump sees packets of many
    kilobytes that never were on a cable, and checksums that are not filled in.

    Conclude: one healthy transfer; large packets and wrong checksums are artefacts.
    """
    lab.network(offload=True, delay=(0, 0))
    lab.serve(Pyftpdlib())
    with lab.record():
        run = download(lab, "pub/b.bin")
    lab.quote(run, "^< 226")
    lab.facts(transfers=[("RETR", "/pub/b.bin", 60000, True)])


@scenario("capture-loopback", point="loopback", twins=["capture-any-interface"])
def loopback(lab):
    """Client and server on one host.

    The client connects to 127.0.0.1; the announced address 127,0,0,1 is right here.

    Conclude: one healthy transfer. A loopback address in 227 is no fault when the control
    connection uses the same address.
    """
    lab.network(offload=True, delay=(0, 0))
    lab.serve(Vsftpd())
    with lab.record():
        url = lab.url("pub/a.bin", host="127.0.0.1")
        run = lab.client("curl", "--disable-epsv", "-o", "a.bin", url, host="server")
    lab.quote(run, "^< 227")
    lab.facts(transfers=[A_BIN])


@scenario("capture-any-interface", point="any", twins=["capture-router-any-duplicates"])
def any_interface(lab):
    """Captured with `-i any`, link type SLL2.

    Conclude: one healthy transfer.
    """
    lab.serve(PureFtpd())
    with lab.record(options=["-y", "LINUX_SLL2"]):
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario("capture-any-interface-sll", point="any", twins=["capture-any-interface"])
def any_interface_sll(lab):
    """Captured with `-i any`, the older link type SLL.

    Conclude: one healthy transfer.
    """
    lab.serve(PureFtpd())
    with lab.record(options=["-y", "LINUX_SLL"]):
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario("capture-router-any-duplicates", point="router-any", twins=["capture-any-interface"])
def router_any(lab):
    """Captured with `-i any` on a router: every packet twice.

    Each packet is seen when it comes in and again when it goes out, with a smaller time
    to live.

    Conclude: one healthy transfer of 20000 bytes; the copies are not retransmissions.
    """
    lab.serve(Vsftpd())
    with lab.record(options=["-y", "LINUX_SLL2"]):
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario("capture-nanoseconds", twins=["passive-download-vsftpd"])
def nanoseconds(lab):
    """A pcap file with nanosecond time stamps.

    Conclude: one healthy transfer; times are nanoseconds after the second.
    """
    lab.serve(Pyftpdlib())
    with lab.record(options=["--time-stamp-precision=nano"]):
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])
