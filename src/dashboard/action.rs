//! Everything that a key can do: one table.
//!
//! Dispatch, footer, help, palette, documentation and `--print-keys` are made from [`ALL`], so none
//! of them can contradict another.

use std::collections::HashMap;

use super::key::Key;

/// Where the keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Context {
    /// The table of sessions.
    Sessions,
    /// The table of data channels.
    Data,
    /// The list of problems.
    Problems,
    /// Totals and rates.
    Stats,
    /// The log.
    Log,
    /// One session: ladder, transcript, data, raw.
    Session,
    /// Two sessions side by side.
    Compare,
    /// A line or form that takes text: all else that is typed is text.
    Text,
    /// A list to choose from, over the screen.
    Choice,
    /// The help.
    Help,
    /// The question whether to quit.
    Leaving,
}

impl Context {
    /// All of them, with the heading of each in help and documentation.
    pub(crate) const ALL: [(Self, &'static str); 11] = [
        (Self::Sessions, "Sessions"),
        (Self::Data, "Data"),
        (Self::Problems, "Problems"),
        (Self::Stats, "Stats"),
        (Self::Log, "Log"),
        (Self::Session, "Session"),
        (Self::Compare, "Comparison"),
        (Self::Text, "Text fields"),
        (Self::Choice, "Choices"),
        (Self::Help, "Help"),
        (Self::Leaving, "Quitting"),
    ];
}

use Context::{
    Choice, Compare, Data, Help, Leaving, Log, Problems, Session, Sessions, Stats, Text,
};

const SCREENS: &[Context] = &[Sessions, Data, Problems, Stats, Log, Session, Compare];
const LISTS: &[Context] = &[Sessions, Data, Problems];
const TABLES: &[Context] = &[Sessions, Data];
const MOVING: &[Context] = &[
    Sessions, Data, Problems, Stats, Log, Session, Compare, Choice, Help,
];

macro_rules! actions {
    ($($name:ident, $id:literal, [$($key:literal),*], $contexts:expr, $label:literal, $help:literal;)*) => {
        /// One thing that a key can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Action {
            $(#[doc = $help] $name,)*
        }

        /// All actions. Where the footer has no room for all of a context, those further up stay.
        pub(crate) const ALL: &[Entry] = &[
            $(Entry {
                action: Action::$name,
                id: $id,
                keys: &[$($key),*],
                contexts: $contexts,
                label: $label,
                help: $help,
            },)*
        ];
    };
}

/// One action: its keys, where they work, and what is said of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// The action.
    pub(crate) action: Action,
    /// Its name in the configuration and in the palette.
    pub(crate) id: &'static str,
    /// Its keys, the one that the footer shows first.
    pub(crate) keys: &'static [&'static str],
    /// Where the keys work.
    pub(crate) contexts: &'static [Context],
    /// What the footer says; empty for what is not there.
    pub(crate) label: &'static str,
    /// What help and documentation say.
    pub(crate) help: &'static str,
}

actions! {
    Open, "open", ["enter"], &[Sessions, Data, Problems, Session], "open", "Open what is selected";
    Back, "back", ["esc"], SCREENS, "back", "Back by one layer; stops the reading of a file";
    Accept, "accept", ["enter"], &[Text, Choice, Leaving], "accept", "Take it";
    Cancel, "cancel", ["esc"], &[Text, Choice, Help, Leaving], "cancel", "Leave without a change";
    Toggle, "toggle", ["space"], &[Choice], "show or hide", "Show or hide the column";
    Complete, "complete", ["tab"], &[Text], "complete", "Complete the word, or go to the next field";
    CompleteBack, "complete-back", ["shift-tab"], &[Text], "", "The completion or field before";
    HistoryBack, "history-back", ["up"], &[Text], "earlier", "What was entered before";
    HistoryForward, "history-forward", ["down"], &[Text], "", "What was entered after that";

    Mark, "mark", ["space"], &[Sessions, Session], "mark", "Mark or unmark what is selected";
    Filter, "filter", ["/", "F3"], LISTS, "filter", "Show only what satisfies an expression";
    Find, "find", ["/", "F3"], &[Session, Log], "find", "Find a text";
    View, "view", ["v"], &[Session], "view", "Ladder, transcript, data, raw";
    SortNext, "sort-next", [">"], TABLES, "", "Sort by the next column";
    SortBack, "sort-back", ["<"], TABLES, "sort", "Sort by the column before";
    SortTurn, "sort-turn", ["z"], TABLES, "", "Reverse the order";
    Group, "group", ["o"], &[Problems], "group", "Group by cause, server, or client";
    Save, "save", ["s", "F2"], &[Sessions, Problems, Session, Compare, Leaving], "save", "Save packets, a transcript or a report";
    Freeze, "freeze", ["p"], SCREENS, "freeze", "Stop the screen, not the capture; go on";
    Follow, "follow", ["F", "A"], &[Sessions, Data, Log, Session], "follow", "Stay with the latest";
    Ladder, "ladder", ["L"], &[Sessions], "ladder", "The marked sessions in one ladder";
    Related, "related", ["x", "F4"], &[Sessions, Session], "", "The ladder with the sessions that are related";
    Columns, "columns", ["c", "F10"], TABLES, "columns", "Choose the columns";
    Raw, "raw", ["r", "F6"], &[Session], "raw", "The packets as they are";
    Hex, "hex", ["X"], &[Session], "hex", "The bytes of the selection in hexadecimal";
    NextProblem, "next-problem", ["!"], &[Session, Compare], "problem", "Go to the next problem; in a comparison to the next difference";
    Help, "help", ["?", "F1"], SCREENS, "help", "This help";
    Quit, "quit", ["q"], SCREENS, "quit", "Quit; asks when captured packets would be lost";

    Up, "up", ["up", "k"], MOVING, "", "Up by one";
    Down, "down", ["down", "j"], MOVING, "", "Down by one";
    PageUp, "page-up", ["pgup", "ctrl-b"], MOVING, "", "Up by a page";
    PageDown, "page-down", ["pgdn", "ctrl-f"], MOVING, "", "Down by a page";
    HalfUp, "half-up", ["ctrl-u"], MOVING, "", "Up by half a page";
    HalfDown, "half-down", ["ctrl-d"], MOVING, "", "Down by half a page";
    First, "first", ["g", "home"], MOVING, "", "To the first";
    Last, "last", ["G", "end"], MOVING, "", "To the last";
    Left, "left", ["left", "h"], MOVING, "", "To the left; fold";
    Right, "right", ["right", "l"], MOVING, "", "To the right; unfold";
    NextPane, "next-pane", ["tab"], SCREENS, "", "To the next pane";
    PreviousPane, "previous-pane", ["shift-tab"], SCREENS, "", "To the pane before";

    MarkAll, "mark-all", ["*"], &[Sessions], "", "Mark all that are shown";
    UnmarkAll, "unmark-all", ["-"], &[Sessions, Session], "", "Remove all marks";
    FilterForm, "filter-form", ["F7", "f"], LISTS, "", "Fill in a filter field by field";
    Unfilter, "unfilter", ["u", "backspace"], LISTS, "", "Show everything";
    FindNext, "find-next", ["n"], &[Session, Log], "", "The next that was found";
    FindBack, "find-back", ["N"], &[Session, Log], "", "The one before that was found";
    Compare, "compare", ["d"], &[Sessions, Session], "", "The two marked ones side by side";
    PreviousSession, "previous-session", ["["], &[Session], "", "The session before in the table";
    NextSession, "next-session", ["]"], &[Session], "", "The next session of the table";
    Times, "times", ["t"], &[Sessions, Data, Session], "", "Time of day, since the one before, since the first";
    Colouring, "colouring", ["C"], &[Session], "", "Colour by role, session, or channel";
    Copy, "copy", ["y"], SCREENS, "", "Copy the selection to the clipboard";
    CopyMarkdown, "copy-markdown", ["Y"], SCREENS, "", "Copy it as Markdown";
    Secrets, "secrets", ["P"], SCREENS, "", "Show passwords, or hide them again";
    Report, "report", ["R"], SCREENS, "", "Write a report of what is shown";
    Acknowledge, "acknowledge", ["a"], SCREENS, "", "The failure of the capture has been seen";
    Theme, "theme", ["T"], SCREENS, "", "Choose the colours";
    Palette, "palette", [":"], SCREENS, "", "Any action by its name";
    ScreenSessions, "screen-sessions", ["1"], SCREENS, "", "Sessions";
    ScreenData, "screen-data", ["2"], SCREENS, "", "Data channels";
    ScreenProblems, "screen-problems", ["3"], SCREENS, "", "Problems";
    ScreenStats, "screen-stats", ["4"], SCREENS, "", "Totals and rates";
    ScreenLog, "screen-log", ["5"], SCREENS, "", "The log";
    QuitNow, "quit-now", ["ctrl-c"], &[Sessions, Data, Problems, Stats, Log, Session, Compare, Text, Choice, Help, Leaving], "", "Quit at once";
    QuitKeeping, "quit-keeping", ["Q"], SCREENS, "", "Quit and leave the last screen standing";
    Suspend, "suspend", ["ctrl-z"], &[Sessions, Data, Problems, Stats, Log, Session, Compare, Text, Choice, Help, Leaving], "", "Back to the shell; fg returns";
}

/// Which key does what in which context.
#[derive(Clone, Debug)]
pub(crate) struct Keymap {
    actions: HashMap<(Context, Key), Action>,
    keys: HashMap<Action, Vec<Key>>,
}

impl Keymap {
    /// The keys of the table, and instead of them those that are given by the name of an action.
    ///
    /// # Errors
    /// When there is no such action or key, or when a key would have two meanings in one context.
    pub(crate) fn new(changes: &[(String, Vec<String>)]) -> Result<Self, String> {
        for (id, _) in changes {
            if !ALL.iter().any(|entry| entry.id == id) {
                return Err(format!(
                    "there is no action {id:?}: --print-keys lists them"
                ));
            }
        }
        let mut map = Self {
            actions: HashMap::new(),
            keys: HashMap::new(),
        };
        for entry in ALL {
            let changed = changes.iter().find(|(id, _)| id == entry.id);
            let names: Vec<&str> = match changed {
                Some((_, keys)) => keys.iter().map(String::as_str).collect(),
                None => entry.keys.to_vec(),
            };
            map.bind(entry, &names)?;
        }
        Ok(map)
    }

    fn bind(&mut self, entry: &Entry, names: &[&str]) -> Result<(), String> {
        for name in names {
            let key: Key = name.parse()?;
            for context in entry.contexts {
                let before = self.actions.insert((*context, key), entry.action);
                if let Some(other) = before {
                    let other = entry_of(other).id;
                    let id = entry.id;
                    return Err(format!("key {name} has two meanings: {other} and {id}"));
                }
            }
            self.keys.entry(entry.action).or_default().push(key);
        }
        Ok(())
    }

    /// What a key does.
    pub(crate) fn action(&self, context: Context, key: Key) -> Option<Action> {
        self.actions.get(&(context, key)).copied()
    }

    /// The keys of an action, the one that the footer shows first.
    pub(crate) fn keys(&self, action: Action) -> &[Key] {
        self.keys.get(&action).map_or(&[], Vec::as_slice)
    }
}

/// What the table says of an action.
fn entry_of(action: Action) -> &'static Entry {
    // The table has one entry an action, in their order.
    &ALL[action as usize]
}

/// The actions that work in a context.
pub(crate) fn of_context(context: Context) -> impl Iterator<Item = &'static Entry> {
    ALL.iter()
        .filter(move |entry| entry.contexts.contains(&context))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_key_has_two_meanings_and_every_action_says_what_it_does() {
        Keymap::new(&[]).unwrap();
        let mut ids = HashSet::new();
        for (index, entry) in ALL.iter().enumerate() {
            assert_eq!(entry.action as usize, index);
            assert!(ids.insert(entry.id), "{} is there twice", entry.id);
            assert!(
                !entry.help.is_empty() && !entry.help.ends_with('.'),
                "{}",
                entry.id
            );
            assert!(
                !entry.contexts.is_empty() && !entry.keys.is_empty(),
                "{}",
                entry.id
            );
        }
    }

    #[test]
    fn keys_can_be_changed_but_not_into_a_contradiction() {
        let change = |id: &str, key: &str| vec![(id.to_owned(), vec![key.to_owned()])];
        let map = Keymap::new(&change("freeze", "F5")).unwrap();
        let key = |name: &str| name.parse::<Key>().unwrap();
        assert_eq!(map.action(Sessions, key("F5")), Some(Action::Freeze));
        assert_eq!(map.action(Sessions, key("p")), None);
        assert!(
            Keymap::new(&change("freeze", "q"))
                .unwrap_err()
                .contains("quit")
        );
        assert!(Keymap::new(&change("freeze", "F99")).is_err());
        assert!(Keymap::new(&change("freezer", "p")).is_err());
    }
}
