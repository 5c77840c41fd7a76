//! Points in time and spans of time as digits: RFC 3339 in UTC, and seconds.

use std::time::Duration;

use crate::time::{Precision, Timestamp};

const SECONDS_A_DAY: u64 = 86_400;

/// A date of the Gregorian calendar.
struct Date {
    year: u32,
    month: u32,
    day: u32,
}

/// Appends `2024-02-29T12:00:00.123456Z`.
pub(crate) fn push_rfc3339(out: &mut Vec<u8>, time: Timestamp, precision: Precision) {
    push_date(out, time);
    out.push(b'T');
    push_time_of_day(out, time);
    out.push(b'.');
    push_fraction(out, time.subsecond_nanos(), precision);
    out.push(b'Z');
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
        push_date(out, time);
        out.push(b'T');
        push_time_of_day(out, time);
        out.push(b'.');
        push_digits(out, time.subsecond_nanos() / 1_000_000, 3);
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
        push_time_of_day(out, time);
        out.push(b'.');
        push_digits(out, time.subsecond_nanos() / 1_000_000, 3);
    })
}

/// `12:00:00`, in UTC.
pub(crate) fn clock(time: Timestamp) -> String {
    text(|out| push_time_of_day(out, time))
}

/// `2024-02-29`.
pub(crate) fn date(time: Timestamp) -> String {
    text(|out| push_date(out, time))
}

/// Appends a number in decimal.
pub(crate) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

fn push_date(out: &mut Vec<u8>, time: Timestamp) {
    let date = Date::of_day(time.seconds() / SECONDS_A_DAY);
    push_digits(out, date.year, 4);
    out.push(b'-');
    push_digits(out, date.month, 2);
    out.push(b'-');
    push_digits(out, date.day, 2);
}

fn push_time_of_day(out: &mut Vec<u8>, time: Timestamp) {
    let second = (time.seconds() % SECONDS_A_DAY) as u32;
    push_digits(out, second / 3600, 2);
    out.push(b':');
    push_digits(out, second / 60 % 60, 2);
    out.push(b':');
    push_digits(out, second % 60, 2);
}

fn push_fraction(out: &mut Vec<u8>, nanos: u32, precision: Precision) {
    match precision {
        Precision::Micro => push_digits(out, nanos / 1000, 6),
        Precision::Nano => push_digits(out, nanos, 9),
    }
}

/// Appends exactly `width` digits.
fn push_digits(out: &mut Vec<u8>, mut number: u32, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    for digit in out[start..].iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
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
        let last = rfc3339(Timestamp::from_nanos(u64::MAX), Precision::Nano);
        assert_eq!(last, "2554-07-21T23:34:33.709551615Z");
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
