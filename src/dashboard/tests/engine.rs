//! The engine thread: what it tells, and what it survives.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::analyzer::{Analyzer, Options};
use crate::capture::{self, Files, Input, Keyed, Next, Source};
use crate::dashboard::engine::{Engine, THREAD};
use crate::dashboard::feed::Feed;
use crate::dashboard::model::{Delta, Origin, Progress, Snapshot};
use crate::dashboard::order::Order;
use crate::time::Precision;

const PATIENCE: Duration = Duration::from_secs(60);

/// Gives packets of a capture, and breaks down after some.
struct Breaks {
    files: Files,
    left: u32,
}

impl Source for Breaks {
    fn next(&mut self) -> Next<'_> {
        assert!(self.left > 0, "it \x1b[31mbroke");
        self.left -= 1;
        self.files.next()
    }

    fn inputs(&self) -> &[Input] {
        self.files.inputs()
    }

    fn precision(&self) -> Precision {
        self.files.precision()
    }
}

/// An engine on a capture that breaks down after some packets.
fn start(left: u32) -> (Sender<Order>, Receiver<Delta>) {
    let (orders, received) = channel();
    let (out, deltas) = channel();
    let (jobs, _) = channel();
    let work = move || {
        let files = capture::open(&[super::file("passive-download-vsftpd")]).unwrap();
        let engine = Engine {
            source: Keyed::new(Feed::Test(Box::new(Breaks { files, left })), Vec::new()),
            analyzer: Analyzer::new(&Options::default()),
            origin: Origin::File("test".into()),
            orders: received,
            jobs,
            spool: None,
            deliver: Box::new(move |delta| out.send(delta).is_ok()),
        };
        engine.run();
    };
    thread::Builder::new()
        .name(THREAD.into())
        .spawn(work)
        .unwrap();
    (orders, deltas)
}

/// Takes deltas until the capture is over.
fn read_all(orders: &Sender<Order>, deltas: &Receiver<Delta>) -> Snapshot {
    let mut snapshot = Snapshot::new(Origin::File("test".into()));
    loop {
        snapshot.apply(deltas.recv_timeout(PATIENCE).unwrap());
        orders.send(Order::Ready).unwrap();
        if !snapshot.capture.is_running() {
            return snapshot;
        }
    }
}

#[test]
fn a_capture_is_read_to_its_end_and_then_asked_about() {
    let (orders, deltas) = start(u32::MAX);
    let snapshot = read_all(&orders, &deltas);
    assert_eq!(snapshot.capture.progress, Progress::Done);
    assert_eq!(snapshot.sessions.len(), 1);
    orders.send(Order::Dossiers(vec![1])).unwrap();
    let delta = deltas.recv_timeout(PATIENCE).unwrap();
    assert_eq!(delta.dossiers.len(), 1);
    assert!(delta.dossiers[0].events.len() > 5);
}

#[test]
fn what_breaks_down_is_told_and_what_was_known_stays() {
    let (orders, deltas) = start(30);
    let snapshot = read_all(&orders, &deltas);
    let Progress::Failed(why) = &snapshot.capture.progress else {
        panic!("{:?}", snapshot.capture.progress);
    };
    assert_eq!(why, "analysis broke down after packet 30");
    assert_eq!(snapshot.sessions.len(), 1);
    assert!(
        snapshot
            .log
            .iter()
            .any(|line| line.text.contains("fault of ftpscope"))
    );
    orders.send(Order::Dossiers(vec![1])).unwrap();
    let delta = deltas.recv_timeout(PATIENCE).unwrap();
    assert_eq!(delta.dossiers.len(), 1);
}

#[test]
fn an_engine_that_nobody_listens_to_ends() {
    let (orders, deltas) = start(u32::MAX);
    drop(orders);
    while deltas.recv_timeout(PATIENCE).is_ok() {}
}

#[test]
fn a_screen_that_takes_nothing_holds_nothing_up() {
    let (orders, deltas) = start(u32::MAX);
    let first = deltas.recv_timeout(PATIENCE).unwrap();
    // All the rest comes as one when the screen is ready again.
    orders.send(Order::Ready).unwrap();
    let mut snapshot = Snapshot::new(Origin::File("test".into()));
    snapshot.apply(first);
    while snapshot.capture.is_running() {
        snapshot.apply(deltas.recv_timeout(PATIENCE).unwrap());
        orders.send(Order::Ready).unwrap();
    }
    assert_eq!(snapshot.sessions.len(), 1);
}
