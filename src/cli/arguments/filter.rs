//! The options that choose sessions.

use clap::Args;

use crate::ftp::SessionId;
use crate::select::{Error, HostRange, Query};

/// Which sessions are shown.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What is shown (all that is given must hold)")]
pub(in crate::cli) struct Filter {
    /// Only these sessions, by the numbers that the report shows
    #[arg(long, value_name = "N[,N]", value_delimiter = ',', value_parser = clap::value_parser!(SessionId).range(1..))]
    session: Vec<SessionId>,

    /// Only sessions of this user; `*` stands for any text
    #[arg(long, value_name = "NAME")]
    user: Vec<String>,

    /// Only sessions with a client or server of this address or range (10.0.0.0/8)
    #[arg(long, value_name = "IP[/BITS]")]
    host: Vec<HostRange>,

    /// Only sessions in which something failed
    #[arg(long)]
    failed: bool,

    /// Only sessions that match this expression: see `ftpscope explain filter`
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true, value_parser = query)]
    matching: Vec<Query>,
}

impl Filter {
    /// All that is given, as one query.
    ///
    /// # Errors
    ///
    /// When it has too many conditions.
    pub(in crate::cli) fn query(&self) -> Result<Query, Error> {
        let each = |key, values: Vec<String>| -> Result<Option<Query>, Error> {
            let terms: Result<Vec<Query>, _> =
                values.iter().map(|value| Query::term(key, value)).collect();
            let terms = terms?;
            (!terms.is_empty()).then(|| Query::any(terms)).transpose()
        };
        let text = |values: &[String]| values.join(",");
        let sessions: Vec<String> = self.session.iter().map(ToString::to_string).collect();
        let sessions = (!sessions.is_empty()).then(|| text(&sessions));
        let hosts: Vec<String> = self.host.iter().map(ToString::to_string).collect();
        let failed = self.failed.then(|| "fail".to_owned());
        let given = [
            each("session", sessions.into_iter().collect())?,
            each("user", self.user.clone())?,
            each("host", hosts)?,
            each("state", failed.into_iter().collect())?,
        ];
        Query::all(given.into_iter().flatten().chain(self.matching.clone()))
    }
}

/// Reads the expression of `--where`.
pub(super) fn query(text: &str) -> Result<Query, String> {
    Query::parse(text).map_err(|error| format!("\n{}", error.pointed(text)))
}
