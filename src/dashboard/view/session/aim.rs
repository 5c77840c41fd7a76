//! Where a session is entered.

use crate::capture::Frame;
use crate::dashboard::story::{Story, What};
use crate::diagnosis::{Finding, Severity};
use crate::ftp::SessionId;

/// The row that is selected when the screen opens.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Aim {
    /// Where the gravest problem is told, the first of several; else the beginning.
    #[default]
    Problem,
    /// Where this finding is told: its cause, and the first packet that proves it.
    Finding(&'static str, Option<Frame>),
    /// What the nth data channel of a session did.
    Channel(SessionId, u32),
}

impl Aim {
    /// At a finding.
    pub(crate) fn at(finding: &Finding) -> Self {
        Self::Finding(finding.cause, first(finding))
    }

    /// Its row in a story, if that has one.
    pub(super) fn row(self, story: &Story) -> Option<u32> {
        let row = match self {
            Self::Problem => return gravest(story),
            Self::Finding(cause, frame) => (0..story.rows().len()).find(|&row| {
                let findings = story.findings(row);
                let mut told = findings.iter().filter(|(_, home)| *home);
                told.any(|(finding, _)| finding.cause == cause && first(finding) == frame)
            }),
            Self::Channel(session, number) => story.rows().iter().position(|row| {
                let channel = story.channel_of(row.event);
                row.what.is_channel()
                    && row.what != What::Announced
                    && channel.is_some_and(|it| (it.session, it.number) == (session, number))
            }),
        };
        row.map(|row| row as u32).or_else(|| gravest(story))
    }
}

fn first(finding: &Finding) -> Option<Frame> {
    finding.evidence.first().map(|evidence| evidence.frame)
}

fn gravest(story: &Story) -> Option<u32> {
    let told = (0..).zip((0..story.rows().len()).map(|row| story.severity(row)));
    let told = told.filter_map(|(row, severity)| Some((row, severity?)));
    let problems = told.filter(|(_, severity)| *severity >= Severity::Warning);
    let gravest = problems.reduce(|gravest: (u32, _), next| match next.1 > gravest.1 {
        true => next,
        false => gravest,
    });
    gravest.map(|(row, _)| row)
}
