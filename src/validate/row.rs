//! One row: its cells become a record, or it is reported why not.

use std::ops::Range;

use super::cell::{CellText, any_text};
use super::duplicates::{RowHasher, RowHashes};
use super::headers::{Columns, FieldColumn};
use super::options::Options;
use super::rules;
use crate::input::{RowView, Value};
use crate::model::{
    Code, Diagnostic, Field, FieldSet, IntegrationType, Kind, Need, OriginKey, OriginRule, Place,
    Problem, Record, RecordDraft, RecordKey, Row, Severity, ShownFields, ShownRow, TableFormat,
    parse_flag, shown,
};

/// What came of a row.
#[derive(Default)]
pub(super) struct CheckedRow {
    /// The row's number in its table.
    pub number: u32,
    pub line: Option<u64>,
    /// Nothing else is known of a row that the selection leaves out.
    pub is_selected: bool,
    /// What it is compared by, if it has a type and a name; rows with errors are compared too.
    pub hashes: Option<RowHashes>,
    /// Where its name for messages is among those of its block; empty without one.
    pub name: Range<usize>,
    /// The row if it is valid, and else what may be shown of it, if rows are kept: a million of them would not fit into
    /// memory. The run numbers it and collects its codes.
    pub kept: Option<Box<Result<Row, ShownRow>>>,
    /// In the order of the columns.
    pub found: Vec<Diagnostic>,
    /// Whether a secret of the row is on the command line.
    pub has_secret_argument: bool,
}

/// Checks a row, unless the selection leaves it out.
pub(super) fn check_row(
    columns: &Columns,
    row: RowView<'_>,
    options: &Options,
    hasher: &RowHasher,
    names: &mut String,
) -> CheckedRow {
    if !is_selected(columns, row, options) {
        return CheckedRow {
            number: row.number,
            line: row.line,
            ..CheckedRow::default()
        };
    }
    let mut check = RowCheck {
        columns,
        row,
        options,
        integration_type: None,
        draft: RecordDraft {
            settings: Vec::with_capacity(columns.others.len()),
            ..RecordDraft::default()
        },
        given: FieldSet::default(),
        has_secret_argument: false,
        found: Vec::new(),
    };
    check.read_type();
    check.read_fields();
    check.check_width();
    check.check_deletion();
    if let Some(integration_type) = check.integration_type {
        for (field, problem) in rules::check(integration_type, check.given, &check.draft) {
            if options.update.is_empty() || !rules::OF_WHOLE_ROWS.contains(&problem.code) {
                check.report_problem(field, problem);
            }
        }
    }
    if !options.update.is_empty() && check.id().is_none() && check.draft.display_name.is_none() {
        let message = "neither `id` nor `displayName` tells which integration to update";
        let help = "fill in one of them, as `gij export` writes it";
        check.report(Field::DisplayName, Code::MissingField, message, help);
    }
    check.finish(hasher, names)
}

/// Whether the selection wants a row.
fn is_selected(columns: &Columns, row: RowView<'_>, options: &Options) -> bool {
    let selection = &options.selection;
    let mut only = columns.only.iter().zip(&selection.only);
    selection.has_row(&columns.table, row.number)
        && only.all(|(column, only)| {
            let value = column.map_or(Value::Blank, |column| row.value(column));
            let text = readable(value).unwrap_or_default();
            let named = IntegrationType::from_name(&text);
            text.to_lowercase() == only.text.to_lowercase()
                || named.is_some() && named == IntegrationType::from_name(&only.text)
        })
}

/// A row while it is checked.
pub(super) struct RowCheck<'a> {
    pub(super) columns: &'a Columns,
    pub(super) row: RowView<'a>,
    pub(super) options: &'a Options,
    /// The row's type, once it is known.
    pub(super) integration_type: Option<IntegrationType>,
    pub(super) draft: RecordDraft,
    /// Fields whose cells hold something, right or wrong.
    pub(super) given: FieldSet,
    pub(super) has_secret_argument: bool,
    pub(super) found: Vec<Diagnostic>,
}

impl RowCheck<'_> {
    fn place(&self, column: Option<usize>) -> Place {
        let row = Place::row(&self.columns.table, self.row.number, self.row.line);
        Place { column, ..row }
    }

    pub(super) fn report(
        &mut self,
        field: Field,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report_problem(field, Problem::new(code, message, help));
    }

    pub(super) fn report_problem(&mut self, field: Field, problem: Problem) {
        let place = self.place(self.columns.column(field));
        let mut diagnostic = Diagnostic::of(problem, place);
        diagnostic.field = Some(field);
        self.found.push(diagnostic);
    }

    /// The vendor's lists have a column that asks for a deletion. `gij` only creates.
    fn check_deletion(&mut self) {
        let asks = |column: &usize| self.row.value(*column) != Value::Blank;
        if let Some(column) = self.columns.delete.filter(asks) {
            self.found.push(Diagnostic::new(
                Code::AsksToDelete,
                self.place(Some(column)),
                "the row asks for a deletion",
                "empty the cell or remove the row; gij only creates integrations",
            ));
        }
    }

    fn check_width(&mut self) {
        let most = self.columns.width;
        // To count the cells that hold something takes longer than to count all.
        if self.row.most_cells() <= most || self.row.width() <= most {
            return;
        }
        let message = format!(
            "the row has {} cells, but the header row has {most}",
            self.row.width()
        );
        let help = match self.columns.table.format {
            TableFormat::Csv => {
                "check for a delimiter within a cell; such a cell needs quotes around it"
            }
            TableFormat::Xlsx => {
                "empty the cells to the right of the table, or write a header above them"
            }
        };
        let place = self.place(Some(most));
        self.found
            .push(Diagnostic::new(Code::TooManyCells, place, message, help));
    }

    fn finish(mut self, hasher: &RowHasher, names: &mut String) -> CheckedRow {
        // Problems are reported from left to right.
        self.found.sort_by_key(|diagnostic| diagnostic.place.column);
        for diagnostic in &mut self.found {
            self.options.policy.apply(diagnostic);
            diagnostic.name.clone_from(&self.draft.display_name);
        }
        let compared_by = self.hashes(hasher);
        let start = names.len();
        names.push_str(self.draft.display_name.as_deref().unwrap_or_default());
        let keeps_rows = self.options.keeps_rows();
        let kept = keeps_rows.then(|| Box::new(self.valid_row().ok_or_else(|| self.shown_row())));
        CheckedRow {
            number: self.row.number,
            line: self.row.line,
            is_selected: true,
            hashes: compared_by,
            name: start..names.len(),
            kept,
            found: self.found,
            has_secret_argument: self.has_secret_argument,
        }
    }

    fn hashes(&self, hasher: &RowHasher) -> Option<RowHashes> {
        let (integration_type, draft) = (self.integration_type?, &self.draft);
        let may_be_any = integration_type.spec().origin == OriginRule::UrlOrUnknown;
        if may_be_any && draft.origin.is_none() && self.given.has(Field::Origin) {
            // What cannot be read is not blank, and matches nothing.
            return None;
        }
        let name = draft.display_name.as_deref()?;
        Some(hasher.hash(integration_type, draft.origin.as_ref(), name))
    }

    /// The row, if it has no errors.
    fn valid_row(&mut self) -> Option<Row> {
        let integration_type = self.integration_type.filter(|_| is_valid(&self.found))?;
        let draft = std::mem::take(&mut self.draft);
        Some(Row {
            n: 0,
            place: self.place(None),
            record: Record::new(integration_type, draft),
            id: self.id(),
            warnings: Vec::new(),
            group: self.group(),
        })
    }

    /// The cell in the column `id`, if it is an id.
    fn id(&self) -> Option<i64> {
        readable(self.row.value(self.columns.id?))?.parse().ok()
    }

    /// The cell in the column of `--split-by`.
    fn group(&self) -> Option<String> {
        readable(self.row.value(self.columns.split?))
    }

    /// What may be shown of the row.
    fn shown_row(&self) -> ShownRow {
        let draft = &self.draft;
        let origin = draft.origin.as_ref();
        let has_origin = |integration_type: IntegrationType| {
            let may_be_blank = integration_type.spec().need(Field::Origin) == Need::Optional;
            origin.is_some() || !self.given.has(Field::Origin) && may_be_blank
        };
        let named = self.integration_type.zip(draft.display_name.clone());
        let key = named.filter(|(integration_type, _)| has_origin(*integration_type));
        ShownRow {
            n: 0,
            place: self.place(None),
            type_name: self.integration_type.map(IntegrationType::name),
            display_name: draft.display_name.clone(),
            origin: origin.map(|origin| origin.as_str().to_owned()),
            cells: self.shown_cells(),
            id: self.id(),
            group: self.group(),
            key: key.map(|(integration_type, display_name)| RecordKey {
                integration_type,
                origin: OriginKey::of(integration_type, origin),
                display_name,
            }),
            codes: Vec::new(),
        }
    }

    fn shown_cells(&self) -> ShownFields {
        let columns = [&self.columns.type_column].into_iter();
        let columns = columns.chain(&self.columns.others);
        let cells = columns.filter_map(|column| {
            let cell = self.shown_cell(column)?;
            Some((column.field.name().to_owned(), cell.into()))
        });
        cells.collect::<serde_json::Map<_, _>>().into()
    }

    /// The text of a cell; of one that is wrong, or was not checked, what a message may quote.
    fn shown_cell(&self, column: &FieldColumn) -> Option<String> {
        let field = column.field;
        let may_be_secret = match column.kind {
            Kind::Secret => true,
            Kind::Username => self
                .integration_type
                .is_none_or(|known| known.spec().username_is_secret()),
            _ => false,
        };
        let mut found = self.found.iter().filter(|found| found.field == Some(field));
        if may_be_secret
            || found
                .clone()
                .any(|found| found.code == Code::SecretInPlainField)
        {
            return None;
        }
        let text = readable(self.row.value(column.column?))?;
        let is_wrong = found.any(|found| found.severity == Severity::Error);
        let text = if is_wrong || self.integration_type.is_none() {
            shown(&text, column.kind)?.to_owned()
        } else {
            text
        };
        match parse_flag(&text) {
            Some(flag) if column.is_inverted => Some((!flag).to_string()),
            _ => Some(text),
        }
    }
}

fn readable(value: Value<'_>) -> Option<String> {
    match any_text(value) {
        CellText::Text(text) => Some(text.into_owned()),
        CellText::Trimmed(text) => Some(text.to_owned()),
        CellText::Blank | CellText::Bad(_) => None,
    }
}

/// Whether none of the diagnostics is an error.
pub(super) fn is_valid(found: &[Diagnostic]) -> bool {
    found
        .iter()
        .all(|diagnostic| diagnostic.severity < Severity::Error)
}
