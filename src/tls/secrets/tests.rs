use super::*;

const RANDOM: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";

fn log() -> String {
    let (master, hashed) = ("ab".repeat(48), "cd".repeat(32));
    format!(
        "# a comment\r\nCLIENT_RANDOM {RANDOM} {master}\r\n\n\
         SERVER_TRAFFIC_SECRET_0  {RANDOM}\t{hashed}\nEXPORTER_SECRET {RANDOM} {hashed}\n\
         CLIENT_TRAFFIC_SECRET_0 {RANDOM} {}\n",
        "ef".repeat(48)
    )
}

fn known(secrets: &Secrets) -> (bool, usize, usize) {
    let random = hex::<32>(RANDOM.as_bytes()).unwrap().0;
    let known = secrets.of(&random).cloned().unwrap_or_default();
    let len = |secret: &Option<Secret>| secret.as_ref().map_or(0, |secret| secret.get().len());
    let [client, server] = &known.application;
    (known.master == Some([0xab; 48]), len(client), len(server))
}

#[test]
fn lines_are_read_wherever_the_log_is_cut() {
    let log = log();
    for cut in 0..log.len() {
        let mut secrets = Secrets::default();
        let (head, tail) = log.as_bytes().split_at(cut);
        secrets.add(head);
        secrets.add(tail);
        assert_eq!(known(&secrets), (true, 48, 32), "cut at {cut}");
        assert_eq!(secrets.len(), 1);
    }
}

#[test]
fn the_last_line_of_a_whole_log_may_lack_its_end() {
    let log = log();
    let mut secrets = Secrets::default();
    secrets.add(log.trim_end().as_bytes());
    assert_eq!(known(&secrets), (true, 0, 32));
    let mut secrets = Secrets::default();
    secrets.add_whole(log.trim_end().as_bytes());
    assert_eq!(known(&secrets), (true, 48, 32));
}

#[test]
fn what_is_no_secret_is_passed_over() {
    let mut secrets = Secrets::default();
    let long = "x".repeat(5 * MAX_LINE);
    for line in [
        "CLIENT_RANDOM".to_owned(),
        format!("CLIENT_RANDOM {RANDOM}"),
        format!("CLIENT_RANDOM {RANDOM} abc"),
        format!("CLIENT_RANDOM {RANDOM} {}", "ab".repeat(65)),
        format!("CLIENT_RANDOM {} {}", &RANDOM[2..], "ab".repeat(48)),
        format!("CLIENT_RANDOM {RANDOM} {} x", "ab".repeat(48)),
        format!("{long}CLIENT_RANDOM {RANDOM} {}", "ab".repeat(48)),
        "\u{1}\u{7f}é \u{0}".to_owned(),
    ] {
        secrets.add_whole(line.as_bytes());
        secrets.add_whole(b"\n");
    }
    assert!(secrets.is_empty());
    secrets.add(log().as_bytes());
    assert_eq!(known(&secrets), (true, 48, 32));
}

#[test]
fn what_a_log_said_first_stays() {
    let mut secrets = Secrets::default();
    secrets.add(log().as_bytes());
    secrets.add(format!("CLIENT_RANDOM {RANDOM} {}\n", "00".repeat(48)).as_bytes());
    assert_eq!(known(&secrets), (true, 48, 32));
}

#[test]
fn connections_and_resumable_sessions_are_bounded() {
    let mut secrets = Secrets::default();
    let secret = "ab".repeat(32);
    for number in 0..MAX_SECRETS + 3 {
        let line = format!("CLIENT_TRAFFIC_SECRET_0 {number:064x} {secret}\n");
        secrets.add(line.as_bytes());
    }
    assert_eq!((secrets.len(), secrets.rejected()), (MAX_SECRETS, 3));
    for number in 0..2 * MAX_RESUMABLE as u128 {
        secrets.remember(number.to_be_bytes(), [0; MASTER]);
        assert!(secrets.resumable.len() <= MAX_RESUMABLE);
        assert!(secrets.resumable(number.to_be_bytes()).is_some());
    }
}

#[test]
fn shares_are_given_back() {
    let secrets = Secrets::default();
    let (mut one, mut other) = (Share::default(), Share::default());
    assert!(one.set(MAX_TLS_BYTES - 5, &secrets) && other.set(5, &secrets));
    assert!(!other.set(6, &secrets));
    assert!(one.set(0, &secrets) && other.set(6, &secrets));
    drop(other);
    assert!(one.set(MAX_TLS_BYTES, &secrets));
}

#[test]
fn no_format_tells_a_secret() {
    let mut secrets = Secrets::default();
    secrets.add(log().as_bytes());
    assert_eq!(format!("{secrets:?}"), "Secrets { connections: 1, .. }");
}
