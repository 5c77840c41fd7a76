//! Numbers as a person reads them.

use std::time::Duration;

/// Between a number and its unit: a blank at which no line is broken. The pen writes it as a blank.
pub(crate) const GLUE: char = '\u{a0}';

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 session`, `2 sessions`: `noun` takes an s.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {noun}{s}", grouped(number))
}

/// `397 B`, `31.2 kB`, `4.1 GB`: decimal units.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if number < 1000 {
        return format!("{number}{GLUE}B");
    }
    let mut value = number as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1}{GLUE}{}", UNITS[unit])
}

/// `0.4 ms`, `55 ms`, `7.0 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0 if span.as_nanos() < 9_950_000 => format!("{:.1}{GLUE}ms", span.as_secs_f64() * 1000.0),
        0 => format!("{}{GLUE}ms", span.as_millis()),
        1..60 => format!("{:.1}{GLUE}s", span.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(count(1, "frame"), "1 frame");
        assert_eq!(count(0, "frame"), "0 frames");
        let bytes = |number| bytes(number).replace(GLUE, " ");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(31_234), "31.2 kB");
        assert_eq!(bytes(999_999), "1.0 MB");
        assert_eq!(bytes(u64::MAX), "18.4 EB");
    }

    #[test]
    fn spans_are_readable() {
        let span = |time| span(time).replace(GLUE, " ");
        assert_eq!(span(Duration::from_micros(400)), "0.4 ms");
        assert_eq!(span(Duration::from_millis(55)), "55 ms");
        assert_eq!(span(Duration::from_secs(7)), "7.0 s");
        assert_eq!(span(Duration::from_secs(125)), "2 min 5 s");
        assert_eq!(span(Duration::from_secs(12_000)), "3 h 20 min");
        assert_eq!(span(Duration::from_secs(187_200)), "2 d 4 h");
    }
}
