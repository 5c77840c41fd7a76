//! `ftpscope interfaces`: from which interfaces packets can be captured.

use std::io::{self, Write};
use std::net::IpAddr;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::arguments::{Interfaces, ListForm};
use super::{Exit, complain};
use crate::capture::live::{ANY, Interface, interfaces};
use crate::escape;

/// The columns of the table; all but the last are aligned.
type Row = [String; 5];

/// Does what the arguments say.
pub(super) fn run(arguments: &Interfaces) -> io::Result<Exit> {
    let interfaces = match interfaces() {
        Ok(interfaces) => interfaces,
        Err(error) => {
            complain(&error.to_string());
            return Ok(Exit::Wrong);
        }
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        ListForm::Text => out.write_all(table(&interfaces).as_bytes())?,
        ListForm::Json => {
            for interface in &interfaces {
                writeln!(out, "{}", object(interface))?;
            }
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn table(interfaces: &[Interface]) -> String {
    let head = ["NAME", "STATE", "LINK TYPE", "PACKETS", "ADDRESSES"].map(str::to_owned);
    let rows: Vec<Row> = [head]
        .into_iter()
        .chain(interfaces.iter().map(row))
        .collect();
    let widths: [usize; 4] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].width())
            .max()
            .unwrap_or(0)
    });
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn line(row: &Row, widths: &[usize; 4]) -> String {
    let mut text = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let space = " ".repeat(width.saturating_sub(cell.width()));
        // Numbers end in one column.
        let (before, behind) = if column == 3 {
            (&*space, "")
        } else {
            ("", &*space)
        };
        text += &format!("{before}{cell}{behind}  ");
    }
    text += &row[4];
    format!("{}\n", text.trim_end())
}

fn row(interface: &Interface) -> Row {
    let link = interface.link.map(|link| match link.name() {
        Some(name) => name.to_owned(),
        None => link.to_string(),
    });
    let packets = interface.packets.map(|count| count.to_string());
    [
        shown(&interface.name),
        state(interface).to_owned(),
        link.unwrap_or_else(|| "-".to_owned()),
        packets.unwrap_or_else(|| "-".to_owned()),
        addresses(interface),
    ]
}

fn state(interface: &Interface) -> &'static str {
    match (interface.up, interface.running) {
        (false, _) => "down",
        (true, false) => "no link",
        (true, true) if interface.loopback => "loopback",
        (true, true) => "up",
    }
}

/// The addresses; what libpcap says of an interface that has none.
fn addresses(interface: &Interface) -> String {
    if interface.name == ANY {
        return "all interfaces at once".to_owned();
    }
    let addresses: Vec<_> = interface.addresses.iter().map(IpAddr::to_string).collect();
    match (&*addresses, &interface.description) {
        ([], Some(description)) => shown(description),
        _ => addresses.join(", "),
    }
}

fn object(interface: &Interface) -> Value {
    json!({
        "name": shown(&interface.name),
        "description": interface.description.as_deref().map(shown),
        "addresses": interface.addresses,
        "up": interface.up,
        "running": interface.running,
        "loopback": interface.loopback,
        "link_type": interface.link.map(|link| link.0),
        "packets": interface.packets,
    })
}

/// Names of interfaces are any bytes: whoever makes one chooses them.
fn shown(text: &str) -> String {
    escape::line(text.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::LinkType;

    fn interface(name: &str) -> Interface {
        Interface {
            name: name.to_owned(),
            description: None,
            addresses: vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()],
            up: true,
            running: true,
            loopback: false,
            link: Some(LinkType::ETHERNET),
            packets: Some(1234),
        }
    }

    #[test]
    fn columns_are_aligned_and_names_escaped() {
        let quiet = Interface {
            addresses: Vec::new(),
            description: Some("a tunnel".to_owned()),
            up: false,
            link: None,
            packets: None,
            ..interface("t\x1b[2J")
        };
        let expected = "\
NAME      STATE  LINK TYPE  PACKETS  ADDRESSES
eth0      up     ETHERNET      1234  192.0.2.1, 2001:db8::1
t\\x1b[2J  down   -                -  a tunnel
";
        assert_eq!(table(&[interface("eth0"), quiet]), expected);
    }

    #[test]
    fn an_interface_as_an_object() {
        let object = object(&interface("eth0"));
        assert_eq!(object["addresses"][1], "2001:db8::1");
        assert_eq!(object["link_type"], 1);
    }
}
