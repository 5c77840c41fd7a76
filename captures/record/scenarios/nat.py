"""Address translation, with and without the kernel's FTP helper."""

from scenarios import BOTH, scenario
from scenarios.firewall import impatient
from servers import ProFtpd, PureFtpd, Pyftpdlib, Vsftpd

PUBLIC = "203.0.113.5"
INSIDE = "192.168.50.20"
A_BIN = ("RETR", "/pub/a.bin", 20000, True)
HELPER = "-t raw -A PREROUTING -p tcp --dport 21 -j CT --helper ftp"


def server_behind_nat(lab, helper=False, ports="21,50000:50009"):
    """The server has a private address; the router forwards a public one."""
    lab.network(server=f"{INSIDE}/24")
    lab.net.run("router", f"ip addr add {PUBLIC}/32 dev lo")
    lab.net.rule(
        "router",
        f"-t nat -A PREROUTING -d {PUBLIC} -p tcp -m multiport --dports {ports} -j DNAT --to {INSIDE}",
    )
    # Nobody outside can reach the private address itself.
    lab.net.rule("router", f"-A FORWARD -m conntrack --ctorigdst {INSIDE} -j DROP")
    if helper:
        lab.net.rule("router", HELPER)
    impatient(lab)


def client_behind_nat(lab, helper=False):
    """The client has a private address; the router puts its own in place of it."""
    lab.network(client="192.168.1.10/24")
    lab.net.rule("router", "-t nat -A POSTROUTING -o server -j MASQUERADE")
    lab.net.run("server", "ip route add unreachable 192.168.0.0/16")
    if helper:
        lab.net.rule("router", HELPER)
    impatient(lab)


def narrow():
    return Vsftpd(pasv_min_port=50000, pasv_max_port=50009)


@scenario("pasv-private-address-nat", views=BOTH, twins=["pasv-private-address-ignored", "pasv-nat-helper"])
def private_address(lab):
    """A server behind NAT announces its private address.

    vsftpd does not know its public address 203.0.113.5 and announces 192.168.50.20. curl
    is told to believe the server (`--no-ftp-skip-pasv-ip`); its SYN goes nowhere.

    Conclude (client-side): `private-address-announced`: 227 names 192.168.50.20 although
    the control connection goes to 203.0.113.5, and the SYN is unanswered. Set
    `pasv_address` in vsftpd.

    Conclude (server-side): `private-address-announced`: a client with a public address
    is told a private one and never comes.
    """
    server_behind_nat(lab)
    lab.serve(narrow())
    with lab.record():
        url = lab.url("pub/a.bin", host=PUBLIC)
        options = ["--disable-epsv", "--no-ftp-skip-pasv-ip", "--connect-timeout", "6"]
        run = lab.client("curl", *options, url, exit=28)
    lab.quote(run, "^< 227")
    lab.facts(
        cause="private-address-announced",
        notes={
            "client-side": "",
            "server-side": "Inside, the announced address is the server's own; only the public address"
            " of the client and the missing SYN point to the cause.",
        },
    )


@scenario("pasv-private-address-ignored", views=BOTH, twins=["pasv-private-address-nat"])
def private_address_ignored(lab):
    """A private address in 227 that the client ignores.

    The server is behind NAT and announces its private address.

    curl's default is to take the port of 227 only and to use the address of the control
    connection. The router forwards the passive ports, and the download works.

    Conclude (client-side): `nat-address-ignored`, a warning: it works with this client;
    others will fail. Set `pasv_address`.

    Conclude (server-side): healthy.
    """
    server_behind_nat(lab)
    lab.serve(narrow())
    with lab.record():
        run = lab.client("curl", "--disable-epsv", "-o", "a.bin", lab.url("pub/a.bin", host=PUBLIC))
    lab.quote(run, "Skip")
    lab.facts(
        cause={"client-side": "nat-address-ignored", "server-side": None}, healthy=True, transfers=[A_BIN]
    )


@scenario("pasv-private-address-repaired-lftp", twins=["pasv-private-address-ignored"])
def private_address_repaired(lab):
    """A private address in 227 that lftp repairs.

    The server is behind NAT and announces its private address.

    lftp sees that the address in 227 cannot be right and uses that of the control
    connection.

    Conclude: `nat-address-ignored`, a warning.
    """
    server_behind_nat(lab)
    lab.serve(PureFtpd(options=["-p", "50000:50009"]))
    with lab.record():
        run = lab.client("lftp", f"open {lab.url(host=PUBLIC)}", "get pub/a.bin -o a.bin")
    lab.quote(run, "fixed|incorrect")
    lab.facts(cause="nat-address-ignored", healthy=True, transfers=[A_BIN])


@scenario("epsv-through-nat", views=BOTH, twins=["pasv-private-address-nat"])
def epsv_through_nat(lab):
    """EPSV through NAT.

    The server is behind NAT and does not know its public address.

    229 names no address, so address translation cannot spoil it.

    Conclude: healthy.
    """
    server_behind_nat(lab)
    lab.serve(narrow())
    with lab.record():
        run = lab.client("curl", "-o", "a.bin", lab.url("pub/a.bin", host=PUBLIC))
    lab.quote(run, "^< 229")
    lab.facts(transfers=[A_BIN])


@scenario("pasv-nat-helper", views={**BOTH, "on-router": "router-any"}, twins=["pasv-private-address-nat"])
def pasv_helper(lab):
    """The router's FTP helper rewrites the 227 reply.

    Linux's helper (`nf_nat_ftp`) replaces the private address in 227 by the public one and
    expects the data connection. The reply has another length inside and outside.

    Conclude (client-side): healthy.

    Conclude (server-side): healthy; here the reply still names the private address.

    Conclude (on-router): healthy, and seen twice: outside with the public address of the
    server, inside with the private one.
    """
    server_behind_nat(lab, helper=True, ports="21")
    lab.serve(narrow())
    with lab.record():
        options = ["--disable-epsv", "--no-ftp-skip-pasv-ip", "-o", "a.bin"]
        run = lab.client("curl", *options, lab.url("pub/a.bin", host=PUBLIC))
    lab.quote(run, "^< 227")
    lab.facts(
        control={"client-side": 1, "server-side": 1, "on-router": 2},
        transfers={"client-side": [A_BIN], "server-side": [A_BIN], "on-router": [A_BIN, A_BIN]},
        notes={
            "client-side": "",
            "server-side": "",
            "on-router": "One session and one download, before and after address translation.",
        },
    )


@scenario("pasv-wrong-address-pure-ftpd", twins=["pasv-private-address-nat"])
def wrong_address(lab):
    """The server announces a public address that is not its own.

    Pure-FTPd was told `-P 192.0.2.77` (an address it once had). The client believes it;
    the router has no route to that network and says so.

    Conclude: `wrong-address-announced`: 227 names 192.0.2.77, the control connection goes
    to 203.0.113.20; the SYN is answered with ICMP "network unreachable". Correct `-P`.
    """
    lab.serve(PureFtpd(options=["-P", "192.0.2.77"]))
    impatient(lab)
    with lab.record():
        options = ["--disable-epsv", "--no-ftp-skip-pasv-ip", "--connect-timeout", "6"]
        run = lab.client("curl", *options, lab.url("pub/a.bin"), exit=None)
    lab.quote(run, "^< 227")
    lab.facts(cause="wrong-address-announced")


@scenario("pasv-loopback-address-pyftpdlib", twins=["pasv-private-address-nat", "capture-loopback"])
def loopback_address(lab):
    """The server announces 127.0.0.1.

    pyftpdlib has `masquerade_address = "127.0.0.1"`. The client believes it and connects to
    itself, so that nothing of the attempt is on the network.

    Conclude: `private-address-announced`: a loopback address is of no use to another host.
    """
    lab.serve(Pyftpdlib(masquerade_address="127.0.0.1"))
    with lab.record():
        options = ["--disable-epsv", "--no-ftp-skip-pasv-ip"]
        run = lab.client("curl", *options, lab.url("pub/a.bin"), exit=None)
    lab.quote(run, "^< 227")
    lab.facts(cause="private-address-announced")


@scenario("port-private-address-nat-vsftpd", views=BOTH, twins=["port-nat-helper", "epsv-through-nat"])
def port_private(lab):
    """A client behind NAT announces its private address with PORT.

    The router translates addresses but has no FTP helper: vsftpd sees PORT with
    192.168.1.10 from a client called 203.0.113.1 and refuses: 500 "Illegal PORT command."

    Conclude: `private-address-announced`: active mode does not work through this NAT; use
    passive mode.
    """
    client_behind_nat(lab)
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", lab.url("pub/a.bin"), exit=30)
    lab.quote(run, "^< 500")
    lab.facts(cause="private-address-announced")


@scenario("port-private-address-nat-pure-ftpd", point="server", twins=["port-private-address-nat-vsftpd"])
def port_private_pure(lab):
    """A private address in PORT, refused by Pure-FTPd in its own words.

    The client is behind NAT, as in the twin; Pure-FTPd names both addresses in its 500.

    Conclude: `private-address-announced`.
    """
    client_behind_nat(lab)
    lab.serve(PureFtpd())
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", lab.url("pub/a.bin"), exit=30)
    lab.quote(run, "^< 5")
    lab.facts(cause="private-address-announced")


@scenario("port-private-address-tried-proftpd", point="server", twins=["port-private-address-nat-vsftpd"])
def port_private_tried(lab):
    """A private address in PORT that the server repairs in vain.

    ProFTPD sees that 192.168.1.10 cannot be right and connects to the announced port of
    203.0.113.1, where the client seems to be. That is the router, which refuses: 425.

    Conclude: `private-address-announced`: the server's attempt to mend it could only reach
    the NAT device.
    """
    client_behind_nat(lab)
    lab.serve(ProFtpd(AllowForeignAddress="on"))
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", lab.url("pub/a.bin"), exit=None)
    lab.quote(run, "^< 425")
    lab.facts(cause="private-address-announced", transfers=[("RETR", "/pub/a.bin", 0, False)])


@scenario("port-nat-helper", views=BOTH, twins=["port-private-address-nat-vsftpd"])
def port_helper(lab):
    """The router's FTP helper rewrites PORT.

    The client sends PORT with its private address; the helper puts the router's address
    into it and forwards the data connection.

    Conclude (client-side): `nat-helper-rewrote` as a notice: the private address worked, so
    that something on the way repaired it.

    Conclude (server-side): healthy.
    """
    client_behind_nat(lab, helper=True)
    lab.serve(Vsftpd())
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", "-o", "a.bin", lab.url("pub/a.bin"))
    lab.quote(run, "^> PORT")
    lab.facts(
        cause={"client-side": "nat-helper-rewrote", "server-side": None}, healthy=True, transfers=[A_BIN]
    )


@scenario("port-nat-helper-blind-on-2121", twins=["port-nat-helper"])
def helper_blind_port(lab):
    """The FTP helper does not look at port 2121.

    The client is behind NAT, and the router has an FTP helper; the server listens on 2121,
    where the helper does not expect FTP.

    Conclude: `private-address-announced`, refused by the server.
    """
    client_behind_nat(lab, helper=True)
    lab.serve(Vsftpd(port=2121))
    with lab.record():
        run = lab.client("curl", "-P", "-", "--disable-eprt", lab.url("pub/a.bin"), exit=30)
    lab.quote(run, "^< 500")
    lab.facts(cause="private-address-announced")


@scenario("port-nat-helper-blind-to-tls", twins=["port-nat-helper", "explicit-tls-download-vsftpd"])
def helper_blind_tls(lab):
    """The FTP helper cannot read PORT under TLS.

    After AUTH TLS nobody on the way can see or mend PORT; the server refuses the private
    address. Without keys the capture shows an encrypted session and no data connection.

    Conclude: `control-encrypted`: no more can be known without keys. (The server's log has
    "Illegal PORT command.")
    """
    client_behind_nat(lab, helper=True)
    server = lab.serve(Vsftpd(ssl_enable="YES", allow_anon_ssl="YES", ssl_ciphers="HIGH"))
    with lab.record():
        options = ["--ssl-reqd", "-k", "-P", "-", "--disable-eprt"]
        run = lab.client("curl", *options, lab.url("pub/a.bin"), exit=30)
    lab.quote(run, "^< 500")
    assert "Illegal PORT" in server.log.read_text()
    lab.facts(cause="control-encrypted", healthy=False)
