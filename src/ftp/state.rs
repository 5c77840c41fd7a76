//! What a session has been told: user, login, directory, TYPE, REST, PROT.

use std::sync::Arc;

use super::command::Verb;
use super::context::Shared;
use super::directory::Directory;
use super::encryption;
use super::event::Reply;
use super::login::Login;
use super::size::Sizes;
use super::software::Named;
use super::summary::Protection;
use super::text::{Text, Texts};
use super::transfer::Representation;

/// The state of a session that commands and replies change.
#[derive(Debug)]
pub(super) struct State {
    pub(super) user: Option<Text>,
    pub(super) password: Option<Text>,
    pub(super) login: Login,
    pub(super) directory: Directory,
    pub(super) representation: Representation,
    pub(super) protection: Protection,
    pub(super) software: Option<Arc<str>>,
    /// Not there for most sessions.
    pub(super) extras: Option<Box<Extras>>,
}

/// What few clients ask for.
#[derive(Debug, Default)]
pub(super) struct Extras {
    /// What AUTH agreed on, other than TLS (RFC 2228): GSSAPI as a rule.
    pub(super) mechanism: Option<Text>,
    /// What HOST said.
    pub(super) server_name: Option<Text>,
    /// Where the next transfer begins (REST).
    restart_offset: u64,
    pub(super) sizes: Sizes,
}

impl State {
    /// The state at the beginning of a session, or somewhere in its midst.
    pub(super) fn new(midstream: bool) -> Self {
        Self {
            user: None,
            password: None,
            login: if midstream {
                Login::Unknown
            } else {
                Login::None
            },
            directory: Directory::default(),
            representation: Self::initial_representation(midstream),
            protection: Protection::Unknown,
            software: None,
            extras: None,
        }
    }

    /// RFC 959 §3.1.1.5: the default is ASCII.
    fn initial_representation(midstream: bool) -> Representation {
        if midstream {
            Representation::Unknown
        } else {
            Representation::Ascii
        }
    }

    pub(super) fn greeting(&mut self, reply: &Reply, named: &mut Named) {
        self.software = named.software(&reply.text);
    }

    /// A command was sent; gives the path that it names.
    pub(super) fn sent(&mut self, verb: &Verb, argument: &Text, texts: &mut Texts) -> Option<Text> {
        match verb {
            Verb::User => {
                self.user = Some(argument.clone());
                self.password = None;
                self.login = Login::Unknown;
            }
            Verb::Pass => self.password = Some(argument.clone()),
            _ => {}
        }
        match path_argument(verb, argument) {
            Some(path) if path.len() == argument.len() => {
                Some(self.directory.resolve(argument, texts))
            }
            Some(path) => {
                let path = texts.share(path);
                Some(self.directory.resolve(&path, texts))
            }
            None if matches!(verb, Verb::List | Verb::Nlst | Verb::Mlsd) => {
                self.directory.current().cloned()
            }
            None => None,
        }
    }

    /// The name that the server chose for STOU: `150 FILE: name` (RFC 1123 §4.1.2.9).
    pub(super) fn stored_as(&self, verb: &Verb, text: &[u8], texts: &mut Texts) -> Option<Text> {
        if *verb != Verb::Stou {
            return None;
        }
        let word = b"FILE: ";
        let start = memchr::memmem::find(text, word)?;
        let rest = text.get(start + word.len()..)?;
        let name = rest.split(|&byte| byte == b'\n').next()?.trim_ascii_end();
        (!name.is_empty()).then(|| self.directory.resolve(&name.into(), texts))
    }

    /// A command was answered; gives the outcome of a login when this decides it.
    pub(super) fn answered(
        &mut self,
        verb: &Verb,
        argument: &Text,
        reply: &Reply,
        Shared { texts, named, .. }: &mut Shared,
    ) -> Option<Login> {
        use Verb::*;
        if matches!(verb, User | Pass | Acct) {
            return self.login(reply.code);
        }
        if !(200..400).contains(&reply.code) {
            return None;
        }
        match verb {
            Pwd | Xpwd => self.directory.named(&reply.text, texts),
            Cwd | Xcwd => self.directory.change(argument, texts),
            Cdup | Xcup => self.directory.up(),
            Type => self.representation = representation(argument),
            Rest => self.extras_mut().restart_offset = offset(argument),
            Rein => {
                *self = Self {
                    software: self.software.take(),
                    ..Self::new(false)
                }
            }
            Host => self.extras_mut().server_name = Some(argument.trim_ascii().into()),
            Auth if !encryption::names_tls(argument) => {
                self.extras_mut().mechanism =
                    Some(argument.trim_ascii().to_ascii_uppercase().into());
            }
            Prot => self.protection = protection(argument),
            Syst if self.software.is_none() => self.software = named.software(&reply.text),
            _ => {}
        }
        None
    }

    /// SIZE was answered.
    pub(super) fn sized(&mut self, path: Option<&Text>, reply: &Reply) {
        let binary = self.representation == Representation::Binary;
        if let (Some(path), 213) = (path, reply.code) {
            self.extras_mut().sizes.told(path, binary, reply);
        }
    }

    /// What SIZE told, if anything.
    pub(super) fn sizes(&self) -> Option<&Sizes> {
        self.extras.as_deref().map(|extras| &extras.sizes)
    }

    /// Where the transfer begins that is asked for now.
    pub(super) fn take_restart_offset(&mut self) -> u64 {
        let extras = self.extras.as_deref_mut();
        extras.map_or(0, |extras| std::mem::take(&mut extras.restart_offset))
    }

    fn extras_mut(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// RFC 959 §5.4, login.
    fn login(&mut self, code: u16) -> Option<Login> {
        self.login = match code {
            202 | 230 | 232 => Login::Accepted,
            300..400 => return None,
            400.. => Login::Rejected,
            _ => return None,
        };
        if self.login == Login::Accepted {
            self.directory.forget();
        }
        Some(self.login)
    }
}

/// The part of an argument that names a file or directory.
fn path_argument<'a>(verb: &Verb, argument: &'a [u8]) -> Option<&'a [u8]> {
    use Verb::*;
    let path = match verb {
        Retr | Stor | Appe | Stou | Dele | Rnfr | Rnto | Mkd | Xmkd | Rmd | Xrmd | Rmda | Cwd
        | Xcwd | Size | Mdtm | Mlst | Mlsd | Hash | Xcrc => argument,
        List | Nlst | Stat => without_options(argument),
        Mfmt | Mfct | Mff => after_word(argument),
        Site => after_word(after_word(argument)),
        _ => return None,
    };
    (!path.is_empty()).then_some(path)
}

/// LIST and NLST are given the options of ls by many clients (`-a`, `-la`).
fn without_options(mut argument: &[u8]) -> &[u8] {
    argument = argument.trim_ascii_start();
    while argument.starts_with(b"-") {
        argument = after_word(argument).trim_ascii_start();
    }
    argument
}

fn after_word(argument: &[u8]) -> &[u8] {
    match memchr::memchr(b' ', argument) {
        Some(space) => argument.get(space + 1..).unwrap_or_default(),
        None => &[],
    }
}

fn representation(argument: &[u8]) -> Representation {
    match argument.trim_ascii().first().map(u8::to_ascii_uppercase) {
        Some(b'A' | b'E') => Representation::Ascii,
        Some(b'I' | b'L') => Representation::Binary,
        _ => Representation::Unknown,
    }
}

fn protection(argument: &[u8]) -> Protection {
    match argument.trim_ascii().first().map(u8::to_ascii_uppercase) {
        Some(b'P' | b'S' | b'E') => Protection::Private,
        Some(b'C') => Protection::Clear,
        _ => Protection::Unknown,
    }
}

/// REST's argument in stream mode: a number of octets (RFC 3659 §5.2).
fn offset(argument: &[u8]) -> u64 {
    std::str::from_utf8(argument.trim_ascii())
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Moment;

    fn reply(code: u16) -> Reply {
        Reply {
            code,
            text: Text::default(),
            at: Moment::default(),
        }
    }

    #[test]
    fn a_login_takes_one_or_two_replies() {
        let shared = &mut Shared::default();
        let mut state = State::new(false);
        assert_eq!(state.login, Login::None);
        state.sent(&Verb::User, &"jane".into(), &mut shared.texts);
        assert_eq!(state.login, Login::Unknown);
        assert_eq!(
            state.answered(&Verb::User, &"jane".into(), &reply(331), shared),
            None
        );
        assert_eq!(
            state.answered(&Verb::Pass, &"x".into(), &reply(530), shared),
            Some(Login::Rejected)
        );
        assert_eq!(
            state.answered(&Verb::User, &"jane".into(), &reply(230), shared),
            Some(Login::Accepted)
        );
    }

    #[test]
    fn paths_stand_in_different_places() {
        assert_eq!(path_argument(&Verb::List, b"-la  /pub"), Some(&b"/pub"[..]));
        assert_eq!(path_argument(&Verb::List, b"-a"), None);
        assert_eq!(
            path_argument(&Verb::Mfmt, b"20260101000000 a b"),
            Some(&b"a b"[..])
        );
        assert_eq!(path_argument(&Verb::Site, b"CHMOD 644 a"), Some(&b"a"[..]));
        assert_eq!(path_argument(&Verb::Retr, b" a"), Some(&b" a"[..]));
        assert_eq!(path_argument(&Verb::Noop, b"x"), None);
    }

    #[test]
    fn reinitialising_forgets_the_user() {
        let shared = &mut Shared::default();
        let mut state = State::new(false);
        state.sent(&Verb::User, &"jane".into(), &mut shared.texts);
        state.answered(&Verb::Type, &"I".into(), &reply(200), shared);
        state.answered(&Verb::Rein, &"".into(), &reply(220), shared);
        assert_eq!(
            (state.user, state.representation),
            (None, Representation::Ascii)
        );
    }
}
