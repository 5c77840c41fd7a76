//! Points in time: on the calendar, on the clock, or so long before the end.

use super::number::{self, Wrong};
use crate::time::Timestamp;

const SECONDS_A_DAY: u64 = 86_400;

/// A point in time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// In packet time.
    At(Timestamp),
    /// So many nanoseconds after midnight of the day on which the capture ends.
    OnTheDay(u64),
    /// So many nanoseconds before the capture ends.
    Before(u64),
}

impl When {
    /// Reads `-5m`, `12:30`, `12:30:05.5`, `2024-05-01` or `2024-05-01T12:30:05Z`.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        if let Some(span) = text.strip_prefix('-') {
            let span = number::duration(span)?.as_nanos();
            return Ok(Self::Before(u64::try_from(span).unwrap_or(u64::MAX)));
        }
        let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
        match text.split_once(['T', 't']) {
            Some((date, clock)) => Ok(Self::At(on(day(date)?, time_of_day(clock)?))),
            None if text.contains(':') => Ok(Self::OnTheDay(time_of_day(text)?)),
            None => Ok(Self::At(on(day(text)?, 0))),
        }
    }

    /// It, where the capture ends or has come to `now`.
    pub(super) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::OnTheDay(nanos) => on(now.seconds() / SECONDS_A_DAY, nanos),
            Self::Before(nanos) => Timestamp::from_nanos(now.as_nanos().saturating_sub(nanos)),
        }
    }
}

fn on(day: u64, nanos: u64) -> Timestamp {
    Timestamp::new(day * SECONDS_A_DAY, nanos)
}

/// Nanoseconds since midnight.
fn time_of_day(text: &str) -> Result<u64, Wrong> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute, second) = (parts.next(), parts.next(), parts.next());
    let hour = two_digits(hour.unwrap_or_default(), 23, "hour")?;
    let minute = two_digits(minute.unwrap_or_default(), 59, "minute")?;
    let Some(second) = second else {
        return Ok((hour * 60 + minute) * 60_000_000_000);
    };
    let (second, part) = second.split_once('.').unwrap_or((second, "0"));
    // 60 is a leap second.
    let second = two_digits(second, 60, "second")?;
    if !(1..=9).contains(&part.len()) || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err((format!("`.{part}` is no part of a second"), part.is_empty()));
    }
    let nanos: u64 = format!("{part:0<9}").parse().unwrap_or_default();
    Ok(((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanos)
}

/// Days since 1970-01-01.
fn day(text: &str) -> Result<u64, Wrong> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let year = digits(year.unwrap_or_default(), 4, "year")?;
    let month = two_digits(month.unwrap_or_default(), 12, "month")?;
    let day = two_digits(day.unwrap_or_default(), last_day(year, month), "day")?;
    if !(1970..=2554).contains(&year) || month == 0 || day == 0 {
        return Err((format!("`{text}` is no date from 1970 to 2554"), false));
    }
    Ok(days_from_civil(year, month, day))
}

fn last_day(year: u64, month: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Howard Hinnant's `days_from_civil`, for dates from 1970 on.
fn days_from_civil(year: u64, month: u64, day: u64) -> u64 {
    let year = year - u64::from(month <= 2);
    let year_of_era = year % 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    year / 400 * 146_097 + day_of_era - 719_468
}

fn two_digits(text: &str, most: u64, what: &str) -> Result<u64, Wrong> {
    let number = digits(text, 2, what)?;
    match number <= most {
        true => Ok(number),
        false => Err((format!("there is no {what} {text}"), false)),
    }
}

fn digits(text: &str, count: usize, what: &str) -> Result<u64, Wrong> {
    let are_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if are_digits && text.len() == count => Ok(number),
        _ => Err((
            format!("`{text}` is no {what} of {count} digits"),
            are_digits && text.len() < count,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::stamp;
    use crate::time::Precision;

    fn shown(text: &str) -> String {
        // Noon of 2024-02-29.
        let now = Timestamp::new(1_709_208_000, 0);
        let time = When::parse(text).unwrap().at(now);
        stamp::rfc3339(time, Precision::Micro)
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(shown("2024-02-29"), "2024-02-29T00:00:00.000000Z");
        assert_eq!(shown("2024-03-01T00:00"), "2024-03-01T00:00:00.000000Z");
        assert_eq!(
            shown("1970-01-01T01:02:03.5Z"),
            "1970-01-01T01:02:03.500000Z"
        );
        assert_eq!(shown("2100-12-31"), "2100-12-31T00:00:00.000000Z");
        assert_eq!(shown("11:59:59"), "2024-02-29T11:59:59.000000Z");
        assert_eq!(shown("-1m"), "2024-02-29T11:59:00.000000Z");
        assert_eq!(shown("-1.5h"), "2024-02-29T10:30:00.000000Z");
    }

    #[test]
    fn what_is_no_time_is_told_from_what_is_not_yet_one() {
        for text in [
            "",
            "-",
            "12:",
            "1",
            "2024-",
            "2024-05-01T",
            "12:30:",
            "12:30:01.",
        ] {
            assert!(When::parse(text).unwrap_err().1, "{text}");
        }
        for text in [
            "noon",
            "25:00",
            "2023-02-29",
            "2024-13-01",
            "1969-01-01",
            "12:60",
        ] {
            assert!(!When::parse(text).unwrap_err().1, "{text}");
        }
    }
}
