use super::*;

const RECORDS: &[u8] = b"\x16\x03\x01\x00\x03abc\x17\x03\x03\x00\x00\x15\x03\x03\x00\x02\x01\x00";

/// What the chunks hold: content type and body of each record, `?` before one in doubt, which
/// is then taken for one if its body begins with `y`; and clear text.
fn read(records: &mut Records, mut bytes: &[u8], keep: bool) -> Vec<String> {
    let mut seen = Vec::new();
    records.begin(bytes);
    loop {
        let doubtful = match records.next(&mut bytes, |_| keep) {
            None => return seen,
            Some(Piece::Clear(text)) => {
                seen.push(String::from_utf8_lossy(text).into_owned());
                continue;
            }
            Some(Piece::Record(raw)) => {
                seen.push(format!("{}:{}", raw.kind(), shown(&raw)));
                continue;
            }
            Some(Piece::Perhaps(raw)) => shown(&raw),
        };
        records.judge(doubtful.starts_with('y'));
        seen.push(format!("?{doubtful}"));
    }
}

fn shown(raw: &Raw<'_>) -> String {
    match raw.body {
        Some(body) => body.escape_ascii().to_string(),
        None => format!("({})", raw.len()),
    }
}

#[test]
fn records_and_the_clear_text_behind_them_are_found_however_they_are_cut() {
    let whole = [RECORDS, b"PASV\r\n"].concat();
    for cut in 0..whole.len() {
        let (head, tail) = whole.split_at(cut);
        let mut records = Records::default();
        let mut seen = read(&mut records, head, true);
        seen.extend(read(&mut records, tail, true));
        let text = seen.split_off(3).concat();
        assert_eq!(seen, ["22:abc", "23:", "21:\\x01\\x00"], "cut at {cut}");
        assert_eq!(text, "PASV\r\n");
    }
}

#[test]
fn what_is_not_wanted_is_not_held() {
    let mut records = Records::default();
    assert_eq!(read(&mut records, &RECORDS[..7], false), [""; 0]);
    assert_eq!(records.held(), 0);
    assert_eq!(
        read(&mut records, &RECORDS[7..], false),
        ["22:(3)", "23:(0)", "21:(2)"]
    );
}

#[test]
fn noise_is_never_taken_for_text() {
    let mut records = Records::default();
    assert!(read(&mut records, b"\x80\x2e\x01\x00\x02PASV\r\n", true).is_empty());
    assert!(read(&mut records, b"PASV\r\n", true).is_empty());
    let seen = read(&mut records, b"\x17\x03\x03\x00\x01x421 no\r\n", true);
    assert_eq!(seen, ["23:x", "421 no\r\n"]);
    let mut records = Records::default();
    assert_eq!(read(&mut records, b"\x17\x03\x03\x00\x01w", true), ["23:w"]);
    let spoilt = b"}\x03\x03\x00\x01x\x17\x03\x03\x00\x01y";
    assert!(read(&mut records, spoilt, true).is_empty());
    assert_eq!(read(&mut records, b"\x17\x03\x03\x00\x01z", true), ["23:z"]);
}

#[test]
fn a_gap_within_a_record_is_bridged() {
    let mut records = Records::default();
    read(&mut records, b"\x16\x03\x01\x00\x03a", true);
    records.gap(2, false);
    let seen = read(&mut records, b"\x17\x03\x03\x00\x01x", true);
    assert_eq!(seen, ["22:(3)", "23:x"]);
    records.gap(1, false);
    assert!(
        read(&mut records, b"PASV", true).is_empty(),
        "after an unexplained gap nothing is believed"
    );
}

#[test]
fn behind_a_gap_what_can_be_opened_is_found_however_it_is_cut() {
    let tail = [
        b"rest\x17\x03\x03\x00\x02no, \x17\x03\x03\x00\x03yes".as_slice(),
        b"\x17\x03\x03\x00\x02on\x17\x03\x03\x00\x01.",
    ];
    let tail = tail.concat();
    for cut in 0..tail.len() {
        let mut records = Records::default();
        records.gap(9, true);
        let (head, rest) = tail.split_at(cut);
        let mut seen = read(&mut records, head, true);
        seen.extend(read(&mut records, rest, true));
        assert_eq!(seen, ["?no", "?yes", "23:on", "23:."], "cut at {cut}");
    }
    let mut records = Records::default();
    records.gap(9, true);
    let seen = read(&mut records, b"..\x17\x03\x03\x00\x03yesPASV\r\n", true);
    assert_eq!(seen, ["?yes", "PASV\r\n"]);
    assert_eq!(read(&mut records, b"NOOP\r\n", true), ["NOOP\r\n"]);
}
