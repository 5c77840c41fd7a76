"""One healthy download in pcapng files and in VLANs."""

import struct
import subprocess
import time

from capture import Capture
from sandbox import WORK
from scenarios import scenario
from scenarios.formats import A_BIN, download
from servers import ProFtpd, Vsftpd


@scenario("capture-pcapng", twins=["capture-pcapng-two-interfaces"])
def pcapng(lab):
    """A pcapng file.

    Recorded by tcpdump and rewritten as pcapng with editcap.

    Conclude: one healthy transfer.
    """
    lab.serve(ProFtpd())
    with lab.record():
        run = download(lab)
    lab.convert(to_pcapng, "Rewritten with `editcap -F pcapng`.")
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


def to_pcapng(source):
    target = source.with_suffix(".pcapng")
    subprocess.run(["editcap", "-F", "pcapng", str(source), str(target)], check=True)
    return target


@scenario("capture-pcapng-two-interfaces", point="router-outside", twins=["capture-pcapng"])
def pcapng_two_interfaces(lab):
    """A pcapng file with both interfaces of a router.

    Captured on both sides of the router and merged: every packet is there twice, once for
    each interface, some milliseconds of processing apart.

    Conclude: one healthy transfer of 20000 bytes; the second interface shows the same
    packets again.
    """
    lab.serve(ProFtpd())
    inside = WORK / "inside.pcap"
    with lab.record():
        other = Capture(lab.net, "router-inside", inside)
        run = download(lab)
        time.sleep(0.3)
        other.stop()
    lab.convert(
        lambda source: merge(source, inside),
        "The captures of the router's interfaces `client` and `server` merged with `mergecap`.",
    )
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


def merge(first, second):
    target = first.with_suffix(".pcapng")
    command = ["mergecap", "-F", "pcapng", "-I", "none", "-w"]
    subprocess.run([*command, str(target), str(first), str(second)], check=True)
    target.write_bytes(without_system_name(target.read_bytes()))
    return target


def without_system_name(content):
    """Drop the option of the section header that names the recording computer's
    operating system (code 3); mergecap always writes it."""
    (length,) = struct.unpack_from("<I", content, 4)
    kept, at = content[8:24], 24
    while at < length - 4:
        code, size = struct.unpack_from("<HH", content, at)
        end = at + 4 + (size + 3) // 4 * 4
        if code != 3:
            kept += content[at:end]
        at = end
    total = struct.pack("<I", len(kept) + 12)
    return content[:4] + total + kept + total + content[length:]


@scenario("capture-vlan-tagged", twins=["capture-vlan-double-tagged"])
def vlan(lab):
    """Frames with a VLAN tag.

    The tag (VLAN 100) was added to the finished capture with tcprewrite.

    Conclude: one healthy transfer.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = download(lab)
    lab.convert(lambda source: tag(source, 100), "VLAN tag 100 added with tcprewrite.")
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


@scenario("capture-vlan-double-tagged", twins=["capture-vlan-tagged"])
def vlan_in_vlan(lab):
    """Frames with two VLAN tags (QinQ).

    The tags (100, then 200 outside) were added to the finished capture with tcprewrite.

    Conclude: one healthy transfer.
    """
    lab.serve(Vsftpd())
    with lab.record():
        run = download(lab)
    lab.convert(
        lambda source: tag(tag(source, 100), 200, "802.1ad"),
        "VLAN tag 100 and outer tag 200 (802.1ad) added with tcprewrite.",
    )
    lab.quote(run, "^< 226")
    lab.facts(transfers=[A_BIN])


def tag(source, number, kind="802.1q"):
    target = source.with_stem(source.stem + "-tagged")
    command = ["tcprewrite", "--enet-vlan=add", f"--enet-vlan-tag={number}", "--enet-vlan-cfi=0"]
    command += ["--enet-vlan-pri=0", f"--enet-vlan-proto={kind}"]
    subprocess.run([*command, f"--infile={source}", f"--outfile={target}"], check=True)
    return target
