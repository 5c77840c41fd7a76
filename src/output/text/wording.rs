//! Facts of a data channel in the words of the report.

use super::number;
use crate::capture::Frame;
use crate::escape;
use crate::ftp::{
    Channel, ClosedBy, DataConnection, Direction, Inferred, Outcome, Reply, Transfer,
};

/// What happened on the wire, for a channel that is no success: `4 SYN in 7.0 s, no answer seen`.
pub(crate) fn on_the_wire(channel: &Channel) -> String {
    let Some(connection) = &channel.connection else {
        return "no attempt to connect is in the capture".to_owned();
    };
    if connection.established {
        connected(channel.transfer.as_ref(), connection)
    } else {
        attempted(connection)
    }
}

fn attempted(connection: &DataConnection) -> String {
    let tries = match connection.syns {
        0 => "segments without a handshake".to_owned(),
        1 => "1 SYN".to_owned(),
        syns => {
            let time = connection.last.time.since(connection.first.time);
            format!(
                "{} SYN in {}",
                number::grouped(syns.into()),
                number::span(time)
            )
        }
    };
    match connection.closed_by {
        Some(ClosedBy::ResetByClient) => format!("{tries}, answered by RST of the client"),
        Some(ClosedBy::ResetByServer) => format!("{tries}, answered by RST of the server"),
        _ => match &connection.facts.icmp {
            Some(error) => format!("{tries}, answered by an ICMP error of {}", error.reporter),
            None => format!("{tries}, no answer seen"),
        },
    }
}

fn connected(transfer: Option<&Transfer>, connection: &DataConnection) -> String {
    let bytes = transfer.map_or(0, |transfer| transfer.bytes);
    let after = match bytes {
        0 => "before any byte".to_owned(),
        bytes => format!("after {}", number::count(bytes, "byte")),
    };
    let end = match connection.closed_by {
        Some(ClosedBy::ResetByClient) => format!("reset by the client {after}"),
        Some(ClosedBy::ResetByServer) => format!("reset by the server {after}"),
        Some(ClosedBy::Client) => format!("closed by the client {after}"),
        Some(ClosedBy::Server) => format!("closed by the server {after}"),
        None if bytes == 0 => "then no byte came".to_owned(),
        None => format!("then silence {after}"),
    };
    format!("connected, {end}")
}

/// `PASV 203.0.113.9:50021`.
pub(crate) fn announcement(channel: &Channel) -> String {
    use crate::output::words::Word;
    let method = channel.method.word();
    match channel.announced {
        Some(endpoint) => format!("{method} {endpoint}"),
        None => method.to_owned(),
    }
}

/// `LIST /pub`, `RETR robots.txt`.
pub(crate) fn command(transfer: &Transfer) -> String {
    let verb = transfer.verb.as_str();
    match &transfer.path {
        Some(path) => format!("{verb} {}", escape::line(path)),
        None => verb.to_owned(),
    }
}

/// `425 Failed to establish connection.`: the first line.
pub(crate) fn reply(reply: &Reply) -> String {
    let first = reply
        .text
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    format!("{:03} {}", reply.code, escape::line(first))
}

/// `S→C`: which way the bytes go.
pub(crate) fn arrow(direction: Direction) -> &'static str {
    match direction {
        Direction::Upload => "C→S",
        Direction::Download | Direction::Listing => "S→C",
    }
}

/// What became of a channel, beyond its numbers.
pub(crate) fn outcome(channel: &Channel) -> String {
    let code = |reply: Option<&Reply>| {
        reply.map_or(String::new(), |reply| format!(" ({:03})", reply.code))
    };
    let last = channel
        .transfer
        .as_ref()
        .and_then(|transfer| transfer.reply.as_ref());
    match channel.outcome {
        Outcome::Completed => "completed".to_owned(),
        Outcome::Failed => format!("failed{}", code(last)),
        Outcome::Aborted => format!("aborted{}", code(last)),
        Outcome::Rejected => format!("rejected{}", code(last)),
        Outcome::Refused => format!("refused{}", code(channel.reply.as_ref())),
        Outcome::Unused => "not used".to_owned(),
        Outcome::Unseen => "not in the capture".to_owned(),
        Outcome::Incomplete => match &channel.inferred {
            Some(inferred) => hidden(inferred),
            None => "unfinished at the end".to_owned(),
        },
    }
}

/// What an inferred channel carried, whose commands cannot be read: `about 20.0 kB S→C, what for is
/// encrypted`.
fn hidden(inferred: &Inferred) -> String {
    match inferred.carried {
        Some((direction, bytes)) => format!(
            "about {} {}, what for is encrypted",
            number::bytes(bytes),
            arrow(direction)
        ),
        None => "what it was for is encrypted".to_owned(),
    }
}

/// `frame 12`, `frames 12–15`; with several inputs `frames 2:12–15`, the input's number first.
pub(crate) fn frames(first: Frame, last: Frame, several_inputs: bool) -> String {
    let one = |frame: Frame| match several_inputs {
        true => format!("{}:{}", u32::from(frame.file()) + 1, frame.number()),
        false => frame.number().to_string(),
    };
    if first == last {
        format!("frame {}", one(first))
    } else if first.file() == last.file() {
        format!("frames {}–{}", one(first), last.number())
    } else {
        format!("frames {}–{}", one(first), one(last))
    }
}

/// The frames of a channel's connection, or else of its announcement.
pub(crate) fn channel_frames(channel: &Channel, several_inputs: bool) -> String {
    let (first, last) = match &channel.connection {
        Some(connection) => (connection.first, connection.last),
        None => (channel.at, channel.at),
    };
    frames(first.frame, last.frame, several_inputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inferred_channel_is_told_by_what_it_carried() {
        let inferred = |carried| Inferred {
            clues: Vec::new(),
            carried,
        };
        let told = hidden(&inferred(Some((Direction::Download, 20_003))));
        let bytes = number::bytes(20_003);
        assert_eq!(told, format!("about {bytes} S→C, what for is encrypted"));
        assert_eq!(hidden(&inferred(None)), "what it was for is encrypted");
    }
}
