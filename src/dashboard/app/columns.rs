//! The columns of the tables.

use std::cmp::Ordering;

use super::table::Column;
use crate::dashboard::model::{ChannelRow, SessionRow};

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident of $row:ident { $($variant:ident $id:literal $title:literal $order:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $name {
            $(#[doc = $title] $variant,)*
        }

        impl Column for $name {
            type Row = $row;

            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)*
                }
            }

            fn order(self, one: &$row, other: &$row) -> Ordering {
                let order: fn(&$row, &$row) -> Ordering = match self {
                    $(Self::$variant => $order,)*
                };
                order(one, other)
            }
        }
    };
}

columns! {
    /// A column of the table of sessions.
    SessionColumn of SessionRow {
        State "state" "St" |a, b| a.standing.cmp(&b.standing),
        Number "number" "#" |a, b| a.id.cmp(&b.id),
        Start "start" "Start" |a, b| a.started.time.cmp(&b.started.time),
        Client "client" "Client" |a, b| a.client.cmp(&b.client),
        Server "server" "Server" |a, b| a.server.cmp(&b.server),
        User "user" "User" |a, b| a.user.cmp(&b.user),
        Last "last" "Last command → reply" |a, b| a.last_said.cmp(&b.last_said),
        Data "data" "Data" |a, b| (a.channels_failed, a.channels_ok).cmp(&(b.channels_failed, b.channels_ok)),
        Bytes "bytes" "Bytes" |a, b| a.bytes.cmp(&b.bytes),
    }
}

columns! {
    /// A column of the table of data channels.
    DataColumn of ChannelRow {
        State "state" "St" |a, b| a.standing.cmp(&b.standing),
        Session "session" "#" |a, b| a.id.cmp(&b.id),
        Time "time" "Time" |a, b| a.at.time.cmp(&b.at.time),
        Mode "mode" "Mode" |a, b| (a.mode as u8, a.method as u8).cmp(&(b.mode as u8, b.method as u8)),
        Direction "direction" "Dir" |a, b| a.direction.map(|way| way as u8).cmp(&b.direction.map(|way| way as u8)),
        Announced "announced" "Announced" |a, b| a.announced.cmp(&b.announced),
        Connection "connection" "Connected" |a, b| a.connection.cmp(&b.connection),
        Command "command" "Command → reply" |a, b| a.command.cmp(&b.command),
        Bytes "bytes" "Bytes" |a, b| a.bytes.cmp(&b.bytes),
        Rate "rate" "Rate" |a, b| a.rate().partial_cmp(&b.rate()).unwrap_or(Ordering::Equal),
        Wait "wait" "Wait" |a, b| a.wait.cmp(&b.wait),
        Duration "duration" "Time used" |a, b| a.duration.cmp(&b.duration),
    }
}
