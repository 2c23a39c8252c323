//! What Jira holds, as a sheet that `check` and `import` read back.
//!
//! A cell that Jira does not show, or whose value no row may have, holds `TODO`, which a check refuses until it is filled in.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::form::SheetForm;
use super::template::Template;
use crate::model::{
    Field, FieldValue, IntegrationType, Kind, Origin, RemoteIntegration, parse_flag,
};

/// What a cell holds that is to be filled in.
pub(crate) const TO_FILL_IN: &str = "TODO";

/// Fields of a creation that Jira's list never has.
const NEVER_SHOWN: [Field; 3] = [
    Field::TfsCollection,
    Field::RefSpecCustom,
    Field::LimitGitData,
];

/// The integrations of a Jira as rows, and what of them no row can have.
#[derive(Debug)]
pub(crate) struct Export {
    pub sheet: Template,
    /// How many cells are to be filled in.
    pub to_fill_in: usize,
    /// Fields that Jira does not show and that may have a value.
    pub not_shown: Vec<Field>,
    pub losses: Vec<Loss>,
}

/// Something that the sheet does not carry over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Loss {
    pub id: i64,
    pub display_name: Option<String>,
    /// None: the whole integration.
    pub field: Option<&'static str>,
    pub why: String,
}

impl Export {
    /// The export of `list` to a file of this form. `keys` are the keys of Jira's projects by their ids.
    pub(crate) fn new(
        list: &[RemoteIntegration],
        keys: &HashMap<String, String>,
        form: SheetForm,
    ) -> Self {
        let mut losses = Vec::new();
        let mut known = Vec::new();
        for remote in list {
            match remote.integration_type() {
                Some(integration_type) => known.push((integration_type, remote)),
                None => losses.push(Loss {
                    id: remote.id,
                    display_name: remote.display_name.clone(),
                    field: None,
                    why: format!(
                        "`{}` is not one of the 12 integration types",
                        remote.type_name
                    ),
                }),
            }
        }
        // Not by id: another Jira with the same integrations gives the same sheet.
        known.sort_by_key(|(integration_type, remote)| {
            let name = (remote.display_name.clone(), remote.origin.clone());
            (*integration_type, name, remote.id)
        });
        let types: Vec<_> = known.iter().map(|(one, _)| *one).collect();
        let shown: Vec<_> = known.iter().map(|(_, remote)| remote.visible()).collect();
        let is_shown = |field: Field| shown.iter().any(|fields| fields.contains_key(field.name()));
        let sheet = Template::new(&types);
        let (not_shown, columns) = sheet
            .columns
            .iter()
            .partition(|field| NEVER_SHOWN.contains(field) && !is_shown(**field));
        let mut columns: Vec<Field> = columns;
        columns.retain(|field| *field != Field::ProjectMappingIds);
        let mut rows = Vec::new();
        for ((integration_type, remote), fields) in known.iter().zip(&shown) {
            let row = ExportRow {
                integration_type: *integration_type,
                fields,
                keys,
                form,
            };
            let cells = columns.iter().map(|field| {
                row.cell(*field).unwrap_or_else(|why| {
                    losses.push(Loss {
                        id: remote.id,
                        display_name: remote.display_name.clone(),
                        field: Some(field.name()),
                        why,
                    });
                    TO_FILL_IN.to_owned()
                })
            });
            rows.push(cells.collect::<Vec<_>>());
        }
        let cells = rows.iter().flatten();
        let to_fill_in = cells.filter(|cell| *cell == TO_FILL_IN).count();
        let ids = known.iter().map(|(_, one)| one.id).collect();
        Self {
            sheet: Template {
                columns,
                rows,
                ids: Some(ids),
                ..sheet
            },
            to_fill_in,
            not_shown,
            losses,
        }
    }

    /// How many integrations are in it.
    pub(crate) fn len(&self) -> usize {
        self.sheet.rows.len()
    }
}

struct ExportRow<'a> {
    integration_type: IntegrationType,
    fields: &'a Map<String, Value>,
    keys: &'a HashMap<String, String>,
    form: SheetForm,
}

impl ExportRow<'_> {
    /// The cell of a field, or why its value cannot be carried over.
    fn cell(&self, field: Field) -> Result<String, String> {
        let spec = self.integration_type.spec();
        let shown = text_of(self.fields.get(field.name()));
        let text = match field {
            Field::Type => return Ok(spec.name.to_owned()),
            Field::Username | Field::Password | Field::Pat => {
                let form = spec.preferred_credentials();
                let is_taken = form.is_some_and(|form| form.fields().contains(&field));
                return Ok(to_fill_in_if(is_taken));
            }
            Field::AwsRegion | Field::FolderDepth if shown.is_empty() => {
                return Ok(to_fill_in_if(spec.uses(field)));
            }
            Field::ProjectKeys => return self.project_keys(),
            _ if shown.is_empty() => return Ok(shown),
            _ if !spec.uses(field) => {
                return Err(format!("{} does not use this field", spec.name));
            }
            _ => shown,
        };
        let is_valid = match field {
            Field::Origin => Origin::parse(self.integration_type, &text).is_ok(),
            _ => FieldValue::parse(field, &text).is_ok(),
        };
        if !is_valid {
            return Err("Jira shows a value that a row must not have".to_owned());
        }
        // A `'` before it, as reports have it, would not read back as the same value.
        if self.form == SheetForm::Csv && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            return Err("a spreadsheet would run it as a formula; export to .xlsx".to_owned());
        }
        Ok(match (field.kind(), parse_flag(&text)) {
            (Kind::Flag, Some(flag)) => if flag { "yes" } else { "no" }.to_owned(),
            _ => text,
        })
    }

    /// The keys of the projects that see the integration; Jira ignores them where all projects do.
    fn project_keys(&self) -> Result<String, String> {
        let is_global = text_of(self.fields.get(Field::Global.name()));
        let ids = self.fields.get(Field::ProjectMappingIds.name());
        let ids = ids.and_then(Value::as_array).into_iter().flatten();
        let ids: Vec<String> = ids.map(|id| text_of(Some(id))).collect();
        if parse_flag(&is_global) == Some(true) {
            return Ok(String::new());
        }
        let is_key = |key: &String| FieldValue::parse(Field::ProjectKeys, key).is_ok();
        let unknown = ids
            .iter()
            .filter(|id| !self.keys.get(*id).is_some_and(is_key));
        let unknown: Vec<&str> = unknown.map(String::as_str).collect();
        if !unknown.is_empty() {
            return Err(format!(
                "Jira knows no project with the id {}, or does not show it to this user",
                unknown.join(", ")
            ));
        }
        let mut keys: Vec<&str> = ids.iter().map(|id| &*self.keys[id]).collect();
        keys.sort_unstable();
        Ok(keys.join(", "))
    }
}

fn to_fill_in_if(is_needed: bool) -> String {
    if is_needed { TO_FILL_IN } else { "" }.to_owned()
}

/// A value as a cell has it; some versions of the app write flags and numbers as strings.
fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => other.to_string(),
    }
}

/// The ids of all projects that `list` names.
pub(crate) fn project_ids(list: &[RemoteIntegration]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for remote in list {
        let fields = remote.fields.open();
        let mapped = fields.get(Field::ProjectMappingIds.name());
        let mapped = mapped.and_then(Value::as_array).into_iter().flatten();
        ids.extend(mapped.map(|id| text_of(Some(id))));
        // They become part of an address.
        ids.retain(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
    }
    ids.sort();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn export(fields: &Value, form: SheetForm) -> Export {
        let text = |name: &str| fields[name].as_str().map(str::to_owned);
        let remote = RemoteIntegration {
            created_as: None,
            id: 7,
            type_name: text("integrationType").unwrap(),
            origin: text("origin"),
            display_name: text("displayName"),
            init_date: None,
            fields: fields.as_object().unwrap().clone().into(),
        };
        let keys = [("10000".to_owned(), "ABC".to_owned())].into();
        Export::new(&[remote], &keys, form)
    }

    fn cell(export: &Export, field: Field) -> &str {
        let columns = export.sheet.columns.iter();
        let at = columns.clone().position(|column| *column == field);
        at.map_or("(no column)", |at| &export.sheet.rows[0][at])
    }

    #[test]
    fn what_jira_does_not_show_is_to_be_filled_in() {
        let aws = export(&json!({"integrationType": "AWS"}), SheetForm::Xlsx);
        for field in [Field::Username, Field::Password, Field::AwsRegion] {
            assert_eq!(cell(&aws, field), "TODO", "{field}");
        }
        let folder = json!({"integrationType": "FILESPACE", "origin": "/srv/*"});
        let folder = export(&folder, SheetForm::Xlsx);
        assert_eq!(cell(&folder, Field::FolderDepth), "TODO");
        assert_eq!((folder.to_fill_in, folder.losses), (1, vec![]));
    }

    #[test]
    fn projects_stand_by_their_keys_or_are_named() {
        let of = |ids: &Value, global: bool| {
            let fields =
                json!({"integrationType": "GITHUB", "global": global, "projectMappingIds": ids});
            let export = export(&fields, SheetForm::Xlsx);
            (
                cell(&export, Field::ProjectKeys).to_owned(),
                export.losses.len(),
            )
        };
        assert_eq!(of(&json!([10000]), false), ("ABC".to_owned(), 0));
        assert_eq!(of(&json!(["10000", 5]), false), ("TODO".to_owned(), 1));
        assert_eq!(of(&json!([10000]), true), (String::new(), 0));
    }

    #[test]
    fn what_no_row_may_have_is_named_and_not_written() {
        let fields =
            json!({"integrationType": "GITLAB_SERVER", "origin": "https://***@git.example.org"});
        let export = export(&fields, SheetForm::Csv);
        assert_eq!(cell(&export, Field::Origin), "TODO");
        assert_eq!(export.losses[0].field, Some("origin"));
    }

    #[test]
    fn a_formula_is_written_to_a_workbook_only() {
        let fields = json!({"integrationType": "GITLAB", "displayName": "=1+1"});
        let csv = export(&fields, SheetForm::Csv);
        assert_eq!(cell(&csv, Field::DisplayName), "TODO");
        let xlsx = export(&fields, SheetForm::Xlsx);
        assert_eq!(cell(&xlsx, Field::DisplayName), "=1+1");
    }

    #[test]
    fn a_type_that_is_none_of_the_twelve_is_left_out_and_named() {
        let export = export(&json!({"integrationType": "BITBUCKET"}), SheetForm::Csv);
        assert_eq!((export.len(), export.losses[0].field), (0, None));
    }
}
