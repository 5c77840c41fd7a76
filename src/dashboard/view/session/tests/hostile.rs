//! Text from the wire that wants to do harm, or takes room in unusual ways.

use super::{Shown, lines};
use crate::analyzer::Event;
use crate::dashboard::action::Action;
use crate::dashboard::story::{Export, Story, testing};
use crate::output::fixture;

/// A session in which both sides say such things.
fn events() -> Vec<Event> {
    let long = format!("RETR {}", "x".repeat(64 * 1024));
    let marks = format!("STOR e{}", "\u{301}".repeat(3000));
    let said = [
        "CWD 漢字/ディレクトリ/한국어/😀",
        "MKD \u{202e}txt.exe \u{200b}\u{feff}",
        "SITE \x1b]52;c;aGVsbG8=\x07\x1b[2J\x00\u{9b}",
        "DELE ``` <script>; # %% end",
        &long,
        &marks,
        "USER \u{5d0}\u{5d1}\u{5d2} \u{627}\u{644}",
    ];
    let answers = [
        "250 \x1b[31mred\r\n\x00",
        "550 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
        "230 a\n\u{202e}b\n\tc\n```\nd",
    ];
    let mut events = vec![fixture::opened(
        1,
        "[2001:db8:1234:5678:9abc:def0:1234:5678]:49152",
        0,
        1,
    )];
    for (nth, said) in (1..).zip(said) {
        let answer = answers[nth as usize % answers.len()];
        events.push(fixture::exchange(1, nth * 100, nth * 4, said, &[answer]));
    }
    let mut last = fixture::exchange(1, 2000, 90, "NOOP", &[]);
    if let Event::Session(crate::ftp::SessionEvent::Exchange(exchange)) = &mut last {
        exchange.argument = vec![0xff, 0xfe, b'a', 0x80, 0x1b, 0].into();
    }
    events.push(last);
    events
}

#[test]
fn nothing_reaches_the_screen_raw() {
    let views = [Action::View, Action::View, Action::View];
    for (width, height) in [(120, 33), (80, 21), (40, 7)] {
        for presses in 0..=views.len() {
            for ascii in [false, true] {
                let shown = Shown::of(&testing::dossiers(events())).size(width, height);
                let shown = if ascii { shown.ascii() } else { shown };
                let mut shown = shown.press(&views[..presses]);
                for _ in 0..12 {
                    let buffer = shown.draw();
                    let harmless = |c: char| {
                        !c.is_control() && !matches!(c, '\u{202e}' | '\u{200b}' | '\u{feff}')
                    };
                    for cell in &buffer.content {
                        assert!(cell.symbol().chars().all(harmless), "{:?}", cell.symbol());
                    }
                    if ascii {
                        assert!(lines(&buffer).is_ascii());
                    }
                    shown = shown.press(&[Action::Down]);
                }
            }
        }
    }
}

#[test]
fn hostile_screens() {
    let dossiers = testing::dossiers(events());
    let ladder = Shown::of(&dossiers)
        .press(&[Action::Down, Action::Down])
        .text();
    let transcript = Shown::of(&dossiers)
        .size(80, 21)
        .press(&[Action::View])
        .text();
    let ascii = Shown::of(&dossiers).size(60, 12).ascii().text();
    insta::assert_snapshot!(format!("{ladder}\n{transcript}\n{ascii}"));
}

#[test]
fn nothing_is_exported_raw() {
    let story = Story::new(&testing::dossiers(events()));
    for (form, ..) in Export::ALL {
        let text = form.text(&story);
        assert!(
            text.chars().all(|c| c == '\n' || !c.is_control()),
            "{text:?}"
        );
        assert!(!text.contains('\u{202e}'));
    }
    for line in Export::Mermaid.text(&story).lines().skip(1) {
        let begins = ["    participant L", "    L", "    Note over L"];
        assert!(begins.iter().any(|begin| line.starts_with(begin)), "{line}");
        assert!(
            !line.contains(['<', '>', '{', '}', '"', '%', '`', '\\']) || line.contains("->>"),
            "{line}"
        );
        // A semicolon ends a character that is told by its number, and no statement.
        let mut parts: Vec<&str> = line.split(';').collect();
        parts.pop();
        for part in parts {
            let number = part.rsplit('#').next().unwrap();
            assert!(number.parse::<u32>().is_ok(), "{line}");
        }
    }
    let markdown = Export::Markdown.text(&story);
    let fences = markdown.lines().filter(|line| line.starts_with("```"));
    assert_eq!(fences.count(), 2, "{markdown}");
}
