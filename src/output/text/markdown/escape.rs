//! Text that Markdown shows as it is.

/// `text` with everything that Markdown or HTML would act on taken out of its power.
///
/// What comes from the wire must not make a link, a picture, a mention or a column of a table.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = ' ';
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            // `http://` and `www.` become links by themselves.
            '/' if previous == ':' => out.push_str("&#47;"),
            '.' if matches!(previous, 'w' | 'W') => out.push_str("&#46;"),
            // An underscore within a word is no emphasis, and names of settings are full of them.
            '_' if previous.is_alphanumeric() => out.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                out.extend(['\\', character]);
            }
            character if character.is_control() => out.push('\u{fffd}'),
            '\u{a0}' => out.push(' '),
            character => out.push(character),
        }
        previous = character;
    }
    guard_start(out)
}

/// What at the beginning of a line would make it a list or a heading.
fn guard_start(text: String) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match &text.as_bytes()[digits..] {
        [b'.' | b')', b' ', ..] | [b'.' | b')'] if digits > 0 => {
            format!("{}\\{}", &text[..digits], &text[digits..])
        }
        [b'-' | b'+' | b'=', ..] if digits == 0 => format!("\\{text}"),
        _ => text,
    }
}

/// `text` as code within a line; in a table the bar must be escaped even there.
pub(super) fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let text = text.replace('|', "\\|");
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Lines as a block of code, whose fence is longer than any run of backticks in it.
pub(super) fn block(lines: &str) -> String {
    let fence = "`".repeat(longest_run(lines).max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", lines.trim_matches('\n'))
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|character| character != '`');
    runs.map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_wire_has_power() {
        assert_eq!(
            text("<img src=x> & `a|b`"),
            "&lt;img src=x&gt; &amp; \\`a\\|b\\`"
        );
        assert_eq!(
            text("[x](http://h) www.h @me #1"),
            "\\[x\\](http:&#47;/h) www&#46;h &#64;me \\#1"
        );
        assert_eq!(
            text("set pasv_address=1 *_b_*"),
            "set pasv_address=1 \\*\\_b_\\*"
        );
        assert_eq!(text("1. a"), "1\\. a");
        assert_eq!(text("- a"), "\\- a");
        assert_eq!(text("192.0.2.1:21 said"), "192.0.2.1:21 said");
        assert_eq!(text("a\u{1b}[31m\nb"), "a\u{fffd}\\[31m\u{fffd}b");
    }

    #[test]
    fn a_block_cannot_be_left() {
        assert_eq!(block("a\n```\nb\n"), "````text\na\n```\nb\n````\n");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
    }
}
