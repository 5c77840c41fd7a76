//! The forms in which sessions can be saved.

use crate::dashboard::story::Export;

/// The forms in which sessions can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Their packets.
    Pcapng,
    /// What the engine tells of them, an object a line.
    Json,
    /// What was said, line by line.
    Transcript,
    /// The report in Markdown.
    Report,
    /// Findings and transcript, to paste into a ticket.
    Ticket,
    /// Sequence diagrams.
    Mermaid,
    /// A table of transfers.
    Csv,
}

impl Form {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Pcapng,
        Self::Json,
        Self::Transcript,
        Self::Report,
        Self::Ticket,
        Self::Mermaid,
        Self::Csv,
    ];

    /// Stories are exported one by one.
    pub(super) fn export(self) -> Option<(Export, &'static str, &'static str)> {
        let export = match self {
            Self::Transcript => Export::Transcript,
            Self::Ticket => Export::Markdown,
            Self::Mermaid => Export::Mermaid,
            _ => return None,
        };
        Export::ALL.into_iter().find(|(known, ..)| *known == export)
    }

    /// How the names of such files end.
    pub(crate) fn extension(self) -> &'static str {
        if let Some((_, extension, _)) = self.export() {
            return extension;
        }
        match self {
            Self::Pcapng => "pcapng",
            Self::Json => "jsonl",
            Self::Csv => "csv",
            _ => "md",
        }
    }

    /// Its words.
    pub(crate) fn words(self) -> &'static str {
        if let Some((_, _, words)) = self.export() {
            return words;
        }
        match self {
            Self::Pcapng => "packets (pcapng), control and data",
            Self::Json => "JSON lines",
            Self::Csv => "table of transfers (CSV)",
            _ => "full report in Markdown",
        }
    }
}
