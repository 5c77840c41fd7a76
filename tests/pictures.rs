//! The pictures of the dashboard in README.md show what the program really draws.
//!
//! The program runs in a terminal model of 120×36; what stands there becomes an SVG file.
//! `UPDATE_GOLDEN=1 cargo test --test pictures` (or `make pictures`) writes the files anew.
#![cfg(all(target_os = "linux", feature = "dashboard"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "support/screen.rs"]
mod screen;
#[path = "support/svg.rs"]
mod svg;

use std::path::Path;

use portable_pty::CommandBuilder;

use screen::Screen;

/// One of each kind, from the recordings of this repository.
const CAPTURES: [&str; 13] = [
    "mirror-parallel-lftp-vsftpd/capture.pcap",
    "login-failed-vsftpd/capture.pcap",
    "pasv-private-address-nat-client-side/capture.pcap",
    "disk-full-proftpd/capture.pcap",
    "abort-download-lftp-vsftpd/capture.pcap",
    "active-blocked-by-client-firewall-server-side/capture.pcap",
    "epsv-blocked-then-pasv-works/capture.pcap",
    "ipv6-epsv-download-pure-ftpd/capture.pcap",
    "upload-active-proftpd/capture.pcap",
    "capture-starts-during-transfer/capture.pcap",
    "explicit-tls-download-vsftpd/capture.pcap",
    "tls-keys-session-not-reused-vsftpd/capture.pcapng",
    "mtu-black-hole-download-client-side/capture.pcap",
];

/// What a frame ends with.
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

#[test]
fn the_pictures_show_the_real_screens() {
    let mut screen = watch();
    shown(&screen, &["100%"]);
    // The session whose server announced a private address.
    screen.press("jjjjjjj");
    shown(&screen, &["8 of 15", "×6  failed"]);
    check("sessions", &screen);

    screen.press("\r");
    shown(&screen, &["Ladder|Transcript", "SYN ×6 unanswered"]);
    screen.press("!");
    shown(&screen, &["Ladder|Transcript", "Data channel 1"]);
    check("ladder", &screen);

    screen.press("3");
    shown(&screen, &["by cause"]);
    check("problems", &screen);
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

fn watch() -> Screen {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_ftpscope"));
    command.cwd(env!("CARGO_MANIFEST_DIR"));
    command.arg("watch");
    command.args(CAPTURES.map(|capture| format!("captures/{capture}")));
    Screen::run(command, &[("TERM", "xterm-256color"), ("TZ", "UTC")])
}

/// Waits for a whole frame with these texts.
fn shown(screen: &Screen, texts: &[&str]) {
    screen.wait_output(&texts.join(", "), |output| {
        let drawn = output.terminal.screen().contents();
        output.bytes.ends_with(END_OF_FRAME) && texts.iter().all(|text| drawn.contains(text))
    });
}

fn check(name: &str, screen: &Screen) {
    let path = format!("docs/pictures/{name}.svg");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
    let picture = svg::picture(screen.output.0.lock().unwrap().terminal.screen());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, picture).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    for (number, (kept, fresh)) in (1..).zip(kept.lines().zip(picture.lines())) {
        assert_eq!(
            kept, fresh,
            "{path}:{number} (make pictures writes it anew)"
        );
    }
    assert_eq!(kept, picture, "{path} (make pictures writes it anew)");
}
