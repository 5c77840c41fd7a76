"""FTP clients for benches/soak.sh: soak.py SERVER CLIENTS SECONDS.

Each client runs sessions one after the other: most work, one in ten has a data channel that fails,
and one in twenty is left open without a word. Prints how many there were.
"""

import ftplib
import io
import random
import socket
import sys
import threading
import time


def session(server, number, left):
    """One session; the number decides what happens in it."""
    ftp = ftplib.FTP(timeout=10)
    ftp.connect(server)
    ftp.login()
    ftp.set_pasv(number % 3 != 0)
    ftp.retrlines("LIST", lambda line: None)
    ftp.retrbinary("RETR file.bin", lambda data: None)
    name = f"incoming/{threading.get_ident()}-{number}"
    ftp.storbinary(f"STOR {name}", io.BytesIO(b"x" * 20_000))
    ftp.delete(name)
    if number % 10 == 0:
        failing(ftp)
    if number % 20 == 0:
        left.append(ftp)
        if len(left) > 50:
            left.pop(0).close()
    elif number % 7 == 0:
        ftp.close()
    else:
        ftp.quit()


def failing(ftp):
    """An active transfer to a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind((ftp.sock.getsockname()[0], 0))
        host, port = taken.getsockname()
    ftp.sendport(host, port)
    try:
        ftp.sendcmd("NLST")
        ftp.voidresp()
    except ftplib.error_temp:
        pass


def client(server, end, counts, troubles):
    """Sessions until the end."""
    number, left = 0, []
    while time.monotonic() < end:
        number += 1
        try:
            session(server, number, left)
        except (OSError, EOFError, ftplib.Error) as trouble:
            troubles.append(repr(trouble))
        time.sleep(random.uniform(0, 0.01))
    counts.append(number)


def main():
    """Runs the clients."""
    server, clients, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    end = time.monotonic() + seconds
    counts, troubles = [], []
    threads = [
        threading.Thread(target=client, args=(server, end, counts, troubles))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"clients: {sum(counts)} sessions, {len(troubles)} of them in trouble {troubles[:3]}")
    return 1 if len(troubles) > sum(counts) / 100 else 0


if __name__ == "__main__":
    sys.exit(main())
