"""Downloads that work: by server, client and kind of data channel."""

from clients import login_lines
from sandbox import USER
from scenarios import scenario
from servers import InetutilsFtpd, ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

A_BIN = ("RETR", "/pub/a.bin", 20000, True)


@scenario("passive-download-vsftpd", twins=["active-download-vsftpd"])
def passive_download_vsftpd(lab):
    """Passive download from vsftpd.

    curl logs in as anonymous, asks for a passive port with PASV and downloads
    `/pub/a.bin` (20000 bytes) over a connection that it opens itself.

    Conclude: one healthy transfer; nothing to report.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("curl", "--disable-epsv", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario("active-download-vsftpd", twins=["passive-download-vsftpd", "active-download-pyftpdlib-ephemeral"])
def active_download_vsftpd(lab):
    """Active download from vsftpd, data from port 20.

    curl announces its own address and port with PORT; the server connects back
    from port 20 and sends `/pub/a.bin` (20000 bytes).

    Conclude: one healthy active transfer; nothing to report.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^> PORT")
    lab.facts(transfers=[A_BIN])


@scenario("active-download-pyftpdlib-ephemeral", point="server", twins=["active-download-vsftpd"])
def active_download_pyftpdlib(lab):
    """Active download from pyftpdlib, data from an ephemeral port.

    Python's ftplib sends PORT. pyftpdlib connects to the announced port as soon as it
    has read PORT, from any free port, and answers PORT only when that succeeded.

    Conclude: one healthy active transfer whose source port is not 20, set up before
    the transfer command was given.
    """
    lab.serve(Pyftpdlib())
    with lab.record(), lab.ftplib() as ftp:
        ftp.set_pasv(False)
        ftp.retrbinary("RETR pub/a.bin", lambda data: None)
    lab.quote(ftp, "226")
    lab.facts(transfers=[A_BIN])


@scenario("active-download-inetutils-ftp-pure-ftpd", twins=["active-download-vsftpd"])
def active_download_inetutils(lab):
    """Active download with the GNU ftp client from Pure-FTPd.

    The classical ftp client sends PORT by itself; the server connects back.

    Conclude: one healthy active transfer.
    """
    lab.serve(PureFtpd())
    with lab.record():
        commands = login_lines(lab.net.server, "binary", "get pub/a.bin a.bin")
        run = lab.client("inetutils-ftp", given=commands)
    lab.quote(run, "^226")
    lab.facts(transfers=[A_BIN])


@scenario("active-download-inetutils-ftpd", point="server", twins=["active-download-vsftpd"])
def active_download_inetutils_ftpd(lab):
    """Active download from the GNU ftpd with lftp.

    The server connects back from an ephemeral port. This server does not lock users into
    their home, so paths are those of the host.

    Conclude: one healthy active transfer.
    """
    lab.serve(InetutilsFtpd())
    with lab.record():
        run = lab.client(
            "lftp", "set ftp:passive-mode no", f"open {lab.url(user=USER)}", "get pub/a.bin -o a.bin"
        )
    lab.quote(run, "226")
    lab.facts(transfers=[("RETR", f"/srv/{USER}/pub/a.bin", 20000, True)])


@scenario("epsv-download-proftpd")
def epsv_download_proftpd(lab):
    """Download with EPSV over IPv4 from ProFTPD.

    curl asks with EPSV, its default; the reply 229 names a port only, the address is
    that of the control connection.

    Conclude: one healthy transfer.
    """
    lab.serve(ProFtpd())
    with lab.record():
        run = lab.client("curl", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^< 229")
    lab.facts(transfers=[A_BIN])


@scenario("passive-download-pure-ftpd")
def passive_download_pure_ftpd(lab):
    """Passive download from Pure-FTPd with wget.

    wget logs in with a name and password and downloads with PASV.

    Conclude: one healthy transfer; the password crossed the network in clear text.
    """
    lab.serve(PureFtpd())
    with lab.record():
        run = lab.client("wget", "-O", "b.bin", lab.url("pub/b.bin", USER))
    lab.quote(run, "^226-?")
    lab.facts(transfers=[("RETR", "/pub/b.bin", 60000, True)])


@scenario("ipv6-epsv-download-pure-ftpd", twins=["ipv6-eprt-active-download-vsftpd"])
def ipv6_epsv_download(lab):
    """Download with EPSV over IPv6 from Pure-FTPd.

    Conclude: one healthy transfer over IPv6.
    """
    lab.serve(PureFtpd())
    with lab.record():
        url = lab.url("pub/a.bin", host=f"[{lab.net.server6}]")
        run = lab.client("curl", "-o", "a.bin", url)
    lab.quote(run, "^< 229")
    lab.facts(transfers=[A_BIN])


@scenario("ipv6-eprt-active-download-vsftpd", twins=["ipv6-epsv-download-pure-ftpd"])
def ipv6_eprt_download(lab):
    """Active download with EPRT over IPv6 from vsftpd.

    curl announces its IPv6 address with EPRT; vsftpd connects back from port 20.

    Conclude: one healthy active transfer over IPv6.
    """
    lab.serve(Vsftpd(listen="NO", listen_ipv6="YES"))
    with lab.record():
        url = lab.url("pub/a.bin", host=f"[{lab.net.server6}]")
        run = lab.client("curl", "-P", "-", "-o", "a.bin", url)
    lab.quote(run, "^> EPRT")
    lab.facts(transfers=[A_BIN])


@scenario("ipv6-eprt-active-download-proftpd", point="server", twins=["ipv6-eprt-active-download-vsftpd"])
def ipv6_eprt_download_tnftp(lab):
    """Active download with EPRT over IPv6, tnftp and ProFTPD.

    Conclude: one healthy active transfer over IPv6.
    """
    lab.serve(ProFtpd())
    with lab.record():
        commands = login_lines(lab.net.server6, "passive off", "binary", "get pub/a.bin a.bin")
        run = lab.client("tnftp", given=commands)
    lab.quote(run, "EPRT")
    lab.facts(transfers=[A_BIN])


@scenario("epsv-download-tnftp-vsftpd")
def epsv_download_tnftp(lab):
    """Download with tnftp from vsftpd.

    tnftp tries EPSV first, as it does by default, and asks for SIZE and MDTM around the
    download.

    Conclude: one healthy transfer.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("tnftp", given=login_lines(lab.net.server, "binary", "get pub/a.bin a.bin"))
    lab.quote(run, "^226")
    lab.facts(transfers=[A_BIN])


@scenario("resume-download-proftpd", twins=["resume-download-vsftpd"])
def resume_download_proftpd(lab):
    """A download resumed in the middle from ProFTPD.

    The client already has 12000 of 20000 bytes; curl sends REST 12000 and gets the
    missing 8000 bytes.

    Conclude: one healthy transfer of 8000 bytes; the difference from SIZE 20000 is
    explained by REST.
    """
    lab.serve(ProFtpd())
    with open("a.bin", "wb") as part:
        part.write(bytes(12000))
    with lab.record():
        run = lab.client("curl", "-C", "-", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^> REST")
    lab.facts(transfers=[("RETR", "/pub/a.bin", 8000, True)])


@scenario("resume-download-vsftpd", twins=["resume-download-proftpd"])
def resume_download_vsftpd(lab):
    """A download resumed with lftp from vsftpd.

    lftp continues a file of which it has 5000 bytes: `REST 5000`, then RETR.

    Conclude: one healthy transfer of 15000 bytes; REST explains the difference from
    SIZE.
    """
    lab.serve(Vsftpd())
    with open("a.bin", "wb") as part:
        part.write(bytes(5000))
    with lab.record():
        run = lab.client("lftp", f"open {lab.url()}", "get -c pub/a.bin -o a.bin")
    lab.quote(run, "REST")
    lab.facts(transfers=[("RETR", "/pub/a.bin", 15000, True)])


@scenario("slow-download-healthy", twins=["lossy-download"])
def slow_download(lab):
    """A slow download that is fine.

    vsftpd limits this user to 12000 bytes per second; 20000 bytes take about two
    seconds, with pauses of the sender between bursts.

    Conclude: healthy. The pauses are the server's rate limit, there is no loss and the
    transfer completes with 226.
    """
    lab.serve(Vsftpd(anon_max_rate=12000, trans_chunk_size=4096))
    with lab.record():
        run = lab.client("curl", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario("text-download-ascii-vsftpd", twins=["ascii-mode-corrupts-binary"])
def text_download(lab):
    """A text file downloaded in ASCII mode, as it should be.

    `readme.txt` has 60 lines of 50 bytes with Unix line ends. In TYPE A the server sends
    CR LF, so 3060 bytes cross the network and the client turns them back into 3000.

    Conclude: healthy; the 60 additional bytes are line ends of a text file.
    """
    lab.serve(Vsftpd(ascii_download_enable="YES"))
    received = []
    with lab.record(), lab.ftplib() as ftp:
        ftp.retrlines("RETR /pub/readme.txt", received.append)
    lab.quote(ftp, "226")
    on_wire = sum(len(line) + 2 for line in received)
    lab.facts(
        transfers=[("RETR", "/pub/readme.txt", on_wire, True)],
        notes="The file has 3000 bytes; ASCII mode adds one byte a line.",
        log_differs="vsftpd logs the 3000 bytes it read from the file."
        if lab.servers[0][1].transfers()[0][1] != on_wire
        else None,
    )
