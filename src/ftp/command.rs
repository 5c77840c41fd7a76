//! Command lines: verb and argument (RFC 959 §5.3).

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident $word:literal,)*) => {
        /// A command verb, in upper case.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Verb {
            $($(#[$doc])* $name,)*
            /// Any other word, in upper case, with bytes that are not printable ASCII escaped.
            Other(Box<str>),
        }

        impl Verb {
            /// The word as it goes over the wire, in upper case.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $word,)*
                    Self::Other(word) => word,
                }
            }

            fn known(word: &[u8]) -> Option<Self> {
                $(if word.eq_ignore_ascii_case($word.as_bytes()) { return Some(Self::$name); })*
                None
            }
        }
    };
}

verbs! {
    /// RFC 959.
    User "USER",
    /// RFC 959.
    Pass "PASS",
    /// RFC 959.
    Retr "RETR",
}

impl Verb {
    /// The verb that a word of a command line stands for.
    pub fn parse(word: &[u8]) -> Self {
        Self::known(word).unwrap_or_else(|| {
            Self::Other(word.to_ascii_uppercase().escape_ascii().to_string().into())
        })
    }

    /// Its argument is a password (PASS, ACCT) and is hidden unless asked for.
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Pass)
    }
}
