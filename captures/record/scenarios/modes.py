"""Healthy sessions that analyzers stumble over: compression, segments, implicit TLS,
ports used again, packets out of order or lost by the capture."""

import contextlib
import ftplib
import subprocess
import time

from clients import login_lines
from sandbox import USER
from scenarios import scenario
from scenarios.firewall import ONLY_CONTROL, narrow_vsftpd
from scenarios.formats import download
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

A_BIN = ("RETR", "/pub/a.bin", 20000, True)


@scenario("implicit-tls-download-vsftpd", twins=["explicit-tls-download-vsftpd"])
def implicit_tls(lab):
    """Implicit TLS on port 990.

    The TLS handshake starts at once, without AUTH; nothing of FTP can be read.

    Conclude: `control-encrypted` as a notice: probably FTP over implicit TLS, from the port
    and from the second connection between the same hosts.
    """
    lab.serve(
        Vsftpd(port=990, ssl_enable="YES", allow_anon_ssl="YES", implicit_ssl="YES", ssl_ciphers="HIGH")
    )
    with lab.record():
        url = lab.url("pub/a.bin", scheme="ftps").replace(":990", "")
        run = lab.client("curl", "-k", "-o", "a.bin", url)
    lab.quote(run, "^< 226")
    lab.facts(
        cause="control-encrypted",
        healthy=True,
        transfers=[("RETR", "/pub/a.bin", None, True)],
        log_differs="bytes on the wire are those of TLS.",
    )


@scenario("compressed-download-mode-z-proftpd", twins=["text-download-ascii-vsftpd"])
def mode_z(lab):
    """A download in MODE Z, compressed.

    lftp and ProFTPD (mod_deflate) agree on MODE Z; a text file of 3000 bytes crosses the
    network in a few hundred.

    Conclude: healthy; fewer bytes than SIZE because of the compression.
    """
    lab.serve(ProFtpd(modules=["mod_deflate.c"], DeflateEngine="on"))
    with lab.record():
        run = lab.client(
            "lftp",
            "set ftp:use-mode-z yes; set ftp:mode-z-level 9",
            f"open {lab.url(user=USER)}",
            "get pub/readme.txt -o readme.txt",
        )
    lab.quote(run, "MODE Z")
    lab.facts(
        transfers=[("RETR", "/pub/readme.txt", None, True)],
        notes="The file has 3000 bytes; how many crossed the network compressed is in no log.",
        log_differs="it counts the bytes of the file, not the compressed ones.",
    )


@scenario("segmented-download-lftp-vsftpd", twins=["resume-download-vsftpd", "mirror-parallel-lftp-vsftpd"])
def segmented(lab):
    """One file downloaded in two segments at once.

    `pget -n 2` of lftp: two sessions get the two halves with REST and RETR. When it has
    both, lftp sends ABOR in both sessions and closes them.

    Conclude: `aborted` as a notice, healthy: the first half is cut off by the client on
    purpose, so 426 and RST there are no fault.
    """
    lab.network().small_buffers()
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client(
            "lftp",
            "set pget:min-chunk-size 1000",
            f"open {lab.url()}",
            "pget -n 2 pub/b.bin -o b.bin",
        )
    with open("b.bin", "rb") as got:
        assert len(got.read()) == 60000
    lab.quote(run, "REST")
    lab.facts(
        control=lab.servers[0][1].log.read_text().count("CONNECT: "),
        cause="aborted",
        healthy=True,
        transfers=[("RETR", "/pub/b.bin", None, False), ("RETR", "/pub/b.bin", 30000, True)],
        notes="Both halves arrived; the first transfer was cut off by the client when it had enough.",
    )


@scenario(
    "control-port-pair-used-twice-vsftpd", point="server", twins=["reused-session-many-downloads-pyftpdlib"]
)
def same_ports(lab):
    """Two sessions with the same addresses and ports.

    The client binds its control connections to port 40000; the second session begins a
    moment after the first has ended.

    Conclude: two healthy sessions, not one.
    """
    lab.serve(Vsftpd())
    with lab.record():
        for name in ("one", "two"):
            with lab.ftplib(source_address=("0.0.0.0", 40000)) as ftp:
                ftp.source_address = None
                ftp.retrbinary(f"RETR /pub/docs/{name}.txt", lambda data: None)
            time.sleep(1.2)
    lab.quote(ftp, "226")
    lab.facts(
        control=2,
        transfers=[("RETR", "/pub/docs/one.txt", 50, True), ("RETR", "/pub/docs/two.txt", 100, True)],
    )


@scenario("listing-over-control-connection-vsftpd", twins=["empty-listing-vsftpd"])
def stat_listing(lab):
    """A listing over the control connection.

    STAT with a path: the listing is the text of a multi-line reply.

    Conclude: healthy; no data connection is needed. Lines of the listing are not replies.
    """
    lab.serve(Vsftpd())
    with lab.record(), lab.ftplib() as ftp:
        ftp.sendcmd("STAT /pub")
        ftp.sendcmd("STAT")
    lab.quote(ftp, "21[13]-")
    lab.facts()


@scenario("idle-timeout-pyftpdlib", twins=["idle-timeout-vsftpd"])
def idle_pyftpdlib(lab):
    """An idle session ended by pyftpdlib.

    Conclude: `idle-timeout` after three seconds.
    """
    lab.serve(Pyftpdlib(timeout=3))
    with lab.record(), lab.ftplib(quit=False) as ftp:
        ftp.voidcmd("NOOP")
        with contextlib.suppress(ftplib.Error):
            ftp.getresp()
    lab.quote(ftp, "421")
    lab.facts(cause="idle-timeout")


@scenario(
    "passive-refused-active-works-tnftp",
    twins=["passive-range-rejected-reset", "epsv-blocked-then-pasv-works"],
)
def passive_then_active(lab):
    """Passive mode is rejected, the client falls back to active mode.

    The firewall rejects the passive ports; tnftp then announces a port with EPRT, and the
    server connects to it.

    Conclude: `connection-refused` as a warning: the passive port is refused by the firewall,
    and the client's fallback to active mode works.
    """
    lab.serve(narrow_vsftpd())
    lab.net.rule("router", f"{ONLY_CONTROL} REJECT --reject-with tcp-reset")
    with lab.record():
        run = lab.client("tnftp", given=login_lines(lab.net.server, "binary", "get pub/a.bin a.bin"))
    lab.quote(run, "EPRT|PORT")
    lab.quote(run, "^226")
    lab.facts(
        cause="connection-refused",
        healthy=True,
        transfers=[A_BIN],
        notes="To call it a fallback (epsv-fallback) is right as well.",
    )


@scenario("capture-lost-data-packets", twins=["lossy-download", "passive-download-vsftpd"])
def gap_in_data(lab):
    """The capture has lost three data packets.

    Three packets in the middle of the file were removed from the finished capture, as an
    overloaded capture host would lose them. The client acknowledged them.

    Conclude: `capture-gap` as a notice: acknowledged bytes are missing in the capture; the
    transfer is healthy.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = download(lab)
    lab.convert(
        lambda source: without(source, "ip.src == 203.0.113.20 && tcp.len == 1448", 5, 3),
        "Three data packets removed with editcap.",
    )
    lab.quote(run, "^< 226")
    lab.facts(cause="capture-gap", healthy=True, transfers=[A_BIN])


@scenario("capture-lost-control-packets", twins=["capture-lost-data-packets"])
def gap_in_control(lab):
    """The capture has lost two replies of the server.

    Two replies in the middle of the session were removed from the finished capture.

    Conclude: `capture-gap` as a notice; the session goes on and is healthy, and the later
    replies still belong to their commands.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = download(lab)
    lab.convert(
        lambda source: without(source, "tcp.srcport == 21 && tcp.len > 0", 2, 2),
        "Two replies (to PASS and to PWD) removed with editcap.",
    )
    lab.quote(run, "^< 226")
    lab.facts(cause="capture-gap", healthy=True, transfers=[A_BIN])


def without(source, chosen, first, count):
    """Remove ``count`` of the packets that match a display filter, from number ``first``."""
    command = ["tshark", "-r", str(source), "-Y", chosen, "-T", "fields", "-e", "frame.number"]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    target = source.with_stem(source.stem + "-less")
    removed = found[first : first + count]
    subprocess.run(["editcap", "-F", "pcap", str(source), str(target), *removed], check=True)
    return target


@scenario("packets-out-of-order", twins=["lossy-download", "passive-download-vsftpd"])
def out_of_order(lab):
    """Packets overtake each other.

    The wire to the client delivers every seventh packet three milliseconds late, behind
    its successors.

    Conclude: healthy; packets out of order are not retransmissions.
    """
    lab.network(disorder="late")
    lab.serve(PureFtpd())
    with lab.record():
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario("packets-duplicated", twins=["packets-out-of-order", "capture-router-any-duplicates"])
def duplicated(lab):
    """Packets arrive twice.

    The wire to the client delivers every seventh packet twice.

    Conclude: healthy; bytes and replies are counted once.
    """
    lab.network(disorder="twice")
    lab.serve(ProFtpd())
    with lab.record():
        run = download(lab)
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])
