//! Commands that the server refused: files, permissions, unknown commands, wrong order.

use crate::diagnosis::breakage::{said, told};
use crate::diagnosis::words;
use crate::diagnosis::{Case, Cause, Confidence, Finding, Severity, catalogue};
use crate::ftp::{Exchange, Login, Outcome, Reply, Verb};

/// A transfer or a change to the server's files was refused: told at once.
pub(super) fn of_file(case: &Case<'_>) -> Option<Finding> {
    let exchange = case.exchange()?;
    // What becomes of a transfer that had begun is for its channel to tell.
    if exchange.verb.is_transfer() && exchange.prepared && exchange.replies.len() > 1 {
        return None;
    }
    judge(case, exchange)
}

/// A transfer had begun and was refused before anything came.
pub(super) fn of_begun(case: &Case<'_>) -> Option<Finding> {
    let channel = case.channel()?;
    let transfer = channel.transfer.as_ref()?;
    let begun = transfer.begun.clone()?;
    if channel.outcome != Outcome::Rejected {
        return None;
    }
    let path = transfer.path.clone();
    let exchange = Exchange {
        session: case.scene.id(),
        at: transfer.at,
        verb: transfer.verb.clone(),
        argument: path.clone().unwrap_or_default(),
        path,
        replies: [begun, transfer.reply.clone()?].into_iter().collect(),
        protected: false,
        prepared: true,
    };
    judge(case, &exchange)
}

fn judge(case: &Case<'_>, exchange: &Exchange) -> Option<Finding> {
    let reply = refused(exchange)?;
    let severity = match exchange.verb {
        // The client's way of finding out; what follows tells whether it mattered.
        Verb::Size | Verb::Mdtm | Verb::Mlst | Verb::Cwd | Verb::Xcwd | Verb::Stat => return None,
        Verb::Mkd | Verb::Xmkd if words::says_exists(reply) => return None,
        Verb::Mkd | Verb::Xmkd | Verb::Dele | Verb::Rmd | Verb::Xrmd => Severity::Notice,
        Verb::Retr if is_tar_probe(exchange) => return None,
        _ => Severity::Warning,
    };
    let (cause, confidence) = about_file(case, exchange, reply)?;
    Some(finding(cause, severity, confidence, exchange, reply))
}

/// A look for a file or directory was refused, and the client left: told at the end.
pub(super) fn of_probe(case: &Case<'_>) -> Option<Finding> {
    case.ended()?;
    let exchange = case.scene.history().unresolved.as_deref()?;
    let reply = refused(exchange)?;
    let probe = matches!(
        exchange.verb,
        Verb::Size | Verb::Mdtm | Verb::Mlst | Verb::Cwd | Verb::Xcwd
    );
    if !probe {
        return None;
    }
    let (cause, confidence) = about_file(case, exchange, reply)?;
    Some(finding(
        cause,
        Severity::Warning,
        confidence,
        exchange,
        reply,
    ))
}

/// The final reply, when it refuses.
fn refused(exchange: &Exchange) -> Option<&Reply> {
    exchange.replies.last().filter(|reply| reply.code >= 400)
}

/// ncftpget -R asks whether the server packs directories.
fn is_tar_probe(exchange: &Exchange) -> bool {
    exchange.argument.trim_ascii_end().ends_with(b".tar")
}

/// Which of the two it is, told apart by code, text and command.
fn about_file(
    case: &Case<'_>,
    exchange: &Exchange,
    reply: &Reply,
) -> Option<(&'static Cause, Confidence)> {
    let lists = matches!(exchange.verb, Verb::List | Verb::Nlst | Verb::Mlsd);
    // Some servers say so of a directory that is empty.
    let empty = lists && words::lists_nothing(reply);
    if empty || (exchange.path.is_none() && !lists) {
        return None;
    }
    let makes = matches!(exchange.verb, Verb::Mkd | Verb::Xmkd);
    let file = matches!(reply.code, 450 | 532 | 550 | 551 | 553)
        || (reply.code == 521 && makes)
        || (reply.code == 451 && exchange.replies.len() == 1);
    if !file
        || reply.blames_channel()
        || words::demands_tls(reply)
        || words::names_space(reply)
        || words::asks_for_login(reply)
    {
        return None;
    }
    let writes = matches!(
        exchange.verb,
        Verb::Stor | Verb::Stou | Verb::Appe | Verb::Mkd | Verb::Xmkd | Verb::Rnto
    );
    Some(if words::misses(reply) || words::says_in_use(reply) {
        (&catalogue::FILE_UNAVAILABLE, Confidence::Certain)
    } else if words::denies(reply) || reply.code == 532 {
        (&catalogue::PERMISSION_DENIED, Confidence::Certain)
    } else if writes || is_known(case, exchange) {
        (&catalogue::PERMISSION_DENIED, Confidence::Likely)
    } else {
        (&catalogue::FILE_UNAVAILABLE, Confidence::Likely)
    })
}

/// The server told of this file before, so that it exists.
fn is_known(case: &Case<'_>, exchange: &Exchange) -> bool {
    exchange
        .path
        .as_deref()
        .is_some_and(|path| case.scene.knows_size(path))
}

fn finding(
    cause: &'static Cause,
    severity: Severity,
    confidence: Confidence,
    exchange: &Exchange,
    reply: &Reply,
) -> Finding {
    let path = match &exchange.path {
        None if exchange.verb != Verb::Retr => String::from("the working directory"),
        path => words::path(path.as_deref()),
    };
    let verb = exchange.verb.word();
    let (summary, advice) = if cause == &catalogue::PERMISSION_DENIED {
        (
            format!(
                "The server does not allow {verb} of {path}: {}.",
                said(reply)
            ),
            "Check the user's rights on the server: mode and owner of file and directory, write \
             access in the server's configuration.",
        )
    } else {
        (
            format!(
                "{path} is not there or cannot be used ({verb}): {}.",
                said(reply)
            ),
            "Check the name (upper and lower case count) and the directory in which the session is.",
        )
    };
    Finding::new(cause, severity, confidence, summary)
        .because(exchange.at, verb)
        .because(reply.at, told(reply))
        .advise(advice)
}

/// 500, 501, 502, 503 and 504 to anything but announcements and logins.
pub(super) fn of_command(case: &Case<'_>) -> Option<Finding> {
    let exchange = case.exchange()?;
    let reply = refused(exchange)?;
    let cause = match reply.code {
        500 | 502 | 504 => &catalogue::COMMAND_UNSUPPORTED,
        501 => &catalogue::SYNTAX_ERROR,
        503 => &catalogue::BAD_SEQUENCE,
        _ => return None,
    };
    if exchange.verb.is_announcement() || is_routine(&exchange.verb) || words::demands_tls(reply) {
        return None;
    }
    // Without a channel the fault is there.
    if exchange.verb.is_transfer() && reply.code == 503 {
        return None;
    }
    let transfer = exchange.verb.is_transfer() && exchange.path.is_some();
    let severity = if transfer {
        Severity::Warning
    } else {
        Severity::Notice
    };
    Some(command(cause, severity, exchange, reply))
}

/// The client did not log in and was told so, and gave up.
pub(super) fn of_order(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    let exchange = case.scene.history().unresolved.as_deref()?;
    let reply = refused(exchange)?;
    let early = record.login == Login::None && matches!(reply.code, 332 | 530);
    if !early || is_routine(&exchange.verb) || words::demands_tls(reply) {
        return None;
    }
    let verb = exchange.verb.word();
    let summary = format!(
        "The client sent {verb} without having logged in: {}.",
        said(reply)
    );
    let finding = Finding::new(
        &catalogue::BAD_SEQUENCE,
        Severity::Warning,
        Confidence::Certain,
        summary,
    )
    .because(exchange.at, verb)
    .because(reply.at, told(reply));
    Some(finding.advise("Let the client send USER and PASS first."))
}

/// The server does not want TLS, and the client left.
pub(super) fn of_tls(case: &Case<'_>) -> Option<Finding> {
    let record = case.ended()?;
    let exchange = case.scene.history().unresolved.as_deref()?;
    let reply = refused(exchange)?;
    if exchange.verb != Verb::Auth || record.user.is_some() {
        return None;
    }
    let mut finding = command(
        &catalogue::COMMAND_UNSUPPORTED,
        Severity::Error,
        exchange,
        reply,
    );
    finding.summary = format!(
        "The client insists on TLS and the server refuses it: {}.",
        said(reply)
    );
    finding.advice = vec![
        "Switch TLS on in the server's configuration.".into(),
        "Or let the client connect without TLS.".into(),
    ];
    Some(finding)
}

/// What clients ask in order to find out what the server can do.
fn is_routine(verb: &Verb) -> bool {
    matches!(
        verb,
        Verb::Feat
            | Verb::Opts
            | Verb::Clnt
            | Verb::Host
            | Verb::Lang
            | Verb::Syst
            | Verb::Auth
            | Verb::Pbsz
            | Verb::Prot
            | Verb::Mlst
            | Verb::Mlsd
            | Verb::Mdtm
            | Verb::Size
            | Verb::Site
            | Verb::Mfmt
            | Verb::Mff
            | Verb::Help
            | Verb::Stat
            | Verb::Noop
            | Verb::Abor
            | Verb::Allo
            | Verb::Rest
            | Verb::Xpwd
            | Verb::Xcwd
            | Verb::Xmkd
            | Verb::Xrmd
            | Verb::Xcup
            | Verb::User
            | Verb::Pass
            | Verb::Acct
    )
}

fn command(
    cause: &'static Cause,
    severity: Severity,
    exchange: &Exchange,
    reply: &Reply,
) -> Finding {
    let verb = exchange.verb.word();
    let why = match reply.code {
        501 => "does not understand the argument of",
        503 => "got at the wrong time",
        _ => "does not know",
    };
    let summary = format!("The server {why} {verb}: {}.", said(reply));
    Finding::new(cause, severity, Confidence::Certain, summary)
        .because(exchange.at, verb)
        .because(reply.at, told(reply))
        .advise("Look at what the client sends and what the server supports (FEAT, HELP).")
}
