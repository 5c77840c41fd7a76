//! What holds for every query.

use std::ops::ControlFlow;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::ftp::{Login, Method, Mode, Outcome};
use crate::output::Standing;
use crate::time::Timestamp;

/// A subject that tells these facts.
#[derive(Debug)]
struct Told(Vec<Fact<'static>>);

impl Subject for Told {
    fn tell(&self, _: Wants, hear: &mut dyn FnMut(Fact<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.0.iter().try_for_each(|fact| hear(*fact))
    }
}

fn session(failed: bool, bytes: u64, user: &'static str, code: u16) -> Told {
    let state = if failed { Standing::Fail } else { Standing::Ok };
    Told(vec![
        Fact::Opened {
            session: 7,
            client: "10.0.4.7:40000".parse().unwrap(),
            server: "192.0.2.10:21".parse().unwrap(),
            began: Timestamp::new(1_709_208_000, 0),
        },
        Fact::User(user.as_bytes()),
        Fact::Login(Login::Accepted),
        Fact::Command("RETR"),
        Fact::File(b"/pub/a.iso"),
        Fact::Reply(code),
        Fact::Announced(Method::Pasv, Mode::Passive),
        Fact::Outcome(Outcome::Completed),
        Fact::Text(b"RETR a.iso"),
        Fact::Bytes(bytes),
        Fact::Lasted(Duration::from_secs(7)),
        Fact::Tls(None),
        Fact::State(state),
    ])
}

fn subject() -> impl Strategy<Value = Told> {
    let user = prop_oneof![Just("anna"), Just("bernd")];
    (
        any::<bool>(),
        0..2_000_000u64,
        user,
        prop_oneof![Just(226u16), Just(425)],
    )
        .prop_map(|(failed, bytes, user, code)| session(failed, bytes, user, code))
}

fn term() -> impl Strategy<Value = String> {
    let keyed = prop::sample::select(
        keys()
            .flat_map(|key| {
                key.examples
                    .iter()
                    .map(move |value| format!("{}:{value}", key.name))
            })
            .collect::<Vec<_>>(),
    );
    prop_oneof![
        keyed,
        "[a-zA-Z0-9.*@_]{1,8}",
        "[ -~äß]{1,8}".prop_map(|text| {
            let text = text.replace('\\', r"\\").replace('"', "\\\"");
            format!("\"{text}\"")
        }),
        "[a-z0-9. ]{0,6}(\\\\/)?[a-z]{0,3}".prop_map(|text| format!("/{text}/i")),
        "[ -~äß]{0,8}".prop_map(|text| {
            let text = text.replace('\\', r"\\").replace('"', "\\\"");
            format!("user:\"{text}\"")
        }),
    ]
}

fn query() -> impl Strategy<Value = String> {
    term().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| format!("-({one})")),
            inner.clone().prop_map(|one| format!("not ({one})")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("{one} {other}")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) or ({other})")),
            (inner.clone(), inner).prop_map(|(one, other)| format!("({one} OR {other}) and {one}")),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_displayed_is_the_same_query(text in query()) {
        let query = Query::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let shown = query.to_string();
        let again = Query::parse(&shown).unwrap_or_else(|error| panic!("{text} → {shown}: {error}"));
        prop_assert_eq!(&again, &query, "{} → {}", text, shown);
        prop_assert_eq!(again.to_string(), shown);
    }

    #[test]
    fn no_text_is_too_much(text in "\\PC{0,80}", cursor in 0usize..90) {
        if let Err(error) = Query::parse(&text) {
            prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
            prop_assert!(text.is_char_boundary(error.span.start) && text.is_char_boundary(error.span.end));
            error.pointed(&text);
        }
        complete(&text, cursor, &Seen::default());
    }

    #[test]
    fn nearly_a_query_is_no_trouble(text in query(), cut in 0usize..100) {
        let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let _ = Query::parse(&text[..cut]);
        let _ = Query::parse(&text[cut..]);
        complete(&text, cut, &Seen::default());
    }

    #[test]
    fn logic_is_logic(one in query(), other in query(), subject in subject()) {
        let is = |text: String| Query::parse(&text).unwrap().matches(&subject);
        let (a, b) = (is(one.clone()), is(other.clone()));
        prop_assert_eq!(is(format!("-({one})")), !a);
        prop_assert_eq!(is(format!("({one}) ({other})")), a && b);
        prop_assert_eq!(is(format!("({one}) or ({other})")), a || b);
        prop_assert_eq!(is(format!("-(({one}) or ({other}))")), is(format!("-({one}) -({other})")));
        prop_assert_eq!(is(format!("-(({one}) ({other}))")), is(format!("-({one}) or -({other})")));
    }

    /// What is decided early is not decided otherwise at the end.
    #[test]
    fn an_early_verdict_stays(text in query(), subject in subject()) {
        let query = Query::parse(&text).unwrap();
        let mut trial = Trial::default();
        let mut early = None;
        for fact in &subject.0 {
            trial.hear(&query, *fact);
            let verdict = trial.verdict(&query, false);
            prop_assert!(early.is_none() || early == verdict);
            early = verdict;
        }
        let last = trial.verdict(&query, true);
        prop_assert!(last.is_some());
        prop_assert!(early.is_none() || early == last);
        prop_assert_eq!(last, Some(query.matches(&subject)));
    }
}

#[test]
fn the_examples_of_the_keys_are_understood() {
    for key in keys() {
        for value in key.examples {
            let text = format!("{}:{value}", key.name);
            assert!(Query::parse(&text).is_ok(), "{text}");
        }
        for name in key.also {
            assert_eq!(Key::find(name), Some(key), "{name}");
        }
    }
    let mut names: Vec<_> = keys()
        .flat_map(|key| key.also.iter().chain([&key.name]))
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "two keys share a name");
}

#[test]
fn each_key_is_asked() {
    let subject = session(true, 2_000_000, "Anna", 425);
    let now = Timestamp::new(1_709_208_030, 0);
    for (text, meant) in [
        ("", true),
        ("session:7", true),
        ("session:1..6,8", false),
        ("state:fail", true),
        ("state:ok,open", false),
        ("user:anna", true),
        ("user:a*", true),
        ("user:ann", false),
        ("login:accepted", true),
        ("host:10.0.4.0/24", true),
        ("host:192.0.2.10", true),
        ("client:192.0.2.10", false),
        ("server:192.0.2.*", true),
        ("port:21", true),
        ("port:22..30", false),
        ("cmd:retr,stor", true),
        ("cmd:STOR", false),
        ("reply:4xx", true),
        ("reply:42", true),
        ("reply:5", false),
        ("reply:none", false),
        ("file:*.iso", true),
        ("file:a.iso", true),
        ("file:/pub/*", true),
        ("file:pub", false),
        ("data:comp", true),
        ("data:none", false),
        ("mode:pasv", true),
        ("mode:active", false),
        ("tls:no", true),
        ("tls:yes", false),
        ("bytes:>1M", true),
        ("bytes:<2M", false),
        ("dur:>5s", true),
        ("dur:1s..6s", false),
        ("since:-1m", true),
        ("since:-10s", false),
        ("since:12:00", true),
        ("until:2024-02-29T11:59:59", false),
        ("a.ISO", true),
        ("\"RETR a\"", true),
        ("/^retr/", false),
        ("/^retr/i", true),
        ("state:fail -cmd:STOR (user:x or user:anna)", true),
        ("state:ok or reply:4xx", true),
        ("state:ok or reply:4xx bytes:0", false),
    ] {
        let query = Query::parse(text).unwrap().at(now);
        assert_eq!(query.matches(&subject), meant, "{text}");
    }
}

#[test]
fn errors_tell_what_is_wrong_from_what_is_incomplete() {
    let error = |text: &str| Query::parse(text).unwrap_err();
    for text in [
        "state:",
        "state:o",
        "-",
        "not",
        "a or",
        "(a",
        "\"a",
        "/a",
        "bytes:>",
        "dur:5..1",
        "since:-",
        "host:10.0.0.0/",
        "host:2001:db8",
        "reply:n",
        "cmd:RETR,",
        "user:\"a",
        "(",
        "a and",
        "since:12:",
        "data:re",
        "user:x state:",
    ] {
        assert!(error(text).incomplete, "{text}: {}", error(text));
    }
    for (text, place) in [
        ("stat:fail", "stat:"),
        ("a )", ")"),
        ("state:nope", "nope"),
        ("state:o x", "o"),
        ("state: x", ""),
        ("bytes:1x", "1x"),
        ("or a", "or"),
        ("a or or b", "or"),
        ("()", ")"),
        ("reply:7xx", "7xx"),
        ("cause:xyz", "xyz"),
        ("host:10.0.0.0/99", "10.0.0.0/99"),
        ("/a/b", "/a/b"),
        ("/(/", "/(/"),
        ("\"\"", "\"\""),
        ("http://x", "http:"),
        ("user:\"a\"b", "\"a\"b"),
    ] {
        let error = error(text);
        assert!(!error.incomplete, "{text}: {error}");
        assert_eq!(&text[error.span.clone()], place, "{text}: {error}");
    }
    assert!(error("stat:fail").to_string().contains("`state` is one"));
    assert!(error(&"(".repeat(4096)).to_string().contains("brackets"));
    assert!(error(&"-".repeat(4096)).to_string().contains("brackets"));
    assert!(error(&"a".repeat(4097)).to_string().contains("4096"));
    assert!(error(&"a ".repeat(65)).to_string().contains("conditions"));
}
