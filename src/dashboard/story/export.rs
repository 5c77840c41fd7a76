//! A story as text: transcript, Markdown, sequence diagram. Passwords stay hidden.

use std::fmt::Write;

use super::{Label, Party, Picture, Row, Story, Stroke, Tone, What, finding_mark, folded};
use crate::diagnosis::Finding;
use crate::escape;
use crate::output::stamp;
use crate::output::text::markdown::harmless;
use crate::output::words::Word;

/// The forms of an exported story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    /// Lines of text, all lines of every reply.
    Transcript,
    /// Findings and transcript, to paste into a ticket.
    Markdown,
    /// A sequence diagram as Mermaid and Markdown viewers draw it.
    Mermaid,
}

impl Export {
    /// All of them, with the end of a file's name and what they are.
    pub(crate) const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Transcript, "txt", "transcript"),
        (Self::Markdown, "md", "Markdown report"),
        (Self::Mermaid, "mmd", "Mermaid sequence diagram"),
    ];

    /// The story in this form.
    pub(crate) fn text(self, story: &Story) -> String {
        match self {
            Self::Transcript => transcript(story),
            Self::Markdown => markdown(story),
            Self::Mermaid => mermaid(story),
        }
    }
}

const TONE: Tone = Tone {
    secrets: false,
    unfolded: true,
};

fn transcript(story: &Story) -> String {
    let mut text = String::new();
    for head in story.heads() {
        push(&mut text, &title(story, head.id));
    }
    text.push('\n');
    let mut date = None;
    for (index, row) in story.rows().iter().enumerate() {
        let today = stamp::date(row.at.time);
        if date.as_ref() != Some(&today) {
            push(&mut text, &format!("{today} UTC"));
            date = Some(today);
        }
        line(&mut text, story, row);
        for (finding, home) in story.findings(index) {
            if home {
                let (sign, _) = finding_mark(finding.severity);
                push(
                    &mut text,
                    &format!("{:15}{sign} {}: {}", "", finding.cause, finding.summary),
                );
            }
        }
    }
    text
}

fn title(story: &Story, session: u32) -> String {
    let Some(head) = story.head(session) else {
        return String::new();
    };
    let user = head.user.as_deref().unwrap_or("–");
    format!(
        "session {session}  {}  {user}  {} → {}",
        head.standing.word(),
        head.client,
        head.server
    )
}

/// One row: time, who speaks, what; below it the further lines of a reply.
fn line(text: &mut String, story: &Story, row: &Row) {
    let label = story.label(row, TONE);
    let who = match row.what {
        What::Command => "C",
        What::Reply(_) => "S",
        _ if row.what.is_channel() => "D",
        _ => " ",
    };
    let session = match story.heads().len() {
        0 | 1 => String::new(),
        _ => format!("#{} ", story.session_of(row.event).unwrap_or_default()),
    };
    let time = match row.what.is_aside() {
        true => " ".repeat(12),
        false => stamp::time_of_day(row.at.time),
    };
    push(text, &format!("{time} {session}{who} {}", label.whole()));
    let Some(reply) = story.reply(row).filter(|reply| folded(reply).1 > 0) else {
        return;
    };
    for further in reply.text.split(|&byte| byte == b'\n').skip(1) {
        push(text, &format!("{:19}{}", "", escape::line(further)));
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

fn markdown(story: &Story) -> String {
    let mut text = String::new();
    for head in story.heads() {
        // A code span keeps a name from being taken for markup; a backtick would end it.
        let title = title(story, head.id).replace('`', "'");
        push(&mut text, &format!("## `{title}`\n"));
    }
    let mut told: Vec<&Finding> = Vec::new();
    for index in 0..story.rows().len() {
        for (finding, _) in story.findings(index).into_iter().filter(|(_, home)| *home) {
            if !told.iter().any(|one| std::ptr::eq(*one, finding)) {
                told.push(finding);
            }
        }
    }
    told.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in told {
        problem(&mut text, finding);
    }
    text.push_str("```text\n");
    text.push_str(&transcript(story));
    text.push_str("```\n");
    text
}

fn problem(text: &mut String, finding: &Finding) {
    push(text, &format!("### {}\n", finding.cause));
    push(text, &format!("{}\n", harmless(&finding.summary)));
    push(
        text,
        &format!("- confidence: {}", finding.confidence.word()),
    );
    for evidence in &finding.evidence {
        let note = harmless(&evidence.note);
        push(
            text,
            &format!("- frame {}: {note}", evidence.frame.number()),
        );
    }
    for advice in &finding.advice {
        push(text, &format!("- try: {}", harmless(advice)));
    }
    text.push('\n');
}

fn mermaid(story: &Story) -> String {
    let mut text = String::from("sequenceDiagram\n");
    for (index, lane) in story.lanes().all().iter().enumerate() {
        let party = match lane.party {
            Party::Client => "client",
            Party::Server => "server",
            Party::Other => "data",
        };
        let name = plain(&format!("{party} {}", lane.address));
        // Writing to a string does not fail.
        let _ = writeln!(text, "    participant L{index} as {name}");
    }
    for row in story.rows() {
        let label = story.label(row, Tone::default());
        arrow(&mut text, story, row, &label);
    }
    text
}

fn arrow(text: &mut String, story: &Story, row: &Row, label: &Label) {
    let (from, to) = story.passage(row);
    let said = plain(label.whole().trim_start_matches("└ "));
    let _ = match label.picture {
        Picture::Arrow(stroke) if from != to => {
            let sign = match stroke {
                Stroke::Talk => "->>",
                Stroke::Tcp => "-->>",
                Stroke::Data => "-)",
                Stroke::Failed => "-x",
            };
            writeln!(text, "    L{from}{sign}L{to}: {said}")
        }
        Picture::Arrow(_) | Picture::Note => writeln!(text, "    Note over L{from}: {said}"),
        Picture::Gap => {
            let session = story.session_of(row.event).unwrap_or_default();
            let (client, server) = story.lanes().ends(session);
            writeln!(text, "    Note over L{client},L{server}: {said}")
        }
    };
}

/// Text without anything that Mermaid would read as its own: by number, as it has it.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '#' | ';' | '<' | '>' | '{' | '}' | '"' | '%' | '`' | '&' | '\\' => {
                let _ = write!(plain, "#{};", u32::from(character));
            }
            _ => plain.push(character),
        }
    }
    plain
}
