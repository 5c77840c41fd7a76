"""Uploads and changes of the server's files that work."""

import ftplib
import io

from clients import login_lines
from files import binary, text
from sandbox import PASSWORD, USER
from scenarios import scenario
from servers import InetutilsFtpd, ProFtpd, PureFtpd, Pyftpdlib, Vsftpd


@scenario("upload-vsftpd", twins=["upload-resumed-proftpd"])
def upload(lab):
    """Upload to vsftpd with curl.

    curl stores 30000 bytes as `/incoming/new.bin`.

    Conclude: one healthy upload.
    """
    lab.serve(Vsftpd())
    with open("new.bin", "wb") as new:
        new.write(binary(30000))
    with lab.record():
        run = lab.client("curl", "-T", "new.bin", lab.url("incoming/", USER))
    lab.quote(run, "^< 226")
    lab.facts(transfers=[("STOR", "/incoming/new.bin", 30000, True)])


@scenario("upload-active-proftpd", point="server")
def upload_active(lab):
    """Active upload to ProFTPD with lftp.

    lftp is told to use active mode: PORT, then STOR; ProFTPD connects to the client.

    Conclude: one healthy active upload.
    """
    lab.serve(ProFtpd())
    with open("new.bin", "wb") as new:
        new.write(binary(30000))
    with lab.record():
        run = lab.client(
            "lftp", "set ftp:passive-mode no", f"open {lab.url(user=USER)}", "put new.bin -o incoming/new.bin"
        )
    lab.quote(run, "PORT")
    lab.facts(transfers=[("STOR", "/incoming/new.bin", 30000, True)])


@scenario("upload-tree-ncftpput-pyftpdlib")
def upload_tree(lab):
    """Two files uploaded with ncftpput to pyftpdlib.

    Conclude: two healthy uploads.
    """
    lab.serve(Pyftpdlib())
    for name, size in (("first.bin", 3000), ("second.bin", 7000)):
        with open(name, "wb") as new:
            new.write(binary(size))
    with lab.record():
        run = lab.client(
            "ncftpput",
            *("-u", USER, "-p", PASSWORD, lab.net.server, "/incoming", "first.bin", "second.bin"),
        )
    lab.quote(run, "226")
    lab.facts(
        transfers=[("STOR", "/incoming/first.bin", 3000, True), ("STOR", "/incoming/second.bin", 7000, True)]
    )


@scenario("upload-resumed-proftpd", twins=["upload-vsftpd"])
def upload_resumed(lab):
    """An upload resumed with REST and STOR.

    The server has the first 10000 of 30000 bytes; lftp asks for SIZE, sends `REST 10000`
    and stores the rest.

    Conclude: one healthy upload of 20000 bytes; REST explains the difference from the
    size of the file.
    """
    lab.serve(ProFtpd())
    lab.add_file("incoming/new.bin", binary(10000))
    with open("new.bin", "wb") as new:
        new.write(binary(30000))
    with lab.record():
        run = lab.client("lftp", f"open {lab.url(user=USER)}", "put -c new.bin -o incoming/new.bin")
    lab.quote(run, "REST")
    lab.facts(transfers=[("STOR", "/incoming/new.bin", 20000, True)])


@scenario("upload-resumed-with-appe-vsftpd", twins=["upload-resumed-proftpd"])
def upload_resumed_appe(lab):
    """An upload resumed with APPE.

    curl resumes uploads by asking for SIZE and appending what is missing.

    Conclude: one healthy upload of 20000 bytes with APPE.
    """
    lab.serve(Vsftpd())
    lab.add_file("incoming/new.bin", binary(10000))
    with open("new.bin", "wb") as new:
        new.write(binary(30000))
    with lab.record():
        run = lab.client("curl", "-C", "-", "-T", "new.bin", lab.url("incoming/new.bin", USER))
    lab.quote(run, "^> APPE")
    lab.facts(transfers=[("APPE", "/incoming/new.bin", 20000, True)])


@scenario("append-inetutils", point="server")
def append(lab):
    """Lines appended to a file with APPE, GNU ftpd.

    Conclude: one healthy append of 100 bytes.
    """
    lab.serve(InetutilsFtpd())
    lab.add_file("incoming/journal.txt", text(5))
    with lab.record(), lab.ftplib() as ftp:
        ftp.storbinary("APPE incoming/journal.txt", io.BytesIO(text(2)))
    lab.quote(ftp, "226")
    lab.facts(transfers=[("APPE", f"/srv/{USER}/incoming/journal.txt", 100, True)])


@scenario("store-unique-pyftpdlib", point="server", twins=["store-unique-vsftpd"])
def store_unique(lab):
    """STOU: the server invents the name, pyftpdlib.

    The client sends STOU without a name; the reply before the transfer tells the name
    that the server chose.

    Conclude: one healthy upload whose name is in the 125 reply.
    """
    lab.serve(Pyftpdlib())
    with lab.record(), lab.ftplib() as ftp:
        ftp.cwd("/incoming")
        ftp.storbinary("STOU", io.BytesIO(binary(4000)))
    lab.quote(ftp, "125")
    path = lab.servers[0][1].transfers()[0][0]
    lab.facts(transfers=[("STOU", path, 4000, True)])


@scenario("store-unique-vsftpd", point="server", twins=["store-unique-pyftpdlib"])
def store_unique_vsftpd(lab):
    """STOU with a proposed name, vsftpd.

    `pub/hello.txt` exists; STOU makes vsftpd store under another name and say so in its
    150 reply.

    Conclude: one healthy upload whose name is in the reply.
    """
    lab.serve(Vsftpd())
    with lab.record(), lab.ftplib() as ftp:
        ftp.cwd("/pub")
        ftp.storbinary("STOU hello.txt", io.BytesIO(binary(4000)))
    lab.quote(ftp, "150")
    lab.facts(
        transfers=[("STOU", "/pub/hello.txt", 4000, True)],
        notes="vsftpd logs the proposed name; the file it wrote is /pub/hello.txt.1.",
    )


@scenario("store-unique-pure-ftpd", point="server", twins=["store-unique-vsftpd"])
def store_unique_pure_ftpd(lab):
    """STOU with the GNU ftp client and Pure-FTPd.

    `sunique` makes the client send STOU instead of STOR.

    Conclude: one healthy upload; the server's reply tells the name.
    """
    lab.serve(PureFtpd())
    with open("new.bin", "wb") as new:
        new.write(binary(4000))
    with lab.record():
        commands = login_lines(lab.net.server, "binary", "passive", "sunique", "cd incoming", "put new.bin")
        run = lab.client("inetutils-ftp", given=commands)
    lab.quote(run, "^226")
    path = lab.servers[0][1].transfers()[0][0]
    lab.facts(transfers=[("STOU", path, 4000, True)])


@scenario("rename-mkdir-delete-vsftpd", twins=["file-management-pure-ftpd"])
def file_management(lab):
    """Folders and files made, renamed and deleted on vsftpd.

    No data connection at all: MKD, RNFR and RNTO, SIZE, MDTM, DELE, RMD, SITE CHMOD.

    Conclude: healthy; a session without a transfer.
    """
    lab.serve(Vsftpd())
    with lab.record(), lab.ftplib() as ftp:
        manage(ftp)
    lab.quote(ftp, "350")
    lab.facts()


@scenario("file-management-pure-ftpd", point="server", twins=["rename-mkdir-delete-vsftpd"])
def file_management_pure_ftpd(lab):
    """Folders and files made, renamed and deleted on Pure-FTPd.

    The same commands as in the twin; only the replies differ.

    Conclude: healthy; a session without a transfer.
    """
    lab.serve(PureFtpd())
    with lab.record(), lab.ftplib() as ftp:
        manage(ftp)
    lab.quote(ftp, "350")
    lab.facts()


def manage(ftp):
    ftp.mkd("/incoming/new folder")
    ftp.rename("/incoming/new folder", '/incoming/renamed "folder"')
    ftp.cwd('/incoming/renamed "folder"')
    ftp.pwd()
    ftp.cwd("/")
    ftp.rmd('/incoming/renamed "folder"')
    ftp.size("/pub/docs/one.txt")
    ftp.voidcmd("MDTM /pub/docs/one.txt")
    ftp.voidcmd("SITE CHMOD 600 /pub/docs/one.txt")
    ftp.delete("/pub/docs/one.txt")
    ftp.voidcmd("NOOP")


@scenario("file-names-utf8-latin1-pure-ftpd")
def file_names(lab):
    """File names in UTF-8 and in Latin-1.

    Two uploads: one name in UTF-8 (`grüße.txt`), one in Latin-1 (`gr\\xfc\\xdfe-old.txt`,
    not valid UTF-8), then a listing with both.

    Conclude: healthy; names are shown without loss although one is not UTF-8.
    """
    lab.serve(PureFtpd())
    received = []
    with lab.record():
        with lab.ftplib(encoding="utf-8") as ftp:
            ftp.storbinary("STOR /incoming/grüße.txt", io.BytesIO(text(2)))
        with lab.ftplib(encoding="latin-1") as old:
            old.storbinary("STOR /incoming/grüße-old.txt", io.BytesIO(text(3)))
            old.retrbinary("NLST /incoming", received.append)
    lab.quote(old, "226")
    lab.facts(
        control=2,
        transfers=[
            ("STOR", "/incoming/grüße.txt", 100, True),
            ("STOR", "/incoming/grüße-old.txt", 150, True),
            ("NLST", "/incoming", len(b"".join(received)), True),
        ],
        notes="The second name crossed the network in Latin-1 (bytes fc and df).",
        log_differs="it holds the bytes of the Latin-1 name.",
    )


@scenario(
    "transfer-between-two-servers",
    views={"client-side": "client", "server-side": "server"},
    twins=["bounce-allowed-pyftpdlib"],
)
def server_to_server(lab):
    """A transfer directly between two servers (FXP).

    A client is logged in to ProFTPD on the server and to pyftpdlib on a third host. It
    asks the first for a passive port with PASV and hands that address to the other with
    PORT; then STOR here and RETR there. The file goes from the third host to the server;
    the client never sees it. Both servers allow foreign addresses.

    Conclude (client-side): two healthy control sessions and a transfer whose data did not
    pass here. The address in PORT is the one that the other server announced in its own
    session, so this is a transfer between servers, not a bounce attack.

    Conclude (server-side): a healthy upload whose data came from a host other than the
    client, which only the other control session would explain.
    """
    lab.network(third=True)
    lab.serve(ProFtpd(AllowForeignAddress="on"))
    lab.serve(Pyftpdlib(permit_foreign_addresses=True), host="third")
    with lab.record(), lab.ftplib() as target, lab.ftplib(to=lab.net.third) as source:
        target.voidcmd("TYPE I")
        source.voidcmd("TYPE I")
        host, port = ftplib.parse227(target.sendcmd("PASV"))
        target.putcmd("STOR /incoming/copy.bin")
        source.sendport(host, port)
        source.sendcmd("RETR /pub/a.bin")
        target.getresp()
        source.voidresp()
        target.voidresp()
    lab.say("ftplib to the third host", "PORT {},{},{}".format(host.replace(".", ","), *divmod(port, 256)))
    stored, sent = ("STOR", "/incoming/copy.bin", 20000, True), ("RETR", "/pub/a.bin", 20000, True)
    lab.facts(
        control={"client-side": 2, "server-side": 1},
        transfers={"client-side": [stored, sent], "server-side": [stored]},
        notes="The data went from 192.0.2.30 to 203.0.113.20.",
    )
