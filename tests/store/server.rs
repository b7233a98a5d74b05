//! A server that stands for the hub: it knows one commit of one repository, and misbehaves as it is told.

use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// Another status than 200.
    Status(u16),
    /// The connection ends after so many bytes of the body.
    Cut(usize),
    /// Nothing comes for so long after so many bytes of the body.
    Stall(usize, Duration),
    /// All of the file comes, whatever part was asked for.
    NoRanges,
    /// The body has one wrong byte.
    Damage,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub method: String,
    pub path: String,
    pub range: Option<String>,
    pub authorization: Option<String>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    asked: Vec<Request>,
    /// For the next requests for bytes, in order.
    gets: VecDeque<Trouble>,
    /// For the next questions without bytes.
    heads: VecDeque<Trouble>,
    /// Every answer waits so long.
    delay: Duration,
    /// Large files come from elsewhere, as on the real hub.
    redirects: bool,
}

/// The server; ends with the test's process.
pub(crate) struct Server {
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn with(files: &[(&str, Vec<u8>)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.clone())).collect();
        let state = Arc::new(Mutex::new(State { files, ..State::default() }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || {
                    // A client that has gone is what some tests are about.
                    let _ = answer(&stream, &state);
                });
            }
        });
        Self { address, state }
    }

    pub(crate) fn on_get(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.state.lock().unwrap().gets.extend(troubles);
    }

    pub(crate) fn on_head(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.state.lock().unwrap().heads.extend(troubles);
    }

    pub(crate) fn delay(&self, delay: Duration) {
        self.state.lock().unwrap().delay = delay;
    }

    pub(crate) fn redirect(&self) {
        self.state.lock().unwrap().redirects = true;
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.state.lock().unwrap().asked.clone()
    }

    pub(crate) fn gets(&self) -> Vec<Request> {
        self.asked().into_iter().filter(|request| request.method == "GET").collect()
    }
}

/// The SHA-256 of bytes in hexadecimal digits.
pub(crate) fn sum(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn answer(mut stream: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Request { method, path, range: None, authorization: None };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        match name.to_lowercase().as_str() {
            "range" => request.range = Some(value.to_owned()),
            "authorization" => request.authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let (file, trouble, delay, redirects) = {
        let mut state = state.lock().unwrap();
        state.asked.push(request.clone());
        let name = request.path.split("/resolve/").nth(1).and_then(|rest| rest.split_once('/')).map(|(_, name)| name);
        let name = name.or_else(|| request.path.strip_prefix("/elsewhere/")).unwrap_or_default();
        let file = state.files.get(name).cloned();
        let has_bytes = !state.redirects || request.path.starts_with("/elsewhere/");
        let trouble = match request.method.as_str() {
            "GET" if has_bytes => state.gets.pop_front(),
            "HEAD" => state.heads.pop_front(),
            _ => None,
        };
        (file.map(|bytes| (name.to_owned(), bytes)), trouble, state.delay, state.redirects)
    };
    std::thread::sleep(delay);
    if let Some(Trouble::Status(code)) = trouble {
        return write!(stream, "HTTP/1.1 {code} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    let Some((name, mut bytes)) = file else {
        return write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let etag = sum(&bytes);
    let facts = format!(
        "X-Repo-Commit: {COMMIT}\r\nX-Linked-Etag: \"{etag}\"\r\nX-Linked-Size: {}\r\nETag: \"other\"\r\nConnection: close\r\n",
        bytes.len()
    );
    if redirects && !request.path.starts_with("/elsewhere/") {
        // Another name than the hub's, as the tests know it.
        let port = stream.local_addr()?.port();
        return write!(
            stream,
            "HTTP/1.1 302 Found\r\nLocation: http://localhost:{port}/elsewhere/{name}\r\nContent-Length: 0\r\n{facts}\r\n"
        );
    }
    if request.method == "HEAD" {
        return write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{facts}\r\n", bytes.len());
    }
    let whole = bytes.len();
    let from = request.range.as_deref().and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let from: usize = from.filter(|_| !matches!(trouble, Some(Trouble::NoRanges))).unwrap_or(0);
    if from > 0 {
        bytes.drain(..from);
        write!(stream, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{}/{whole}\r\n", whole - 1)?;
    } else {
        write!(stream, "HTTP/1.1 200 OK\r\n")?;
    }
    write!(stream, "Content-Length: {}\r\n{facts}\r\n", bytes.len())?;
    match trouble {
        Some(Trouble::Cut(after)) => {
            stream.write_all(&bytes[..after.min(bytes.len())])?;
            return stream.shutdown(std::net::Shutdown::Both);
        }
        Some(Trouble::Stall(after, time)) => {
            stream.write_all(&bytes[..after.min(bytes.len())])?;
            stream.flush()?;
            std::thread::sleep(time);
            return Ok(());
        }
        Some(Trouble::Damage) => bytes[0] ^= 1,
        _ => {}
    }
    stream.write_all(&bytes)
}
