"""FTPS that works, with the keys: servers, clients, versions, ciphers and modes."""

import os
import ssl
import subprocess
from pathlib import Path

from sandbox import USER, WORK
from secured import (
    KEYS,
    NO_ENCRYPT_THEN_MAC,
    Implicit,
    Resuming,
    context,
    inject_keys,
    keep_keys,
    protected,
    renegotiate,
    update_keys,
)
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

from scenarios import scenario
from scenarios.tls import TLS

DOWNLOAD = ("RETR", "/pub/a.bin", 20000, True)
OLD = "DEFAULT:@SECLEVEL=0"
TLS12 = ssl.TLSVersion.TLSv1_2
# libcurl: CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2
ONLY_TLS12 = 6 | 6 << 16


def curl(lab, *options, path="pub/a.bin", **rest):
    """curl (OpenSSL); all of it protected."""
    arguments = ["--ssl-reqd", "-k", *options, "-o", "file", lab.url(path, USER)]
    return lab.client("curl", *arguments, keys=KEYS, **rest)


def gnutls_curl(lab, *options, path="pub/a.bin", **rest):
    """curl (GnuTLS); all of it protected."""
    trust = ["SSL_VERIFYPEER=0", "SSL_VERIFYHOST=0"]
    return lab.client("curl-gnutls", lab.url(path, USER), *trust, *options, keys=KEYS, **rest)


def lftp(lab, *commands, **rest):
    """lftp (GnuTLS); all of it protected."""
    settings = ["set ftp:ssl-allow yes", "set ftp:ssl-force yes", "set ftp:ssl-protect-data yes"]
    settings += ["set ftp:ssl-protect-list yes", "set ssl:verify-certificate no"]
    return lab.client("lftp", *settings, *commands, keys=KEYS, **rest)


def received(ftp, command):
    """Run a command that sends data; how many bytes came."""
    blocks = []
    ftp.retrbinary(command, blocks.append)
    return sum(map(len, blocks))


def told(lab, *sources, transfers=(DOWNLOAD,), keys="all", **facts):
    """The facts of a session whose keys are in the capture."""
    if keys == "all":
        inject_keys(lab)
    lab.facts(transfers=list(transfers), tls={"keys": keys}, dialogues=sources, **facts)


def proftpd(options="NoSessionReuseRequired", **settings):
    return ProFtpd(TLSEngine="on", TLSRequired="off", TLSOptions=options, **settings)


# -- vsftpd ---------------------------------------------------------------------


@scenario("ftps-tls13-download-vsftpd")
def vsftpd_tls13(lab):
    """Download over TLS 1.3; curl (OpenSSL) and vsftpd.

    The data connection resumes the TLS session of the control connection.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES"))
    with lab.record():
        run = curl(lab, "--tlsv1.3")
    told(lab, run)


@scenario("ftps-tls12-upload-vsftpd")
def vsftpd_tls12_upload(lab):
    """Upload over TLS 1.2 with AES-128-GCM; curl (OpenSSL) and vsftpd.

    Conclude: decrypted, one healthy upload of 3000 bytes.
    """
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES"))
    with lab.record():
        options = ["--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"]
        run = curl(lab, *options, "-T", "/srv/demo/pub/readme.txt", path="incoming/new.txt")
    told(lab, run, transfers=[("STOR", "/incoming/new.txt", 3000, True)])


@scenario("ftps-tls12-lftp-vsftpd", point="server")
def vsftpd_lftp(lab):
    """Listing and two files over TLS 1.2; lftp (GnuTLS) and vsftpd.

    Conclude: decrypted, a listing and two downloads, all healthy; lftp resumes the session.
    """
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES"))
    with lab.record():
        version = 'set ssl:priority "NORMAL:-VERS-ALL:+VERS-TLS1.2"'
        run = lftp(
            lab,
            version,
            f"open {lab.url(user=USER)}",
            "ls pub",
            "get pub/a.bin -o a",
            "get pub/readme.txt -o b",
        )
    told(
        lab, run, transfers=[("LIST", "/pub", None, True), DOWNLOAD, ("RETR", "/pub/readme.txt", 3000, True)]
    )


@scenario("ftps-tls13-many-transfers-vsftpd")
def vsftpd_many(lab):
    """Listings, downloads and uploads in one session over TLS 1.3; Python and vsftpd.

    The client resumes the control connection's session each time.

    Conclude: decrypted, six transfers, all healthy.
    """
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES"))
    with lab.record(), protected(lab, keys=True, kind=Resuming) as ftp:
        listing = received(ftp, "LIST pub")
        received(ftp, "RETR pub/b.bin")
        received(ftp, "RETR pub/empty.bin")
        with open("/srv/demo/pub/a.bin", "rb") as source:
            ftp.storbinary("STOR incoming/up.bin", source)
        names = received(ftp, "NLST pub/docs")
        received(ftp, "RETR pub/hello.txt")
    told(
        lab,
        ftp,
        transfers=[
            ("LIST", "/pub", listing, True),
            ("RETR", "/pub/b.bin", 60000, True),
            ("RETR", "/pub/empty.bin", 0, True),
            ("STOR", "/incoming/up.bin", 20000, True),
            ("NLST", "/pub/docs", names, True),
            ("RETR", "/pub/hello.txt", 20, True),
        ],
    )


@scenario("ftps-implicit-vsftpd")
def vsftpd_implicit(lab):
    """Implicit TLS on port 990; curl and vsftpd.

    Conclude: decrypted from the first byte on, one healthy transfer of 20000 bytes.
    """
    lab.serve(Vsftpd(port=990, **TLS, implicit_ssl="YES"))
    with lab.record():
        address = lab.url("pub/a.bin", USER, scheme="ftps")
        run = lab.client("curl", "-k", "-o", "file", address, keys=KEYS)
    told(lab, run)


@scenario("ftps-implicit-other-port-vsftpd", point="server")
def vsftpd_implicit_other_port(lab):
    """Implicit TLS on port 2990; Python and vsftpd.

    An analyzer that is not told of the port sees a TLS connection of some kind; with the keys
    it is FTP.

    Conclude: decrypted, where the port is known: one healthy transfer of 20000 bytes.
    """
    lab.serve(Vsftpd(port=2990, **TLS, implicit_ssl="YES"))
    with lab.record(), protected(lab, keys=True, kind=Implicit) as ftp:
        received(ftp, "RETR pub/a.bin")
    told(lab, ftp, port=2990)


@scenario("ftps-active-mode-vsftpd")
def vsftpd_active(lab):
    """Active mode over TLS 1.3; lftp and vsftpd.

    Conclude: decrypted, the server connects to the address in PORT and sends 20000 bytes.
    """
    lab.serve(Vsftpd(**TLS, require_ssl_reuse="YES"))
    with lab.record():
        run = lftp(lab, "set ftp:passive-mode off", f"open {lab.url(user=USER)}", "get pub/a.bin -o a")
    told(lab, run)


@scenario("ftps-ipv6-vsftpd")
def vsftpd_ipv6(lab):
    """Download over IPv6 and TLS 1.3; curl and vsftpd.

    Conclude: decrypted, EPSV and one healthy transfer of 20000 bytes.
    """
    lab.serve(Vsftpd(**TLS, listen="NO", listen_ipv6="YES"))
    with lab.record():
        address = lab.url("pub/a.bin", USER, host=f"[{lab.net.server6}]")
        run = lab.client("curl", "--ssl-reqd", "-k", "-o", "file", address, keys=KEYS)
    told(lab, run)


# -- ProFTPD --------------------------------------------------------------------


@scenario("ftps-tls13-download-proftpd", point="server")
def proftpd_gnutls(lab):
    """Download over TLS 1.3; curl (GnuTLS) and ProFTPD.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    lab.serve(proftpd())
    with lab.record():
        run = gnutls_curl(lab, "SSLVERSION=7")
    told(lab, run)


@scenario("ftps-tls12-chacha20-proftpd")
def proftpd_chacha(lab):
    """Download over TLS 1.2 with ChaCha20-Poly1305; curl and ProFTPD.

    ProFTPD wants the TLS session resumed (its default), and curl does.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    lab.serve(proftpd(options=None))
    with lab.record():
        run = curl(lab, "--tls-max", "1.2", "--ciphers", "ECDHE-RSA-CHACHA20-POLY1305")
    told(lab, run)


@scenario("ftps-tls12-cbc-etm-proftpd")
def proftpd_etm(lab):
    """Download over TLS 1.2 with AES-128-CBC and encrypt-then-MAC; lftp (GnuTLS) and ProFTPD.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    lab.serve(proftpd())
    with lab.record():
        suite = 'set ssl:priority "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC"'
        run = lftp(lab, suite, f"open {lab.url(user=USER)}", "get pub/a.bin -o a")
    told(lab, run)


@scenario("ftps-tls12-cbc-proftpd")
def proftpd_cbc(lab):
    """Download over TLS 1.2 with AES-256-CBC, the MAC before the encryption; Python and ProFTPD.

    The client does not offer encrypt-then-MAC (RFC 7366).

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    lab.serve(proftpd())
    options = {"ciphers": "ECDHE-RSA-AES256-SHA384", "options": NO_ENCRYPT_THEN_MAC, "newest": TLS12}
    with lab.record(), protected(lab, keys=True, kind=Resuming, **options) as ftp:
        received(ftp, "RETR pub/a.bin")
    told(lab, ftp)


@scenario("ftps-tls12-cbc-sha1-proftpd")
def proftpd_cbc_sha1(lab):
    """Upload over TLS 1.2 with AES-256-CBC and SHA-1, RSA key exchange; Python and ProFTPD.

    Conclude: decrypted, one healthy upload of 20000 bytes.
    """
    lab.serve(proftpd())
    with lab.record(), protected(lab, keys=True, kind=Resuming, ciphers="AES256-SHA", newest=TLS12) as ftp:
        with open("/srv/demo/pub/a.bin", "rb") as source:
            ftp.storbinary("STOR incoming/up.bin", source)
    told(lab, ftp, transfers=[("STOR", "/incoming/up.bin", 20000, True)])


def old_version(lab, version):
    lab.serve(proftpd(TLSProtocol="TLSv1 TLSv1.1 TLSv1.2", TLSCipherSuite=OLD))
    options = {"oldest": version, "newest": version, "ciphers": OLD}
    with lab.record(), protected(lab, keys=True, kind=Resuming, **options) as ftp:
        received(ftp, "RETR pub/a.bin")
    told(lab, ftp)


@scenario("ftps-tls11-proftpd")
def proftpd_tls11(lab):
    """Download over TLS 1.1; Python and ProFTPD.

    A version out of use (RFC 8996), which old devices still speak.

    Conclude: one healthy transfer of 20000 bytes.
    """
    old_version(lab, ssl.TLSVersion.TLSv1_1)


@scenario("ftps-tls10-proftpd", point="server")
def proftpd_tls10(lab):
    """Download over TLS 1.0; Python and ProFTPD.

    A version out of use (RFC 8996), which old devices still speak.

    Conclude: one healthy transfer of 20000 bytes.
    """
    old_version(lab, ssl.TLSVersion.TLSv1)


@scenario("ftps-ccc-proftpd", twins=["clear-command-channel-proftpd"])
def proftpd_ccc(lab):
    """Back to clear text with CCC, with keys; Python and ProFTPD.

    The login is encrypted, what follows CCC is not, the data connection is again.

    Conclude: the whole dialogue, and one healthy transfer of 20000 bytes, decrypted.
    """
    lab.serve(proftpd())
    with lab.record(), protected(lab, keys=True) as ftp:
        ftp.ccc()
        received(ftp, "RETR pub/a.bin")
    told(lab, ftp)


@scenario("ftps-key-update-proftpd")
def proftpd_key_update(lab):
    """TLS 1.3 with key updates on control and data connection; Python and ProFTPD.

    After the login, and between two blocks of an upload, the client changes the keys and asks
    the server to do the same.

    Conclude: decrypted before and after, one healthy upload of 40000 bytes, one of 20 bytes down.
    """
    lab.serve(proftpd())
    content = open("/srv/demo/pub/a.bin", "rb").read()
    with lab.record(), protected(lab, keys=True, kind=Resuming) as ftp:
        update_keys(ftp.sock)
        ftp.voidcmd("NOOP")
        ftp.voidcmd("TYPE I")
        data = ftp.transfercmd("STOR incoming/up.bin")
        data.sendall(content)
        update_keys(data, both=False)
        data.sendall(content)
        data.unwrap()
        data.close()
        ftp.voidresp()
        update_keys(ftp.sock)
        received(ftp, "RETR pub/hello.txt")
    told(
        lab,
        ftp,
        transfers=[("STOR", "/incoming/up.bin", 40000, True), ("RETR", "/pub/hello.txt", 20, True)],
    )


@scenario("ftps-renegotiation-proftpd")
def proftpd_renegotiation(lab):
    """A second handshake inside TLS 1.2; Python and ProFTPD.

    The client renegotiates after the login; ProFTPD is set to `AllowClientRenegotiations`.

    Conclude: decrypted before and after, one healthy transfer of 20000 bytes.
    """
    lab.serve(proftpd(options="NoSessionReuseRequired AllowClientRenegotiations"))
    secured = context(keys=True, newest=TLS12)
    secured.options &= ~ssl.OP_NO_RENEGOTIATION
    with lab.record(), lab.ftplib(kind=Resuming, context=secured) as ftp:
        ftp.prot_p()
        ftp.agreed = (ftp.sock.version(), ftp.sock.cipher()[0])
        renegotiate(ftp.sock)
        received(ftp, "RETR pub/a.bin")
    told(lab, ftp)


# -- Pure-FTPd ------------------------------------------------------------------


@scenario("ftps-tls13-lftp-pure-ftpd")
def pure_lftp(lab):
    """Two files over TLS 1.3; lftp (GnuTLS) and Pure-FTPd.

    Conclude: decrypted, two healthy downloads.
    """
    lab.serve(PureFtpd(tls=1))
    with lab.record():
        run = lftp(lab, f"open {lab.url(user=USER)}", "get pub/a.bin -o a", "get pub/b.bin -o b")
    told(lab, run, transfers=[DOWNLOAD, ("RETR", "/pub/b.bin", 60000, True)])


@scenario("ftps-tls12-upload-pure-ftpd", point="server")
def pure_upload(lab):
    """Upload over TLS 1.2; curl (GnuTLS) and Pure-FTPd.

    Conclude: decrypted, one healthy upload of 20000 bytes.
    """
    lab.serve(PureFtpd(tls=1))
    with lab.record():
        options = [f"SSLVERSION={ONLY_TLS12}", "UPLOAD_FILE=/srv/demo/pub/a.bin"]
        run = gnutls_curl(lab, *options, path="incoming/up.bin")
    told(lab, run, transfers=[("STOR", "/incoming/up.bin", 20000, True)])


@scenario("ftps-ccc-pure-ftpd")
def pure_ccc(lab):
    """Back to clear text with CCC; curl and Pure-FTPd.

    Conclude: the whole dialogue, and one healthy transfer of 20000 bytes, decrypted.
    """
    lab.serve(PureFtpd(tls=1))
    with lab.record():
        run = curl(lab, "--ftp-ssl-ccc", "--ftp-ssl-ccc-mode", "active")
    told(lab, run)


@scenario("ftps-clear-data-pure-ftpd")
def pure_clear_data(lab):
    """TLS on the control connection only; curl and Pure-FTPd.

    curl's `--ftp-ssl-control` sends no PROT P: the file is readable on the wire.

    Conclude: decrypted, one healthy transfer of 20000 bytes, its data in clear.
    """
    lab.serve(PureFtpd(tls=1))
    with lab.record():
        run = lab.client(
            "curl", "--ftp-ssl-control", "-k", "-o", "file", lab.url("pub/a.bin", USER), keys=KEYS
        )
    told(lab, run)


# -- pyftpdlib ------------------------------------------------------------------


@scenario("ftps-server-keys-pyftpdlib", point="server")
def pyftpdlib_server_keys(lab):
    """Download over TLS 1.3, the keys written by the server; curl and pyftpdlib.

    The server logs its TLS secrets through OpenSSL's key log callback.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    lab.serve(Pyftpdlib(tls=True, keys=str(KEYS)))
    with lab.record():
        arguments = ["--ssl-reqd", "-k", "-o", "file", lab.url("pub/a.bin", USER)]
        run = lab.client("curl", *arguments)
    inject_keys(lab, note="TLS secrets (written by the server)")
    lab.facts(transfers=[DOWNLOAD], tls={"keys": "all"}, dialogues=[run])


@scenario("ftps-server-keys-proftpd", point="server")
def proftpd_server_keys(lab):
    """Download over TLS 1.2, the keys written by a server that cannot; curl and ProFTPD.

    `keylog.c`, loaded before OpenSSL, sets the key log callback of every TLS context.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    lab.serve(Preloaded(TLSEngine="on", TLSRequired="off", TLSProtocol="TLSv1.2"))
    with lab.record():
        arguments = ["--ssl-reqd", "-k", "-o", "file", lab.url("pub/a.bin", USER)]
        run = lab.client("curl", *arguments)
    inject_keys(lab, note="TLS secrets (written by the server)")
    lab.facts(transfers=[DOWNLOAD], tls={"keys": "all"}, dialogues=[run])


class Preloaded(ProFtpd):
    """ProFTPD with the key log of ``keylog.c``."""

    def environment(self):
        library = WORK / "keylog.so"
        source = Path(__file__).parent.parent / "keylog.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        return dict(os.environ, SSLKEYLOGFILE=str(KEYS), LD_PRELOAD=str(library))


@scenario("ftps-tls13-chacha20-pyftpdlib")
def pyftpdlib_chacha(lab):
    """Listing over TLS 1.3 with ChaCha20-Poly1305; curl and pyftpdlib.

    Conclude: decrypted, one healthy listing.
    """
    lab.serve(Pyftpdlib(tls=True))
    with lab.record():
        run = curl(lab, "--tls13-ciphers", "TLS_CHACHA20_POLY1305_SHA256", path="pub/docs/")
    told(lab, run, transfers=[("LIST", "/pub/docs", None, True)])


@scenario("ftps-tls13-aes128-pyftpdlib")
def pyftpdlib_aes128(lab):
    """Upload over TLS 1.3 with AES-128-GCM; curl and pyftpdlib.

    Conclude: decrypted, one healthy upload of 60000 bytes.
    """
    lab.serve(Pyftpdlib(tls=True))
    with lab.record():
        options = ["--tls13-ciphers", "TLS_AES_128_GCM_SHA256", "-T", "/srv/demo/pub/b.bin"]
        run = curl(lab, *options, path="incoming/b.bin")
    told(lab, run, transfers=[("STOR", "/incoming/b.bin", 60000, True)])


@scenario("ftps-mlsd-pyftpdlib")
def pyftpdlib_mlsd(lab):
    """MLSD, an upload in two parts and its size over TLS 1.2; Python and pyftpdlib.

    Conclude: decrypted, a listing, a STOR of 3000 bytes and an APPE of 3000 bytes.
    """
    server = lab.serve(Pyftpdlib(tls=True))
    with lab.record(), protected(lab, keys=True, newest=TLS12) as ftp:
        listing = received(ftp, "MLSD pub")
        for command in ("STOR", "APPE"):
            with open("/srv/demo/pub/readme.txt", "rb") as source:
                ftp.storbinary(f"{command} incoming/twice.txt", source)
        ftp.voidcmd("TYPE I")
        ftp.size("incoming/twice.txt")
    assert server.transfers()
    told(
        lab,
        ftp,
        transfers=[
            ("MLSD", "/pub", listing, True),
            ("STOR", "/incoming/twice.txt", 3000, True),
            ("APPE", "/incoming/twice.txt", 3000, True),
        ],
    )


# -- AUTH in its other forms ------------------------------------------------------


def other_mechanism(lab, mechanism):
    lab.serve(proftpd())
    kind = type("Client", (Resuming,), {"mechanism": mechanism})
    with lab.record(), protected(lab, keys=True, kind=kind) as ftp:
        received(ftp, "RETR pub/a.bin")
    lab.quote(ftp, "234")
    return ftp


@scenario("ftps-auth-ssl-proftpd")
def auth_ssl(lab):
    """AUTH SSL; Python and ProFTPD.

    The old name of TLS, in lower case.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    told(lab, other_mechanism(lab, "ssl"))


@scenario("ftps-auth-tls-c-proftpd")
def auth_tls_c(lab):
    """AUTH TLS-C; Python and ProFTPD.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    told(lab, other_mechanism(lab, "TLS-C"))


@scenario("ftps-auth-tls-p-proftpd")
def auth_tls_p(lab):
    """AUTH TLS-P; Python and ProFTPD.

    TLS-P should imply PROT P; for ProFTPD it is AUTH TLS, and the client sends PROT P.

    Conclude: decrypted, one healthy transfer of 20000 bytes.
    """
    told(lab, other_mechanism(lab, "TLS-P"))


@scenario("ftps-rein-pyftpdlib")
def rein(lab):
    """REIN inside TLS; Python and pyftpdlib.

    The user is forgotten and another login follows; pyftpdlib stays in TLS.

    Conclude: decrypted, two logins and two healthy transfers.
    """
    lab.serve(Pyftpdlib(tls=True))
    with lab.record(), protected(lab, keys=True) as ftp:
        received(ftp, "RETR pub/a.bin")
        ftp.voidcmd("REIN")
        ftp.sendcmd("USER anonymous")
        ftp.sendcmd("PASS guest")
        ftp.voidcmd("PBSZ 0")
        ftp.voidcmd("PROT P")
        received(ftp, "RETR pub/hello.txt")
    told(lab, ftp, transfers=[DOWNLOAD, ("RETR", "/pub/hello.txt", 20, True)])


# -- keys that are elsewhere, wrong or incomplete ---------------------------------


@scenario("ftps-keys-beside-vsftpd")
def keys_beside(lab):
    """The keys in a file of their own; curl and vsftpd, TLS 1.3.

    Conclude: with `keys.log` one healthy transfer of 20000 bytes; without it,
    `control-encrypted`.
    """
    lab.serve(Vsftpd(**TLS))
    with lab.record():
        run = curl(lab)
    keep_keys(lab)
    beside(lab, run)


@scenario("ftps-tls12-keys-beside-proftpd", point="server")
def keys_beside_tls12(lab):
    """The keys in a file of their own; lftp and ProFTPD, TLS 1.2.

    Conclude: with `keys.log` one healthy transfer of 20000 bytes; without it,
    `control-encrypted`.
    """
    lab.serve(proftpd())
    with lab.record():
        version = 'set ssl:priority "NORMAL:-VERS-ALL:+VERS-TLS1.2"'
        run = lftp(lab, version, f"open {lab.url(user=USER)}", "get pub/a.bin -o a")
    keep_keys(lab)
    beside(lab, run)


def beside(lab, run):
    told(lab, run, keys="beside", cause="control-encrypted", healthy=True)


@scenario("ftps-wrong-keys-vsftpd")
def wrong_keys(lab):
    """Keys of another session; curl and vsftpd.

    The key log holds well-formed secrets for this session's client randoms, but they are those
    of another one.

    Conclude: `control-encrypted`: nothing can be decrypted, and nothing wrong is shown.
    """
    lab.serve(Vsftpd(**TLS))
    with lab.record():
        run = curl(lab)
    swapped = KEYS.with_name("swapped.log")
    lines = [line.split() for line in KEYS.read_text().splitlines() if not line.startswith("#")]
    secrets = {(label, random): secret for label, random, secret in lines}
    randoms = list(dict.fromkeys(random for _, random, _ in lines))
    other = dict(zip(randoms, reversed(randoms)))
    swapped.write_text(
        "".join(
            f"{label} {random} {secrets.get((label, other[random]), secret)}\n"
            for label, random, secret in lines
        )
    )
    inject_keys(lab, swapped, "TLS secrets, exchanged between the two connections,")
    told(lab, run, keys="wrong", cause="control-encrypted", healthy=True)


def only_keys_of(lab, index, note):
    """Of all TLS sessions in the key log only one, in the order of their begin."""
    lines = [line for line in KEYS.read_text().splitlines() if not line.startswith("#")]
    randoms = list(dict.fromkeys(line.split()[1] for line in lines))
    some = KEYS.with_name("some.log")
    some.write_text("".join(f"{line}\n" for line in lines if line.split()[1] == randoms[index]))
    inject_keys(lab, some, note)


@scenario("ftps-control-keys-only-vsftpd")
def control_keys_only(lab):
    """The keys of the control connection only; curl and vsftpd, TLS 1.3.

    Conclude: the dialogue can be read, and the transfer is healthy; its bytes are those of TLS.
    """
    lab.serve(Vsftpd(**TLS))
    with lab.record():
        run = curl(lab)
    only_keys_of(lab, 0, "TLS secrets of the control connection (written by the client)")
    told(lab, run, keys="control")


@scenario("ftps-data-keys-only-vsftpd")
def data_keys_only(lab):
    """The keys of the data connection only; curl and vsftpd, TLS 1.3.

    Conclude: `control-encrypted`; the data connection holds 20000 bytes.
    """
    lab.serve(Vsftpd(**TLS))
    with lab.record():
        run = curl(lab)
    only_keys_of(lab, 1, "TLS secrets of the data connection (written by the client)")
    told(lab, run, keys="data", cause="control-encrypted", healthy=True)
