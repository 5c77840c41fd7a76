//! A finding: cause, confidence, evidence, advice.

use super::Item;
use crate::dashboard::story::finding_mark;
use crate::dashboard::theme::Token;
use crate::dashboard::view::finding::cause_title;
use crate::diagnosis::Finding;
use crate::output::words::Word;

/// Pieces of evidence that are listed.
const MOST_EVIDENCE: usize = 12;

/// All of it.
pub(super) fn items(finding: &Finding) -> Vec<Item> {
    let mut items = vec![heading(finding)];
    items.push(Item::Text(Token::Server, finding.summary.clone()));
    items.push(Item::Fact(
        "confidence",
        Token::Server,
        finding.confidence.word().to_owned(),
    ));
    items.push(Item::Text(Token::Dim, "evidence".to_owned()));
    for evidence in finding.evidence.iter().take(MOST_EVIDENCE) {
        let frame = evidence.frame.number();
        items.push(Item::Point(format!("frame {frame}  {}", evidence.note)));
    }
    let more = finding.evidence.len().saturating_sub(MOST_EVIDENCE);
    if more > 0 {
        items.push(Item::Point(format!("… {more} more")));
    }
    if !finding.advice.is_empty() {
        items.push(Item::Text(Token::Dim, "try".to_owned()));
        items.extend(
            finding
                .advice
                .iter()
                .map(|advice| Item::Point(advice.to_string())),
        );
    }
    items
}

/// Its summary and the first advice.
pub(super) fn brief(finding: &Finding) -> Vec<Item> {
    let (sign, token) = finding_mark(finding.severity);
    let confidence = finding.confidence.word();
    let mut items = vec![Item::Text(
        token,
        format!(
            "{sign} {} ({confidence}): {}",
            finding.cause, finding.summary
        ),
    )];
    if let Some(advice) = finding.advice.first() {
        items.push(Item::Text(Token::Server, format!("try: {advice}")));
    }
    items
}

fn heading(finding: &Finding) -> Item {
    let (sign, token) = finding_mark(finding.severity);
    let title = cause_title(finding.cause);
    Item::Heading(token, format!("{sign} {title}"))
}
