//! The screen of a session on captures of the repository.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::SessionScreen;
use crate::dashboard::action::Action;
use crate::dashboard::app::{Look, Times};
use crate::dashboard::story::testing;

fn screen(name: &str) -> SessionScreen {
    if let Some((one, other)) = name.split_once("+") {
        let (a, b) = (testing::capture(one), testing::capture(other));
        let mut other = (*b[0]).clone();
        let row = std::sync::Arc::make_mut(&mut other.row);
        row.id = 1000;
        let mut screen = SessionScreen::compare(a[0].row.id, 1000);
        screen.take(a[0].clone());
        screen.take(std::sync::Arc::new(other));
        return screen;
    }
    if let Some(name) = name.strip_prefix("*") {
        let dossiers = testing::capture(name);
        let mut screen = SessionScreen::new(dossiers.iter().map(|d| d.row.id).collect());
        dossiers
            .into_iter()
            .for_each(|dossier| screen.take(dossier));
        return screen;
    }
    let dossiers = testing::capture(name);
    let mut screen = SessionScreen::new(vec![dossiers[0].row.id]);
    screen.take(dossiers[0].clone());
    screen
}

fn drawn(screen: &mut SessionScreen, width: u16, height: u16, look: &Look) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    screen.draw(area, &mut buffer, look);
    look.glyphs.translate(&mut buffer);
    buffer
}

fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = crate::dashboard::text::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[test]
fn show() {
    let name = std::env::var("SHOW").unwrap_or("pasv-private-address-nat-client-side".into());
    let size = std::env::var("SIZE").unwrap_or("120x33".into());
    let (width, height) = size.split_once('x').unwrap();
    let keys = std::env::var("KEYS").unwrap_or_default();
    let mut screen = screen(&name);
    let mut look = Look {
        times: Times::Clock,
        ..Look::default()
    };
    if std::env::var("PREV").is_ok() {
        look.times = Times::SincePrevious;
    }
    let (width, height) = (width.parse().unwrap(), height.parse().unwrap());
    drawn(&mut screen, width, height, &look);
    for key in keys.chars() {
        let action = match key {
            'v' => Action::View,
            'j' => Action::Down,
            'k' => Action::Up,
            'G' => Action::Last,
            '!' => Action::NextProblem,
            'l' => Action::Right,
            'h' => Action::Left,
            _ => continue,
        };
        screen.act(action, &look);
        drawn(&mut screen, width, height, &look);
    }
    println!("{}", text(&drawn(&mut screen, width, height, &look)));
}
