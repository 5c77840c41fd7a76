//! Styles: what a theme makes of the same screen.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

use super::Shown;
use crate::dashboard::action::Action;
use crate::dashboard::theme::Base;

/// The styles of each line as runs: `12 plain 5 fg:Red bold`.
fn runs(buffer: &Buffer) -> String {
    let mut runs = String::new();
    for y in 0..buffer.area.height {
        let mut line: Vec<(usize, String)> = Vec::new();
        for x in 0..buffer.area.width {
            let style = name(buffer[(x, y)].style());
            match line.last_mut() {
                Some((count, last)) if *last == style => *count += 1,
                _ => line.push((1, style)),
            }
        }
        let line: Vec<String> = line
            .iter()
            .map(|(count, style)| format!("{count} {style}"))
            .collect();
        runs += &format!("{y:2}: {}\n", line.join(", "));
    }
    runs
}

fn name(style: Style) -> String {
    let mut name = String::new();
    for (kind, colour) in [("fg", style.fg), ("bg", style.bg)] {
        if let Some(colour) = colour.filter(|colour| *colour != Color::Reset) {
            name += &format!("{kind}:{colour} ");
        }
    }
    if !style.add_modifier.is_empty() {
        name += &format!("{:?}", style.add_modifier);
    }
    match name.trim() {
        "" => "plain".to_owned(),
        name => name.to_owned(),
    }
}

fn styled(base: Base) -> Buffer {
    let shown = Shown::first("pasv-private-address-nat-client-side").size(80, 21);
    shown.theme(base).press(&[Action::NextProblem]).draw()
}

#[test]
fn default_theme() {
    insta::assert_snapshot!(runs(&styled(Base::Default)));
}

#[test]
fn light_theme() {
    insta::assert_snapshot!(runs(&styled(Base::Light)));
}

#[test]
fn monochrome_theme_has_no_colour_and_shows_the_selection() {
    let buffer = styled(Base::Mono);
    let is_plain = |style: Style| {
        let colours = [style.fg, style.bg];
        colours
            .iter()
            .flatten()
            .all(|colour| *colour == Color::Reset)
    };
    assert!(buffer.content.iter().all(|cell| is_plain(cell.style())));
    let reversed = |y: u16| buffer[(5, y)].modifier.contains(Modifier::REVERSED);
    let selected: Vec<u16> = (1..21).filter(|&y| reversed(y)).collect();
    assert_eq!(selected.len(), 1);
    assert_eq!(buffer[(0, selected[0])].symbol(), "▌");
    insta::assert_snapshot!(runs(&buffer));
}
