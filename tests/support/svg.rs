//! A terminal's screen as an SVG file: a grid of cells in a dark theme.
//!
//! A cell has the same size whatever font the viewer has: each run of text is stretched to its cells.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "part of a test, which may panic"
)]

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

const WIDTH: f32 = 8.4;
const HEIGHT: f32 = 17.0;
/// Height of the base line above the lower edge of a cell.
const BASE: f32 = 4.0;
const MARGIN: f32 = 12.0;

const TEXT: &str = "#d6deeb";
const GROUND: &str = "#0f1722";

/// The 16 colours that a terminal names.
const PALETTE: [&str; 16] = [
    "#0f1722", "#ff6b6b", "#8bd17c", "#f2c14e", "#6ea8fe", "#d79bf0", "#5fd3d3", "#d6deeb",
    "#75849a", "#ff8c8c", "#a5e29a", "#f7d67e", "#93c0ff", "#e5b8f7", "#8ce5e5", "#ffffff",
];

/// How a cell looks.
#[derive(PartialEq)]
struct Look {
    text: &'static str,
    ground: &'static str,
    /// Attributes of the text.
    manner: String,
}

/// Cells of one row with one look.
struct Run {
    column: u16,
    cells: u16,
    look: Look,
    text: String,
}

/// The picture of a screen. Only the 16 named colours are known; others panic.
pub fn picture(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (x(columns) + MARGIN, y(rows) + MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-size=\"14\" font-family=\"ui-monospace, \
         SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace\" fill=\"{TEXT}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>\n"
    );
    for row in 0..rows {
        for run in runs(screen, row, columns) {
            draw(&mut svg, row, &run);
        }
    }
    svg + "</svg>\n"
}

fn x(column: u16) -> f32 {
    (MARGIN + WIDTH * f32::from(column)).round_to_tenth()
}

fn y(row: u16) -> f32 {
    MARGIN + HEIGHT * f32::from(row)
}

trait Tenth {
    fn round_to_tenth(self) -> Self;
}

impl Tenth for f32 {
    fn round_to_tenth(self) -> Self {
        (self * 10.0).round() / 10.0
    }
}

/// The cells of a row by their look. Two blanks part a run, so that no run is long.
fn runs(screen: &Screen, row: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for column in 0..columns {
        let cell = screen.cell(row, column).unwrap();
        if cell.is_wide_continuation() {
            continue;
        }
        let look = look(cell);
        let cells = 1 + u16::from(cell.is_wide());
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        match runs.last_mut() {
            Some(run) if run.look == look && !(run.text.ends_with("  ") && text != " ") => {
                run.cells += cells;
                run.text += text;
            }
            _ => runs.push(Run {
                column,
                cells,
                look,
                text: text.to_owned(),
            }),
        }
    }
    runs
}

fn look(cell: &Cell) -> Look {
    let mut text = colour(cell.fgcolor(), TEXT);
    let mut ground = colour(cell.bgcolor(), GROUND);
    if cell.inverse() {
        std::mem::swap(&mut text, &mut ground);
    }
    let manners = [
        (cell.bold(), " font-weight=\"bold\""),
        (cell.italic(), " font-style=\"italic\""),
        (cell.underline(), " text-decoration=\"underline\""),
        (cell.dim(), " opacity=\"0.6\""),
    ];
    let manner = manners.iter().filter(|(has, _)| *has).map(|(_, xml)| *xml);
    Look {
        text,
        ground,
        manner: manner.collect(),
    }
}

fn colour(colour: Color, default: &'static str) -> &'static str {
    match colour {
        Color::Default => default,
        Color::Idx(index) => PALETTE[usize::from(index)],
        Color::Rgb(..) => panic!("the default theme has named colours only"),
    }
}

fn draw(svg: &mut String, row: u16, run: &Run) {
    let (left, top) = (x(run.column), y(row));
    if run.look.ground != GROUND {
        let width = (x(run.column + run.cells) - left).round_to_tenth();
        let ground = run.look.ground;
        writeln!(
            svg,
            "<rect shape-rendering=\"crispEdges\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{HEIGHT}\" fill=\"{ground}\"/>"
        )
        .unwrap();
    }
    let blanks = run.text.len() - run.text.trim_start().len();
    let text = run.text.trim();
    if text.is_empty() {
        return;
    }
    let start = run.column + u16::try_from(blanks).unwrap();
    let ends = run.text.len() - run.text.trim_end().len();
    let cells = run.cells - u16::try_from(blanks + ends).unwrap();
    let fill = match run.look.text {
        TEXT => String::new(),
        colour => format!(" fill=\"{colour}\""),
    };
    writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"{fill}{}>{}</text>",
        x(start),
        top + HEIGHT - BASE,
        (WIDTH * f32::from(cells)).round_to_tenth(),
        run.look.manner,
        escaped(text),
    )
    .unwrap();
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
