//! What a sandbox holds from the start: the rows of an export.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::exit::{Exit, Failure};
use super::input;
use crate::model::{Field, FieldValue, Kind, ShownRow};
use crate::sandbox::Sandbox;
use crate::secret::SecretPolicy;
use crate::sheets::TO_FILL_IN;
use crate::validate::{Options, Purpose};

/// Puts the rows of the export `file` into the sandbox, with their ids. Cells that are still to be filled in count as blank.
pub(super) fn put_rows(sandbox: &Sandbox, file: &Path) -> Result<(), Failure> {
    let mut options = Options::new(Purpose::Check, SecretPolicy::default());
    options.keeps_all = true;
    let files: [PathBuf; 1] = [file.to_owned()];
    let found = input::read(&files, &options)?;
    if found.has_table_errors() {
        let failure = format!("{} is not a sheet of integrations", file.display());
        let check = format!("`gij check {}` shows what is wrong", file.display());
        return Err(Failure::new(Exit::Invalid, failure).help(check));
    }
    let valid = found.rows.iter();
    let mut rows: Vec<ShownRow> = valid.map(ShownRow::of).collect();
    rows.extend(found.invalid);
    for row in &rows {
        let put = sandbox.put(Value::Object(body(sandbox, row)));
        put.map_err(|error| {
            Failure::new(Exit::Invalid, format!("cannot use {}: {error}", row.place))
        })?;
    }
    Ok(())
}

/// The row as Jira's list shows it; without what cannot be read.
fn body(sandbox: &Sandbox, row: &ShownRow) -> Map<String, Value> {
    let mut body = Map::new();
    for (name, cell) in row.cells.open() {
        let field = Field::from_name(&name).filter(|field| *field != Field::Username);
        let text = cell
            .as_str()
            .map_or_else(|| cell.to_string(), str::to_owned);
        let Some(field) = field.filter(|_| text != TO_FILL_IN) else {
            continue;
        };
        let Ok(value) = FieldValue::parse(field, &text) else {
            continue;
        };
        match (field.kind(), value) {
            (Kind::Type, _) => {}
            (Kind::Keys, FieldValue::Text(keys)) => {
                let ids = keys.split(',').map(|key| sandbox.add_project(key));
                body.insert(Field::ProjectMappingIds.name().into(), ids.collect());
            }
            (_, value) => {
                body.insert(name, value.to_json());
            }
        }
    }
    body.extend(
        row.type_name
            .map(|name| (Field::Type.name().into(), name.into())),
    );
    body.extend(row.id.map(|id| ("id".into(), id.into())));
    body
}
