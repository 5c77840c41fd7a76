use super::*;
use crate::output::fixture::{self, context};

/// Name, path, code and outcome of the operations of session 1.
fn operations(mut events: Vec<Event>, swap: bool) -> Vec<String> {
    if swap {
        // The channel may be told before the command that used it.
        events.swap(6, 7);
    }
    let inputs = fixture::inputs();
    let mut operations = Operations::default();
    let found = events
        .iter()
        .flat_map(|event| operations.of(event, context(&inputs)));
    let text = found.map(|found| {
        let path = String::from_utf8_lossy(found.path.as_deref().unwrap_or_default()).into_owned();
        let code = found.code.unwrap_or_default();
        format!(
            "{} {} {path:?} {code} {}",
            found.protocol, found.name, found.outcome
        )
    });
    text.collect()
}

#[test]
fn each_operation_is_told_once() {
    let expected = [
        "FTP RETR \"/pub/robots.txt\" 226 completed",
        "FTP RENAME \"a b.txt -> =c.txt\" 250 completed",
        "FTP CHMOD 644 \"\\u{1b}[31mred\\u{202e}\" 0 incomplete",
        "FTP STOR \"nowhere.bin\" 553 rejected",
    ];
    assert_eq!(operations(fixture::working(), false), expected);
    assert_eq!(operations(fixture::working(), true), expected);
}

#[test]
fn a_transfer_that_waits_for_its_channel_too_long_is_told_without() {
    let inputs = fixture::inputs();
    let mut operations = Operations::default();
    let mut told = |event| operations.of(&event, context(&inputs)).len();
    told(fixture::opened(1, "192.168.1.20:50312", 0, 1));
    let pipelined = |number: u64| {
        let transfer = format!("RETR {number}");
        fixture::exchange(1, number, number, &transfer, &["226 Done."])
    };
    let most = MOST_WAITING as u64;
    assert_eq!(
        (0..most)
            .map(|number| told(pipelined(number + 1)))
            .sum::<usize>(),
        0
    );
    assert_eq!(told(pipelined(most + 1)), 1);
    // The others still find theirs, or are told at the end.
    let channel = fixture::channel(1, 1, fixture::at(most, most));
    assert_eq!(told(fixture::told(channel)), 1);
    let record = fixture::record(1, "192.168.1.20:50312");
    assert_eq!(told(fixture::ended(record)), MOST_WAITING - 1);
}

#[test]
fn channels_told_before_their_commands_are_remembered_up_to_a_bound() {
    let inputs = fixture::inputs();
    let mut operations = Operations::default();
    let mut told = |event| operations.of(&event, context(&inputs)).len();
    told(fixture::opened(1, "192.168.1.20:50312", 0, 1));
    for number in 0..=MOST_WAITING as u64 {
        let channel = fixture::channel(1, 1, fixture::at(number, number + 1));
        assert_eq!(told(fixture::told(channel)), 1);
    }
    for number in 0..=MOST_WAITING as u64 {
        let command = fixture::exchange(1, number, number + 1, "RETR x", &["226 Done."]);
        assert_eq!(told(command), 0);
    }
    // The command of the first waits for a channel that was told.
    let record = fixture::record(1, "192.168.1.20:50312");
    assert_eq!(told(fixture::ended(record)), 1);
}
