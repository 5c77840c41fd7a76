//! What the engine tells: the changes, how far it is, what went wrong.

use std::sync::Arc;
use std::time::Instant;

use super::Work;
use crate::analyzer::{Event, Summary};
use crate::capture::Source;
use crate::dashboard::model::{LogLine, Origin, Progress};
use crate::{escape, fault, limits};

impl Work {
    /// Sends what changed, if the screen is ready; false when it is gone.
    pub(super) fn tell(&mut self, now: Instant) -> bool {
        if !self.is_ready {
            return true;
        }
        let summary = self.totals();
        self.tell_limits(&summary);
        self.is_ready = false;
        self.told = Some(now);
        if self.is_stale {
            self.store.want_running();
        }
        self.is_stale = false;
        let mut delta = self.store.delta(self.capture.clone(), summary);
        for dossier in &mut delta.dossiers {
            let doing = self.engine.analyzer.under_way(dossier.row.id);
            let doing = doing
                .into_iter()
                .map(|event| Arc::new(Event::Session(event)));
            Arc::make_mut(dossier).under_way = doing.collect();
        }
        (self.engine.deliver)(delta)
    }

    fn totals(&mut self) -> Summary {
        let summary = self.engine.analyzer.summary();
        self.capture.packets = summary.frames;
        self.capture.bytes = summary.bytes;
        self.capture.first = summary.first_time;
        self.capture.last = summary.last_time;
        summary
    }

    pub(super) fn progress(&mut self, now: Instant) {
        let fraction = self.fraction();
        let taken = now - self.begun;
        let left = fraction
            .filter(|done| *done > 0.01)
            .map(|done| taken.mul_f64((1.0 - done) / done));
        self.capture.progress = Progress::Running { fraction, left };
        self.tell_faults();
    }

    pub(super) fn fraction(&self) -> Option<f64> {
        self.engine.source.progress().fraction()
    }

    pub(super) fn tell_faults(&mut self) {
        let inputs = self.engine.source.inputs();
        self.faults.resize(inputs.len(), false);
        let mut lines = Vec::new();
        for (input, told) in inputs.iter().zip(&mut self.faults) {
            if let Some(fault) = input.fault.as_ref().filter(|_| !*told) {
                *told = true;
                let name = escape::line(input.name.as_bytes());
                let fault = fault.to_string();
                lines.push(format!("{name}: {}", escape::line(fault.as_bytes())));
            }
        }
        for text in lines {
            self.warn(text);
        }
    }

    fn tell_limits(&mut self, summary: &Summary) {
        if summary.limits_hit.len() <= self.limits {
            return;
        }
        self.limits = summary.limits_hit.len();
        for name in summary.limits_hit.keys() {
            if let Some(limit) = limits::named(name) {
                let text = format!(
                    "Limit of {} {} reached: {}.",
                    limit.most, limit.of, limit.then
                );
                self.warn(text);
            }
        }
    }

    fn warn(&mut self, text: String) {
        self.store.log(LogLine {
            time: self.capture.last,
            is_warning: true,
            text: text.into(),
        });
    }

    /// The analysis broke down: where, and at which packet.
    pub(super) fn fault(&mut self) -> String {
        let frame = self.engine.analyzer.summary().frames;
        let place = fault::noted().map_or_else(String::new, |place| format!(", at {place}"));
        self.warn(format!(
            "The analysis broke down after packet {frame}{place}, which is a fault of ftpscope"
        ));
        format!("analysis broke down after packet {frame}")
    }

    /// What was lost makes findings less sure; what is in the way is told.
    pub(super) fn hear_of_trouble(&mut self) {
        if let Some(trouble) = self.spool_trouble.take() {
            self.warn(trouble);
        }
        let trouble = self.engine.source.trouble();
        if trouble != self.capture.trouble {
            self.capture.trouble = trouble;
            self.is_stale = true;
            if let (Some(trouble), Origin::Interface(name)) = (trouble, &self.engine.origin) {
                self.warn(format!("{name} {trouble}."));
            }
        }
        let Some(drops) = self.engine.source.drops() else {
            return;
        };
        if drops != self.capture.drops
            && let Some(last) = self.capture.last
        {
            self.capture.drops = drops;
            self.is_stale = true;
            self.engine.analyzer.dropped(&drops, last, &mut self.events);
            self.take_in();
        }
    }
}
