//! Rows of a run and rows of a sheet as it is now: which are the same.
//!
//! Pure. Rows join by their keys, never by their numbers, and rows of an update by the ids of their integrations first; a
//! row without a name joins by its place, while its file is unchanged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::journal::{RowState, RunState};
use crate::model::{Field, Outcome, Place, RecordKey, Row, ShownFields, ShownRow};

/// The sheets as they are now.
#[derive(Clone, Debug, Default)]
pub(crate) struct SheetNow {
    pub rows: Vec<Row>,
    pub invalid: Vec<ShownRow>,
    /// The names that the run has for the files that are unchanged, by their names now.
    pub unchanged: HashMap<String, Box<str>>,
}

/// A run and its sheets, put together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Joined {
    /// Rows of the run that may still have to be sent, as the sheet has them now, by their numbers in the run.
    pub rows: BTreeMap<u32, Row>,
    /// Those that are not valid now.
    pub invalid: BTreeMap<u32, Place>,
    /// Rows that may still have to be sent and that the sheet no longer has.
    pub left: Vec<u32>,
    /// Rows without a name that cannot be recognised, as their file was changed.
    pub unknown: Vec<u32>,
    /// Rows that are in Jira already and whose cells were changed since.
    pub changed: Vec<u32>,
    /// Valid rows of the sheet that are not part of the run.
    pub new: Vec<Row>,
    /// Invalid rows of the sheet that are not part of the run, as far as can be told.
    pub new_invalid: Vec<Place>,
}

/// Whether a row may still have to be sent.
fn may_be_sent(row: &RowState) -> bool {
    let is_open = matches!(
        row.outcome,
        Outcome::NotAttempted | Outcome::Failed | Outcome::InDoubt
    );
    is_open && !row.is_undone()
}

/// Puts the rows of a run and those of its sheets together.
pub(crate) fn join(run: &RunState, sheet: SheetNow) -> Joined {
    let known = Known::of(run);
    let mut joined = Joined::default();
    let mut seen = BTreeSet::new();
    for row in sheet.rows {
        let key = row.record.key();
        let found = known.find(row.id, key.as_ref(), &row.place, &sheet.unchanged);
        let Some(n) = found.filter(|n| !seen.contains(n)) else {
            joined.new.push(row);
            continue;
        };
        seen.insert(n);
        let Some(state) = run.row(n) else { continue };
        if may_be_sent(state) {
            joined.rows.insert(n, Row { n, ..row });
        } else if state.outcome == Outcome::Created && is_changed(state, &row) {
            joined.changed.push(n);
        }
    }
    for ShownRow { key, id, place, .. } in sheet.invalid {
        match known.find(id, key.as_ref(), &place, &sheet.unchanged) {
            Some(n) if run.row(n).is_some_and(may_be_sent) => {
                seen.insert(n);
                joined.rows.remove(&n);
                joined.invalid.insert(n, place);
            }
            Some(_) => {}
            None => joined.new_invalid.push(place),
        }
    }
    for (n, row) in run.rows().filter(|(_, row)| may_be_sent(row)) {
        if seen.contains(&n) {
            continue;
        }
        if row.read.name.is_some() {
            joined.left.push(n);
        } else {
            joined.unknown.push(n);
        }
    }
    joined
}

/// The rows of a run that the sheet has.
pub(crate) fn rows_in(run: &RunState, sheet: &SheetNow) -> BTreeSet<u32> {
    let known = Known::of(run);
    let valid = sheet.rows.iter();
    let valid = valid.map(|row| (row.id, row.record.key(), &row.place));
    let invalid = sheet.invalid.iter();
    let invalid = invalid.map(|row| (row.id, row.key.clone(), &row.place));
    let rows = valid.chain(invalid);
    rows.filter_map(|(id, key, place)| known.find(id, key.as_ref(), place, &sheet.unchanged))
        .collect()
}

/// The rows of a run by their keys, those without by their places, and those of an update by their integrations too.
struct Known<'a> {
    ids: HashMap<i64, u32>,
    keys: HashMap<&'a RecordKey, u32>,
    places: HashMap<(&'a str, Option<&'a str>, Option<u32>), u32>,
}

impl<'a> Known<'a> {
    fn of(run: &'a RunState) -> Self {
        let mut known = Self {
            ids: HashMap::new(),
            keys: HashMap::new(),
            places: HashMap::new(),
        };
        for (n, row) in run.rows() {
            if let (true, Some(remote)) = (run.opened.is_update(), row.remote) {
                known.ids.insert(remote.id, n);
            }
            if let Some(key) = &row.read.key {
                known.keys.insert(key, n);
            } else {
                let table = &row.read.place.table;
                let place = (
                    table.file.as_str(),
                    table.sheet.as_deref(),
                    row.read.place.row,
                );
                known.places.insert(place, n);
            }
        }
        known
    }

    fn find(
        &self,
        id: Option<i64>,
        key: Option<&RecordKey>,
        place: &Place,
        unchanged: &HashMap<String, Box<str>>,
    ) -> Option<u32> {
        if let Some(&n) = id.and_then(|id| self.ids.get(&id)) {
            return Some(n);
        }
        if let Some(key) = key {
            return self.keys.get(key).copied();
        }
        let file = unchanged.get(&place.table.file)?;
        let place = (&**file, place.table.sheet.as_deref(), place.row);
        self.places.get(&place).copied()
    }
}

/// Whether a row was changed since it was sent. Projects are not compared: the run has their ids, and the sheet may have
/// their keys.
fn is_changed(state: &RowState, row: &Row) -> bool {
    let visible = |cells: &ShownFields| {
        let mut cells = cells.open();
        for field in [Field::ProjectKeys, Field::ProjectMappingIds] {
            cells.remove(field.name());
        }
        cells
    };
    visible(&state.read.cells) != visible(&row.record.visible())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::journal::{Event, RowRead, Verdict, samples};
    use crate::model::{
        FieldValue, IntegrationType, Origin, Record, RecordDraft, TableFormat, TableName,
    };

    fn place(file: &str, row: u32) -> Place {
        let table = Arc::new(TableName {
            file: file.into(),
            sheet: None,
            format: TableFormat::Csv,
        });
        Place::row(&table, row, None)
    }

    fn row(n: u32, name: Option<&str>, depth: u32) -> Row {
        let of = IntegrationType::Filespace;
        let draft = RecordDraft {
            display_name: name.map(Into::into),
            origin: Some(Origin::parse(of, "/srv/repos/*").unwrap()),
            settings: vec![(Field::FolderDepth, FieldValue::Integer(depth))],
            ..RecordDraft::default()
        };
        Row {
            n,
            place: place("a.csv", n + 1),
            record: Record::new(of, draft),
            warnings: Vec::new(),
            id: None,
            group: None,
        }
    }

    /// A run of the rows A (created), B (failed), C (not attempted) and one without a name.
    fn run() -> RunState {
        let mut run = RunState::new(samples::opened());
        for (n, name) in (1..).zip([Some("A"), Some("B"), Some("C"), None]) {
            let read = RowRead::valid(&row(n, name, 1));
            run.apply(Event::Row(Box::new(read)));
        }
        for (n, verdict) in [(1, Verdict::Created), (2, Verdict::Failed)] {
            run.apply(samples::intent(n, 1));
            run.apply(samples::answered(n, 1, verdict));
        }
        run
    }

    fn sheet(rows: Vec<Row>, is_unchanged: bool) -> SheetNow {
        let unchanged = is_unchanged.then(|| ("a.csv".to_owned(), "a.csv".into()));
        SheetNow {
            rows,
            invalid: Vec::new(),
            unchanged: unchanged.into_iter().collect(),
        }
    }

    #[test]
    fn rows_join_keys_wherever_they_stand_now() {
        let moved = vec![
            row(1, Some("C"), 1),
            row(2, Some("A"), 1),
            row(3, Some("B"), 2),
        ];
        let joined = join(&run(), sheet(moved, false));
        let found: Vec<_> = joined
            .rows
            .iter()
            .map(|(n, row)| (*n, row.n, row.record.display_name().unwrap()))
            .collect();
        assert_eq!(found, [(2, 2, "B"), (3, 3, "C")]);
        assert!(joined.changed.is_empty() && joined.new.is_empty());
    }

    #[test]
    fn what_left_what_is_new_and_what_changed_is_named() {
        let rows = vec![row(1, Some("A"), 2), row(2, Some("D"), 1)];
        let joined = join(&run(), sheet(rows, false));
        assert_eq!((joined.left, joined.changed), (vec![2, 3], vec![1]));
        assert_eq!(joined.new.len(), 1);
    }

    #[test]
    fn a_row_without_a_name_joins_by_its_place_while_the_file_is_unchanged() {
        let nameless = || vec![row(4, None, 1)];
        let joined = join(&run(), sheet(nameless(), true));
        assert!(joined.rows.contains_key(&4) && joined.unknown.is_empty());
        let joined = join(&run(), sheet(nameless(), false));
        assert_eq!((joined.rows.len(), joined.unknown), (0, vec![4]));
    }

    #[test]
    fn an_invalid_row_counts_for_the_run_only_if_it_may_still_be_sent() {
        let invalid = |name: &str| ShownRow::of(&row(8, Some(name), 1));
        let sheet = SheetNow {
            invalid: vec![invalid("A"), invalid("B"), invalid("E")],
            ..SheetNow::default()
        };
        let joined = join(&run(), sheet);
        assert_eq!(joined.invalid.into_keys().collect::<Vec<_>>(), [2]);
        assert_eq!(joined.new_invalid.len(), 1);
        assert_eq!(joined.left, [3]);
    }
}
