//! A sink on a thread of its own: writing takes no time of the analysis.

use std::io;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use super::{Context, Notice, Sink};
use crate::analyzer::{Event, Summary};
use crate::capture::Input;
use crate::time::Precision;

/// Events that are handed over at once.
const PORTION: usize = 256;

/// Portions that may wait; the analysis waits when there are more.
const WAITING: usize = 2;

/// A sink that hands everything over to another, in the same batches and in the same order. What is
/// wrong with the other is told a little later.
struct Apart {
    /// `None` once the thread has failed.
    orders: Option<SyncSender<Order>>,
    answers: Receiver<io::Result<()>>,
    /// Portions that are written.
    empty: Receiver<Portion>,
    portion: Portion,
    /// The thread knows the inputs of this analysis.
    is_introduced: bool,
    thread: Option<JoinHandle<()>>,
}

/// Some batches.
#[derive(Default)]
struct Portion {
    events: Vec<Event>,
    /// How many events each batch has, and how exact the clock was.
    batches: Vec<(usize, Precision)>,
}

enum Order {
    Inputs(Vec<Input>),
    Events(Portion),
    Notice(Notice),
    Finish(Box<Summary>),
    Flush,
}

/// What a sink is made by, on the thread that it is used on.
type Maker = Box<dyn FnOnce() -> Box<dyn Sink> + Send>;

/// The sink that `make` makes, on a thread of its own where there is a second core for it.
pub fn apart(make: impl FnOnce() -> Box<dyn Sink> + Send + 'static) -> Box<dyn Sink> {
    if thread::available_parallelism().map_or(1, usize::from) == 1 {
        return make();
    }
    match Apart::begin(Box::new(make)) {
        Ok(apart) => Box::new(apart),
        Err(make) => make(),
    }
}

impl Apart {
    /// Starts the thread; gives `make` back when none can be had.
    fn begin(make: Maker) -> Result<Self, Maker> {
        let (give, take) = mpsc::channel::<Maker>();
        let (orders, ordered) = mpsc::sync_channel(WAITING);
        let (answer, answers) = mpsc::channel();
        let (back, empty) = mpsc::channel();
        let thread = thread::Builder::new().name("write".into()).spawn(move || {
            if let Ok(make) = take.recv() {
                let mut writer = Writer {
                    sink: make(),
                    inputs: Vec::new(),
                    precision: Precision::default(),
                    back,
                };
                writer.work(&ordered, &answer);
            }
        });
        let Ok(thread) = thread else {
            return Err(make);
        };
        give.send(make).map_err(|mpsc::SendError(make)| make)?;
        Ok(Self {
            orders: Some(orders),
            answers,
            empty,
            portion: Portion::default(),
            is_introduced: false,
            thread: Some(thread),
        })
    }

    fn order(&mut self, order: Order) -> io::Result<()> {
        let orders = self.orders.as_ref();
        match orders.map(|orders| orders.send(order)) {
            Some(Ok(())) => Ok(()),
            _ => self.failure(),
        }
    }

    /// Hands over what was gathered.
    fn hand_over(&mut self) -> io::Result<()> {
        if self.portion.batches.is_empty() {
            return Ok(());
        }
        let empty = self.empty.try_recv().unwrap_or_default();
        let full = std::mem::replace(&mut self.portion, empty);
        self.order(Order::Events(full))
    }

    fn introduce(&mut self, context: Context<'_>) -> io::Result<()> {
        self.is_introduced = true;
        self.order(Order::Inputs(context.inputs.to_vec()))
    }

    /// Waits until all that was ordered is done.
    fn answer(&mut self) -> io::Result<()> {
        match self.answers.recv() {
            Ok(answer) => answer,
            Err(_) => self.failure(),
        }
    }

    /// The error that the thread ended with.
    fn failure(&mut self) -> io::Result<()> {
        self.orders = None;
        let told = self.answers.try_iter().find_map(Result::err);
        let broken = || io::Error::other("the thread that writes the output failed");
        Err(told.unwrap_or_else(broken))
    }
}

impl Sink for Apart {
    fn events(&mut self, batch: &mut Vec<Event>, context: Context<'_>) -> io::Result<()> {
        // A filter may have left nothing.
        if batch.is_empty() {
            return Ok(());
        }
        if !self.is_introduced {
            self.introduce(context)?;
        }
        let portion = &mut self.portion;
        portion.batches.push((batch.len(), context.precision));
        portion.events.append(batch);
        if portion.events.len() >= PORTION {
            self.hand_over()?;
        }
        Ok(())
    }

    fn notice(&mut self, notice: &Notice) -> io::Result<()> {
        self.hand_over()?;
        self.order(Order::Notice(notice.clone()))
    }

    fn finish(&mut self, summary: &Summary, context: Context<'_>) -> io::Result<()> {
        // An analysis without any event knows its clock only here.
        self.portion.batches.push((0, context.precision));
        self.hand_over()?;
        // They are read to their ends.
        self.introduce(context)?;
        self.is_introduced = false;
        self.order(Order::Finish(Box::new(summary.clone())))?;
        self.answer()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_over()?;
        self.order(Order::Flush)?;
        self.answer()
    }
}

impl Drop for Apart {
    /// Waits until everything is written.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic was told on standard error.
            let _ = thread.join();
        }
    }
}

/// The work of the thread.
struct Writer {
    sink: Box<dyn Sink>,
    inputs: Vec<Input>,
    precision: Precision,
    back: mpsc::Sender<Portion>,
}

impl Writer {
    /// Until there are no more orders, or one cannot be carried out.
    fn work(&mut self, orders: &Receiver<Order>, answer: &mpsc::Sender<io::Result<()>>) {
        for order in orders {
            let is_awaited = matches!(order, Order::Finish(_) | Order::Flush);
            let done = self.obey(order);
            let is_over = done.is_err();
            if is_over || is_awaited {
                // Nobody may be left to hear it.
                let _ = answer.send(done);
            }
            if is_over {
                return;
            }
        }
    }

    fn obey(&mut self, order: Order) -> io::Result<()> {
        match order {
            Order::Inputs(inputs) => {
                self.inputs = inputs;
                Ok(())
            }
            Order::Events(portion) => self.events(portion),
            Order::Notice(notice) => self.sink.notice(&notice),
            Order::Finish(summary) => {
                let context = Context {
                    inputs: &self.inputs,
                    precision: self.precision,
                };
                self.sink.finish(&summary, context)
            }
            Order::Flush => self.sink.flush(),
        }
    }

    fn events(&mut self, mut portion: Portion) -> io::Result<()> {
        let mut batch = Vec::new();
        let mut events = portion.events.drain(..);
        for (len, precision) in portion.batches.drain(..) {
            self.precision = precision;
            batch.extend(events.by_ref().take(len));
            let context = Context {
                inputs: &self.inputs,
                precision,
            };
            if !batch.is_empty() {
                self.sink.events(&mut batch, context)?;
                batch.clear();
            }
        }
        drop(events);
        // The analysis may be over.
        let _ = self.back.send(portion);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::output::fixture::context;
    use crate::output::{Format, fixture, open, text};

    /// Where a test looks at what was written, up to a number of bytes.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>, Option<usize>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut paper = self.0.lock().unwrap();
            if self.1.is_some_and(|most| paper.len() >= most) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            paper.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn sink(format: Format, paper: &Paper) -> Box<dyn Sink> {
        let options = text::Options {
            width: 80,
            colour: false,
            ascii: false,
            summary: false,
            all: true,
            show_passwords: false,
            wireshark: false,
        };
        open(format, paper.clone(), false, options)
    }

    fn apart(format: Format, paper: &Paper) -> Apart {
        let paper = paper.clone();
        Apart::begin(Box::new(move || sink(format, &paper)))
            .ok()
            .unwrap()
    }

    /// Two analyses, one behind the other.
    fn write(sink: &mut dyn Sink) -> io::Result<()> {
        for _ in 0..2 {
            for round in 0..200 {
                for event in fixture::events(true) {
                    sink.events(&mut vec![event], context(&fixture::inputs()))?;
                }
                if round == 100 {
                    sink.flush()?;
                }
            }
            sink.finish(&fixture::summary(), context(&fixture::inputs()))?;
        }
        Ok(())
    }

    #[test]
    fn the_same_is_written_as_without_a_thread() {
        for format in [Format::Json, Format::Text, Format::Log, Format::Csv] {
            let (here, there) = (Paper::default(), Paper::default());
            write(sink(format, &here).as_mut()).unwrap();
            write(&mut apart(format, &there)).unwrap();
            let [here, there] = [here, there].map(|paper| paper.0.lock().unwrap().clone());
            assert!(!here.is_empty());
            assert!(here == there, "{format:?}");
        }
    }

    #[test]
    fn an_error_of_writing_comes_back() {
        for most in [0, 10_000] {
            let paper = Paper(Arc::default(), Some(most));
            let error = write(&mut apart(Format::Json, &paper)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
    }

    #[test]
    fn a_sink_that_panics_is_an_error() {
        let mut apart = Apart::begin(Box::new(|| panic!("a test of what panics do")))
            .ok()
            .unwrap();
        let error = write(&mut apart).unwrap_err();
        assert!(error.to_string().contains("failed"));
    }
}
