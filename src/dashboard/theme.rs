//! Colours by meaning.
//!
//! The code that draws names a [`Token`], never a colour. By default a token is one of the sixteen
//! ANSI colours, so that the user's own palette decides. Nothing is told by colour alone: every
//! state has a word and a sign too, and the monochrome theme sets no colour at all.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Token {
    /// Completed.
    Ok,
    /// Failed.
    Fail,
    /// Under way.
    Open,
    /// Encrypted: facts end here.
    Tls,
    /// Start or packets missing, so no verdict.
    Part,
    /// Ended by one side.
    Abort,
    /// Login refused, a warning.
    Auth,
    /// What the client said.
    Client,
    /// What the server said.
    Server,
    /// What went over a data channel.
    Data,
    /// The row that is selected.
    Selection,
    /// The pane that has the keys.
    Focus,
    /// Titles of columns and sections.
    Title,
    /// Rules, borders, notes: what may be overlooked.
    Dim,
    /// An escaped byte, a hidden secret.
    Escape,
    /// Input that is wrong.
    Wrong,
    /// What a search found.
    Found,
}

/// The names of the tokens in the configuration.
pub(crate) const TOKENS: &[(&str, Token)] = &[
    ("ok", Token::Ok),
    ("fail", Token::Fail),
    ("open", Token::Open),
    ("tls", Token::Tls),
    ("part", Token::Part),
    ("abort", Token::Abort),
    ("auth", Token::Auth),
    ("client", Token::Client),
    ("server", Token::Server),
    ("data", Token::Data),
    ("selection", Token::Selection),
    ("focus", Token::Focus),
    ("title", Token::Title),
    ("dim", Token::Dim),
    ("escape", Token::Escape),
    ("wrong", Token::Wrong),
    ("found", Token::Found),
];

/// The themes that come with the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Base {
    /// For dark backgrounds, and for palettes that are made for both.
    #[default]
    Default,
    /// For light backgrounds.
    Light,
    /// Without any colour.
    Mono,
}

impl Base {
    /// All of them with their names.
    pub(crate) const ALL: [(&'static str, Self); 3] = [
        ("default", Self::Default),
        ("light", Self::Light),
        ("mono", Self::Mono),
    ];
}

/// A style for every token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Theme {
    styles: [Style; TOKENS.len()],
}

impl Theme {
    /// A theme as it comes with the program.
    pub(crate) fn new(base: Base) -> Self {
        let style = match base {
            Base::Default => default,
            Base::Light => light,
            Base::Mono => mono,
        };
        let mut styles = [Style::new(); TOKENS.len()];
        for (slot, (_, token)) in styles.iter_mut().zip(TOKENS) {
            *slot = style(*token);
        }
        Self { styles }
    }

    /// The style of a token.
    pub(crate) fn of(&self, token: Token) -> Style {
        self.styles[token as usize]
    }

    /// Gives a token another style.
    pub(crate) fn set(&mut self, token: Token, style: Style) {
        self.styles[token as usize] = style;
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Base::Default)
    }
}

fn default(token: Token) -> Style {
    let style = Style::new();
    match token {
        Token::Ok | Token::Data => style.fg(Color::Green),
        Token::Fail => style.fg(Color::Red).add_modifier(Modifier::BOLD),
        Token::Open => style.fg(Color::Yellow),
        Token::Tls => style.fg(Color::Blue).add_modifier(Modifier::BOLD),
        Token::Part => style.fg(Color::Magenta),
        Token::Abort | Token::Wrong => style.fg(Color::Red),
        Token::Auth => style.fg(Color::Yellow).add_modifier(Modifier::BOLD),
        Token::Client => style.fg(Color::Cyan),
        Token::Server => style,
        Token::Selection => style.add_modifier(Modifier::REVERSED),
        Token::Focus | Token::Title => style.add_modifier(Modifier::BOLD),
        Token::Dim | Token::Escape => style.fg(Color::DarkGray),
        Token::Found => style.fg(Color::Black).bg(Color::Yellow),
    }
}

fn light(token: Token) -> Style {
    let style = Style::new();
    match token {
        Token::Client => style.fg(Color::Blue),
        Token::Tls => style.fg(Color::Blue),
        Token::Dim | Token::Escape => style.fg(Color::Gray).add_modifier(Modifier::DIM),
        other => default(other),
    }
}

fn mono(token: Token) -> Style {
    let style = Style::new();
    match token {
        Token::Fail | Token::Auth | Token::Focus | Token::Title => {
            style.add_modifier(Modifier::BOLD)
        }
        Token::Open | Token::Dim | Token::Escape => style.add_modifier(Modifier::DIM),
        Token::Tls | Token::Wrong => style.add_modifier(Modifier::UNDERLINED),
        Token::Part => style.add_modifier(Modifier::ITALIC),
        Token::Selection | Token::Found => style.add_modifier(Modifier::REVERSED),
        _ => style,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_listed_in_their_order_and_once() {
        for (index, (_, token)) in TOKENS.iter().enumerate() {
            assert_eq!(*token as usize, index);
        }
    }

    #[test]
    fn the_monochrome_theme_has_no_colour_and_shows_the_selection() {
        let theme = Theme::new(Base::Mono);
        for (name, token) in TOKENS {
            let style = theme.of(*token);
            assert_eq!((style.fg, style.bg), (None, None), "{name}");
        }
        assert_ne!(theme.of(Token::Selection), Style::new());
        assert_ne!(theme.of(Token::Fail), theme.of(Token::Ok));
    }
}
