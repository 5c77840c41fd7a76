//! From the words of a query to what it means.
//!
//! ```text
//! query = any?
//! any   = all ("or" all)*
//! all   = one ("and"? one)*
//! one   = ("-" | "not") one | "(" any ")" | key ":" value | text | "/" expression "/" "i"?
//! ```

use std::iter::Peekable;
use std::vec::IntoIter;

use super::error::Error;
use super::query::{MOST_TESTS, Node, Query};
use super::test::Test;
use super::token::{Lexeme, Token, tokens};

/// Bytes of a query.
const LONGEST: usize = 4096;

/// Brackets and `not` within each other.
const DEEPEST: usize = 32;

/// Reads a query; an empty text is the query that every session matches.
pub(super) fn parse(text: &str) -> Result<Query, Error> {
    if text.len() > LONGEST {
        let reason = format!("a query of {} bytes; {LONGEST} are the most", text.len());
        return Err(Error::wrong(0..text.len(), reason));
    }
    let mut parser = Parser {
        tokens: tokens(text)?.into_iter().peekable(),
        tests: Vec::new(),
        end: text.len(),
    };
    if parser.tokens.peek().is_none() {
        return Ok(Query::default());
    }
    let root = parser.any(0)?;
    match parser.tokens.next() {
        None => Ok(Query::new(root, parser.tests)),
        Some(token) => Err(Error::wrong(token.span, "`)` without its `(`")),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    tests: Vec<Test>,
    end: usize,
}

impl Parser {
    fn any(&mut self, depth: usize) -> Result<Node, Error> {
        let mut nodes = vec![self.all(depth)?];
        while self.passes(|what| matches!(what, Lexeme::Or)) {
            nodes.push(self.all(depth)?);
        }
        Ok(Node::any(nodes))
    }

    fn all(&mut self, depth: usize) -> Result<Node, Error> {
        let mut nodes = vec![self.one(depth)?];
        loop {
            let joined = self.passes(|what| matches!(what, Lexeme::And));
            let ends = self
                .tokens
                .peek()
                .is_none_or(|next| matches!(next.what, Lexeme::Or | Lexeme::Close));
            if ends && !joined {
                return Ok(Node::all(nodes));
            }
            nodes.push(self.one(depth)?);
        }
    }

    fn one(&mut self, depth: usize) -> Result<Node, Error> {
        let Some(token) = self.tokens.next() else {
            return Err(
                Error::incomplete(self.end..self.end, "something is missing here")
                    .expecting("a condition, such as state:fail"),
            );
        };
        if depth > DEEPEST {
            let reason = format!("more than {DEEPEST} brackets and nots within each other");
            return Err(Error::wrong(token.span, reason));
        }
        match token.what {
            Lexeme::Not => Ok(Node::not(self.one(depth + 1)?)),
            Lexeme::Open => {
                let node = self.any(depth + 1)?;
                match self.tokens.next() {
                    Some(_) => Ok(node),
                    None => {
                        Err(Error::incomplete(token.span, "the bracket is not closed")
                            .expecting("`)`"))
                    }
                }
            }
            Lexeme::Word(text) => self.test(Test::word(&text), token.span),
            Lexeme::Expression {
                source,
                ignores_case,
            } => self.test(Test::expression(&source, ignores_case), token.span),
            Lexeme::Term {
                key,
                value,
                place,
                open,
            } => {
                let test = Test::keyed(key, &value);
                let test = test.map_err(|(reason, could)| Error {
                    incomplete: could && open,
                    ..Error::wrong(place, reason)
                })?;
                self.push(test, token.span)
            }
            Lexeme::Or | Lexeme::And | Lexeme::Close => Err(Error::wrong(
                token.span,
                "a condition is missing before this",
            )
            .expecting("a condition, such as state:fail")),
        }
    }

    fn test(
        &mut self,
        test: Result<Test, String>,
        span: std::ops::Range<usize>,
    ) -> Result<Node, Error> {
        let test = test.map_err(|reason| Error::wrong(span.clone(), reason))?;
        self.push(test, span)
    }

    fn push(&mut self, test: Test, span: std::ops::Range<usize>) -> Result<Node, Error> {
        if self.tests.len() == MOST_TESTS {
            let reason = format!("more than {MOST_TESTS} conditions");
            return Err(Error::wrong(span, reason));
        }
        self.tests.push(test);
        Ok(Node::Test(self.tests.len() - 1))
    }

    fn passes(&mut self, is: impl Fn(&Lexeme) -> bool) -> bool {
        self.tokens.next_if(|token| is(&token.what)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_and_the_deepest_expression_and_one_more() {
        let long = |length: usize| format!("user:{}", "x".repeat(length - 5));
        let error = |text: &str| parse(text).err().map(|error| error.to_string());
        assert_eq!(error(&long(LONGEST)), None);
        let refused = error(&long(LONGEST + 1)).unwrap();
        assert!(
            refused.contains("4097 bytes; 4096 are the most"),
            "{refused}"
        );
        let brackets = |depth: usize| "(".repeat(depth) + "user:x" + &")".repeat(depth);
        let nots = |depth: usize| "not ".repeat(depth) + "user:x";
        for nested in [brackets, nots] {
            assert_eq!(error(&nested(DEEPEST)), None);
            let refused = error(&nested(DEEPEST + 1)).unwrap();
            assert!(
                refused.contains("more than 32 brackets and nots"),
                "{refused}"
            );
        }
    }
}
