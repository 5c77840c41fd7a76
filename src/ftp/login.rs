//! The outcome of logging in.

/// What the server said to USER, PASS and ACCT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Login {
    /// 230, 232 or 202.
    Accepted,
    /// 530 and its like.
    Rejected,
    /// No login was tried.
    #[default]
    None,
    /// One was tried and its outcome is not in the capture.
    Unknown,
}
