//! Numbers in few columns.

use std::time::Duration;

use crate::output::text::number;

pub(crate) use number::grouped;

/// `397`, `31.2k`, `412.0M`, `1.2G`: at most six columns, seven from 1 EB on.
pub(crate) fn short(amount: u64) -> String {
    const UNITS: [char; 6] = ['k', 'M', 'G', 'T', 'P', 'E'];
    if amount < 1000 {
        return amount.to_string();
    }
    let mut value = amount as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1}{}", UNITS[unit])
}

/// `55 ms`, `7.0 s`, `2 min 5 s`.
pub(crate) fn span(span: Duration) -> String {
    number::span(span).replace(number::GLUE, " ")
}

/// `1 session`, `2 sessions`.
pub(crate) fn count(amount: u64, noun: &str) -> String {
    number::count(amount, noun)
}

/// `00:12:41`: hours, minutes, seconds.
pub(crate) fn elapsed(span: Duration) -> String {
    let seconds = span.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (9_700, "9.7k"),
            (999_999, "1.0M"),
            (412_000_000, "412.0M"),
            (u64::MAX, "18.4E"),
        ];
        for (amount, text) in cases {
            assert_eq!(short(amount), text);
        }
        assert_eq!(elapsed(Duration::from_secs(761)), "00:12:41");
    }
}
