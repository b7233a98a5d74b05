//! The hub: its address, access token and answers.

use super::StoreError;
use std::env;
use std::io::Read;
use std::time::Duration;
use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::{Agent, Proxy};

/// A server that is silent for this long is given up.
const PATIENCE: Duration = Duration::from_secs(20);
/// Redirects that lead from one name of a file to another on the same server.
const MOST_REDIRECTS: usize = 5;

/// The hub, or a mirror of it.
#[derive(Clone, Debug)]
pub struct Hub {
    endpoint: String,
    token: Option<String>,
    offline: bool,
    patience: Duration,
    /// Instead of what the environment says.
    proxy: Option<Proxy>,
}

/// What the hub says about a file before it is downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// The commit of the requested branch.
    pub(super) commit: String,
    /// Names the content: of large files their SHA-256.
    pub(super) etag: String,
    pub(super) bytes: u64,
}

impl Hub {
    /// From the environment: `HF_ENDPOINT`, `HF_TOKEN` (or the token that the hub's own program keeps),
    /// `HF_HUB_OFFLINE`, and the usual proxy variables (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
    pub fn from_env(kept_token: Option<String>) -> Self {
        let text = |name| env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let is_on = |value: String| !["0", "false", "no", "off"].contains(&value.to_lowercase().as_str());
        Self {
            endpoint: text("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned()),
            token: text("HF_TOKEN").or(kept_token),
            offline: text("HF_HUB_OFFLINE").is_some_and(is_on),
            patience: PATIENCE,
            proxy: None,
        }
    }

    /// A hub at this address, without a token.
    pub fn at(endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), token: None, offline: false, patience: PATIENCE, proxy: None }
    }

    /// The same hub with another token.
    #[must_use]
    pub fn with_token(self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// The same hub, offline if `offline` is true or the environment says so.
    #[must_use]
    pub fn offline(self, offline: bool) -> Self {
        Self { offline: self.offline || offline, ..self }
    }

    /// The same hub with another time limit for a silent server.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same hub through this proxy instead of the environment's; an empty name changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NoProxy`] if it is not a proxy address.
    pub fn with_proxy(self, proxy: &str) -> Result<Self, StoreError> {
        if proxy.trim().is_empty() {
            return Ok(self);
        }
        let parsed = Proxy::new(proxy.trim()).map_err(|_| StoreError::NoProxy(proxy.to_owned()))?;
        Ok(Self { proxy: Some(parsed), ..self })
    }

    /// Whether no request leaves.
    pub const fn is_offline(&self) -> bool {
        self.offline
    }

    /// The URL of a file of a repository.
    fn url(&self, repo: &str, revision: &str, path: &str) -> String {
        let endpoint = self.endpoint.trim_end_matches('/');
        format!("{endpoint}/{repo}/resolve/{}/{path}", revision.replace('/', "%2F"))
    }

    fn agent(&self, redirects: u32) -> Agent {
        let config = Agent::config_builder();
        let config = match &self.proxy {
            Some(proxy) => config.proxy(Some(proxy.clone())),
            None => config,
        };
        config
            .timeout_connect(Some(self.patience))
            .timeout_per_read(Some(self.patience))
            .timeout_per_write(Some(self.patience))
            .max_redirects(redirects)
            // A token is for this server, not for where it sends us.
            .redirect_auth_headers(ureq::config::RedirectAuthHeaders::SameHost)
            .http_status_as_error(false)
            .user_agent(concat!("tie-studio/", env!("CARGO_PKG_VERSION")))
            .build()
            .into()
    }

    /// Asks about a file without fetching it.
    pub(super) fn facts(&self, repo: &str, revision: &str, path: &str) -> Result<Facts, StoreError> {
        self.check()?;
        let agent = self.agent(0);
        let mut url = self.url(repo, revision, path);
        let mut response;
        let mut left = MOST_REDIRECTS;
        loop {
            let mut request = agent.head(&url).header("Accept-Encoding", "identity");
            if let Some(token) = &self.token {
                request = request.header("Authorization", format!("Bearer {token}"));
            }
            response = request.call().map_err(|error| self.unreachable(&error))?;
            // Another server has the bytes but knows nothing of commits; another path on this server does.
            match text(response.headers(), "location") {
                Some(place) if response.status().is_redirection() && place.starts_with('/') && left > 0 => {
                    url = format!("{}{place}", self.origin());
                    left -= 1;
                }
                _ => break,
            }
        }
        if !response.status().is_success() && !response.status().is_redirection() {
            return Err(self.refusal(&response, repo, path));
        }
        let headers = response.headers();
        let odd = |what: &str| StoreError::Odd { server: self.endpoint.clone(), what: what.to_owned() };
        let etag = text(headers, "x-linked-etag").or_else(|| text(headers, "etag"));
        let etag = etag.map(|etag| etag.trim_start_matches("W/").trim_matches('"').to_owned());
        let size = text(headers, "x-linked-size").or_else(|| text(headers, "content-length"));
        Ok(Facts {
            commit: text(headers, "x-repo-commit")
                .filter(|name| is_plain(name))
                .ok_or_else(|| odd("no commit"))?
                .to_owned(),
            etag: etag.filter(|name| is_plain(name)).ok_or_else(|| odd("no content hash"))?,
            bytes: size.and_then(|size| size.parse().ok()).ok_or_else(|| odd("no size"))?,
        })
    }

    /// The bytes of a file from `from` on, and whether they really begin there: not every server can.
    pub(super) fn fetch(
        &self,
        repo: &str,
        revision: &str,
        path: &str,
        from: u64,
    ) -> Result<(Box<dyn Read + Send>, bool), StoreError> {
        self.check()?;
        let mut request = self.agent(10).get(self.url(repo, revision, path)).header("Accept-Encoding", "identity");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        let response = request.call().map_err(|error| self.unreachable(&error))?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => Ok((Box::new(response.into_body().into_reader()), from > 0)),
            status if status.is_success() => Ok((Box::new(response.into_body().into_reader()), false)),
            _ => Err(self.refusal(&response, repo, path)),
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.offline { Err(StoreError::Offline) } else { Ok(()) }
    }

    /// Scheme and host.
    fn origin(&self) -> &str {
        let after_scheme = self.endpoint.find("://").map_or(0, |at| at + 3);
        let end = self.endpoint[after_scheme..].find('/').map_or(self.endpoint.len(), |at| after_scheme + at);
        &self.endpoint[..end]
    }

    fn unreachable(&self, error: &ureq::Error) -> StoreError {
        StoreError::Unreachable { server: self.endpoint.clone(), reason: error.to_string() }
    }

    fn refusal<B>(&self, response: &Response<B>, repo: &str, path: &str) -> StoreError {
        let (server, repo) = (self.endpoint.clone(), repo.to_owned());
        match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => StoreError::Denied { server, repo },
            StatusCode::NOT_FOUND => StoreError::NotFound { server, repo, path: path.to_owned() },
            status => {
                let wait = text(response.headers(), "retry-after").and_then(|seconds| seconds.parse().ok());
                StoreError::Refused { server, status: status.as_u16(), wait: wait.map(Duration::from_secs) }
            }
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a name from a server can be a file's on this disk.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.len() <= 200 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
