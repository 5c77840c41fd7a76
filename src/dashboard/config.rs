//! The configuration file: theme, columns, keys.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::action::{self, Context, Keymap};
use super::app::{Column, DataColumn, SessionColumn};
use super::theme::{Base, TOKENS, Theme};
use crate::escape;

/// What can be configured. What is not there is as it comes with the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The theme.
    pub(crate) theme: Option<String>,
    /// The mouse is used.
    pub(crate) mouse: Option<bool>,
    /// Only ASCII characters.
    pub(crate) ascii: Option<bool>,
    /// Styles of single tokens.
    pub(crate) colors: BTreeMap<String, String>,
    /// The columns of each table.
    pub(crate) columns: BTreeMap<String, Vec<String>>,
    /// The keys of actions.
    pub(crate) keys: BTreeMap<String, Vec<String>>,
}

impl Config {
    /// Reads the file that is named, or else the user's own, if there is one.
    ///
    /// # Errors
    /// When it cannot be read or is wrong: where, and why.
    pub(crate) fn load(named: Option<&Path>, home: Option<PathBuf>) -> Result<Self, String> {
        let Some(path) = named.map(Path::to_path_buf).or(home) else {
            return Ok(Self::default());
        };
        let shown = escape::line(path.as_os_str().as_encoded_bytes()).into_owned();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(format!("{shown}: cannot be read: {error}")),
        };
        Self::parse(&text).map_err(|error| format!("{shown}: {error}"))
    }

    /// Reads a configuration.
    ///
    /// # Errors
    /// Where it is wrong, and why.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        config.keymap()?;
        config.base()?;
        config.theme(Base::Default)?;
        config.session_columns()?;
        config.data_columns()?;
        Ok(config)
    }

    /// Which key does what.
    ///
    /// # Errors
    /// As [`Keymap::new`].
    pub(crate) fn keymap(&self) -> Result<Keymap, String> {
        let changes: Vec<_> = self
            .keys
            .iter()
            .map(|(id, keys)| (id.clone(), keys.clone()))
            .collect();
        Keymap::new(&changes)
    }

    /// The theme that is named, if one is.
    ///
    /// # Errors
    /// When there is none of this name.
    pub(crate) fn base(&self) -> Result<Option<Base>, String> {
        let Some(name) = &self.theme else {
            return Ok(None);
        };
        let known = Base::ALL.iter().find(|(known, _)| known == name);
        match known {
            Some((_, base)) => Ok(Some(*base)),
            None => {
                let names: Vec<&str> = Base::ALL.iter().map(|(name, _)| *name).collect();
                Err(format!(
                    "there is no theme {name:?}; there are: {}",
                    names.join(", ")
                ))
            }
        }
    }

    /// The styles of a theme with those that are configured. Without colours it stays as it is.
    ///
    /// # Errors
    /// When a token or a style is unknown.
    pub(crate) fn theme(&self, base: Base) -> Result<Theme, String> {
        let mut theme = Theme::new(base);
        for (name, words) in &self.colors {
            let token = TOKENS.iter().find(|(known, _)| known == name);
            let Some((_, token)) = token else {
                let names: Vec<&str> = TOKENS.iter().map(|(name, _)| *name).collect();
                return Err(format!(
                    "there is no color {name:?}; there are: {}",
                    names.join(", ")
                ));
            };
            let style = style(words)?;
            if base != Base::Mono {
                theme.set(*token, style);
            }
        }
        Ok(theme)
    }

    /// The columns of the table of sessions.
    ///
    /// # Errors
    /// When there is no such table or column.
    pub(crate) fn session_columns(&self) -> Result<Vec<SessionColumn>, String> {
        self.columns("sessions")
    }

    /// The columns of the table of data channels.
    ///
    /// # Errors
    /// When there is no such table or column.
    pub(crate) fn data_columns(&self) -> Result<Vec<DataColumn>, String> {
        self.columns("data")
    }

    fn columns<C: Column>(&self, table: &str) -> Result<Vec<C>, String> {
        if let Some(other) = self
            .columns
            .keys()
            .find(|name| !["sessions", "data"].contains(&name.as_str()))
        {
            return Err(format!(
                "there is no table {other:?}; there are: sessions, data"
            ));
        }
        let Some(names) = self.columns.get(table) else {
            return Ok(C::ALL.to_vec());
        };
        for name in names {
            if !C::ALL.iter().any(|column| column.id() == name) {
                let known: Vec<&str> = C::ALL.iter().map(|column| column.id()).collect();
                return Err(format!(
                    "table {table} has no column {name:?}; it has: {}",
                    known.join(", ")
                ));
            }
        }
        let shown = |column: &C| names.iter().any(|name| name == column.id());
        Ok(C::ALL.iter().copied().filter(shown).collect())
    }
}

/// `bold red on black`.
fn style(words: &str) -> Result<Style, String> {
    let mut style = Style::new();
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        style = match word {
            "bold" => style.add_modifier(Modifier::BOLD),
            "dim" => style.add_modifier(Modifier::DIM),
            "italic" => style.add_modifier(Modifier::ITALIC),
            "underlined" => style.add_modifier(Modifier::UNDERLINED),
            "reversed" => style.add_modifier(Modifier::REVERSED),
            "on" => style.bg(color(words.next().unwrap_or_default())?),
            word => style.fg(color(word)?),
        };
    }
    Ok(style)
}

fn color(word: &str) -> Result<Color, String> {
    word.parse().map_err(|_| {
        format!(
            "{word:?} is no color: red, lightblue, gray …, a number from 0 to 255, #rrggbb; or \
             bold, dim, italic, underlined, reversed"
        )
    })
}

/// A configuration with everything in it, as it comes with the program.
pub(crate) fn print(config: &Config) -> String {
    let mut text = String::from(
        "# Configuration of `ftpscope watch`: $XDG_CONFIG_HOME/ftpscope/config.toml,\n\
         # or ~/.config/ftpscope/config.toml. What is left out is as it is here.\n\n",
    );
    let names: Vec<&str> = Base::ALL.iter().map(|(name, _)| *name).collect();
    let theme = config.theme.as_deref().unwrap_or("default");
    let _ = writeln!(text, "# {}\ntheme = {theme:?}", names.join(", "));
    let _ = writeln!(text, "mouse = {}", config.mouse.unwrap_or(true));
    let _ = writeln!(text, "ascii = {}\n", config.ascii.unwrap_or(false));
    text +=
        "# Colours by meaning, instead of those of the theme: \"bold red on black\".\n[colors]\n";
    for (name, _) in TOKENS {
        match config.colors.get(*name) {
            Some(words) => {
                let _ = writeln!(text, "{name} = {words:?}");
            }
            None => {
                let _ = writeln!(text, "# {name} = \"…\"");
            }
        }
    }
    text += "\n# Which columns a table has, where there is room.\n[columns]\n";
    let list = |names: Vec<&str>| format!("{names:?}");
    let sessions = config.session_columns().unwrap_or_default();
    let data = config.data_columns().unwrap_or_default();
    let sessions = list(sessions.iter().map(|column| column.id()).collect());
    let data = list(data.iter().map(|column| column.id()).collect());
    let _ = writeln!(text, "sessions = {sessions}\ndata = {data}\n");
    text += "# Keys by action.\n[keys]\n";
    for entry in action::ALL {
        let keys: Vec<&str> = match config.keys.get(entry.id) {
            Some(keys) => keys.iter().map(String::as_str).collect(),
            None => entry.keys.to_vec(),
        };
        let _ = writeln!(text, "# {}\n{} = {keys:?}", entry.help, entry.id);
    }
    text
}

/// All keys, context by context: as text, or as tables in Markdown.
pub(crate) fn print_keys(keymap: &Keymap, markdown: bool) -> String {
    let mut text = String::new();
    for (context, heading) in Context::ALL {
        let entries: Vec<_> = action::of_context(context).collect();
        if markdown {
            let _ = writeln!(
                text,
                "### {heading}\n\n| Keys | Action | |\n| --- | --- | --- |"
            );
        } else {
            let _ = writeln!(text, "{heading}");
        }
        for entry in entries {
            let keys = keymap.keys(entry.action).iter();
            let keys: Vec<String> = keys.map(ToString::to_string).collect();
            let _ = match markdown {
                true => {
                    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                    writeln!(
                        text,
                        "| {} | `{}` | {} |",
                        keys.join(" "),
                        entry.id,
                        entry.help
                    )
                }
                false => writeln!(
                    text,
                    "  {:<20} {:<18} {}",
                    keys.join(" "),
                    entry.id,
                    entry.help
                ),
            };
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::theme::Token;

    #[test]
    fn what_is_printed_is_what_is_in_force() {
        let text = print(&Config::default());
        let config = Config::parse(&text).unwrap();
        assert_eq!(
            config.keymap().unwrap().keys(action::Action::Freeze).len(),
            1
        );
        assert_eq!(config.session_columns().unwrap(), SessionColumn::ALL);
        assert_eq!(print(&config), text);
    }

    #[test]
    fn mistakes_are_told() {
        for (text, word) in [
            ("them = 1", "them"),
            ("theme = \"dark\"", "default"),
            ("[colors]\nok = \"gren\"", "gren"),
            ("[colors]\ngood = \"green\"", "selection"),
            ("[columns]\nsessions = [\"stat\"]", "state"),
            ("[columns]\nsession = []", "sessions"),
            ("[keys]\nfreeze = [\"q\"]", "quit"),
            ("[keys]\nfreezer = [\"q\"]", "freezer"),
        ] {
            let error = Config::parse(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn colours_are_set_but_not_where_there_are_none() {
        let config = Config::parse("[colors]\nok = \"bold lightblue on black\"").unwrap();
        let style = config.theme(Base::Default).unwrap().of(Token::Ok);
        assert_eq!(
            (style.fg, style.bg),
            (Some(Color::LightBlue), Some(Color::Black))
        );
        let mono = config.theme(Base::Mono).unwrap();
        assert_eq!(mono, Theme::new(Base::Mono));
    }

    /// The keys in the documentation are those of the table.
    #[test]
    fn the_documentation_has_the_keys() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dashboard.md");
        let docs = fs::read_to_string(&path).unwrap();
        let (begin, end) = ("<!-- keys -->\n", "<!-- /keys -->");
        let start = docs.find(begin).unwrap() + begin.len();
        let stop = docs.find(end).unwrap();
        let keys = print_keys(&Config::default().keymap().unwrap(), true);
        let keys = format!("\n{keys}");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let new = [&docs[..start], &keys, &docs[stop..]].concat();
            fs::write(path, new).unwrap();
        } else {
            assert_eq!(&docs[start..stop], keys, "UPDATE_GOLDEN=1 writes it anew");
        }
    }
}
