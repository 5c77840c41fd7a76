//! The record `session`.

use super::tls::fill_control;
use super::{Fixed, Object, Style, Wire, word};
use crate::escape;
use crate::ftp::{AnomalyKind, SessionRecord};

/// All that is known of one session.
pub(super) fn fill(record: &mut Object<'_>, session: &SessionRecord, style: Style<'_>) {
    record.set("type", Fixed("session"));
    record.set("session", session.id);
    record.set("client", session.client);
    record.set("server", session.server);
    record.set("server_name", session.server_name.as_deref().map(Wire));
    record.set("started", style.time(session.started.time));
    record.set("ended", style.time(session.ended.time));
    record.set("first_frame", session.started.frame.number());
    record.set("first_file", style.file(session.started.frame));
    record.set("last_frame", session.ended.frame.number());
    record.set("last_file", style.file(session.ended.frame));
    record.set("state", word(session.state));
    record.set("midstream", session.midstream);
    record.set("directions", word(session.directions));
    record.set("vantage", word(session.vantage));
    fill_login(record, session, style);
    let software = session
        .software
        .as_deref()
        .map(|text| escape::line(text.as_bytes()));
    record.set("software", software.as_deref());
    record.optional("tls", session.tls.as_ref(), |object, tls| {
        fill_control(object, tls, session, style);
    });
    record.set("mechanism", session.mechanism.as_deref().map(Wire));
    fill_counts(record, session);
    record.list(
        "anomalies",
        &session.anomalies,
        |object, (kind, count, first)| {
            object.set("kind", word(*kind));
            object.set("count", *count);
            object.set("bytes", bytes(*kind));
            style.frame(object, first.frame);
        },
    );
}

fn fill_login(record: &mut Object<'_>, session: &SessionRecord, style: Style<'_>) {
    record.set("user", session.user.as_deref().map(Wire));
    let password = session.password.as_deref().filter(|_| style.show_passwords);
    record.set("password", password.map(Wire));
    record.set("login", word(session.login));
}

fn fill_counts(record: &mut Object<'_>, session: &SessionRecord) {
    record.set("commands", session.commands);
    record.set("replies", session.replies);
    record.set("data_channels", session.channels);
    record.set("failed_data_channels", session.failed_channels);
    record.set("bytes_downloaded", session.bytes_downloaded);
    record.set("bytes_uploaded", session.bytes_uploaded);
}

/// The bytes that an anomaly of this kind concerns.
fn bytes(kind: AnomalyKind) -> Option<u64> {
    match kind {
        AnomalyKind::Gap { bytes, .. } | AnomalyKind::LongLine { bytes } => Some(bytes),
        AnomalyKind::NotAReply | AnomalyKind::TooManyPending | AnomalyKind::TooManyChannels => None,
    }
}
