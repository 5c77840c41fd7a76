//! From a row of a screen to the clipboard.

use super::{App, Screen};
use crate::dashboard::model::Snapshot;

impl App {
    /// What is selected, as text for the clipboard; escaped like everything that is shown.
    pub(super) fn copied(&self, shown: &Snapshot, markdown: bool) -> Option<String> {
        let text = match self.screen {
            Screen::Sessions => {
                let row = shown.sessions.get(self.sessions.list.selected()?)?;
                let user = row.user.as_deref().unwrap_or("-");
                let word = row.standing.word();
                format!(
                    "session {} {word} {} -> {} {user} {}",
                    row.id, row.client, row.server, row.last_said
                )
            }
            Screen::Data => {
                let row = shown.channels.get(self.data.list.selected()?)?;
                let (id, word) = (row.id, row.standing.word());
                format!(
                    "session {}, data {} {word} {}",
                    id.session, id.number, row.command
                )
            }
            Screen::Problems => {
                let problem = shown.problems.get(self.problems.problem()?)?;
                let finding = &problem.finding;
                let advice = finding.advice.iter().map(|advice| format!("\n- {advice}"));
                format!(
                    "{}: {}{}",
                    finding.cause,
                    finding.summary,
                    advice.collect::<String>()
                )
            }
            Screen::Stats => return None,
            Screen::Log => {
                let line = shown.log.get(self.log.top())?;
                line.text.to_string()
            }
        };
        Some(match markdown {
            true => format!("```\n{text}\n```\n"),
            false => text,
        })
    }
}
