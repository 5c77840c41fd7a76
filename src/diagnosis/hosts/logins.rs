//! Refused logins of one client at one server: a slip, or guessing.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hashbrown::HashMap;

use crate::capture::Moment;
use crate::diagnosis::breakage::{said, told as words_of};
use crate::diagnosis::{Case, Confidence, Finding, Severity, catalogue, words};
use crate::escape;
use crate::ftp::{Exchange, Login, SessionEvent, SessionRecord, Text, Verb};
use crate::tcp::Candidates;
use crate::time::Timestamp;

/// Pairs of client and server that are remembered; the one quiet for longest gives way.
pub const MAX_LOGIN_PAIRS: usize = 4096;

/// Different passwords of one client that were refused: nobody mistypes so often.
const GUESSES: usize = 5;

/// Different users remembered of one pair.
const MAX_USERS: usize = 1024;

/// Refused logins kept as evidence.
const MAX_EVIDENCE: usize = 12;

/// Findings that wait for more.
const MAX_HELD: usize = 16;

/// What a finding that waits takes, and a piece of evidence, in bytes.
const HELD: usize = 2048;
const EVIDENCE: usize = 160;

/// After this long without a further attempt the case is judged.
const QUIET: Duration = Duration::from_millis(1500);

/// A guess goes on for so long before it is told, if it does not pause.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was refused so long ago has nothing to do with what is refused now.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// Who logs in, and where.
type Pair = (IpAddr, SocketAddr);

/// Refused logins by client and server.
#[derive(Debug, Default)]
pub(super) struct Logins {
    pairs: HashMap<Pair, Attempts>,
    by_age: Candidates<Pair>,
    /// Memory that all attempts take.
    size: usize,
    /// Pairs that were forgotten early.
    pub(super) unnoticed: u64,
    /// Users and passwords are compared by a hash that means nothing outside of this run.
    hashing: RandomState,
}

#[derive(Debug, Default)]
struct Attempts {
    failures: u32,
    sessions: u32,
    latest_session: u32,
    secrets: Vec<u64>,
    users: Vec<u64>,
    /// A user other than the anonymous one was refused.
    named: bool,
    evidence: Vec<(Moment, String)>,
    first: Moment,
    last: Moment,
    success: Option<(Moment, Vec<u8>)>,
    held: Vec<Finding>,
    /// When so many passwords had been tried that it is guessing.
    guessing_since: Option<Timestamp>,
    told: Told,
}

/// What was said of a guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    #[default]
    Nothing,
    /// That passwords are tried.
    Guessing,
    /// That one of them was accepted.
    Success,
}

impl Logins {
    /// Takes notice of a fact; gives what need not wait.
    pub(super) fn learn(&mut self, case: &Case<'_>) -> Vec<Finding> {
        match case.event {
            SessionEvent::Exchange(exchange) if is_login(exchange) => {
                self.attempt(case, exchange).unwrap_or_default()
            }
            SessionEvent::Ended(record) => self.ended(case, record),
            _ => Vec::new(),
        }
    }

    fn attempt(&mut self, case: &Case<'_>, exchange: &Exchange) -> Option<Vec<Finding>> {
        let reply = exchange.replies.last()?;
        let pair = (case.scene.client().ip(), case.scene.server());
        let user = case.scene.user().map_or(&[][..], Text::as_bytes);
        if matches!(reply.code, 230 | 232) {
            let attempts = self.pairs.get_mut(&pair)?;
            // Browsers try an anonymous login before they ask their user.
            let known = attempts.users.contains(&self.hashing.hash_one(user));
            if known || !attempts.named {
                attempts.success = Some((reply.at, user.to_vec()));
            }
            return None;
        }
        if !is_refusal(exchange) {
            return None;
        }
        let told = self.make_room(pair, reply.at.time);
        let secret = self.hashing.hash_one((user, &exchange.argument));
        let attempts = self.pairs.entry(pair).or_default();
        let before = attempts.size();
        let long_ago = reply.at.time.since(attempts.last.time) > FORGOTTEN;
        if long_ago && attempts.held.is_empty() {
            *attempts = Attempts::default();
        }
        attempts.refused(case.scene.id(), self.hashing.hash_one(user), secret);
        if attempts.is_guessing() {
            attempts.guessing_since.get_or_insert(reply.at.time);
        }
        attempts.named |= !words::is_anonymous(user);
        attempts.first = if attempts.failures == 1 {
            exchange.at
        } else {
            attempts.first
        };
        attempts.last = reply.at;
        if attempts.evidence.len() < MAX_EVIDENCE {
            attempts.evidence.push((reply.at, words_of(reply)));
        }
        self.size = self.size + attempts.size() - before;
        Some(told)
    }

    /// Forgets the quietest pair when there is no room for another one; tells what it held.
    fn make_room(&mut self, pair: Pair, now: Timestamp) -> Vec<Finding> {
        if self.pairs.contains_key(&pair) {
            return Vec::new();
        }
        let mut told = Vec::new();
        if self.pairs.len() >= MAX_LOGIN_PAIRS {
            let pairs = &self.pairs;
            let latest = |pair| Some((0, pairs.get(&pair)?.last.time));
            let quietest = self.by_age.pop(0, latest);
            let gone = quietest.and_then(|pair| self.pairs.remove_entry(&pair));
            if let Some(((client, server), mut attempts)) = gone {
                self.size -= attempts.size();
                self.unnoticed += u64::from(now.since(attempts.last.time) <= FORGOTTEN);
                told = attempts.judge(client, server);
            }
        }
        let pairs = &self.pairs;
        let is_there = |pair| pairs.contains_key(&pair);
        self.by_age.add(pair, pairs.len(), is_there);
        told
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.pairs.len() * 2 * size_of::<(Pair, Attempts)>() + self.by_age.memory() + self.size
    }

    /// Tells what waits, and forgets all of it.
    pub(super) fn clear(&mut self) -> Vec<Finding> {
        let told = self.finish();
        (self.pairs, self.by_age, self.size) = (HashMap::new(), Candidates::default(), 0);
        told
    }

    /// A session is over whose last login was refused.
    fn ended(&mut self, case: &Case<'_>, record: &SessionRecord) -> Vec<Finding> {
        let Some(finding) = refused(case, record) else {
            return Vec::new();
        };
        let pair = (record.client.ip(), record.server);
        match self.pairs.get_mut(&pair) {
            Some(attempts) if attempts.held.len() < MAX_HELD => {
                attempts.held.push(finding);
                self.size += HELD;
                Vec::new()
            }
            Some(attempts) if attempts.is_guessing() => Vec::new(),
            _ => vec![finding],
        }
    }

    /// Judges the pairs that have been quiet.
    pub(super) fn advance(&mut self, now: Timestamp) -> Vec<Finding> {
        let due = |attempts: &Attempts| {
            let quiet = now.since(attempts.last.time) >= QUIET;
            let long = |since: Timestamp| now.since(since) >= PATIENCE;
            let goes_on = attempts.guessing_since.is_some_and(long);
            attempts.has_news() && (quiet || goes_on)
        };
        self.judge(due)
    }

    /// Judges all pairs.
    pub(super) fn finish(&mut self) -> Vec<Finding> {
        self.judge(|_| true)
    }

    fn judge(&mut self, due: impl Fn(&Attempts) -> bool) -> Vec<Finding> {
        let mut told = Vec::new();
        for ((client, server), attempts) in &mut self.pairs {
            if due(attempts) {
                let before = attempts.size();
                told.extend(attempts.judge(*client, *server));
                self.size = self.size + attempts.size() - before;
            }
        }
        super::put_in_order(&mut told);
        told
    }
}

impl Attempts {
    fn refused(&mut self, session: u32, user: u64, secret: u64) {
        self.failures = self.failures.saturating_add(1);
        if self.latest_session != session {
            self.latest_session = session;
            self.sessions = self.sessions.saturating_add(1);
        }
        if !self.is_guessing() && !self.secrets.contains(&secret) {
            self.secrets.push(secret);
        }
        if self.users.len() < MAX_USERS && !self.users.contains(&user) {
            self.users.push(user);
        }
        self.success = None;
    }

    /// Memory that it takes beyond its fixed size, in bytes.
    fn size(&self) -> usize {
        (self.secrets.len() + self.users.len()) * size_of::<u64>()
            + self.evidence.len() * EVIDENCE
            + self.held.len() * HELD
    }

    /// Something is to be said.
    fn has_news(&self) -> bool {
        !self.held.is_empty() || (self.is_guessing() && self.told < self.tellable())
    }

    /// What there is to say of a guess.
    fn tellable(&self) -> Told {
        match self.success {
            Some(_) => Told::Success,
            None => Told::Guessing,
        }
    }

    fn is_guessing(&self) -> bool {
        self.secrets.len() >= GUESSES
    }

    fn judge(&mut self, client: IpAddr, server: SocketAddr) -> Vec<Finding> {
        let mut held = folded(std::mem::take(&mut self.held));
        if self.is_guessing() {
            let news = self.told < self.tellable();
            self.told = self.told.max(self.tellable());
            let finding = news.then(|| self.guessing(client, server));
            return finding.into_iter().collect();
        }
        if self.success.is_some() {
            for finding in &mut held {
                finding.severity = Severity::Notice;
                finding.summary += " A later login of the same user was accepted.";
            }
        }
        held
    }

    fn guessing(&self, client: IpAddr, server: SocketAddr) -> Finding {
        let (severity, end) = match &self.success {
            Some((_, user)) => (
                Severity::Error,
                format!(
                    "in the end the login of {} was accepted",
                    escape::line(user)
                ),
            ),
            None => (Severity::Warning, String::from("none was accepted")),
        };
        let summary = format!(
            "{client} tries passwords at {server}: {} logins of {} refused in {}; {end}.",
            self.failures,
            users(self.users.len()),
            count(self.sessions as usize, "session")
        );
        let mut finding = Finding::new(
            &catalogue::PASSWORD_GUESSING,
            severity,
            Confidence::Likely,
            summary,
        );
        finding.time = self.last.time;
        for (at, note) in &self.evidence {
            finding = finding.because(*at, note.clone());
        }
        if let Some((at, _)) = &self.success {
            finding = finding.because(*at, "a login is accepted");
        }
        if self.success.is_some() {
            finding = finding.advise("Change this password now, and look at what the session did.");
        }
        finding
            .advise(format!(
                "Block {client} if it is not yours; otherwise mend its stored password."
            ))
            .advise("Limit login attempts (fail2ban, MaxLoginAttempts) and require TLS.")
    }
}

/// The same refusal in one session after the other is told once: a stored password that is wrong.
fn folded(held: Vec<Finding>) -> Vec<Finding> {
    let mut told: Vec<(Finding, usize)> = Vec::new();
    for finding in held {
        match told
            .iter_mut()
            .find(|(first, _)| first.summary == finding.summary)
        {
            Some((first, times)) => {
                *times += 1;
                first.evidence.extend(finding.evidence);
            }
            None => told.push((finding, 1)),
        }
    }
    told.into_iter()
        .map(|(mut finding, times)| {
            if times > 1 {
                finding.summary += &format!(" The same in {times} sessions.");
            }
            finding
        })
        .collect()
}

/// The answer to it may let somebody in.
pub(super) fn is_login(exchange: &Exchange) -> bool {
    matches!(exchange.verb, Verb::User | Verb::Pass | Verb::Acct)
}

/// A login that was refused for what was said, not for want of TLS or room.
fn is_refusal(exchange: &Exchange) -> bool {
    exchange.replies.last().is_some_and(|reply| {
        let late = reply.code == 421 && words::is_time_out(reply);
        exchange.verb.refuses_login(reply.code)
            && !late
            && !words::demands_tls(reply)
            && !words::is_crowded(reply)
    })
}

/// The finding about one session whose login was refused.
fn refused(case: &Case<'_>, record: &SessionRecord) -> Option<Finding> {
    let exchange = case.scene.history().rarities().refused_login.as_deref()?;
    if record.login != Login::Rejected || !is_refusal(exchange) {
        return None;
    }
    let reply = exchange.replies.last()?;
    let user = record.user.as_deref().unwrap_or_default();
    let summary = format!(
        "The server refused the login of {}: {}.",
        escape::line(user),
        said(reply)
    );
    let finding = Finding::new(
        &catalogue::LOGIN_FAILED,
        Severity::Error,
        case.cap(),
        summary,
    )
    .because(exchange.at, exchange.verb.word())
    .because(reply.at, words_of(reply))
    .advise(if words::names_home(reply) {
        "Check the user's home directory on the server: that it exists, that the user may enter \
         it, and that the server accepts its mode (vsftpd: allow_writeable_chroot)."
    } else {
        "Check user name and password, and whether the account may use FTP (shell, user list)."
    });
    let mut finding = finding.about(case.scene);
    finding.time = case.scene.now().time;
    Some(finding)
}

fn users(number: usize) -> String {
    match number {
        MAX_USERS => format!("{MAX_USERS} or more users"),
        _ => count(number, "user"),
    }
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
