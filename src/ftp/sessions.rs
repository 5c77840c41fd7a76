//! The sessions that are being followed.

use std::net::IpAddr;

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::event::SessionId;
use super::expectation::SlotRef;
use super::session::Session;
use crate::tcp::{Candidates, FlowId, Flows, Price};
use crate::time::Timestamp;

/// Sessions of one pair of hosts among which an unannounced data connection is looked for; of more
/// than that only the latest are asked.
const MAX_BETWEEN: usize = 32;

/// Sessions by slot, with an index by the two hosts.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    slots: Vec<Slot>,
    free: Vec<u32>,
    by_hosts: HashMap<(IpAddr, IpAddr), SmallVec<[SlotRef; 2]>>,
    count: SessionId,
    /// Those that may have to be given up, and the weight of all.
    candidates: Candidates<SlotRef>,
    weight: usize,
}

#[derive(Debug, Default)]
struct Slot {
    generation: u32,
    weight: u32,
    session: Option<Box<Session>>,
}

impl Sessions {
    /// Adds a session, numbered in order.
    pub(super) fn add(&mut self, make: impl FnOnce(SlotRef, SessionId) -> Session) -> SlotRef {
        // 0 is no session, and the numbers of days ago may come again.
        self.count = self.count.wrapping_add(1).max(1);
        let reference = self.vacancy();
        let session = make(reference, self.count);
        let hosts = hosts(session.client.ip(), session.server.ip());
        if let Some(slot) = self.slots.get_mut(reference.index as usize) {
            slot.session = Some(Box::new(session));
        }
        let same = self.by_hosts.entry(hosts).or_default();
        if same.len() == MAX_BETWEEN {
            same.remove(0);
        }
        same.push(reference);
        let (slots, taken) = (&self.slots, self.slots.len() - self.free.len());
        let is_there = |slot| occupant(slots, slot).is_some();
        self.candidates.add(reference, taken, is_there);
        reference
    }

    /// A free place, which is new when there is none.
    fn vacancy(&mut self) -> SlotRef {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() as u32 - 1
        });
        let slot = self.slots.get(index as usize);
        let generation = slot.map_or(0, |slot| slot.generation);
        SlotRef { index, generation }
    }

    /// Takes a session out.
    pub(super) fn remove(&mut self, reference: SlotRef) -> Option<Box<Session>> {
        let slot = self.slots.get_mut(reference.index as usize)?;
        if slot.generation != reference.generation {
            return None;
        }
        let session = slot.session.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.weight -= std::mem::take(&mut slot.weight) as usize;
        self.free.push(reference.index);
        let hosts = hosts(session.client.ip(), session.server.ip());
        if let Some(same) = self.by_hosts.get_mut(&hosts) {
            same.retain(|other| *other != reference);
            if same.is_empty() {
                self.by_hosts.remove(&hosts);
            }
        }
        Some(session)
    }

    /// A session by its number. Looks at all of them: not for every packet.
    pub(super) fn numbered(&self, id: SessionId) -> Option<&Session> {
        let sessions = self.slots.iter().filter_map(|slot| slot.session.as_deref());
        sessions.into_iter().find(|session| session.id == id)
    }

    pub(super) fn get(&self, reference: SlotRef) -> Option<&Session> {
        occupant(&self.slots, reference)
    }

    /// Notes what a session takes now, in bytes.
    pub(super) fn weigh(&mut self, reference: SlotRef, weight: usize) {
        if let Some(slot) = self.slots.get_mut(reference.index as usize) {
            let before =
                std::mem::replace(&mut slot.weight, u32::try_from(weight).unwrap_or(u32::MAX));
            self.weight = self.weight + slot.weight as usize - before as usize;
        }
    }

    /// Memory that all sessions take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.weight + self.slots.capacity() * size_of::<Slot>() + self.candidates.memory()
    }

    /// Who has to be given up next, with its control connection.
    pub(super) fn next_to_give_up(&mut self, flows: &Flows) -> Option<(SlotRef, FlowId)> {
        let slots = &self.slots;
        let slot = self
            .candidates
            .pop(1, |slot| Some(price(occupant(slots, slot)?, flows)))?;
        Some((slot, self.get(slot)?.flow))
    }

    pub(super) fn get_mut(&mut self, reference: SlotRef) -> Option<&mut Session> {
        let slot = self.slots.get_mut(reference.index as usize)?;
        slot.session
            .as_deref_mut()
            .filter(|_| slot.generation == reference.generation)
    }

    /// The sessions of two hosts, whichever of them is the server.
    pub(super) fn between(&self, one: IpAddr, other: IpAddr) -> &[SlotRef] {
        self.by_hosts
            .get(&hosts(one, other))
            .map_or(&[], |slots| slots)
    }

    /// The sessions whose control connection waits for its keys.
    pub(super) fn waiting_for_keys(&self) -> Vec<SlotRef> {
        let waits = |session: &Session| {
            let encryption = session.encryption.as_ref();
            encryption.is_some_and(|encryption| encryption.stream.is_waiting())
        };
        let slots = (0..).zip(&self.slots);
        let waiting = slots.filter(|(_, slot)| slot.session.as_deref().is_some_and(waits));
        waiting
            .map(|(index, slot)| SlotRef {
                index,
                generation: slot.generation,
            })
            .collect()
    }

    /// The mark of a session's control connection in the flow table.
    pub(super) fn tag(reference: SlotRef) -> u32 {
        reference.index + 1
    }

    /// The session whose control connection bears this mark.
    pub(super) fn tagged(&self, tag: u32) -> SlotRef {
        let index = tag.wrapping_sub(1);
        let generation = self
            .slots
            .get(index as usize)
            .map_or(0, |slot| slot.generation);
        SlotRef { index, generation }
    }
}

fn occupant(slots: &[Slot], reference: SlotRef) -> Option<&Session> {
    let slot = slots.get(reference.index as usize)?;
    slot.session
        .as_deref()
        .filter(|_| slot.generation == reference.generation)
}

/// A session whose connection did not come about is worth little; others are worth more the less
/// they have been idle.
fn price(session: &Session, flows: &Flows) -> Price {
    match session.control(flows) {
        Some(control) => (u8::from(control.established), control.last.time),
        None => (0, Timestamp::default()),
    }
}

fn hosts(one: IpAddr, other: IpAddr) -> (IpAddr, IpAddr) {
    if one <= other {
        (one, other)
    } else {
        (other, one)
    }
}
