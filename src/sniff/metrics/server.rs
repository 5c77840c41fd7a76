//! Just enough of HTTP to answer `GET /metrics`.
//!
//! A few threads accept connections and answer one request on each. A request that is long, slow
//! or not HTTP costs one of them a moment; more connections than threads wait in the kernel.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Board, exposition};

/// Connections that are answered at a time.
const THREADS: usize = 4;

/// Time for one connection, from its first byte to the last of the answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes of a request with all its headers.
const LONGEST: usize = 8 * 1024;

/// Begins to answer.
pub(super) fn start(listener: TcpListener, board: &Board) -> io::Result<()> {
    let listener = Arc::new(listener);
    for number in 0..THREADS {
        let (listener, board) = (Arc::clone(&listener), board.clone());
        thread::Builder::new()
            .name(format!("metrics-{number}"))
            .spawn(move || work(&listener, &board))?;
    }
    Ok(())
}

fn work(listener: &TcpListener, board: &Board) {
    loop {
        match listener.accept() {
            // A peer that goes away, or never says anything, is no trouble of ours.
            Ok((stream, _)) => drop(serve(stream, board)),
            // Out of file descriptors, perhaps: others may be closed soon.
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn serve(mut stream: TcpStream, board: &Board) -> io::Result<()> {
    let request = read(&mut stream)?;
    let (status, kind, body) = match asked(&request) {
        Ok(()) => (
            "200 OK",
            exposition::TYPE,
            exposition::text(&board.latest()),
        ),
        Err(status) => (status, "text/plain; charset=utf-8", format!("{status}\n")),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(head.as_bytes())?;
    if !request.starts_with(b"HEAD ") {
        stream.write_all(body.as_bytes())?;
    }
    stream.flush()
}

/// The request with its headers, as far as they come in time.
fn read(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let end = now() + PATIENCE;
    let (mut request, mut part) = (Vec::new(), [0; 1024]);
    while !is_whole(&request) && request.len() < LONGEST {
        let left = end.saturating_duration_since(now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part)? {
            0 => break,
            bytes => request.extend_from_slice(&part[..bytes]),
        }
    }
    Ok(request)
}

fn is_whole(request: &[u8]) -> bool {
    request.windows(4).any(|end| end == b"\r\n\r\n") || request.windows(2).any(|end| end == b"\n\n")
}

/// Whether the metrics are asked for; else the status that says what is wrong.
fn asked(request: &[u8]) -> Result<(), &'static str> {
    if !is_whole(request) {
        return Err("400 Bad Request");
    }
    let line = request
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let mut words = line.trim_ascii_end().split(|byte| *byte == b' ');
    let (method, target, version) = (words.next(), words.next(), words.next());
    if !version.is_some_and(|version| version.starts_with(b"HTTP/1.")) {
        return Err("400 Bad Request");
    }
    let path = target.and_then(|target| target.split(|byte| *byte == b'?').next());
    match (method, path) {
        (Some(b"GET" | b"HEAD"), Some(b"/metrics")) => Ok(()),
        (Some(b"GET" | b"HEAD"), _) => Err("404 Not Found"),
        _ => Err("405 Method Not Allowed"),
    }
}

/// How long a peer takes has nothing to do with the time of packets.
#[allow(clippy::disallowed_methods)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        start(listener, &Board::default()).unwrap();
        address
    }

    fn answer(request: &[u8]) -> String {
        let mut stream = TcpStream::connect(server()).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn metrics_are_given_to_who_asks_for_them() {
        let whole = answer(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(
            head.contains(&format!("Content-Length: {}", body.len())),
            "{head}"
        );
        assert!(body.contains("\nftpscope_sessions_total 0\n"), "{body}");
        let head = answer(b"HEAD /metrics HTTP/1.0\r\n\r\n");
        assert!(head.ends_with("\r\n\r\n"), "{head}");
    }

    #[test]
    fn anything_else_is_refused() {
        for (request, status) in [
            (&b"GET / HTTP/1.1\r\n\r\n"[..], "404"),
            (b"GET /metricsx HTTP/1.1\r\n\r\n", "404"),
            (b"POST /metrics HTTP/1.1\r\n\r\n", "405"),
            (b"GET /metrics\r\n\r\n", "400"),
            (b"\x16\x03\x01\x00\xff\n\n", "400"),
        ] {
            let answer = answer(request);
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
        }
    }

    #[test]
    fn an_endless_request_is_cut_off() {
        let mut stream = TcpStream::connect(server()).unwrap();
        let line = [b'x'; 1000];
        // It ends with an answer, or with a reset once nobody reads any longer.
        while stream.write_all(&line).is_ok() {}
    }

    #[test]
    fn who_says_nothing_does_not_keep_others_waiting() {
        let address = server();
        let silent: Vec<_> = (0..THREADS - 1)
            .map(|_| TcpStream::connect(address).unwrap())
            .collect();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        // They are sent away when their time is over.
        for mut stream in silent {
            assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
        }
    }
}
