//! Codes and causes, explained to a person.

use super::line::{Ink, Line};
use super::pen::Pen;
use crate::diagnosis::codes::{self, Class, ReplyCode};
use crate::diagnosis::{Cause, Topic, catalogue};
use crate::output::text::Options;

/// One topic as it is printed.
pub fn topic(topic: Topic, options: Options) -> String {
    let pen = Pen::new(options.width, options.colour, options.ascii);
    match topic {
        Topic::Code(code) => explain_code(code, pen),
        Topic::Unlisted(code, class) => explain_class(code, class, pen),
        Topic::Cause(cause) => explain_cause(cause, pen),
    }
}

/// All topics, a line each.
pub fn list(options: Options) -> String {
    let pen = Pen::new(options.width, options.colour, options.ascii);
    let mut text = String::new();
    for class in Class::ALL {
        let range = format!("{}yz  {}", class.digit(), class.name());
        text += &pen.line(Line::default().ink(Ink::Strong, range));
        for code in codes::all().filter(|code| code.class() == class) {
            text += &entry(pen, code.code.to_string(), 5, code.meaning);
        }
        text.push('\n');
    }
    for (family, causes) in catalogue::families() {
        text += &pen.line(Line::default().ink(Ink::Strong, family));
        for cause in causes {
            text += &entry(pen, cause.id.to_owned(), 27, cause.title);
        }
        text.push('\n');
    }
    let hint = "ftpscope explain CODE or CAUSE tells more: ftpscope explain 425";
    text + &pen.wrapped(Line::default(), Ink::Dim, hint)
}

/// A reference as it is printed: rules with their names, then entries with theirs.
pub fn reference(
    title: &'static str,
    rules: &[(&'static str, &'static str)],
    entries: impl IntoIterator<Item = (&'static str, String)>,
    options: Options,
) -> String {
    let pen = Pen::new(options.width, options.colour, options.ascii);
    let mut text = pen.wrapped(Line::default(), Ink::Strong, title);
    for (name, rule) in rules {
        text += &part(pen, name, rule);
    }
    text.push('\n');
    for (name, meaning) in entries {
        text += &entry(pen, name.to_owned(), 11, &meaning);
    }
    text
}

fn entry(pen: Pen, name: String, columns: usize, meaning: &str) -> String {
    let name = format!("{name:<columns$}");
    let first = Line::indented(2).ink(Ink::Client, name);
    pen.wrapped(first, Ink::Plain, meaning)
}

fn explain_code(code: &ReplyCode, pen: Pen) -> String {
    let mut text = code_title(code.code, code.meaning, code.class(), pen);
    text += &part(pen, "means", code.class().meaning());
    text += &part(pen, "usually", code.usually);
    text += &part(pen, "next", code.next);
    text += &part(pen, "source", code.source);
    text + &causes(pen, code.see)
}

fn explain_class(code: u16, class: Class, pen: Pen) -> String {
    let meaning = "No specification lists this code; its digits say what it is";
    let mut text = code_title(code, meaning, class, pen);
    text += &part(pen, "means", class.meaning());
    if let Some(subject) = codes::subject(code) {
        text += &part(pen, "subject", &format!("It is about {subject}."));
    }
    text + &part(
        pen,
        "next",
        "The text behind the code, and the server's own documentation.",
    )
}

fn code_title(code: u16, meaning: &str, class: Class, pen: Pen) -> String {
    let ink = match class {
        Class::Success => Ink::Ok,
        Class::Preliminary | Class::Intermediate => Ink::Open,
        Class::PassingRefusal | Class::FinalRefusal => Ink::Fail,
        Class::Protected => Ink::Tls,
    };
    let first = Line::default().ink(ink, format!("{code}  "));
    pen.wrapped(first, Ink::Strong, meaning) + &pen.line(Line::indented(5).ink(ink, class.name()))
}

fn explain_cause(cause: &Cause, pen: Pen) -> String {
    let mut text = pen.line(Line::default().ink(Ink::Client, cause.id));
    text += &pen.wrapped(Line::default(), Ink::Strong, cause.title);
    text += &part(pen, "what it is", cause.what);
    text += &part(pen, "on the wire", cause.on_the_wire);
    text += &part(pen, "to confirm", cause.confirm);
    text += &part(pen, "to mend", cause.mend);
    let codes: Vec<String> = codes::all()
        .filter(|code| code.see.contains(&cause))
        .map(|code| code.code.to_string())
        .collect();
    if codes.is_empty() {
        return text;
    }
    text + &part(pen, "replies", &codes.join(", "))
}

fn causes(pen: Pen, causes: &[&Cause]) -> String {
    if causes.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}", pen.line(Line::indented(3).dim("causes")));
    for cause in causes {
        let name = Line::indented(5).ink(Ink::Client, format!("{:<27}", cause.id));
        text += &pen.wrapped(name, Ink::Plain, cause.title);
    }
    text
}

/// A paragraph behind its name; a list of them when there are several lines.
fn part(pen: Pen, name: &'static str, lines: &str) -> String {
    let mut text = "\n".to_owned();
    let mut name = name;
    let mark = if lines.contains('\n') { "- " } else { "" };
    for line in lines.lines() {
        let first = Line::indented(3).dim(format!("{name:<13}{mark}"));
        text += &pen.wrapped(first, Ink::Plain, line);
        name = "";
    }
    text
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn options(width: usize, ascii: bool) -> Options {
        Options {
            width,
            colour: false,
            ascii,
            summary: false,
            all: false,
            show_passwords: false,
            wireshark: false,
        }
    }

    #[test]
    fn every_topic_fits_the_width_and_ascii() {
        let topics = codes::all().map(Topic::Code);
        let topics = topics.chain(catalogue::all().map(Topic::Cause));
        for (width, ascii) in [(60, false), (80, true), (120, false)] {
            let options = options(width, ascii);
            let texts = topics.clone().map(|one| topic(one, options));
            for text in texts.chain([list(options)]) {
                assert!(text.lines().all(|line| line.width() <= width), "{text}");
                assert!(
                    !ascii || (text.is_ascii() && !text.contains("\\x")),
                    "{text}"
                );
            }
        }
    }
}
