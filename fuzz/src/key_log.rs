//! A key log: the same keys are known of it whether it comes at once or in parts.
//!
//! The first two bytes of the input say how long the parts are.

use ftpscope::tls::Secrets;

use super::bytes::Bytes;

pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let length = usize::from(bytes.u16()).max(1);
    let log = bytes.0;
    let mut whole = Secrets::default();
    whole.add_whole(log);
    let mut parts = Secrets::default();
    log.chunks(length).for_each(|part| parts.add(part));
    parts.add(b"\n");
    assert_eq!(known(&parts), known(&whole));
    // A line has more digits than a connection takes memory.
    let lines = log.split(|byte| *byte == b'\n').count();
    assert!(whole.len() <= lines && whole.memory() <= 2048 + lines * 2048);
    // Nothing of it is shown, in whatever way somebody prints it.
    let shown = format!("{whole:?}");
    for line in log.split(|byte| *byte == b'\n') {
        if let Some(secret) = line
            .rsplit(|byte| *byte == b' ')
            .next()
            .filter(|it| it.len() > 31)
        {
            let secret = String::from_utf8_lossy(secret);
            assert!(!shown.contains(&*secret), "{shown}");
        }
    }
}

fn known(secrets: &Secrets) -> (usize, u64, usize) {
    (secrets.len(), secrets.rejected(), secrets.memory())
}
