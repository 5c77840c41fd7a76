//! Numbers with units, and spans of them.

use std::time::Duration;

/// Why a number could not be read: the reason, and whether more typing can mend it.
pub(super) type Wrong = (String, bool);

/// What the letters behind a number mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// There are none.
    None,
    /// Bytes.
    Bytes,
    /// Nanoseconds; a number without letters is of seconds.
    Time,
}

const BYTES: [(&str, u64); 11] = [
    ("", 1),
    ("b", 1),
    ("k", 1_000),
    ("ki", 1 << 10),
    ("m", 1_000_000),
    ("mi", 1 << 20),
    ("g", 1_000_000_000),
    ("gi", 1 << 30),
    ("t", 1_000_000_000_000),
    ("ti", 1 << 40),
    ("p", 1_000_000_000_000_000),
];

const TIMES: [(&str, u64); 7] = [
    ("", 1_000_000_000),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Numbers from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span(u64, u64);

impl Span {
    pub(super) fn new(first: u64, last: u64) -> Self {
        Self(first, last)
    }

    pub(super) fn contains(self, number: u64) -> bool {
        (self.0..=self.1).contains(&number)
    }

    /// Reads `5`, `>5`, `>=5`, `<5`, `<=5`, `=5`, `5..9`, `5..` or `..9`.
    pub(super) fn parse(text: &str, unit: Unit) -> Result<Self, Wrong> {
        if let Some((first, last)) = text.split_once("..") {
            let end = |text: &str, open| match text {
                "" => Ok(open),
                text => number(text, unit),
            };
            let span = Self(end(first, 0)?, end(last, u64::MAX)?);
            return match span.0 <= span.1 {
                true => Ok(span),
                false => Err((format!("`{last}` is less than `{first}`"), true)),
            };
        }
        // The longer sign first.
        if let Some(rest) = text.strip_prefix(">=") {
            return Ok(Self(number(rest, unit)?, u64::MAX));
        }
        if let Some(rest) = text.strip_prefix("<=") {
            return Ok(Self(0, number(rest, unit)?));
        }
        if let Some(rest) = text.strip_prefix('>') {
            let least = number(rest, unit)?.checked_add(1);
            return least.map(|least| Self(least, u64::MAX)).ok_or_else(large);
        }
        if let Some(rest) = text.strip_prefix('<') {
            let most = number(rest, unit)?.checked_sub(1);
            let nothing = || ("nothing is less than 0".to_owned(), true);
            return most.map(|most| Self(0, most)).ok_or_else(nothing);
        }
        let number = number(text.strip_prefix('=').unwrap_or(text), unit)?;
        match unit {
            Unit::Time => Err((
                format!("nothing lasts exactly `{text}`: write `>{text}`, `<{text}` or a range"),
                true,
            )),
            _ => Ok(Self(number, number)),
        }
    }
}

/// Reads a span of time, as `5s`.
pub(super) fn duration(text: &str) -> Result<Duration, Wrong> {
    number(text, Unit::Time).map(Duration::from_nanos)
}

/// Reads a number and its unit, in nanoseconds or bytes where it has one.
fn number(text: &str, unit: Unit) -> Result<u64, Wrong> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(text.len());
    let (digits, letters) = text.split_at(digits);
    let factor = factor(letters, unit)?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() {
        return Err((format!("`{text}` is no number"), text.is_empty()));
    }
    if part.contains('.') || (digits.contains('.') && (unit == Unit::None || part.is_empty())) {
        return Err((format!("`{text}` is no number"), digits.ends_with('.')));
    }
    let whole: u64 = whole.parse().map_err(|_| large())?;
    let part = fraction(part, factor);
    let number = whole
        .checked_mul(factor)
        .and_then(|number| number.checked_add(part));
    number.ok_or_else(large)
}

fn factor(letters: &str, unit: Unit) -> Result<u64, Wrong> {
    let units: &[(&str, u64)] = match unit {
        Unit::None => &[("", 1)],
        Unit::Bytes => &BYTES,
        Unit::Time => &TIMES,
    };
    let mut wanted = letters.to_ascii_lowercase();
    if unit == Unit::Bytes && wanted.len() > 1 && wanted.ends_with('b') {
        wanted.pop();
    }
    let known = units.iter().find(|(name, _)| *name == wanted);
    let names: Vec<_> = units.iter().map(|(name, _)| *name).skip(1).collect();
    known.map(|(_, factor)| *factor).ok_or_else(|| {
        let could = names.iter().any(|name| name.starts_with(&wanted));
        let known = match names.as_slice() {
            [] => "a whole number stands here".to_owned(),
            names => format!("the units are {}", names.join(", ")),
        };
        (format!("`{letters}` is no unit: {known}"), could)
    })
}

/// `factor` times the digits behind the point.
fn fraction(digits: &str, factor: u64) -> u64 {
    // More digits than these are less than one of any unit.
    let digits = digits.get(..18).unwrap_or(digits);
    let number: u128 = digits.parse().unwrap_or_default();
    let part = number * u128::from(factor) / 10_u128.pow(digits.len() as u32);
    u64::try_from(part).unwrap_or(u64::MAX)
}

fn large() -> Wrong {
    ("the number is too large".to_owned(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str, unit: Unit) -> (u64, u64) {
        let span = Span::parse(text, unit).unwrap();
        (span.0, span.1)
    }

    #[test]
    fn numbers_have_units_and_signs() {
        assert_eq!(span("7", Unit::None), (7, 7));
        assert_eq!(span("20..30", Unit::None), (20, 30));
        assert_eq!(span("20..", Unit::None), (20, u64::MAX));
        assert_eq!(span("..30", Unit::None), (0, 30));
        assert_eq!(span(">1M", Unit::Bytes), (1_000_001, u64::MAX));
        assert_eq!(span("<=1.5KiB", Unit::Bytes), (0, 1536));
        assert_eq!(span("<5s", Unit::Time), (0, 4_999_999_999));
        assert_eq!(span(">=300ms", Unit::Time), (300_000_000, u64::MAX));
        assert_eq!(duration("2m").unwrap(), Duration::from_secs(120));
        assert_eq!(duration("1.5").unwrap(), Duration::from_millis(1500));
    }

    #[test]
    fn what_is_no_number_is_told_from_what_is_not_yet_one() {
        for text in ["", ">", "<=", "1.", "10..2"] {
            assert!(Span::parse(text, Unit::Bytes).unwrap_err().1, "{text}");
        }
        for text in ["x", "5x", "1.2.3", "99999999999999999999", "20000P"] {
            assert!(!Span::parse(text, Unit::Bytes).unwrap_err().1, "{text}");
        }
        assert!(Span::parse("1.5", Unit::None).is_err());
        assert!(Span::parse("5s", Unit::Time).is_err());
    }
}
