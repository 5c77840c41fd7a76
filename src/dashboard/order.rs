//! What the screen asks the engine thread for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::Duration;

use crate::ftp::SessionId;

/// What the screen asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The dossiers of these sessions, now and whenever they change; until the next such order.
    Dossiers(Vec<SessionId>),
    /// Only the sessions that satisfy the expression; `None` for all.
    Filter {
        /// Comes back with the rows.
        number: u64,
        /// The expression.
        expression: Option<String>,
    },
    /// To read no further.
    Stop,
}

/// The screen's end of the line to the engine.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    sender: Sender<Order>,
    is_ready: Arc<AtomicBool>,
}

/// The engine's end.
#[derive(Debug)]
pub(crate) struct Desk {
    receiver: Receiver<Order>,
    is_ready: Arc<AtomicBool>,
}

/// A line between screen and engine; the screen is ready for the first delta.
pub(crate) fn line() -> (Orders, Desk) {
    let (sender, receiver) = channel();
    let is_ready = Arc::new(AtomicBool::new(true));
    let desk = Desk {
        receiver,
        is_ready: Arc::clone(&is_ready),
    };
    (Orders { sender, is_ready }, desk)
}

impl Orders {
    /// Sends an order. When there is no engine any more, nobody misses it.
    pub(crate) fn give(&self, order: Order) {
        let _ = self.sender.send(order);
    }

    /// The last delta was taken: the next may come.
    pub(crate) fn ready(&self) {
        self.is_ready.store(true, Ordering::Release);
    }
}

/// What waiting for an order came to.
#[derive(Debug)]
pub(crate) enum Waited {
    /// There is one.
    Order(Order),
    /// There is none yet.
    Nothing,
    /// There will be none: the screen is gone.
    Over,
}

impl Desk {
    /// The screen took what it was sent last; asked once for each delta.
    pub(crate) fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Acquire)
    }

    /// A delta is on its way.
    pub(crate) fn sent(&self) {
        self.is_ready.store(false, Ordering::Release);
    }

    /// The next order, without waiting.
    pub(crate) fn look(&self) -> Waited {
        match self.receiver.try_recv() {
            Ok(order) => Waited::Order(order),
            Err(TryRecvError::Empty) => Waited::Nothing,
            Err(TryRecvError::Disconnected) => Waited::Over,
        }
    }

    /// The next order, waiting for it; not longer than `most`, if that is given.
    pub(crate) fn wait(&self, most: Option<Duration>) -> Waited {
        let received = match most {
            Some(most) => self.receiver.recv_timeout(most),
            None => self
                .receiver
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
        };
        match received {
            Ok(order) => Waited::Order(order),
            Err(RecvTimeoutError::Timeout) => Waited::Nothing,
            Err(RecvTimeoutError::Disconnected) => Waited::Over,
        }
    }
}
