//! The sessions that are being followed.

use std::hash::BuildHasher;
use std::iter::successors;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use smallvec::SmallVec;

use super::event::SessionId;
use super::expectation::SlotRef;
use super::session::Session;
use crate::tcp::{Candidates, FlowId, Flows, Price};
use crate::time::Timestamp;

/// Sessions of one pair of hosts among which an unannounced data connection is looked for; of more
/// than that only the latest are asked.
const MAX_BETWEEN: usize = 32;

/// Stands for no place in the table.
const NOWHERE: u32 = u32::MAX;

/// Sessions by slot, with an index by the two hosts.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// The places of the latest sessions of each two hosts; they lead to those before them.
    by_hosts: HashTable<u32>,
    hashing: RandomState,
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
    /// The places of the sessions of the same two hosts that began just before it and just after it.
    before: u32,
    after: u32,
}

impl Sessions {
    /// Adds a session, numbered in order.
    pub(super) fn add(&mut self, make: impl FnOnce(SlotRef, SessionId) -> Session) -> SlotRef {
        // 0 is no session, and the numbers of days ago may come again.
        self.count = self.count.wrapping_add(1).max(1);
        let reference = self.vacancy();
        let session = make(reference, self.count);
        let before = self.replace_latest(hosts(&session), reference.index);
        if let Some(slot) = self.slots.get_mut(before as usize) {
            slot.after = reference.index;
        }
        if let Some(slot) = self.slots.get_mut(reference.index as usize) {
            slot.session = Some(Box::new(session));
            (slot.before, slot.after) = (before, NOWHERE);
        }
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
        let (before, after) = (slot.before, slot.after);
        if let Some(slot) = self.slots.get_mut(before as usize) {
            slot.after = after;
        }
        match self.slots.get_mut(after as usize) {
            Some(slot) => slot.before = before,
            None => self.remove_latest(hosts(&session), reference.index, before),
        }
        Some(session)
    }

    /// Makes a place the latest of its two hosts, and tells which was it.
    fn replace_latest(&mut self, hosts: Hosts, place: u32) -> u32 {
        let (slots, hashing) = (&self.slots, &self.hashing);
        let same = |other: &u32| hosts_at(slots, *other) == Some(hosts);
        let hash = hashing.hash_one(hosts);
        if let Some(latest) = self.by_hosts.find_mut(hash, same) {
            return std::mem::replace(latest, place);
        }
        let hash_at = |other: &u32| hashing.hash_one(hosts_at(slots, *other).unwrap_or(hosts));
        self.by_hosts.insert_unique(hash, place, hash_at);
        NOWHERE
    }

    /// The latest of its two hosts leaves its place, and `before` is the latest then.
    fn remove_latest(&mut self, hosts: Hosts, place: u32, before: u32) {
        let hash = self.hashing.hash_one(hosts);
        if let Ok(mut latest) = self.by_hosts.find_entry(hash, |other| *other == place) {
            if before == NOWHERE {
                latest.remove();
            } else {
                *latest.get_mut() = before;
            }
        }
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

    /// The latest sessions of two hosts, whichever of them is the server, oldest first.
    pub(super) fn between(&self, one: IpAddr, other: IpAddr) -> SmallVec<[SlotRef; 4]> {
        let hosts = in_order(one, other);
        let same = |place: &u32| hosts_at(&self.slots, *place) == Some(hosts);
        let latest = self.by_hosts.find(self.hashing.hash_one(hosts), same);
        let before = |place: &u32| Some(self.slots.get(*place as usize)?.before);
        let places = successors(latest.copied(), before);
        let references = places.map_while(|index| {
            let generation = self.slots.get(index as usize)?.generation;
            Some(SlotRef { index, generation })
        });
        let mut between: SmallVec<_> = references.take(MAX_BETWEEN).collect();
        between.reverse();
        between
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

/// Two hosts, in order.
type Hosts = (IpAddr, IpAddr);

/// The hosts of the session at a place.
fn hosts_at(slots: &[Slot], place: u32) -> Option<Hosts> {
    let session = slots.get(place as usize)?.session.as_deref();
    session.map(hosts)
}

fn hosts(session: &Session) -> Hosts {
    in_order(session.client.ip(), session.server.ip())
}

fn in_order(one: IpAddr, other: IpAddr) -> Hosts {
    if one <= other {
        (one, other)
    } else {
        (other, one)
    }
}
