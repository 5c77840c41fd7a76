//! Points in time and spans of time as digits: RFC 3339 in UTC, and seconds.

use std::cell::Cell;
use std::time::Duration;

use crate::time::{Precision, Timestamp};

const SECONDS_A_DAY: u64 = 86_400;

/// A date of the Gregorian calendar.
struct Date {
    year: u32,
    month: u32,
    day: u32,
}

/// The two digits of each number below 100.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// Writes points in time, of which many lie in the same second.
#[derive(Debug)]
pub(super) struct Clock {
    second: Cell<u64>,
    /// `2024-02-29T12:00:00.`
    text: Cell<[u8; 20]>,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            second: Cell::new(0),
            text: Cell::new(*b"1970-01-01T00:00:00."),
        }
    }
}

impl Clock {
    /// Appends `2024-02-29T12:00:00.123456Z`.
    pub(super) fn push_rfc3339(&self, out: &mut Vec<u8>, time: Timestamp, precision: Precision) {
        if time.seconds() != self.second.get() {
            self.set(time);
        }
        out.extend_from_slice(&self.text.get());
        push_fraction(out, time.subsecond_nanos(), precision);
        out.push(b'Z');
    }

    #[cold]
    fn set(&self, time: Timestamp) {
        let mut text = *b"0000-00-00T00:00:00.";
        text[..10].copy_from_slice(&day(time));
        text[11..19].copy_from_slice(&time_within_day(time));
        self.second.set(time.seconds());
        self.text.set(text);
    }
}

/// Appends `2024-02-29T12:00:00.123456Z`.
pub(crate) fn push_rfc3339(out: &mut Vec<u8>, time: Timestamp, precision: Precision) {
    Clock::default().push_rfc3339(out, time, precision);
}

/// Appends a span in seconds, `12.345678`.
pub(crate) fn push_seconds(out: &mut Vec<u8>, span: Duration, precision: Precision) {
    push_number(out, span.as_secs());
    out.push(b'.');
    push_fraction(out, span.subsec_nanos(), precision);
}

/// `2024-02-29T12:00:00.123456Z`.
pub(crate) fn rfc3339(time: Timestamp, precision: Precision) -> String {
    text(|out| push_rfc3339(out, time, precision))
}

/// `2024-02-29T12:00:00.123Z`.
pub(super) fn rfc3339_millis(time: Timestamp) -> String {
    text(|out| {
        out.extend_from_slice(&day(time));
        out.push(b'T');
        out.extend_from_slice(&time_within_day(time));
        out.push(b'.');
        out.extend_from_slice(&digits::<3>(time.subsecond_nanos() / 1_000_000));
        out.push(b'Z');
    })
}

/// `12.345678`.
pub(crate) fn seconds(span: Duration, precision: Precision) -> String {
    text(|out| push_seconds(out, span, precision))
}

/// `12:00:00.123`, in UTC.
pub(crate) fn time_of_day(time: Timestamp) -> String {
    text(|out| {
        out.extend_from_slice(&time_within_day(time));
        out.push(b'.');
        out.extend_from_slice(&digits::<3>(time.subsecond_nanos() / 1_000_000));
    })
}

/// `12:00:00`, in UTC.
pub(crate) fn clock(time: Timestamp) -> String {
    text(|out| out.extend_from_slice(&time_within_day(time)))
}

/// `2024-02-29`.
pub(crate) fn date(time: Timestamp) -> String {
    text(|out| out.extend_from_slice(&day(time)))
}

/// Appends a number in decimal.
pub(crate) fn push_number(out: &mut Vec<u8>, number: u64) {
    match number {
        0..10 => out.push(b'0' + number as u8),
        10..100 => out.extend_from_slice(&PAIRS[number as usize]),
        100..100_000_000 => push_short(out, number as u32),
        _ => {
            push_number(out, number / 100_000_000);
            out.extend_from_slice(&digits::<8>((number % 100_000_000) as u32));
        }
    }
}

/// Appends a number of up to eight digits, which is not 0: all eight, without the zeros before it.
fn push_short(out: &mut Vec<u8>, number: u32) {
    let all = u64::from_le_bytes(digits(number));
    let zeros = (all ^ u64::from_le_bytes([b'0'; 8])).trailing_zeros() / 8;
    let end = out.len() + 8 - zeros as usize;
    out.extend_from_slice(&(all >> (8 * zeros)).to_le_bytes());
    out.truncate(end);
}

/// `2024-02-29`.
fn day(time: Timestamp) -> [u8; 10] {
    let date = Date::of_day(time.seconds() / SECONDS_A_DAY);
    let mut text = *b"0000-00-00";
    text[..4].copy_from_slice(&digits::<4>(date.year));
    text[5..7].copy_from_slice(&digits::<2>(date.month));
    text[8..].copy_from_slice(&digits::<2>(date.day));
    text
}

/// `12:00:00`.
fn time_within_day(time: Timestamp) -> [u8; 8] {
    let second = (time.seconds() % SECONDS_A_DAY) as u32;
    let mut text = *b"00:00:00";
    text[..2].copy_from_slice(&digits::<2>(second / 3600));
    text[3..5].copy_from_slice(&digits::<2>(second / 60 % 60));
    text[6..].copy_from_slice(&digits::<2>(second % 60));
    text
}

fn push_fraction(out: &mut Vec<u8>, nanos: u32, precision: Precision) {
    match precision {
        Precision::Micro => out.extend_from_slice(&digits::<6>(nanos / 1000)),
        Precision::Nano => out.extend_from_slice(&digits::<9>(nanos)),
    }
}

/// Exactly so many digits.
fn digits<const WIDTH: usize>(mut number: u32) -> [u8; WIDTH] {
    let mut digits = [b'0'; WIDTH];
    let (first, pairs) = digits.as_rchunks_mut();
    for pair in pairs.iter_mut().rev() {
        *pair = PAIRS[(number % 100) as usize];
        number /= 100;
    }
    if let [first] = first {
        *first = b'0' + (number % 10) as u8;
    }
    digits
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::with_capacity(32);
    write(&mut out);
    String::from_utf8(out).unwrap_or_default()
}

impl Date {
    /// Howard Hinnant's `civil_from_days`, for days since 1970-01-01.
    fn of_day(days: u64) -> Self {
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Self {
            year: year as u32,
            month: month as u32,
            day: (day_of_year - (153 * from_march + 2) / 5 + 1) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        let micro = |seconds, nanos| rfc3339(Timestamp::new(seconds, nanos), Precision::Micro);
        assert_eq!(micro(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(
            micro(951_782_400, 999_999_999),
            "2000-02-29T00:00:00.999999Z"
        );
        assert_eq!(micro(1_709_251_199, 1000), "2024-02-29T23:59:59.000001Z");
        assert_eq!(micro(4_107_542_400, 0), "2100-03-01T00:00:00.000000Z");
        // A clock is right in any second, also after one that lies ahead.
        let clock = Clock::default();
        for (seconds, end) in [(7, "07"), (7, "07"), (9, "09"), (8, "08")] {
            let text = text(|out| {
                clock.push_rfc3339(out, Timestamp::new(seconds, 5_000), Precision::Nano);
            });
            assert_eq!(text, format!("1970-01-01T00:00:{end}.000005000Z"));
        }
        let last = rfc3339(Timestamp::from_nanos(u64::MAX), Precision::Nano);
        assert_eq!(last, "2554-07-21T23:34:33.709551615Z");
    }

    #[test]
    fn numbers_have_no_leading_zeros() {
        for number in [
            0,
            1,
            9,
            10,
            11,
            99,
            100,
            101,
            999,
            1000,
            65_535,
            10_000_000,
            u64::MAX,
        ] {
            assert_eq!(text(|out| push_number(out, number)), number.to_string());
        }
    }

    #[test]
    fn spans_have_the_digits_of_the_capture() {
        assert_eq!(
            seconds(Duration::new(12, 34_567_890), Precision::Micro),
            "12.034567"
        );
        assert_eq!(seconds(Duration::new(0, 1), Precision::Nano), "0.000000001");
        assert_eq!(time_of_day(Timestamp::new(3661, 2_999_999)), "01:01:01.002");
    }
}
