//! The bytes of the selected row: of its packets where they are at hand, else of what was said.

use super::canvas::Canvas;
use crate::dashboard::model::PacketBytes;
use crate::dashboard::story::{Row, Story, Tone};
use crate::dashboard::theme::Token;
use crate::output::secret;
use crate::output::stamp;

/// Bytes of one packet that are shown.
const MOST_BYTES: usize = 64 * 1024;

/// A stretch of bytes with a heading.
#[derive(Debug)]
pub(super) struct Block {
    heading: String,
    bytes: Vec<u8>,
    /// Which of the bytes are a secret.
    hidden: Vec<std::ops::Range<usize>>,
}

/// The bytes to show of a row.
pub(super) fn blocks(story: &Story, row: &Row, packets: &[PacketBytes], tone: Tone) -> Vec<Block> {
    let secret = secret_of(story, row).filter(|_| !tone.secrets);
    let frames = story.frames(row);
    let at_hand = packets
        .iter()
        .filter(|packet| frames.contains(&packet.frame));
    let blocks: Vec<Block> = at_hand
        .map(|packet| {
            let bytes = packet
                .data
                .get(..MOST_BYTES)
                .unwrap_or(&packet.data)
                .to_vec();
            let time = stamp::time_of_day(packet.time);
            Block {
                heading: format!(
                    "frame {}  {time}  {} of {} bytes",
                    packet.frame.number(),
                    packet.data.len(),
                    packet.wire_len
                ),
                hidden: secret.map_or_else(Vec::new, |secret| places(&bytes, secret)),
                bytes,
            }
        })
        .collect();
    if blocks.is_empty() {
        said(story, row, secret).into_iter().collect()
    } else {
        blocks
    }
}

/// Lines that the blocks take.
pub(super) fn lines(blocks: &[Block], a_line: usize) -> usize {
    blocks.iter().map(|block| block.lines(a_line)).sum()
}

/// Bytes that fit in one line of some columns: offset, hexadecimal, text.
pub(super) fn bytes_a_line(width: usize) -> usize {
    match width.saturating_sub(8) / 4 {
        16.. => 16,
        8.. => 8,
        _ => 4,
    }
}

/// Draws blocks from a line on.
pub(super) fn draw(canvas: &mut Canvas<'_>, blocks: &[Block], top: usize) {
    let a_line = bytes_a_line(canvas.width());
    let mut skip = top;
    let mut y = 0;
    for block in blocks {
        let lines = block.lines(a_line);
        if skip >= lines {
            skip -= lines;
            continue;
        }
        for line in skip..lines {
            if y >= canvas.height() {
                return;
            }
            block.line(canvas, y, line, a_line);
            y += 1;
        }
        skip = 0;
    }
}

impl Block {
    fn lines(&self, a_line: usize) -> usize {
        1 + self.bytes.len().div_ceil(a_line)
    }

    fn line(&self, canvas: &mut Canvas<'_>, y: usize, line: usize, a_line: usize) {
        let Some(index) = line.checked_sub(1) else {
            canvas.ink(1, y, &self.heading, Token::Title);
            return;
        };
        let from = index * a_line;
        let bytes = self.bytes.get(from..).unwrap_or_default();
        let mut x = 1;
        x += canvas.ink(x, y, &format!("{from:04x}"), Token::Dim) + 1;
        let text = x + a_line * 3 + 1;
        for (nth, &byte) in bytes.iter().take(a_line).enumerate() {
            let hidden = self.hidden.iter().any(|part| part.contains(&(from + nth)));
            let (hex, sign) = match hidden {
                true => ("**".to_owned(), '*'),
                false => (format!("{byte:02x}"), printable(byte)),
            };
            let token = match hidden || !(byte.is_ascii_graphic() || byte == b' ') {
                true => Token::Escape,
                false => Token::Server,
            };
            canvas.ink(x + nth * 3 + usize::from(nth >= 8), y, &hex, token);
            let style = canvas.style(token);
            canvas.sign(text + 1 + nth, y, sign, style);
        }
    }
}

fn printable(byte: u8) -> char {
    match byte {
        b' '..=b'~' => byte.into(),
        _ => '·',
    }
}

/// The argument of a command that is a password.
fn secret_of<'a>(story: &'a Story, row: &Row) -> Option<&'a [u8]> {
    let exchange = story.exchange(row)?;
    let is_secret = secret::is_secret(exchange) && !exchange.argument.is_empty();
    is_secret.then_some(&*exchange.argument)
}

fn places(bytes: &[u8], secret: &[u8]) -> Vec<std::ops::Range<usize>> {
    let found = memchr::memmem::find_iter(bytes, secret);
    found.map(|at| at..at + secret.len()).collect()
}

/// What was said as it went over the wire, as far as that is known.
fn said(story: &Story, row: &Row, secret: Option<&[u8]>) -> Option<Block> {
    let (mut bytes, heading) = match (story.reply(row), story.exchange(row)) {
        (Some(reply), _) => {
            let mut bytes = format!("{:03} ", reply.code).into_bytes();
            bytes.extend_from_slice(&reply.text);
            (bytes, "what the server said")
        }
        (None, Some(exchange)) => {
            let mut bytes = exchange.verb.as_str().as_bytes().to_vec();
            if !exchange.argument.is_empty() {
                bytes.push(b' ');
                bytes.extend_from_slice(&exchange.argument);
            }
            (bytes, "what the client said")
        }
        _ => return None,
    };
    bytes.truncate(MOST_BYTES);
    let hidden = secret.map_or_else(Vec::new, |secret| places(&bytes, secret));
    Some(Block {
        heading: format!("{heading}, without line end; the packet is not at hand"),
        bytes,
        hidden,
    })
}
