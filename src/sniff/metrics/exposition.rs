//! A snapshot in the text format of Prometheus, version 0.0.4.
//!
//! Every label value is a word of this program; nothing from the wire is among them, so their
//! number is bounded and none needs escaping.

use std::fmt::{Display, Write};

use super::super::duty::instant;
use super::Snapshot;
use crate::ftp::Outcome;
use crate::output::words::Word;

/// The media type of the text.
pub(super) const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The snapshot as text.
pub(super) fn text(snapshot: &Snapshot) -> String {
    let mut page = Page::default();
    about_program(&mut page, snapshot);
    about_capture(&mut page, snapshot);
    about_sessions(&mut page, snapshot);
    about_channels(&mut page, snapshot);
    about_findings(&mut page, snapshot);
    about_recording(&mut page, snapshot);
    page.0
}

fn about_program(page: &mut Page, snapshot: &Snapshot) {
    let name = "ftpscope_build_info";
    page.family(name, "gauge", "The version of ftpscope; always 1.");
    page.sample(name, &[("version", env!("CARGO_PKG_VERSION"))], 1);
    if let Some(taken) = snapshot.taken {
        page.gauge(
            "ftpscope_age_seconds",
            "Time since these were the numbers: more than a few while the output takes nothing.",
            instant().saturating_duration_since(taken).as_secs(),
        );
    }
    let summary = &snapshot.summary;
    let memory = [
        (
            "ftpscope_memory_bytes",
            "Memory kept of connections and sessions.",
            Some(summary.memory as u64),
        ),
        (
            "ftpscope_memory_limit_bytes",
            "The most that it may be.",
            summary.memory_limit.map(|limit| limit as u64),
        ),
        (
            "process_resident_memory_bytes",
            "Real memory that the process takes.",
            snapshot.resident,
        ),
    ];
    for (name, help, bytes) in memory {
        if let Some(bytes) = bytes {
            page.gauge(name, help, bytes);
        }
    }
}

fn about_capture(page: &mut Page, snapshot: &Snapshot) {
    let summary = &snapshot.summary;
    page.counter(
        "ftpscope_packets_total",
        "Packets analysed.",
        summary.frames,
    );
    page.counter(
        "ftpscope_packet_bytes_total",
        "Bytes of these packets on the wire.",
        summary.bytes,
    );
    page.counter(
        "ftpscope_packets_truncated_total",
        "Packets cut by the snapshot length.",
        summary.truncated_frames,
    );
    page.counter(
        "ftpscope_packets_damaged_total",
        "Packets whose headers contradict themselves.",
        summary.damaged_frames,
    );
    if let Some(drops) = summary.dropped {
        let places = [
            ("kernel", drops.kernel),
            ("interface", drops.interface),
            ("hand-over", drops.hand_over),
        ];
        let help = "Packets lost before they were analysed, by the place.";
        page.by("ftpscope_packets_dropped_total", help, "place", places);
    }
    page.counter(
        "ftpscope_connections_total",
        "TCP connections, or parts of them.",
        summary.connections,
    );
    let limits = summary
        .limits_hit
        .iter()
        .map(|(name, times)| (*name, *times));
    page.by(
        "ftpscope_limits_hit_total",
        "How often each limit was reached.",
        "limit",
        limits,
    );
}

fn about_sessions(page: &mut Page, snapshot: &Snapshot) {
    let (summary, tally) = (&snapshot.summary, &snapshot.tally);
    page.counter(
        "ftpscope_sessions_total",
        "FTP sessions, one a control connection.",
        summary.sessions,
    );
    page.gauge(
        "ftpscope_sessions_open",
        "FTP sessions under way.",
        tally.open,
    );
    let logins = [("accepted", tally.accepted), ("refused", tally.refused)];
    page.by(
        "ftpscope_logins_total",
        "Logins by what the server said.",
        "result",
        logins,
    );
    page.counter(
        "ftpscope_commands_total",
        "Commands of clients.",
        summary.commands,
    );
    let classes = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"]
        .into_iter()
        .zip(tally.replies);
    page.by(
        "ftpscope_replies_total",
        "Complete replies of servers, by class.",
        "class",
        classes,
    );
}

fn about_channels(page: &mut Page, snapshot: &Snapshot) {
    let tally = &snapshot.tally;
    let channels = &snapshot.summary.channels;
    let outcomes = Outcome::ALL.into_iter();
    let outcomes = outcomes.map(|one| (one.word(), channels.get(&one).copied().unwrap_or(0)));
    page.by(
        "ftpscope_data_channels_total",
        "Data channels by what became of them.",
        "outcome",
        outcomes,
    );
    let unknown = |cause: &'static str| if cause.is_empty() { "unknown" } else { cause };
    let failed = tally
        .failed
        .iter()
        .map(|(cause, count)| (unknown(cause), *count));
    page.by(
        "ftpscope_data_channels_failed_total",
        "Failed data channels by cause.",
        "cause",
        failed,
    );
    let bytes = [
        ("download", tally.downloaded),
        ("upload", tally.uploaded),
        ("listing", tally.listed),
    ];
    page.by(
        "ftpscope_data_bytes_total",
        "Payload bytes of data channels that are over.",
        "direction",
        bytes,
    );
}

fn about_findings(page: &mut Page, snapshot: &Snapshot) {
    let name = "ftpscope_findings_total";
    page.family(
        name,
        "counter",
        "What was diagnosed, by cause and severity.",
    );
    for ((cause, severity), count) in &snapshot.tally.findings {
        page.sample(
            name,
            &[("cause", cause), ("severity", severity.word())],
            *count,
        );
    }
}

fn about_recording(page: &mut Page, snapshot: &Snapshot) {
    let Some(recorded) = snapshot.recorded else {
        return;
    };
    page.counter(
        "ftpscope_recorded_packets_total",
        "Packets in the files of --write.",
        recorded.packets,
    );
    page.counter(
        "ftpscope_recorded_bytes_total",
        "Bytes of these files.",
        recorded.bytes,
    );
    page.by(
        "ftpscope_packets_not_recorded_total",
        "Packets that are missing there, or may be, by the reason.",
        "reason",
        [("failed", recorded.lost), ("no-room", recorded.early)],
    );
}

/// The text so far.
#[derive(Default)]
struct Page(String);

impl Page {
    /// The lines before the samples of one name.
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, word)| format!("{label}=\"{word}\""))
            .collect();
        let labels = match labels.as_slice() {
            [] => String::new(),
            labels => format!("{{{}}}", labels.join(",")),
        };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, "counter", help);
        self.sample(name, &[], value);
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }

    /// A counter for each word of one label.
    fn by<'a>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        counts: impl IntoIterator<Item = (&'a str, u64)>,
    ) {
        self.family(name, "counter", help);
        for (word, count) in counts {
            self.sample(name, &[(label, word)], count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_stands_behind_its_help_and_type() {
        let mut snapshot = Snapshot::default();
        snapshot.tally.failed.insert("", 2);
        snapshot.tally.failed.insert("connection-refused", 3);
        snapshot.summary.dropped = Some(crate::capture::Drops {
            kernel: 7,
            ..Default::default()
        });
        snapshot.taken = Some(instant());
        snapshot.recorded = Some(crate::save::Recorded {
            lost: 5,
            ..Default::default()
        });
        let text = text(&snapshot);
        let mut family = "";
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                family = rest.split(' ').next().unwrap();
                assert!(text.contains(&format!("# HELP {family} ")));
            } else if !line.starts_with('#') {
                let name = line.split(['{', ' ']).next().unwrap();
                assert_eq!(name, family, "{line}");
                assert!(
                    line.rsplit(' ').next().unwrap().parse::<u64>().is_ok(),
                    "{line}"
                );
            }
        }
        for line in [
            "ftpscope_data_channels_failed_total{cause=\"unknown\"} 2",
            "ftpscope_data_channels_failed_total{cause=\"connection-refused\"} 3",
            "ftpscope_packets_dropped_total{place=\"kernel\"} 7",
            "ftpscope_data_channels_total{outcome=\"completed\"} 0",
            "ftpscope_age_seconds 0",
            "ftpscope_packets_not_recorded_total{reason=\"failed\"} 5",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
    }
}
