//! Which command a reply answers.
//!
//! Servers answer in order, so the oldest unanswered command is the first guess, but not the only
//! one: replies get lost in gaps of the capture, an out-of-band ABOR or NOOP is answered while a
//! transfer is still running, and some servers send two replies to one command. The reply goes to
//! the command that its code fits best; the oldest wins a tie.

use super::codes::{self, Fit};
use super::command::Verb;
use super::event::{Replies, Reply};
use super::text::Text;
use crate::capture::Moment;

/// Commands that may wait for their final reply at once.
pub const MAX_PENDING: usize = 256;

/// Bytes of arguments and replies that the waiting commands of one session may keep.
pub const MAX_PENDING_BYTES: usize = 256 * 1024;

/// Preliminary replies kept of one command; further ones answer nobody.
const MAX_PRELIMINARY: usize = 16;

/// Places that are kept while nobody needs them.
const MAX_PLACES: usize = 64;

/// Bytes of a reply in which the name of a command is looked for.
const HEAD: usize = 1024;

/// A command whose final reply has not come.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) at: Moment,
    pub(super) verb: Verb,
    pub(super) argument: Text,
    pub(super) path: Option<Text>,
    pub(super) replies: Replies,
    /// It was sent inside TLS.
    pub(super) protected: bool,
    /// The data channel that it uses or announces, by its key in the session.
    pub(super) channel: Option<u32>,
    /// Bytes of the server are missing since it was sent: its reply may have been among them.
    doubtful: bool,
}

impl Pending {
    pub(super) fn new(at: Moment, verb: Verb, argument: Text) -> Self {
        Self {
            at,
            verb,
            argument,
            path: None,
            replies: Replies::new(),
            protected: false,
            channel: None,
            doubtful: false,
        }
    }

    /// How well a reply fits: the code first, then the verb in the text, then certainty.
    fn score(&self, reply: &Reply) -> (Fit, bool, bool) {
        let fit = match self.replies.last() {
            None => codes::fit(&self.verb, reply.code),
            Some(_) if !self.verb.is_transfer() => codes::fit(&self.verb, reply.code),
            Some(_) if codes::ends_transfer(reply.code) => Fit::Listed,
            Some(_) => Fit::None,
        };
        let head = reply.text.get(..HEAD).unwrap_or(&reply.text);
        let named = match self.verb {
            // "226 Abort successful" may come before the 426 for the transfer.
            Verb::Abor => reply.code < 400 && mentions_abort(head),
            _ => fit == Fit::Any && names(head, self.verb.as_str()),
        };
        (fit, named, !self.doubtful)
    }

    /// What it keeps beyond its fixed size.
    fn bytes(&self) -> usize {
        let replies: usize = self.replies.iter().map(|reply| reply.text.len()).sum();
        self.argument.len() + self.path.as_ref().map_or(0, |path| path.len()) + replies
    }

    /// It runs beside the commands that follow it: a transfer that the server has begun.
    fn is_running(&self) -> bool {
        self.verb.is_transfer() && !self.replies.is_empty()
    }
}

/// Places for one command that sessions hand on to each other, because they are idle for most of
/// their time.
#[derive(Debug, Default)]
pub(super) struct Places(Vec<Vec<Pending>>);

impl Places {
    /// Memory that they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.0.len() * (size_of::<Pending>() + size_of::<Vec<Pending>>())
    }
}

/// The commands of one session that wait for their final reply, oldest first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pending: Vec<Pending>,
    /// Memory of their arguments and replies, in bytes.
    size: usize,
}

/// What a reply did.
#[derive(Debug)]
pub(super) struct Answer {
    /// Commands that never will be answered: the reply goes to one that was sent after them.
    pub(super) skipped: Vec<Pending>,
    /// The command with this reply as its last.
    pub(super) answered: Answered,
}

impl Answer {
    fn nobody(reply: Reply) -> Self {
        Self {
            skipped: Vec::new(),
            answered: Answered::Nobody(reply),
        }
    }
}

/// Who got a reply.
#[derive(Debug)]
pub(super) enum Answered {
    /// It is preliminary (1yz): the command at this index goes on waiting.
    Begun(usize),
    /// It is final: the command at this index waits no longer.
    Done(usize),
    /// Nobody asked for it.
    Nobody(Reply),
}

impl Queue {
    /// Adds a command.
    pub(super) fn push(&mut self, pending: Pending, places: &mut Places) {
        self.size += pending.bytes();
        if self.pending.capacity() == 0 {
            self.pending = places.0.pop().unwrap_or_else(|| Vec::with_capacity(1));
        }
        self.pending.push(pending);
    }

    /// Takes a command out, and hands its place on when no other one waits.
    pub(super) fn remove(&mut self, index: usize, places: &mut Places) -> Option<Pending> {
        let is_last = index + 1 == self.pending.len();
        let pending = if is_last {
            self.pending.pop()?
        } else {
            (index < self.pending.len()).then(|| self.pending.remove(index))?
        };
        self.size -= pending.bytes();
        if self.pending.is_empty() {
            let place = std::mem::take(&mut self.pending);
            if place.capacity() == 1 && places.0.len() < MAX_PLACES {
                places.0.push(place);
            }
        }
        Some(pending)
    }

    /// Memory that the commands take, in bytes.
    pub(super) fn kept(&self) -> usize {
        self.pending.capacity() * size_of::<Pending>() + self.size
    }

    /// Gives back the oldest command when they are too many, or too large.
    pub(super) fn surplus(&mut self, places: &mut Places) -> Option<Pending> {
        let many = self.pending.len() > MAX_PENDING;
        let large = self.size > MAX_PENDING_BYTES && self.pending.len() > 1;
        (many || large).then(|| self.remove(0, places))?
    }

    /// Bytes of the server are missing.
    pub(super) fn doubt(&mut self) {
        self.pending
            .iter_mut()
            .for_each(|pending| pending.doubtful = true);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// The commands, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Pending> {
        self.pending.get(index)
    }

    /// Gives a reply to the command that it answers.
    pub(super) fn answer(&mut self, reply: Reply, places: &mut Places) -> Answer {
        let index = self.choose(&reply);
        let Some(pending) = index.and_then(|index| self.pending.get(index)) else {
            return Answer::nobody(reply);
        };
        let is_final = reply.code >= 200;
        // More than any server sends.
        if !is_final && pending.replies.len() >= MAX_PRELIMINARY {
            return Answer::nobody(reply);
        }
        let (index, by_transfer) = (index.unwrap_or_default(), pending.verb.is_transfer());
        let skipped = self.skip_before(index, by_transfer, places);
        let index = index.saturating_sub(skipped.len());
        if let Some(pending) = self.pending.get_mut(index) {
            self.size += reply.text.len();
            pending.replies.push(reply);
        }
        let answered = if is_final {
            Answered::Done(index)
        } else {
            Answered::Begun(index)
        };
        Answer { skipped, answered }
    }

    /// Takes all commands out: the session is over.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Pending> + use<> {
        std::mem::take(self).pending.into_iter()
    }

    fn choose(&self, reply: &Reply) -> Option<usize> {
        let scores = self
            .pending
            .iter()
            .map(|pending| pending.score(reply))
            .enumerate();
        let best = scores.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        match best.1.0 {
            Fit::None => self.unfitting(reply),
            Fit::Any | Fit::Listed => Some(best.0),
        }
    }

    /// A code that fits nowhere still answers something, unless only a running transfer waits, or
    /// the code has one meaning: then the command that it answers is not in the capture.
    fn unfitting(&self, reply: &Reply) -> Option<usize> {
        let oldest = self
            .pending
            .iter()
            .position(|pending| !pending.is_running())?;
        (!codes::has_one_meaning(reply.code)).then_some(oldest)
    }

    /// Removes the commands before `index`, which a server that answers in order has passed over.
    ///
    /// A running transfer is not passed over by the answer to an ABOR or NOOP beside it, but by
    /// that to the next transfer: there is only one at a time.
    fn skip_before(
        &mut self,
        index: usize,
        by_transfer: bool,
        places: &mut Places,
    ) -> Vec<Pending> {
        let mut skipped = Vec::new();
        let mut at = 0;
        for _ in 0..index {
            if !by_transfer && self.pending.get(at).is_some_and(Pending::is_running) {
                at += 1;
            } else {
                skipped.extend(self.remove(at, places));
            }
        }
        skipped
    }
}

fn mentions_abort(text: &[u8]) -> bool {
    text.windows(4)
        .any(|word| word.eq_ignore_ascii_case(b"abor"))
}

/// Whether `word` stands in `text` as a word of its own.
fn names(text: &[u8], word: &str) -> bool {
    memchr::memmem::find_iter(text, word).any(|at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let after = text.get(at + word.len());
        !before.is_some_and(u8::is_ascii_alphanumeric)
            && !after.is_some_and(u8::is_ascii_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(queue: &mut Queue, verb: Verb, argument: Text) {
        let pending = Pending::new(Moment::default(), verb, argument);
        queue.push(pending, &mut Places::default());
    }

    fn queue(verbs: &[&str]) -> Queue {
        let mut queue = Queue::default();
        for verb in verbs {
            let verb = Verb::parse(verb.as_bytes());
            push(&mut queue, verb, Text::default());
        }
        queue
    }

    /// Whom each reply goes to, and who was passed over.
    fn paired(verbs: &[&str], replies: &[(u16, &str)]) -> Vec<String> {
        let (mut queue, places) = (queue(verbs), &mut Places::default());
        let mut told = Vec::new();
        for &(code, text) in replies {
            let reply = Reply {
                code,
                text: text.into(),
                at: Moment::default(),
            };
            let answer = queue.answer(reply, places);
            told.extend(
                answer
                    .skipped
                    .iter()
                    .map(|skipped| format!("{} -", skipped.verb.as_str())),
            );
            told.push(match answer.answered {
                Answered::Begun(index) => {
                    format!("{} {code}", queue.get(index).unwrap().verb.as_str())
                }
                Answered::Done(index) => {
                    let done = queue.remove(index, places).unwrap();
                    format!("{} {code}", done.verb.as_str())
                }
                Answered::Nobody(reply) => format!("? {}", reply.code),
            });
        }
        told
    }

    #[test]
    fn pipelined_commands_are_answered_in_order() {
        let told = paired(&["USER", "PASS", "PWD"], &[(331, ""), (230, ""), (257, "")]);
        assert_eq!(told, ["USER 331", "PASS 230", "PWD 257"]);
        let told = paired(&["FEAT", "OPTS"], &[(500, "unknown"), (501, "bad")]);
        assert_eq!(told, ["FEAT 500", "OPTS 501"]);
    }

    #[test]
    fn a_lost_reply_does_not_shift_the_rest() {
        let told = paired(
            &["TYPE", "PASV", "RETR"],
            &[(227, ""), (150, ""), (226, "")],
        );
        assert_eq!(told, ["TYPE -", "PASV 227", "RETR 150", "RETR 226"]);
    }

    #[test]
    fn of_two_equals_the_one_without_a_gap_behind_it_is_answered() {
        let mut queue = queue(&["CWD"]);
        queue.doubt();
        push(&mut queue, Verb::Cwd, "second".into());
        let (code, text, at) = (250, Text::default(), Moment::default());
        let answer = queue.answer(Reply { code, text, at }, &mut Places::default());
        assert_eq!(answer.skipped.len(), 1);
        assert!(matches!(answer.answered, Answered::Done(0)));
        assert_eq!(queue.get(0).unwrap().argument, "second".into());
    }

    #[test]
    fn an_abort_and_a_noop_run_beside_a_transfer() {
        let replies = [(150, ""), (200, ""), (426, ""), (226, "")];
        let told = paired(&["RETR", "NOOP", "ABOR"], &replies);
        assert_eq!(told, ["RETR 150", "NOOP 200", "RETR 426", "ABOR 226"]);
        let told = paired(
            &["RETR", "ABOR"],
            &[(150, ""), (500, "Unknown command"), (226, "")],
        );
        assert_eq!(told, ["RETR 150", "ABOR 500", "RETR 226"]);
    }

    #[test]
    fn an_abort_may_be_confirmed_before_the_transfer_ends() {
        let replies = [(150, ""), (226, "Abort successful"), (426, "")];
        let told = paired(&["RETR", "ABOR"], &replies);
        assert_eq!(told, ["RETR 150", "ABOR 226", "RETR 426"]);
        let replies = [
            (150, ""),
            (226, "Transfer complete"),
            (225, "No transfer to ABOR"),
        ];
        let told = paired(&["RETR", "ABOR"], &replies);
        assert_eq!(told, ["RETR 150", "RETR 226", "ABOR 225"]);
    }

    #[test]
    fn a_reply_nobody_asked_for_stays_alone() {
        assert_eq!(paired(&[], &[(421, "")]), ["? 421"]);
        let told = paired(&["RETR"], &[(150, ""), (221, "idle"), (550, "")]);
        assert_eq!(told, ["RETR 150", "? 221", "RETR 550"]);
    }

    #[test]
    fn an_idle_queue_takes_nothing_and_its_place_is_used_again() {
        let (mut places, mut queue) = (Places::default(), Queue::default());
        for _ in 0..3 {
            let pending = Pending::new(Moment::default(), Verb::Noop, "argument".into());
            queue.push(pending, &mut places);
            assert!(queue.kept() > size_of::<Pending>());
            assert!(places.0.is_empty() && queue.remove(0, &mut places).is_some());
            assert_eq!((queue.kept(), places.0.len()), (0, 1));
        }
    }

    #[test]
    fn the_queue_is_bounded() {
        let mut queue = Queue::default();
        for count in 0..2 * MAX_PENDING {
            push(&mut queue, Verb::Noop, Text::default());
            assert_eq!(
                queue.surplus(&mut Places::default()).is_some(),
                count >= MAX_PENDING
            );
        }
        assert_eq!(queue.pending.len(), MAX_PENDING);
    }

    #[test]
    fn the_queue_is_bounded_in_bytes() {
        let mut queue = Queue::default();
        let argument = vec![b'a'; MAX_PENDING_BYTES / 4];
        for _ in 0..10 {
            push(&mut queue, Verb::Noop, argument[..].into());
            while queue.surplus(&mut Places::default()).is_some() {}
        }
        assert_eq!(queue.pending.len(), 4);
    }

    #[test]
    fn preliminary_replies_are_bounded() {
        let told = paired(&["SITE"], &[(150, ""); MAX_PRELIMINARY + 2]);
        let stray = told.iter().filter(|told| *told == "? 150").count();
        assert_eq!((stray, told.len()), (2, MAX_PRELIMINARY + 2));
    }

    #[test]
    fn so_many_places_are_kept_to_be_used_again() {
        let mut places = Places::default();
        let mut queues: Vec<Queue> = Vec::new();
        for _ in 0..=MAX_PLACES {
            let mut queue = Queue::default();
            let noop = Pending::new(Moment::default(), Verb::Noop, Text::default());
            queue.push(noop, &mut places);
            queues.push(queue);
        }
        for queue in &mut queues {
            queue.remove(0, &mut places).unwrap();
            assert_eq!(queue.kept(), 0, "the place is handed on or given back");
        }
        assert_eq!(places.0.len(), MAX_PLACES);
    }
}
