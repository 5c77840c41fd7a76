//! Which reply codes answer which command.

use super::command::Verb;

/// How well a reply code answers a command that has had no reply yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// No server answers this command so.
    None,
    /// Any command may be answered so.
    Any,
    /// A code that the command's specification lists, or that servers are known to use for it.
    Listed,
}

/// How `code` fits as the next reply to `verb`.
pub(super) fn fit(verb: &Verb, code: u16) -> Fit {
    if listed(verb).contains(&code) {
        Fit::Listed
    } else if matches!(code, 202 | 421 | 450 | 451 | 500..=504 | 530..=539 | 550 | 553 | 631..=633)
        || matches!(verb, Verb::Other(_) | Verb::Site)
    {
        Fit::Any
    } else {
        Fit::None
    }
}

/// Whether `code` can end a transfer that has had its preliminary reply.
pub(super) fn ends_transfer(code: u16) -> bool {
    matches!(code, 225 | 226 | 250 | 421 | 425 | 426 | 431 | 450..=452 | 521..=522 | 534..=535 | 550..=554)
}

/// Codes that answer one kind of command and say which.
pub(super) fn has_one_meaning(code: u16) -> bool {
    matches!(code, 120 | 125 | 150 | 215 | 220 | 221 | 225..=235 | 257 | 331..=350)
}

/// RFC 959 §5.4 and the later RFCs, with what common servers use beside it.
fn listed(verb: &Verb) -> &'static [u16] {
    use Verb::*;
    match verb {
        User => &[220, 230, 232, 234, 331, 332, 336, 430, 530],
        Pass => &[202, 230, 232, 332, 430, 530],
        Acct => &[202, 230, 503, 530],
        Cwd | Xcwd | Cdup | Xcup | Smnt => &[200, 250, 550],
        Quit => &[221, 226],
        Rein => &[120, 220, 421],
        Port | Eprt | Lprt => &[200, 425, 521, 522],
        Pasv | Spsv => &[227, 229, 425, 521, 522],
        Epsv => &[200, 229, 425, 521, 522],
        Lpsv => &[228, 425, 521],
        Type | Stru | Mode => &[200, 504],
        Retr | Stor | Stou | Appe => TRANSFER,
        List | Nlst | Mlsd => TRANSFER,
        Allo => &[200, 202, 452, 552],
        Rest => &[350, 501],
        Rnfr => &[350, 450, 550],
        Rnto => &[250, 503, 532, 550, 553],
        Abor => &[225, 226, 426],
        Dele => &[250, 450, 550],
        Rmd | Xrmd | Rmda => &[250, 550],
        Mkd | Xmkd => &[250, 257, 521, 550],
        Pwd | Xpwd => &[257, 550],
        Site => &[200, 202, 211, 214, 250],
        Syst => &[215],
        Stat => &[211, 212, 213, 450],
        Help => &[211, 214],
        Noop => &[200],
        Auth => &[232, 234, 334, 336, 431, 503, 504, 534],
        Adat => &[235, 335, 503, 535],
        Pbsz => &[200, 503],
        Prot => &[200, 431, 503, 504, 534, 536],
        Ccc => &[200, 533, 534],
        Mic | Conf | Enc => &[535, 533, 631, 632, 633],
        Feat => &[211],
        Opts => &[200, 451, 501],
        Lang => &[200, 504],
        Mdtm | Mfmt | Mfct | Mff | Size | Hash | Xcrc | Avbl => &[213, 250, 550],
        Mlst => &[250, 550],
        Host => &[220, 501, 504],
        Clnt => &[200],
        Other(_) => &[],
    }
}

const TRANSFER: &[u16] = &[
    110, 125, 150, 226, 250, 425, 426, 431, 450, 451, 452, 503, 521, 522, 532, 534, 550, 551, 552,
    553, 554,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_code_beats_one_that_anything_may_get() {
        assert!(fit(&Verb::Pasv, 227) > fit(&Verb::Pasv, 500));
        assert_eq!(fit(&Verb::Type, 227), Fit::None);
        assert_eq!(fit(&Verb::Other("XYZ".into()), 299), Fit::Any);
    }
}
