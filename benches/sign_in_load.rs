//! What those who read notice of those who sign in: reads with a token, without and with eight clients that sign in as fast as
//! they can, in turns, so that what else the machine does strikes both alike.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const READERS: usize = 4;
const SIGNING_IN: usize = 8;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);

/// Microseconds of each read of a round, in order.
type Times = Vec<u64>;

struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(folder: &std::path::Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hrdb"));
        command.args(["--listen", "127.0.0.1:0", "--log", "off", "--basic-cache-seconds", "0", "--data-dir"]);
        let mut child = command.arg(folder).stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("its output is piped");
        BufReader::new(out).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        Self { child, address }
    }

    /// A figure of the process's memory, in MB.
    fn memory(&self, name: &str) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }
}

/// A connection that is kept.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("the connection is fresh");
        Self(BufReader::new(stream))
    }

    /// Sends a request; returns its status and its body.
    fn ask(&mut self, request: &str) -> (u16, Vec<u8>) {
        self.0.get_mut().write_all(request.as_bytes()).expect("the server takes a request");
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            self.0.read_line(&mut line).expect("the server answers");
            let lower = line.to_ascii_lowercase();
            if let Some(rest) = lower.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().unwrap_or(0);
            } else if let Some(rest) = lower.strip_prefix("content-length:") {
                length = rest.trim().parse().unwrap_or(0);
            } else if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("the body is as long as it says");
        (status, body)
    }
}

fn token(address: &str) -> String {
    let request =
        "GET /services/security/token HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic YWRtaW46YWRtaW4=\r\n\r\n";
    let (status, body) = Connection::open(address).ask(request);
    assert_eq!(status, 200, "the administrator can have a token");
    let text = String::from_utf8_lossy(&body).into_owned();
    text.split('"').nth(3).unwrap_or_default().to_owned()
}

/// Reads for a round while `others` sign in; returns how long each read took, and how many have signed in.
fn round(address: &str, token: &str, others: usize) -> (Times, u64) {
    let read = format!(
        "GET /services/hrdb/Employee?q=empId%3C4 HTTP/1.1\r\nHost: localhost\r\nwm_auth_token: {token}\r\n\r\n"
    );
    let form = "j_username=admin&j_password=admin";
    let sign_in = format!(
        "POST /j_spring_security_check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         X-Requested-With: XMLHttpRequest\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let (over, signed_in) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut times = std::thread::scope(|scope| {
        for _ in 0..others {
            scope.spawn(|| {
                let mut connection = Connection::open(address);
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(connection.ask(&sign_in).0, 200, "who signs in is let in");
                    signed_in.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let reader = || {
            let mut connection = Connection::open(address);
            let (end, mut times) = (Instant::now() + ROUND, Times::new());
            while Instant::now() < end {
                let begin = Instant::now();
                assert_eq!(connection.ask(&read).0, 200, "who has a token may read");
                times.push(u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            times
        };
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(reader)).collect();
        let times: Times = readers.into_iter().flat_map(|reader| reader.join().expect("it reads")).collect();
        over.store(true, Ordering::Relaxed);
        times
    });
    times.sort_unstable();
    (times, signed_in.into_inner())
}

fn p99(times: &Times) -> u64 {
    times[times.len() * 99 / 100]
}

#[allow(clippy::cast_precision_loss)] // figures for people
fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

#[allow(clippy::cast_precision_loss)] // figures for people
fn main() {
    let folder = std::env::temp_dir().join(format!("hrdb-sign-in-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is a folder for temporary files");
    // A first start makes the database, whose passwords take memory of their own.
    drop(Server::start(&folder));
    let server = Server::start(&folder);
    let token = token(&server.address);
    round(&server.address, &token, 0);
    let (mut throughput, mut slowest) = (Vec::new(), Vec::new());
    println!(
        "{READERS} clients read; {SIGNING_IN} others sign in as fast as they can; {ROUNDS} rounds of each, in turns:"
    );
    for _ in 0..ROUNDS {
        let (quiet, _) = round(&server.address, &token, 0);
        let (busy, signed_in) = round(&server.address, &token, SIGNING_IN);
        let per_second = |count: usize| count as f64 / ROUND.as_secs_f64();
        println!(
            "  alone {:.0}/s, p99 {} us; with sign-ins {:.0}/s, p99 {} us, {:.0} sign-ins/s",
            per_second(quiet.len()),
            p99(&quiet),
            per_second(busy.len()),
            p99(&busy),
            signed_in as f64 / ROUND.as_secs_f64(),
        );
        throughput.push(busy.len() as f64 / quiet.len() as f64);
        slowest.push(p99(&busy) as f64 / p99(&quiet) as f64);
    }
    println!(
        "  reads keep {:.2} of their throughput; their p99 is {:.2} times as long",
        median(throughput),
        median(slowest)
    );
    println!("  memory {:.0} MB, at most {:.0} MB", server.memory("VmRSS"), server.memory("VmHWM"));
    drop(server);
    let _ = std::fs::remove_dir_all(folder);
}
