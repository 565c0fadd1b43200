// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! STOMP 1.2 without input and output.
//!
//! [`Session`] is the client; [`frame`], [`parser`] and [`writer`] the frames; [`beat`] the signs of life; [`asks`] what the broker
//! has to answer for, and [`complaint`] what its ERROR frames say.
//!
//! # Who is to blame for an ERROR
//!
//! An ERROR ends the connection, and everything unconfirmed is sent again over the next. So that one publication that the broker
//! will never take does not end every connection, the one in question must be found:
//! - The broker names it by `receipt-id`: that one is refused.
//! - It names none, but only one frame is unanswered, or all that are go to the one destination that is forbidden or missing:
//!   these are refused.
//! - Else nothing is refused, and the next connection is a careful one: what has to be answered for is sent one frame at a time,
//!   subscriptions first, so that the next ERROR has one culprit. With the last answer caution ends.
//! - Where the broker does not say what it minds, the only suspect is refused when that happens the third time in a row.
//! - An ERROR about the broker itself, such as its shutdown, refuses nothing.
//!
//! A subscription that is refused is forgotten, like a publication. What is refused was not confirmed, but the broker may have taken
//! it all the same, where it began to refuse the destination only after that.
//!
//! # What RabbitMQ 3.10 does
//!
//! - An ERROR never has a `receipt-id`. Its header `message` is a word such as `access_refused`, `not_found` or
//!   `precondition_failed` (a message larger than the broker allows), its body a sentence. Receipts of frames before it may never
//!   come. After the ERROR for a SUBSCRIBE its RECEIPT comes all the same, and means nothing.
//! - When it is shut down, or when a queue that is full refuses a publication (`x-overflow` is `reject-publish`), it ends the
//!   connection without an ERROR: what is unconfirmed is sent again, until there is room.
//! - A login that is refused: `message:Bad CONNECT`, and a body of `Access refused for user '...'` or `Virtual host '...' access
//!   denied`, the latter also where there is no such host. The connection stays open for some seconds more.
//! - A CONNECT frame's headers are unescaped, although STOMP 1.2 has no escaped colons and ends of line there; a frame with an
//!   escape that it does not know ends the connection without an ERROR.
//! - Without a common version: `message:Version mismatch`. To `accept-version:1.2` it answers with 1.2.
//! - Heart-beats: what the client asks for, but at least a second.
//! - NACK puts the message back, and it is delivered again at once, with `redelivered:true`; with the header `requeue:false`,
//!   which is not sent here, it is dropped or goes to the dead-letter exchange.
//! - MESSAGE frames also carry headers of the sender's SEND, such as `persistent` and its `receipt`. An end of line follows each
//!   frame.
//! - A destination without a leading `/` is taken for a queue's name.

mod asks;
mod beat;
mod complaint;
mod frame;
mod parser;
mod session;
mod writer;

pub(super) use session::Session;

#[cfg(test)]
mod tests;
