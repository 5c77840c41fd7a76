//! Command lines: verb and argument (RFC 959 §5.3).

use std::borrow::Cow;
use std::ops::Deref;

macro_rules! verbs {
    ($($source:literal: $($name:ident $word:literal)*;)*) => {
        /// A command verb, in upper case.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Verb {
            $($(#[doc = $source] $name,)*)*
            /// Any other word, in upper case, with bytes that are not printable ASCII escaped.
            Other(Word),
        }

        impl Verb {
            /// The word as it goes over the wire, in upper case.
            pub fn as_str(&self) -> &str {
                match self {
                    $($(Self::$name => $word,)*)*
                    Self::Other(word) => word,
                }
            }

            /// The same, to be kept: no more is copied than has to be.
            pub fn word(&self) -> Cow<'static, str> {
                match self {
                    $($(Self::$name => Cow::Borrowed($word),)*)*
                    Self::Other(word) => Cow::Owned(word.to_string()),
                }
            }

            fn known(word: &[u8]) -> Option<Self> {
                let packed = pack(word)?;
                $($(
                    const { assert!(pack($word.as_bytes()).is_some()) };
                    if const { pack($word.as_bytes()) } == Some(packed) {
                        return Some(Self::$name);
                    }
                )*)*
                None
            }
        }
    };
}

verbs! {
    "RFC 959.":
        User "USER" Pass "PASS" Acct "ACCT" Cwd "CWD" Cdup "CDUP" Smnt "SMNT" Quit "QUIT"
        Rein "REIN" Port "PORT" Pasv "PASV" Type "TYPE" Stru "STRU" Mode "MODE" Retr "RETR"
        Stor "STOR" Stou "STOU" Appe "APPE" Allo "ALLO" Rest "REST" Rnfr "RNFR" Rnto "RNTO"
        Abor "ABOR" Dele "DELE" Rmd "RMD" Mkd "MKD" Pwd "PWD" List "LIST" Nlst "NLST" Site "SITE"
        Syst "SYST" Stat "STAT" Help "HELP" Noop "NOOP";
    "RFC 775, RFC 1123 §4.1.3.1.":
        Xcwd "XCWD" Xcup "XCUP" Xmkd "XMKD" Xrmd "XRMD" Xpwd "XPWD";
    "RFC 1639.":
        Lprt "LPRT" Lpsv "LPSV";
    "RFC 2228.":
        Auth "AUTH" Adat "ADAT" Pbsz "PBSZ" Prot "PROT" Ccc "CCC" Mic "MIC" Conf "CONF" Enc "ENC";
    "RFC 2389.":
        Feat "FEAT" Opts "OPTS";
    "RFC 2428.":
        Eprt "EPRT" Epsv "EPSV";
    "RFC 2640.":
        Lang "LANG";
    "RFC 3659.":
        Mdtm "MDTM" Size "SIZE" Mlst "MLST" Mlsd "MLSD";
    "RFC 7151.":
        Host "HOST";
    "Not in an RFC, but common.":
        Spsv "SPSV" Clnt "CLNT" Mfmt "MFMT" Mfct "MFCT" Mff "MFF" Avbl "AVBL" Hash "HASH"
        Xcrc "XCRC" Rmda "RMDA";
}

/// A word that is no known verb. There are few of them, and verbs are everywhere: so it is no larger
/// than a pointer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word(Box<Box<str>>);

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(word: &str) -> Self {
        Self(Box::new(word.into()))
    }
}

/// Up to four letters in upper case as one number, the fastest thing to compare.
const fn pack(word: &[u8]) -> Option<u32> {
    let mut packed = 0;
    let mut index = 0;
    while index < word.len() {
        if index == 4 || !word[index].is_ascii_alphabetic() {
            return None;
        }
        packed = packed << 8 | word[index].to_ascii_uppercase() as u32;
        index += 1;
    }
    Some(packed)
}

/// A command line taken apart; both parts borrow the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command<'a> {
    /// What to do.
    pub verb: Verb,
    /// What to do it with; empty when there is none.
    pub argument: &'a [u8],
}

impl<'a> Command<'a> {
    /// Takes a line apart; `None` for one without a word.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let line = line.trim_ascii_start();
        let end = line
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(line.len());
        let (word, argument) = line.split_at_checked(end)?;
        let verb = (!word.is_empty()).then(|| Verb::parse(word))?;
        Some(Self {
            verb,
            argument: argument.get(1..).unwrap_or_default(),
        })
    }
}

impl Verb {
    /// The verb that a word of a command line stands for.
    pub fn parse(word: &[u8]) -> Self {
        Self::known(word).unwrap_or_else(|| {
            let word = word.to_ascii_uppercase().escape_ascii().to_string();
            Self::Other(word.as_str().into())
        })
    }

    /// Its argument is a password and is hidden unless asked for.
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Pass | Self::Acct)
    }

    /// This reply to it refuses a login. USER is also refused where it is not known or comes at
    /// the wrong time.
    pub fn refuses_login(&self, code: u16) -> bool {
        match self {
            Self::Pass | Self::Acct => {
                matches!(code, 421 | 430 | 451 | 500 | 501 | 530..=535 | 550)
            }
            Self::User => matches!(code, 421 | 430 | 530 | 532 | 550),
            _ => false,
        }
    }

    /// It uses a data connection.
    pub fn is_transfer(&self) -> bool {
        use Verb::*;
        matches!(self, Retr | Stor | Stou | Appe | List | Nlst | Mlsd)
    }

    /// It announces a data channel or asks for one.
    pub fn is_announcement(&self) -> bool {
        use Verb::*;
        matches!(self, Port | Pasv | Eprt | Epsv | Lprt | Lpsv | Spsv)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_recognised_in_any_case() {
        let command = Command::parse(b"retr a b.txt").unwrap();
        assert_eq!(
            command,
            Command {
                verb: Verb::Retr,
                argument: b"a b.txt"
            }
        );
        assert_eq!(Verb::parse(b"Cwd"), Verb::Cwd);
        assert_eq!(Verb::parse(b"XSHA256").as_str(), "XSHA256");
        assert_eq!(Verb::parse(b"\x16\x03"), Verb::Other("\\x16\\x03".into()));
        assert_eq!(Verb::parse(b"RETRX"), Verb::Other("RETRX".into()));
    }

    #[test]
    fn spaces_of_the_argument_are_kept() {
        assert_eq!(Command::parse(b"STOR  x ").unwrap().argument, b" x ");
        assert_eq!(Command::parse(b"PASV").unwrap().argument, b"");
        assert_eq!(Command::parse(b"  "), None);
        assert_eq!(Command::parse(b""), None);
    }
}
