use super::input::of_option;
use super::{Invocation, TakeUpSettings};
use crate::cli::args::UndoArgs;
use crate::cli::exit::Failure;
use crate::engine::TakeBack;
use crate::journal::RowState;
use crate::model::{Field, IntegrationType};
use crate::validate::{Only, RowRange, field_of};

/// `gij undo`.
#[derive(Debug)]
pub(in crate::cli) struct UndoSettings {
    pub take_up: TakeUpSettings,
    pub dry_run: bool,
    pub selection: UndoSelection,
    pub also: TakeBack,
    pub duplicates: bool,
}

/// Which rows are to be taken back.
#[derive(Debug, Default)]
pub(in crate::cli) struct UndoSelection {
    rows: Vec<RowRange>,
    only: Vec<(Field, String)>,
}

impl UndoSettings {
    pub(crate) fn new(args: UndoArgs, invocation: Invocation) -> Result<Self, Failure> {
        Ok(Self {
            selection: UndoSelection::new(&args.rows, &args.only)?,
            take_up: TakeUpSettings::new(args.run, args.yes, args.take_up, invocation)?,
            dry_run: args.dry_run,
            also: TakeBack {
                changed: args.include_changed,
                found: args.include_found,
            },
            duplicates: args.duplicates,
        })
    }
}

impl UndoSelection {
    fn new(rows: &[String], only: &[String]) -> Result<Self, Failure> {
        let mut selection = Self::default();
        for text in rows {
            let ranges = RowRange::parse_list(text).map_err(of_option("--rows"))?;
            selection.rows.extend(ranges);
        }
        for text in only {
            let only = Only::parse(text).map_err(of_option("--only"))?;
            let field = field_of(&only.header).ok_or_else(|| {
                Failure::usage(format!(
                    "--only: the journal keeps no column `{}`",
                    only.header
                ))
                .help("select by a field of the integrations, such as 'type=AZURE', or by `--rows`")
            })?;
            selection.only.push((field, only.text));
        }
        Ok(selection)
    }

    /// Whether the row is one of those.
    pub(crate) fn has(&self, row: &RowState) -> bool {
        let at = &row.place;
        let is_in = |range: &RowRange| at.row.is_some_and(|number| range.holds(&at.table, number));
        let is_of_rows = self.rows.is_empty() || self.rows.iter().any(is_in);
        is_of_rows && (self.only.is_empty() || self.holds(row))
    }

    fn holds(&self, row: &RowState) -> bool {
        let cells = row.cells().open();
        self.only.iter().all(|(field, text)| {
            let cell = cells.get(field.name()).map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            });
            let cell = cell.unwrap_or_default();
            let of = IntegrationType::from_name(text);
            cell.to_lowercase() == text.to_lowercase()
                || *field == Field::Type && of.is_some() && of == IntegrationType::from_name(&cell)
        })
    }
}
