"""Downloads that work, by server, client and kind of data channel."""

from scenarios import scenario
from servers import InetutilsFtpd, ProFtpd, PureFtpd, Pyftpdlib, Vsftpd


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
    lab.facts(transfers=[("RETR", "/pub/a.bin", 20000, True)])


@scenario("active-download-vsftpd", twins=["passive-download-vsftpd", "active-download-pyftpdlib"])
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
    lab.facts(transfers=[("RETR", "/pub/a.bin", 20000, True)])
