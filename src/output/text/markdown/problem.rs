//! The findings of one cause in Markdown.

use std::borrow::Cow;

use super::escape;
use crate::diagnosis::{Evidence, Finding, Severity};
use crate::output::text::cause;
use crate::output::text::manner::Manner;
use crate::output::text::number;
use crate::output::text::problems::Problems;
use crate::output::text::verdicts::Group;
use crate::output::text::wording;
use crate::output::wireshark;

/// The groups of one severity.
pub(super) fn groups(problems: &Problems, severity: Severity, manner: Manner) -> String {
    let groups = problems.groups(severity).into_iter();
    groups.map(|one| group(one, manner)).collect()
}

fn group(group: &Group, manner: Manner) -> String {
    let finding = &group.first;
    let mut text = title(group);
    text += &format!("{}\n\n", escape::text(&finding.summary));
    if let Some(location) = cause::location(group) {
        text += &fact("Where", &location);
    }
    text += &advice(&finding.advice);
    text += &fact("Confidence", cause::sureness(finding.confidence));
    text += &filters(finding, manner);
    text += &format!("- **More:** `ftpscope explain {}`\n\n", finding.cause);
    text += &evidence(&finding.evidence, manner);
    text + &further(group)
}

fn title(group: &Group) -> String {
    let word = match group.severity {
        Severity::Error => "✗ FAIL",
        Severity::Warning => "! WARN",
        Severity::Notice => "NOTE",
    };
    let extent = group.extent();
    let extent = extent.map_or_else(String::new, |extent| format!(", {extent}"));
    format!("### {word} {}{extent}\n\n", group.first.cause)
}

fn fact(name: &str, text: &str) -> String {
    format!("- **{name}:** {}\n", escape::text(text))
}

fn advice(advice: &[Cow<'static, str>]) -> String {
    if let [only] = advice {
        return fact("What to do", only);
    }
    let mut text = String::new();
    for (index, one) in advice.iter().enumerate() {
        if index == 0 {
            text += "- **What to do:**\n";
        }
        text += &format!("  {}. {}\n", index + 1, escape::text(one));
    }
    text
}

fn filters(finding: &Finding, manner: Manner) -> String {
    if !manner.wireshark {
        return String::new();
    }
    let mut text = String::new();
    for filter in wireshark::filters(finding) {
        let file = match manner.several_inputs {
            true => format!(" (file {})", u32::from(filter.frame.file()) + 1),
            false => String::new(),
        };
        text += &format!("- **Wireshark{file}:** {}\n", escape::code(&filter.text));
    }
    text
}

fn evidence(evidence: &[Evidence], manner: Manner) -> String {
    let mut text = "| Evidence | What it shows |\n|---|---|\n".to_owned();
    for one in cause::by_frame(evidence) {
        let frame = wording::frames(one.frame, one.frame, manner.several_inputs);
        text += &format!("| {frame} | {} |\n", escape::text(&one.note));
    }
    text + "\n"
}

fn further(group: &Group) -> String {
    let mut text = String::new();
    for finding in &group.further {
        text += &fact("Also", &cause::told(finding));
    }
    if group.rest() > 0 {
        text += &format!("- and {} more\n", number::grouped(group.rest()));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}
