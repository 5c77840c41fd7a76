//! What the digits of a reply code say by themselves (RFC 959 §4.2).

/// What the first digit says: what a client may do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 1yz.
    Preliminary,
    /// 2yz.
    Success,
    /// 3yz.
    Intermediate,
    /// 4yz.
    PassingRefusal,
    /// 5yz.
    FinalRefusal,
    /// 6yz (RFC 2228).
    Protected,
}

impl Class {
    /// All classes, in order.
    pub const ALL: [Self; 6] = [
        Self::Preliminary,
        Self::Success,
        Self::Intermediate,
        Self::PassingRefusal,
        Self::FinalRefusal,
        Self::Protected,
    ];

    /// The class of a code; `None` for what is no reply code.
    pub fn of(code: u16) -> Option<Self> {
        let class = usize::from(code / 100).checked_sub(1)?;
        Self::ALL.get(class).copied()
    }

    /// Its first digit.
    pub fn digit(self) -> u16 {
        self as u16 + 1
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preliminary => "under way",
            Self::Success => "success",
            Self::Intermediate => "intermediate",
            Self::PassingRefusal => "refusal that may pass",
            Self::FinalRefusal => "final refusal",
            Self::Protected => "protected reply",
        }
    }

    /// What it means for the client.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Preliminary => {
                "The command was accepted and is under way; a final reply follows."
            }
            Self::Success => "The command was done.",
            Self::Intermediate => "So far so good; the server waits for another command.",
            Self::PassingRefusal => "Not done. The same command may succeed later.",
            Self::FinalRefusal => {
                "Not done. The same command will fail again until something is changed."
            }
            Self::Protected => "The real reply is inside, protected by a security mechanism.",
        }
    }
}

/// What the second digit says: what the reply is about.
pub fn subject(code: u16) -> Option<&'static str> {
    Some(match code / 10 % 10 {
        0 => "syntax: whether the command and its argument are understood",
        1 => "information, such as status and help",
        2 => "control and data connections",
        3 => "login, accounting and protection",
        5 => "the file system",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_digit_is_the_class() {
        assert_eq!(Class::of(425), Some(Class::PassingRefusal));
        assert_eq!(Class::of(99), None);
        assert_eq!(Class::of(700), None);
        for class in Class::ALL {
            assert_eq!(Class::of(class.digit() * 100), Some(class));
        }
    }
}
