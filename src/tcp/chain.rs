//! Lists of unmarked flows that have something in common, latest first, threaded through the slab.

use std::net::SocketAddr;

use hashbrown::HashTable;

use super::flow::Flow;
use super::flows::Slot;
use super::hashing::Print;

const NONE: u32 = u32::MAX;

/// A flow's neighbours in one chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    newer: u32,
    older: u32,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            newer: NONE,
            older: NONE,
        }
    }
}

/// Who connects, and who listens.
type Ends = (SocketAddr, SocketAddr);

/// What the flows of a chain share.
#[derive(Clone, Copy, Debug)]
pub(super) enum Common {
    /// The listener that they connect to.
    Listener,
    /// The two hosts, whichever connects.
    Hosts,
}

#[derive(Debug)]
struct Head {
    hash: Print,
    index: u32,
}

/// Every chain of one kind.
#[derive(Debug)]
pub(super) struct Chains {
    common: Common,
    heads: HashTable<Head>,
}

impl Chains {
    /// What the head of a chain takes.
    pub(super) const HEAD_SIZE: usize = 2 * size_of::<Head>();

    pub(super) fn new(common: Common) -> Self {
        Self {
            common,
            heads: HashTable::new(),
        }
    }

    /// Puts a flow at the head of its chain.
    pub(super) fn link(&mut self, slots: &mut [Slot], index: u32, hash: Print) {
        let Some(ends) = ends_at(slots, index) else {
            return;
        };
        let same = |head: &Head| {
            head.hash == hash
                && ends_at(slots, head.index).is_some_and(|head| self.common.shared(head, ends))
        };
        let older = match self.heads.find_mut(hash.wide(), same) {
            Some(head) => std::mem::replace(&mut head.index, index),
            None => {
                let head = Head { hash, index };
                self.heads
                    .insert_unique(hash.wide(), head, |head| head.hash.wide());
                NONE
            }
        };
        if let Some(older) = self.common.link(slots, older) {
            older.newer = index;
        }
        if let Some(link) = self.common.link(slots, index) {
            link.older = older;
        }
    }

    /// Takes a flow out of the chain that it is in.
    pub(super) fn unlink(&mut self, slots: &mut [Slot], index: u32, hash: Print) {
        let Some(link) = self.common.link(slots, index) else {
            return;
        };
        let Link { newer, older } = std::mem::take(link);
        if let Some(older) = self.common.link(slots, older) {
            older.newer = newer;
        }
        match self.common.link(slots, newer) {
            Some(newer) => newer.older = older,
            None => self.behead(hash, index, older),
        }
    }

    fn behead(&mut self, hash: Print, index: u32, older: u32) {
        let Ok(mut head) = self
            .heads
            .find_entry(hash.wide(), |head| head.index == index)
        else {
            return;
        };
        if older == NONE {
            head.remove();
        } else {
            head.get_mut().index = older;
        }
    }

    /// The flows of the chain whose head fits, latest first.
    pub(super) fn follow<'a>(
        &'a self,
        slots: &'a [Slot],
        hash: Print,
        fits: impl Fn(Ends) -> bool,
    ) -> impl Iterator<Item = u32> + 'a {
        let fits = |head: &&Head| ends_at(slots, head.index).is_some_and(&fits);
        let head = self
            .heads
            .find(hash.wide(), |head| head.hash == hash && fits(&head));
        std::iter::successors(head.map(|head| head.index), move |&index| {
            let older = flow_at(slots, index)?.links[self.common as usize].older;
            (older != NONE).then_some(older)
        })
    }
}

impl Common {
    fn shared(self, a: Ends, b: Ends) -> bool {
        match self {
            Self::Listener => a.1 == b.1,
            Self::Hosts => {
                let (a, b) = ((a.0.ip(), a.1.ip()), (b.0.ip(), b.1.ip()));
                a == b || a == (b.1, b.0)
            }
        }
    }

    fn link(self, slots: &mut [Slot], index: u32) -> Option<&mut Link> {
        let slot = slots.get_mut(usize::try_from(index).ok()?)?;
        slot.as_mut()?.links.get_mut(self as usize)
    }
}

fn flow_at(slots: &[Slot], index: u32) -> Option<&Flow> {
    slots.get(usize::try_from(index).ok()?)?.as_deref()
}

fn ends_at(slots: &[Slot], index: u32) -> Option<Ends> {
    let connection = &flow_at(slots, index)?.connection;
    Some((connection.initiator(), connection.responder()))
}
