//! Sizes and times as people write them.

#[cfg(any(test, feature = "live"))]
use std::time::Duration;

/// `100M`, `64k`, `2G`, `512`: bytes, in multiples of 1024.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = parts(text);
    let unit = unit
        .strip_suffix("iB")
        .or(unit.strip_suffix('B'))
        .unwrap_or(unit);
    let factor = match unit {
        "" => 1,
        "k" | "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "T" => 1 << 40,
        _ => 0,
    };
    let bytes = number.and_then(|number| number.checked_mul(factor));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "expected a size, as 512k, 100M or 2G".to_owned())
}

/// Room for a few hundred sessions; with less, nothing could be followed for long.
const LEAST_MEMORY: u64 = 1 << 20;

/// A size that the engine can work with.
pub(super) fn memory(text: &str) -> Result<u64, String> {
    match size(text)? {
        bytes if bytes < LEAST_MEMORY => {
            Err("that is no room for sessions: give at least 1M (100M is plenty)".to_owned())
        }
        bytes => Ok(bytes),
    }
}

/// `90s`, `10m`, `1h`, `1d`; seconds without a unit.
#[cfg(any(test, feature = "live"))]
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let (number, unit) = parts(text);
    let factor = match unit {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => 0,
    };
    let seconds = number.and_then(|number| number.checked_mul(factor));
    let seconds = seconds.filter(|seconds| *seconds > 0);
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| "expected a time, as 90s, 10m, 1h or 1d".to_owned())
}

fn parts(text: &str) -> (Option<u64>, &str) {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number.parse().ok(), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_units() {
        let sizes = [
            ("512", 512),
            ("64k", 65_536),
            ("100M", 104_857_600),
            ("1GiB", 1 << 30),
        ];
        for (text, bytes) in sizes {
            assert_eq!(size(text), Ok(bytes));
        }
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("10m", 600),
            ("1h", 3600),
            ("2d", 172_800),
        ] {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)));
        }
        assert_eq!(memory("1M"), Ok(1 << 20));
        assert!(memory("1").is_err() && memory("1023k").is_err() && memory("x").is_err());
        for text in [
            "",
            "M",
            "0",
            "-1",
            "1.5G",
            "99999999999999G",
            "1x",
            "18446744073709551616",
        ] {
            assert!(size(text).is_err() && span(text).is_err(), "{text}");
        }
    }
}
