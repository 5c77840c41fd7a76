//! Which sessions belong together.

use std::net::{IpAddr, SocketAddr};

use super::Story;
use crate::dashboard::model::SessionRow;

/// Why a session belongs to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// The data run between the servers of both.
    Relayed,
    /// A data channel of one leads to the server of the other.
    DataEnd,
    /// The same client and server.
    SameEnds,
}

/// What other sessions are compared with: the ends of one session and of its data channels.
#[derive(Clone, Debug)]
pub(crate) struct Kin {
    client: IpAddr,
    server: SocketAddr,
    /// Hosts to which its announcements lead, beside its own two.
    others: Vec<IpAddr>,
    relayed: bool,
}

impl Kin {
    /// That of the first session of a story.
    pub(crate) fn of(story: &Story) -> Option<Self> {
        let head = story.heads().first()?;
        let (client, server) = (head.client.ip(), head.server);
        let channels = story.channels();
        let announced = channels.iter().filter_map(|channel| channel.announced);
        let mut others: Vec<IpAddr> = announced.map(|end| end.ip()).collect();
        others.retain(|ip| *ip != client && *ip != server.ip());
        others.sort_unstable();
        others.dedup();
        Some(Self {
            client,
            server,
            others,
            relayed: channels.iter().any(|channel| channel.relayed),
        })
    }

    /// How another session is related to it, if it is.
    pub(crate) fn relation(&self, other: &SessionRow) -> Option<Relation> {
        let same_client = self.client == other.client.ip();
        if same_client && self.relayed && self.server != other.server {
            return Some(Relation::Relayed);
        }
        if self.others.contains(&other.server.ip()) {
            return Some(Relation::DataEnd);
        }
        (same_client && self.server == other.server).then_some(Relation::SameEnds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::story::testing;

    #[test]
    fn the_two_sessions_of_a_transfer_between_servers_are_related() {
        let dossiers = testing::capture("transfer-between-two-servers-client-side");
        let [one, other] = dossiers.as_slice() else {
            panic!("{} sessions", dossiers.len());
        };
        for (story, row) in [(one, other), (other, one)] {
            let kin = Kin::of(&Story::new(std::slice::from_ref(story))).unwrap();
            assert_eq!(kin.relation(&row.row), Some(Relation::Relayed));
        }
        let mut stranger = (*other.row).clone();
        stranger.client = "192.0.2.99:1".parse().unwrap();
        stranger.server = "192.0.2.98:21".parse().unwrap();
        let kin = Kin::of(&Story::new(&dossiers[..1])).unwrap();
        assert_eq!(kin.relation(&stranger), None);
    }
}
