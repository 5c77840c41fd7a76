//! Nobody tried to connect to the endpoint that the server announced.

use std::time::Duration;

use crate::diagnosis::words;
use crate::diagnosis::{Case, Confidence, Finding, advice, catalogue, phrase};
use crate::ftp::{Channel, Directions, Method, Mode, Outcome, Vantage};
use crate::tcp::{Close, Side};

/// A client that wants a channel connects at once; one that waits for longer than this and then
/// goes on has tried in vain.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn check(case: &Case<'_>) -> Option<Finding> {
    let failed = case
        .unsuccessful()
        .filter(|channel| channel.outcome == Outcome::Failed);
    let channel = failed.or_else(|| given_up(case))?;
    if channel.mode != Mode::Passive
        || channel.connection.is_some()
        || matches!(channel.method, Method::Inferred | Method::Default)
        || was_open(channel)
        || case.lacks_data()
        || case.scene.directions() == Directions::Server
    {
        return None;
    }
    let endpoint = channel.announced?;
    let next = channel.next_command.as_ref().map(|(_, at)| *at);
    let finding = Finding::new(
        &catalogue::NEVER_ATTEMPTED,
        case.severity(channel),
        confidence(case, channel),
        format!(
            "No connection to {endpoint} was tried after the server announced it{}.",
            place(case)
        ),
    );
    let finding = case
        .with_course(finding, channel)
        .because_of(next, "the client goes on without it");
    let finding = match (next, case.last_heard()) {
        (None, Some(last)) => finding.because(last, "nothing came up to here"),
        _ => finding,
    };
    Some(finding.advise_all(remedies(case, channel)))
}

/// The server began the transfer and did not say that the connection was missing: the capture lacks
/// it.
fn was_open(channel: &Channel) -> bool {
    channel.transfer.as_ref().is_some_and(|transfer| {
        let missed = transfer.reply.as_ref().is_some_and(|reply| {
            let late = reply.code == 421 && !words::stalls(reply);
            reply.code == 425 || late || reply.blames_channel()
        });
        transfer.begun.is_some() && !missed
    })
}

/// A client that gave up without a word on the control connection.
fn given_up<'a>(case: &Case<'a>) -> Option<&'a Channel> {
    let channel = case.abandoned()?;
    let waited = case.patience(channel) >= PATIENCE || left(case, channel);
    // The client waited for something, and then announced anew and nothing else.
    let anew = channel
        .next_command
        .as_ref()
        .is_some_and(|(verb, _)| verb.is_announcement());
    if waited && anew {
        return Some(channel);
    }
    let followed = case
        .scene
        .history()
        .channels
        .iter()
        .any(|past| past.number > channel.number && past.outcome != Outcome::Unused);
    (waited && !followed).then_some(channel)
}

/// The client broke off at once, without QUIT: something told it that it cannot connect. One that
/// says goodbye may just not have wanted the channel.
fn left(case: &Case<'_>, channel: &Channel) -> bool {
    let close = case.scene.control().and_then(|control| control.close());
    channel.next_command.is_none()
        && matches!(
            close,
            Some((
                Close::Finished(Side::Initiator) | Close::Reset(Side::Initiator),
                _
            ))
        )
}

/// That data packets can be in the capture is shown by one that is.
fn confidence(case: &Case<'_>, channel: &Channel) -> Confidence {
    match (has_data(case), &channel.transfer) {
        (true, Some(_)) => Confidence::Certain,
        (true, None) | (false, Some(_)) => Confidence::Likely,
        (false, None) => Confidence::Possible,
    }
}

/// A data connection of this session is in the capture.
fn has_data(case: &Case<'_>) -> bool {
    let channels = &case.scene.history().channels;
    channels.iter().any(|past| past.established)
}

fn place(case: &Case<'_>) -> &'static str {
    match case.scene.vantage() {
        Vantage::Client if !has_data(case) => {
            "; captured near the client, so the client itself never sent one, if the capture holds \
             data connections at all"
        }
        Vantage::Client => "; captured near the client, so the client itself never sent one",
        Vantage::Server => {
            "; captured near the server, so it was dropped on the way here or never sent"
        }
        Vantage::Between | Vantage::Unknown => "; it was dropped before this point, or never sent",
    }
}

fn remedies(case: &Case<'_>, channel: &Channel) -> Vec<String> {
    let port = channel.announced.map_or(0, |endpoint| endpoint.port());
    let upstream = advice::open_passive_range(
        case.scene.software(),
        case.scene.server().ip(),
        (port, port),
    );
    let client = format!(
        "Look at the client ({}): a filter of its own host, its timeout, or what it demands of \
         the announced address.",
        phrase::method(channel)
    );
    if case.scene.vantage() == Vantage::Client {
        vec![
            client,
            "Make sure that the capture has all packets of the client, not only those of the \
             control port."
                .to_owned(),
        ]
    } else {
        upstream.into_iter().chain([client]).collect()
    }
}
