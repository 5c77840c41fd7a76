//! Skips TLS records without reading what they hold.

/// The longest record body: 2¹⁴ bytes and the expansion that TLS 1.2 allows (RFC 5246 §6.2.3).
const MAX_BODY: usize = (1 << 14) + 2048;

/// Length of a record header: type, version, length (RFC 8446 §5.1).
const HEADER: usize = 5;

/// Follows one direction of a connection through TLS records to the clear text behind them.
///
/// FTP can leave TLS in mid-connection (CCC, RFC 4217 §8), and a server whose handshake failed may
/// say so in clear. Both begin right behind a record, with a byte that no record begins with.
#[derive(Debug, Default)]
pub struct RecordSkipper {
    header: [u8; HEADER],
    have: usize,
    body: usize,
    /// Where records begin is not known, because bytes are missing or were no TLS.
    lost: bool,
    /// Clear text has begun, and goes on until bytes begin with a record again.
    clear: bool,
    records: u64,
    current: Record,
    complete: Vec<Record>,
}

/// One whole record, without what it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its content type (RFC 8446 §5.1).
    pub kind: u8,
    /// The length of its body.
    pub length: usize,
    /// Level and description, of an alert that is not encrypted (RFC 8446 §6).
    pub alert: Option<[u8; 2]>,
}

/// The content type of alerts, and the length of one in clear.
const ALERT: (u8, usize) = (21, 2);

impl RecordSkipper {
    /// Takes the next bytes and gives back those behind the last record that are clear text.
    pub fn skip<'a>(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        if self.lost || self.clear {
            let record = begins_record(bytes);
            self.lost &= !record;
            self.clear &= !record;
        }
        if self.clear {
            return bytes;
        }
        while !self.lost && !bytes.is_empty() {
            if self.body > 0 {
                let skipped = self.body.min(bytes.len());
                let (body, rest) = bytes.split_at_checked(skipped).unwrap_or((bytes, &[]));
                self.note(body);
                self.body -= skipped;
                self.complete_if_over();
                bytes = rest;
            } else if self.have == 0 && bytes.first().is_some_and(is_text) {
                self.clear = true;
                return bytes;
            } else {
                bytes = self.read_header(bytes);
            }
        }
        &[]
    }

    /// Bytes are missing: the next record has to be found again.
    pub fn gap(&mut self, missing: u64) {
        if self.clear {
            return;
        }
        if missing <= self.body as u64 && self.have == 0 {
            self.body -= missing as usize;
        } else {
            (self.lost, self.have, self.body) = (true, 0, 0);
        }
    }

    /// The records that were completed since this was asked for.
    pub fn take_records(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.complete)
    }

    /// Reads an alert in clear; one that is cut between its two bytes is let go.
    fn note(&mut self, body: &[u8]) {
        if (self.current.kind, self.current.length) == ALERT {
            self.current.alert = body.first_chunk().copied();
        }
    }

    fn complete_if_over(&mut self) {
        if self.body == 0 {
            self.complete.push(self.current);
        }
    }

    /// Whole headers seen.
    pub fn records(&self) -> u64 {
        self.records
    }

    fn read_header<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let wanted = HEADER - self.have;
        let (taken, rest) = bytes.split_at_checked(wanted).unwrap_or((bytes, &[]));
        if let Some(slot) = self.header.get_mut(self.have..self.have + taken.len()) {
            slot.copy_from_slice(taken);
        }
        self.have += taken.len();
        if self.have == HEADER {
            self.have = 0;
            match body_length(&self.header) {
                Some(length) => {
                    (self.body, self.records) = (length, self.records + 1);
                    self.current = Record {
                        kind: self.header[0],
                        length,
                        alert: None,
                    };
                    self.complete_if_over();
                }
                None => self.lost = true,
            }
        }
        rest
    }
}

/// Whether bytes begin with the header of a record.
pub fn begins_record(bytes: &[u8]) -> bool {
    bytes
        .first_chunk()
        .is_some_and(|header| body_length(header).is_some())
}

/// The length in a record header; `None` when it is no header.
fn body_length(header: &[u8; HEADER]) -> Option<usize> {
    let [20..=24, 3, 0..=4, high, low] = *header else {
        return None;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    (length <= MAX_BODY).then_some(length)
}

fn is_text(byte: &u8) -> bool {
    (0x20..0x7f).contains(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: &[u8] =
        b"\x16\x03\x01\x00\x03abc\x17\x03\x03\x00\x00\x15\x03\x03\x00\x02\x01\x00";

    #[test]
    fn clear_text_behind_records_is_found_however_they_are_cut() {
        let whole = [RECORDS, b"PASV\r\n"].concat();
        for cut in 0..whole.len() {
            let (head, tail) = whole.split_at(cut);
            let mut skipper = RecordSkipper::default();
            let text = [skipper.skip(head), skipper.skip(tail)].concat();
            assert_eq!(text, b"PASV\r\n", "cut at {cut}");
            assert_eq!(skipper.records(), 3);
        }
    }

    #[test]
    fn records_are_counted_and_alerts_in_clear_are_read() {
        let mut skipper = RecordSkipper::default();
        skipper.skip(RECORDS);
        let record = |kind, length, alert| Record {
            kind,
            length,
            alert,
        };
        assert_eq!(
            skipper.take_records(),
            [
                record(22, 3, None),
                record(23, 0, None),
                record(21, 2, Some([1, 0]))
            ]
        );
        assert!(skipper.take_records().is_empty());
    }

    #[test]
    fn noise_is_never_taken_for_text() {
        let mut skipper = RecordSkipper::default();
        assert_eq!(skipper.skip(b"\x80\x2e\x01\x00\x02PASV\r\n"), b"");
        assert_eq!(skipper.skip(b"PASV\r\n"), b"");
        assert_eq!(
            skipper.skip(b"\x17\x03\x03\x00\x01x421 no\r\n"),
            b"421 no\r\n"
        );
    }

    #[test]
    fn a_gap_within_a_record_is_bridged() {
        let mut skipper = RecordSkipper::default();
        skipper.skip(b"\x16\x03\x01\x00\x03a");
        skipper.gap(2);
        assert_eq!(skipper.skip(b"\x17\x03\x03\x00\x01x"), b"");
        skipper.gap(1);
        assert_eq!(
            skipper.skip(b"PASV"),
            b"",
            "after an unexplained gap nothing is believed"
        );
    }
}
