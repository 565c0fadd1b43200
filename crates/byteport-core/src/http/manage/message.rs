// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages to devices.

use serde::Deserialize;

use super::ask::{empty, one_or_more};
use super::{Ask, FromAnswer, More, Question, scalar};
use crate::error::{Error, ErrorCode, Result};
use crate::http::Answer;
use crate::model::Timestamp;
use crate::model::name::{self, NameKind};

/// A message that was sent to a device.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// What it is known by.
    #[serde(default, deserialize_with = "scalar::text")]
    pub id: Option<String>,
    /// What became of it.
    #[serde(default, deserialize_with = "scalar::text")]
    pub status: Option<String>,
    /// Who sent it.
    #[serde(default, deserialize_with = "scalar::text")]
    pub user: Option<String>,
    /// When it was sent.
    #[serde(default, deserialize_with = "scalar::time")]
    pub send_time: Option<Timestamp>,
    /// To whom.
    #[serde(default, deserialize_with = "scalar::text")]
    pub device: Option<String>,
    /// What the device gets: a JSON list of packets.
    #[serde(deserialize_with = "scalar::text_or_json")]
    pub message: String,
    /// Everything else that the service says of it.
    #[serde(flatten)]
    pub more: More,
}

impl Message {
    /// The packets in it.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidPacket`] where it is no JSON list of packets.
    pub fn packets(&self) -> Result<Vec<MessagePacket>> {
        serde_json::from_str(&self.message)
            .map_err(|_| Error::new(ErrorCode::InvalidPacket, "the message is no JSON list of packets"))
    }
}

/// What a device gets: one text, for itself or for a device behind it.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct MessagePacket {
    /// The text.
    #[serde(deserialize_with = "scalar::some_text")]
    pub data: String,
    /// The namespace of the device that it is for.
    #[serde(default, deserialize_with = "scalar::text")]
    pub namespace: Option<String>,
    /// The device that it is for.
    #[serde(default, deserialize_with = "scalar::text")]
    pub uid: Option<String>,
    /// When it was sent.
    #[serde(default, deserialize_with = "scalar::time")]
    pub timestamp: Option<Timestamp>,
    /// Everything else.
    #[serde(flatten)]
    pub more: More,
}

impl FromAnswer for Message {
    fn from_answer(answer: &Answer, question: &Question) -> Result<Message> {
        let sent: Vec<Message> = one_or_more(answer, question.path())?;
        sent.into_iter().next().ok_or_else(|| empty(question.path()))
    }
}

/// Sends a text to a device. The service documents ASCII; other text is sent in UTF-8, as the reference client does.
///
/// # Errors
/// [`ErrorCode::InvalidName`]; [`ErrorCode::InvalidArgument`] for an empty text.
pub fn send_message(namespace: &str, uid: &str, text: &str) -> Result<Ask<Message>> {
    let path = path(namespace, uid)?;
    if text.is_empty() {
        return Err(Error::new(ErrorCode::InvalidArgument, "the message is empty"));
    }
    Ok(Ask::post(path).with("message", text).with("format", "json"))
}

/// The messages sent to a device, by their index: 0 is the last one sent. `None` leaves an end to the service.
///
/// # Errors
/// [`ErrorCode::InvalidName`].
pub fn messages(namespace: &str, uid: &str, from: Option<u32>, to: Option<u32>) -> Result<Ask<Vec<Message>>> {
    let [from, to] = [from, to].map(|index| index.map(|index| index.to_string()));
    let ask = Ask::get(path(namespace, uid)?);
    Ok(ask.with_some("from", from.as_deref()).with_some("to", to.as_deref()))
}

fn path(namespace: &str, uid: &str) -> Result<String> {
    name::check(NameKind::Namespace, namespace)?;
    name::check(NameKind::Device, uid)?;
    Ok(format!("/api/v1/message/{namespace}/{uid}/"))
}
