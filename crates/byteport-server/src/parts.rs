// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Answers that are made off the async threads: whole, or sent while they are made.
//!
//! Invariants: at most two parts wait to be sent; a body whose making fails ends as an error, so
//! that it is never taken for a whole one.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::body::Frame;
use tokio::sync::mpsc;

use crate::answer::Failure;
use crate::journal;
use crate::jsonp::Wrap;

/// Why an answer is not whole.
pub enum Ended {
    /// Nobody takes it any more.
    Gone,
    /// It cannot be read.
    Failed(Failure),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Ended {
    fn log(&self) {
        match self {
            Self::Gone => journal::debug(format_args!("an answer was broken off: the client went away")),
            Self::Failed(failure) => {
                journal::warn(format_args!("an answer was broken off: {}", failure.reason()));
            }
        }
    }
}

/// Where the parts go in.
pub struct Sender(mpsc::Sender<Part>);

impl Sender {
    /// Sends a part when there is room for it.
    pub async fn send(&self, part: impl Into<Bytes>) -> Result<(), Ended> {
        self.0.send(Part::Bytes(part.into())).await.map_err(|_| Ended::Gone)
    }
}

/// What goes from the task that makes an answer to the one that sends it.
enum Part {
    Bytes(Bytes),
    /// The answer is whole.
    End,
}

/// A body of the parts that `make` sends; it is whole when that ends well.
pub fn body<F>(make: impl FnOnce(Sender) -> F) -> Body
where
    F: Future<Output = Result<(), Ended>> + Send + 'static,
{
    let (parts, receiver) = mpsc::channel(1);
    let making = make(Sender(parts.clone()));
    tokio::spawn(async move {
        match making.await {
            // Whoever has gone away by now has everything or wants nothing.
            Ok(()) => drop(parts.send(Part::End).await),
            Err(ended) => ended.log(),
        }
    });
    Body::new(Parts { receiver, is_whole: false })
}

/// An answer of the JSON text that a query made.
#[must_use]
pub fn whole(wrap: &Wrap, json: &str) -> Response {
    wrap.response(Body::from(format!("{}{json}{}", wrap.head(), wrap.tail())))
}

/// Why a body ends before its end.
#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer was broken off")
    }
}

impl std::error::Error for Broken {}

struct Parts {
    receiver: mpsc::Receiver<Part>,
    is_whole: bool,
}

impl hyper::body::Body for Parts {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.is_whole {
            return Poll::Ready(None);
        }
        let next = match ready!(self.receiver.poll_recv(context)) {
            Some(Part::Bytes(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Part::End) => {
                self.is_whole = true;
                None
            }
            None => Some(Err(Broken)),
        };
        Poll::Ready(next)
    }
}
