// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport namespaces`, `types` and `fields`: lists that are printed as they come.

use byteport_core::manage::{self, Ask};
use clap::Args;

use crate::exit::Failure;
use crate::listing::{ListArgs, Listing, SecretListArgs, list};
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::{address, session};

#[derive(Args)]
pub struct NamespacesArgs {
    /// This one alone
    #[arg(value_name = "NS")]
    name: Option<String>,
    #[command(flatten)]
    list: SecretListArgs,
    #[command(flatten)]
    user: UserArgs,
}

#[derive(Args)]
pub struct TypesArgs {
    /// The namespace, unless it is set
    #[arg(value_name = "NS")]
    of: Option<String>,
    /// The type with this number alone
    #[arg(value_name = "TYPE")]
    id: Option<i64>,
    /// How much of each: 0 to 2
    #[arg(long, value_name = "NUMBER")]
    depth: Option<u8>,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    user: UserArgs,
}

#[derive(Args)]
pub struct FieldsArgs {
    /// The namespace
    #[arg(value_name = "NS")]
    of: String,
    /// The type's number, as the command types lists it
    #[arg(value_name = "TYPE")]
    id: i64,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    user: UserArgs,
}

pub fn namespaces(args: &NamespacesArgs, settings: &Settings) -> Result<(), Failure> {
    let columns =
        &["name", "description", "http_write_method", "write_by_key", "read_by_key", "data_survival_time"];
    let ask = manage::namespaces(args.name.as_deref());
    shown(ask, columns, &args.list.list, args.list.secrets, settings)
}

pub fn types(args: &TypesArgs, settings: &Settings) -> Result<(), Failure> {
    let namespace = address::namespace(args.of.as_deref(), settings)?;
    let ask = manage::device_types(namespace, args.id, args.depth)?;
    shown(ask, &["id", "name", "description", "timeout_limit"], &args.list, false, settings)
}

pub fn fields(args: &FieldsArgs, settings: &Settings) -> Result<(), Failure> {
    let namespace = address::namespace(Some(&args.of), settings)?;
    let ask = manage::field_definitions(namespace, args.id, None)?;
    let columns = &["id", "name", "data_type", "unit", "unit_symbol", "description"];
    shown(ask, columns, &args.list, false, settings)
}

/// Asks for a list, and prints it.
pub fn shown<T>(
    ask: Ask<T>,
    columns: &[&str],
    args: &ListArgs,
    secrets: bool,
    settings: &Settings,
) -> Result<(), Failure> {
    let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
    Listing { text: &text, columns, rows: list, secrets }.print(args)
}
