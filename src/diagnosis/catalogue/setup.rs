//! Causes: data channel could not be set up.

mod announcement;
mod connection;
mod tls;

use super::Cause;

pub use announcement::*;
pub use connection::*;
pub use tls::*;

/// The transfer failed and the capture does not show why.
pub const TRANSFER_FAILED: Cause = Cause {
    id: "transfer-failed",
    title: "The transfer failed and the capture does not show why",
    what: "\
        The transfer failed, and nothing in the capture tells why: the packets that would do so \
        are missing, encrypted, or there is only the server's word. It is named so that no \
        failure goes unseen.",
    on_the_wire: "\
        A final reply of the class 4yz or 5yz to a transfer, or no final reply, without any of \
        the signs of a more special cause.",
    confirm: "\
        Read the text of the server's reply and its log at this moment.\n\
        Capture again with whole packets and by host, not by port: tcpdump -i any -w file.pcap \
        host SERVER",
    mend: "\
        Follow the server's reply: ftpscope explain CODE tells what usually causes it.\n\
        Capture at the other end too, and analyze both files.",
};

pub(super) const ALL: &[&Cause] = &[
    &PRIVATE_ADDRESS_ANNOUNCED,
    &WRONG_ADDRESS_ANNOUNCED,
    &CONNECTION_UNANSWERED,
    &CONNECTION_REFUSED,
    &CONNECTION_UNREACHABLE,
    &ACTIVE_BLOCKED,
    &NEVER_ATTEMPTED,
    &NO_PASSIVE_PORT,
    &ANNOUNCEMENT_REJECTED,
    &NO_ANNOUNCEMENT,
    &BOUNCE_REFUSED,
    &BOUNCE_ALLOWED,
    &THIRD_PARTY_CONNECTION,
    &ADDRESS_FAMILY_MISMATCH,
    &REPLY_LOST,
    &TLS_REQUIRED,
    &TLS_SESSION_NOT_REUSED,
    &DATA_PROTECTION_MISMATCH,
    &TLS_HANDSHAKE_FAILED,
    &TRANSFER_FAILED,
];
