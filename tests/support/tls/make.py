"""Makes the conversations inside TLS that tests/tls/ decrypts.

    python3 tests/support/tls/make.py

Most are between the two ends of Python's ssl in one process; where that lacks a feature, between
`openssl s_client` and `s_server` on the loopback interface. A file has the key log (`key`), what
client and server sent (`>` and `<`, in hexadecimal digits) in that order, and what they said inside
(`says>` and `says<`).
"""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent

TALK = [
    ("<", b"220 ready\r\n"),
    (">", b"USER demo\r\n"),
    ("<", b"331 Password required for demo.\r\n"),
    (">", b"PASS " + b"x" * 300 + b"\r\n"),
    ("<", b"230 in\r\n"),
    (">", b"QUIT\r\n"),
]

TLS12 = {
    "aes128-gcm": "ECDHE-RSA-AES128-GCM-SHA256",
    "aes256-gcm": "ECDHE-RSA-AES256-GCM-SHA384",
    "chacha20": "ECDHE-RSA-CHACHA20-POLY1305",
    "aes128-ccm": "AES128-CCM",
    "aes256-ccm8": "AES256-CCM8",
    "aes128-cbc-sha": "ECDHE-RSA-AES128-SHA",
    "aes256-cbc-sha256": "AES256-SHA256",
    "aes256-cbc-sha384": "ECDHE-RSA-AES256-SHA384",
}

TLS13 = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256",
]

NO_ENCRYPT_THEN_MAC = 1 << 19


class Recording:
    def __init__(self, name, about):
        self.name, self.about = name, about
        self.wire, self.said = [], {">": b"", "<": b""}

    def sent(self, way, data):
        if not data:
            return
        if self.wire and self.wire[-1][0] == way:
            self.wire[-1] = (way, self.wire[-1][1] + data)
        else:
            self.wire.append((way, data))

    def write(self, keys):
        lines = [f"# {self.about}"]
        wanted = [line for line in keys.splitlines() if line and not line.startswith("#")]
        lines += [f"key {line}" for line in dict.fromkeys(wanted) if "EXPORTER" not in line]
        lines += [f"{way} {data.hex()}" for way, data in self.wire]
        lines += [f"says{way} {data.hex()}" for way, data in self.said.items()]
        (HERE / f"{self.name}.txt").write_text("\n".join(lines) + "\n")


def certificate(folder):
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650",
         "-subj", "/O=Example/CN=ftp.example.net", "-addext",
         "subjectAltName=DNS:ftp.example.net,IP:192.0.2.21",
         "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert


class Memory:
    """Both ends in this process."""

    def __init__(self, folder, version, ciphers, options=0, max_version=None):
        self.keylog = folder / "keys.log"
        self.keylog.unlink(missing_ok=True)
        key, cert = certificate(folder) if not (folder / "key.pem").exists() else (
            folder / "key.pem", folder / "cert.pem")
        self.client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client_context.check_hostname = False
        self.client_context.verify_mode = ssl.CERT_NONE
        self.client_context.keylog_filename = str(self.keylog)
        self.server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server_context.load_cert_chain(cert, key)
        for context in (self.client_context, self.server_context):
            context.minimum_version = context.maximum_version = version
            if ciphers:
                context.set_ciphers(ciphers + ":@SECLEVEL=0")
            context.options |= options

    def converse(self, recording, session=None, talk=TALK):
        c_in, c_out, s_in, s_out = (ssl.MemoryBIO() for _ in range(4))
        client = self.client_context.wrap_bio(
            c_in, c_out, server_hostname="ftp.example.net", session=session)
        server = self.server_context.wrap_bio(s_in, s_out, server_side=True)

        def carry():
            for way, out, into in ((">", c_out, s_in), ("<", s_out, c_in)):
                data = out.read()
                recording.sent(way, data)
                into.write(data)

        def step(act):
            try:
                return act()
            except ssl.SSLWantReadError:
                return None

        for _ in range(6):
            step(client.do_handshake)
            carry()
            step(server.do_handshake)
            carry()
        for way, text in talk:
            sender, reader = (client, server) if way == ">" else (server, client)
            sender.write(text)
            recording.said[way] += text
            carry()
            assert reader.read(65536) == text
        self.session = client.session
        self.resumed = client.session_reused
        step(client.unwrap)
        carry()
        # A session whose connection was not closed is not resumed.
        step(server.unwrap)
        carry()

    def keys(self):
        return self.keylog.read_text()


def in_memory(folder):
    for name, cipher in TLS12.items():
        for variant, options in (("", 0), ("-mac-then-encrypt", NO_ENCRYPT_THEN_MAC)):
            if variant and "cbc" not in name:
                continue
            recording = Recording(f"tls12-{name}{variant}", f"TLS 1.2, {cipher}{variant}")
            ends = Memory(folder, ssl.TLSVersion.TLSv1_2, cipher, options)
            ends.converse(recording)
            recording.write(ends.keys())
    for version, name in ((ssl.TLSVersion.TLSv1, "tls10"), (ssl.TLSVersion.TLSv1_1, "tls11")):
        for variant, options in (("", 0), ("-mac-then-encrypt", NO_ENCRYPT_THEN_MAC)):
            recording = Recording(f"{name}-aes128-cbc-sha{variant}", f"{name}, AES128-SHA{variant}")
            ends = Memory(folder, version, "AES128-SHA", options)
            ends.converse(recording)
            recording.write(ends.keys())
    for name, options in (("ticket", 0), ("id", ssl.OP_NO_TICKET)):
        ends = Memory(folder, ssl.TLSVersion.TLSv1_2, "ECDHE-RSA-AES128-GCM-SHA256", options)
        first = Recording(f"tls12-resumable-by-{name}", f"TLS 1.2, to be resumed by {name}")
        ends.converse(first)
        keys = ends.keys()
        first.write(keys)
        second = Recording(f"tls12-resumed-by-{name}",
                           f"TLS 1.2, resumed by {name}; the keys are those of the first session")
        ends.converse(second, ends.session)
        assert ends.resumed, name
        # GnuTLS does not log the secret again.
        second.write(keys)
    ends = Memory(folder, ssl.TLSVersion.TLSv1_3, None)
    first = Recording("tls13-resumable", "TLS 1.3, to be resumed")
    ends.converse(first)
    first.write(ends.keys())
    second = Recording("tls13-resumed", "TLS 1.3, resumed by PSK")
    ends.converse(second, ends.session)
    assert ends.resumed
    second.write(ends.keys())


def one_suite_of_13(folder, suite):
    recording = Recording("tls13-" + suite[4:].lower().replace("_", "-"), f"TLS 1.3, {suite}")
    ends = Memory(folder, ssl.TLSVersion.TLSv1_3, None)
    ends.converse(recording)
    recording.write(ends.keys())


class Wire:
    """openssl s_client and s_server, with a recording relay between them."""

    def __init__(self, folder, server_options, client_options):
        self.folder = folder
        self.key, self.cert = certificate(folder)
        self.port, self.relay = free_port(), free_port()
        self.server_options, self.client_options = server_options, client_options
        self.keylog = folder / "wire.log"

    def server(self):
        command = ["openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-key", self.key,
                   "-cert", self.cert, "-quiet", *self.server_options]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)

    def converse(self, recording, lines, options=()):
        listener = socket.create_server(("127.0.0.1", self.relay))
        thread = threading.Thread(target=self.carry, args=(listener, recording))
        thread.start()
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.relay}", "-keylogfile",
                   self.keylog, "-servername", "ftp.example.net", *self.client_options, *options]
        client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, bufsize=0)
        # The openssl command has no way to tell when it is ready for the next line.
        time.sleep(1)
        for line in lines:
            client.stdin.write(line)
            if line not in (b"K\n", b"k\n", b"R\n", b"Q\n"):
                recording.said[">"] += line
            time.sleep(0.7)
        client.wait(10)
        thread.join()
        listener.close()

    def carry(self, listener, recording):
        client, _ = listener.accept()
        server = socket.create_connection(("127.0.0.1", self.port))
        lock = threading.Lock()

        def one(way, source, target):
            while data := source.recv(65536):
                with lock:
                    recording.sent(way, data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

        other = threading.Thread(target=one, args=("<", server, client))
        other.start()
        one(">", client, server)
        other.join()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def on_the_wire(folder):
    updates = Wire(folder, ["-tls1_3"], ["-tls1_3"])
    server = updates.server()
    time.sleep(0.5)
    recording = Recording("tls13-key-update", "TLS 1.3, two key updates of the client, one asked "
                          "of the server")
    updates.converse(recording, [b"before\n", b"k\n", b"between\n", b"K\n", b"after\n", b"Q\n"])
    recording.write(updates.keylog.read_text())
    server.terminate()

    renegotiates = Wire(folder, ["-tls1_2", "-client_renegotiation"], ["-tls1_2"])
    renegotiates.keylog.unlink()
    server = renegotiates.server()
    time.sleep(0.5)
    recording = Recording("tls12-renegotiated", "TLS 1.2, renegotiated")
    renegotiates.converse(recording, [b"before\n", b"R\n", b"after\n", b"Q\n"])
    recording.write(renegotiates.keylog.read_text())
    server.terminate()

    early = Wire(folder, ["-tls1_3", "-early_data"], ["-tls1_3"])
    early.keylog.unlink()
    server = early.server()
    time.sleep(0.5)
    session = folder / "session.pem"
    early.converse(Recording("", ""), [b"first\n", b"Q\n"], ["-sess_out", session])
    early.keylog.unlink()
    data = folder / "early.txt"
    data.write_bytes(b"early words\n")
    recording = Recording("tls13-early-data", "TLS 1.3, with early data")
    recording.said[">"] += data.read_bytes()
    early.converse(recording, [b"late words\n", b"Q\n"],
                   ["-sess_in", session, "-early_data", data])
    recording.write(early.keylog.read_text())
    server.terminate()

    early.keylog.unlink()
    server = Wire(folder, ["-tls1_3"], ["-tls1_3"])
    server.port = early.port
    process = server.server()
    time.sleep(0.5)
    recording = Recording("tls13-early-data-refused", "TLS 1.3, early data that the server does "
                          "not take")
    recording.said[">"] += data.read_bytes()
    early.converse(recording, [b"late words\n", b"Q\n"],
                   ["-sess_in", session, "-early_data", data])
    recording.write(early.keylog.read_text())
    process.terminate()

    retry = Wire(folder, ["-tls1_3", "-groups", "P-384"], ["-tls1_3", "-groups", "X25519:P-384"])
    retry.keylog.unlink()
    process = retry.server()
    time.sleep(0.5)
    recording = Recording("tls13-retried", "TLS 1.3, after a HelloRetryRequest")
    retry.converse(recording, [b"words\n", b"Q\n"])
    recording.write(retry.keylog.read_text())
    process.terminate()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if len(sys.argv) > 1:
            one_suite_of_13(folder, sys.argv[1])
            return
        in_memory(folder)
        on_the_wire(folder)
        for suite in TLS13:
            configuration = folder / "openssl.cnf"
            configuration.write_text(
                "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n"
                f"[all]\nCiphersuites = {suite}\nCipherString = ALL:@SECLEVEL=0\n")
            subprocess.run([sys.executable, __file__, suite], check=True,
                           env={**os.environ, "OPENSSL_CONF": str(configuration)})


if __name__ == "__main__":
    main()
