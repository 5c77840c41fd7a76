//! The filter language: what is parsed is printed as the same query, means the same, and keeps to
//! logic; what is no query is pointed at.

use std::ops::ControlFlow;
use std::sync::LazyLock;
use std::time::Duration;

use ftpscope::diagnosis::Severity;
use ftpscope::ftp::{Login, Method, Mode, Outcome, TlsKind};
use ftpscope::output::Standing;
use ftpscope::select::{Fact, Query, Seen, Subject, Trial, Wants, complete};
use ftpscope::time::Timestamp;

pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    for cursor in [0, text.len() / 2, text.len()] {
        for completion in complete(text, cursor, &SEEN) {
            assert!(
                text.get(completion.replaces.clone()).is_some(),
                "{completion:?}"
            );
        }
    }
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some(), "{error:?}");
            assert!(error.pointed(text).lines().count() >= 2);
            return;
        }
    };
    let shown = query.to_string();
    let again = Query::parse(&shown).unwrap_or_else(|error| panic!("{shown}: {error}"));
    assert_eq!(again, query, "{shown}");
    assert_eq!(again.to_string(), shown);
    let _ = query.is_relative();
    let now = query.at(Timestamp::new(1_700_000_100, 0));
    let both = Query::all([query.clone(), query.clone()]);
    let either = Query::any([query.clone(), query.clone()]);
    let not = Query::parse(&format!("-({shown})"));
    for subject in SUBJECTS.iter() {
        let matches = query.matches(subject);
        is_stable(&query, subject);
        is_stable(&now, subject);
        for twice in [&both, &either].into_iter().flatten() {
            assert_eq!(twice.matches(subject), matches, "{shown}");
        }
        // Without any condition there is nothing that brackets could hold.
        if let Ok(not) = &not
            && !query.is_empty()
        {
            assert_eq!(not.matches(subject), !matches, "{shown}");
        }
    }
}

/// What is decided early is not decided otherwise later.
fn is_stable(query: &Query, subject: &Told) {
    let mut trial = Trial::default();
    let mut early = None;
    for fact in subject.0 {
        trial.hear(query, *fact);
        let verdict = trial.verdict(query, false);
        assert!(early.is_none() || early == verdict, "{query}");
        early = verdict;
    }
    let last = trial.verdict(query, true);
    assert_eq!(last, Some(query.matches(subject)), "{query}");
    assert!(early.is_none() || early == last, "{query}");
}

/// A subject that tells these facts.
struct Told(&'static [Fact<'static>]);

impl Subject for Told {
    fn tell(&self, _: Wants, hear: &mut dyn FnMut(Fact<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.0.iter().try_for_each(|fact| hear(*fact))
    }
}

static SEEN: LazyLock<Seen> = LazyLock::new(|| {
    let mut seen = Seen::default();
    for subject in SUBJECTS.iter() {
        subject.0.iter().for_each(|fact| seen.hear(fact));
    }
    seen
});

static SUBJECTS: LazyLock<[Told; 3]> = LazyLock::new(|| {
    let opened = |session, client: &str, server: &str| Fact::Opened {
        session,
        client: client.parse().unwrap(),
        server: server.parse().unwrap(),
        began: Timestamp::new(1_700_000_000, 5),
    };
    let plain = vec![
        opened(7, "192.0.2.9:40000", "198.51.100.1:21"),
        Fact::User(b"anna"),
        Fact::Login(Login::Accepted),
        Fact::Command("RETR"),
        Fact::File(b"/pub/a.iso"),
        Fact::Announced(Method::Pasv, Mode::Passive),
        Fact::End("198.51.100.1:50000".parse().unwrap()),
        Fact::Outcome(Outcome::Completed),
        Fact::Reply(226),
        Fact::Text(b"RETR /pub/a.iso"),
        Fact::Channels(1),
        Fact::Bytes(2_000_000),
        Fact::Lasted(Duration::from_secs(7)),
        Fact::Tls(None),
        Fact::State(Standing::Ok),
    ];
    let failed = vec![
        opened(8, "[2001:db8::9]:40000", "[2001:db8::1]:990"),
        Fact::Name(b"ftp.example"),
        Fact::Tls(Some(TlsKind::Implicit)),
        Fact::User(b"\xff\x1b[m"),
        Fact::Login(Login::Rejected),
        Fact::Reply(530),
        Fact::Cause("login-refused"),
        Fact::Severity(Severity::Error),
        Fact::State(Standing::Fail),
        Fact::NoReply,
        Fact::Bytes(0),
    ];
    [plain, failed, Vec::new()].map(|facts| Told(facts.leak()))
});
