//! Causes: the capture itself.

use super::Cause;

/// Packets are missing in the capture.
pub const CAPTURE_GAP: Cause = Cause {
    id: "capture-gap",
    title: "Packets are missing in the capture",
    what: "\
        The capture lost packets; the network did not: the other side acknowledged bytes that \
        are not in the capture, or the kernel, the interface or ftpscope counted what it dropped. \
        What stood in them is unknown, and conclusions from packets that did not come are less \
        certain.",
    on_the_wire: "\
        An acknowledgement for bytes that the capture does not contain, without any repetition. \
        Of packets that were dropped while capturing nothing is to be seen.",
    confirm: "tcpdump tells at its end how many packets were “dropped by kernel”.",
    mend: "\
        Capture again with a filter, a larger buffer (tcpdump -B 65536), a fast disk, and not on \
        a busy host or an overloaded mirror port.",
};

/// The packets of one direction are not in the capture.
pub const ONE_DIRECTION_ONLY: Cause = Cause {
    id: "one-direction-only",
    title: "The packets of one direction are not in the capture",
    what: "\
        Only the packets of one side are in the capture. What the other side said is guessed \
        from the answers, so nothing is certain.",
    on_the_wire: "Packets from the client only, or from the server only.",
    confirm: "\
        Look at the mirror port: does it copy both directions? Do packets come back by another \
        way (asymmetric routing)?",
    mend: "\
        Capture at the client or the server itself, on the interface “any” if needed, without a \
        filter for one direction (host A and port 21, not dst port 21).",
};

/// The data connections are not in the capture.
pub const DATA_NOT_CAPTURED: Cause = Cause {
    id: "data-not-captured",
    title: "The data connections are not in the capture",
    what: "\
        Only the control connection is in the capture. Whether a data connection was tried, and \
        what became of it, cannot be seen; only the server's words tell.",
    on_the_wire: "\
        Announcements and transfers with replies, but not one packet of a data connection: \
        usually the capture was filtered with “port 21”.",
    confirm: "Look at the capture filter that was used.",
    mend: "Capture again by host, not by port: tcpdump -i any -w file.pcap host SERVER",
};

/// The packets were cut by a snapshot length.
pub const FRAMES_TRUNCATED: Cause = Cause {
    id: "frames-truncated",
    title: "The packets were cut by a snapshot length",
    what: "\
        Packets were cut when they were recorded (snapshot length). Commands and replies longer \
        than that cannot be read in full.",
    on_the_wire: "“Frame length” is larger than “capture length” in Wireshark.",
    confirm: "capinfos FILE shows the packet size limit.",
    mend: "Capture again with whole packets: tcpdump -s 0 (today's default).",
};

/// The capture begins in the middle of the session.
pub const MIDSTREAM_START: Cause = Cause {
    id: "midstream-start",
    title: "The capture begins in the middle of the session",
    what: "\
        The capture begins in the middle of the session. What came before is not known: login, \
        directory, transfer type, who connected to whom.",
    on_the_wire: "The first packets of the connection are not a handshake.",
    confirm: "Compare the time of the first frame with the start of the client.",
    mend: "\
        Start the capture first, then the client. For faults that come now and then: record in a \
        ring (tcpdump -C 100 -W 20 -w file).",
};

/// The capture ends before the transfer does.
pub const CAPTURE_ENDED: Cause = Cause {
    id: "capture-ended",
    title: "The capture ends before the transfer does",
    what: "\
        The capture ends while a transfer or a connection attempt is under way. What became of \
        it is not known.",
    on_the_wire: "The last frames of the file belong to a transfer without a final reply.",
    confirm: "Was the recording stopped too early, or did a limit of size or count end it?",
    mend: "\
        Record until the client reports success or failure: time-outs take up to several \
        minutes.",
};

pub(super) const ALL: &[&Cause] = &[
    &CAPTURE_GAP,
    &ONE_DIRECTION_ONLY,
    &DATA_NOT_CAPTURED,
    &FRAMES_TRUNCATED,
    &MIDSTREAM_START,
    &CAPTURE_ENDED,
];
