//! A part of a report: the rows of one team, or those that did not make it.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::value::{Report, ReportRow, TableRows, row_counts, row_key};
use super::xlsx::cell_text;
use crate::model::{Diagnostics, Outcome, Place};
use crate::validate::{RowCounts, field_of};

impl Report {
    /// The cells in the column of `--split-by`, each once; blank ones are one group.
    pub(crate) fn groups(&self) -> BTreeSet<&str> {
        self.rows.iter().map(ReportRow::group_name).collect()
    }

    /// Groups the rows by the column of `header`: that of the import's `--split-by`, or of a field. Returns whether it is
    /// known.
    pub(crate) fn split_by(&mut self, header: &str) -> bool {
        let kept = self.run.as_ref().and_then(|run| run.split_by.as_deref());
        if kept.is_some_and(|kept| kept.eq_ignore_ascii_case(header)) {
            return true;
        }
        let Some(field) = field_of(header) else {
            return false;
        };
        for row in &mut self.rows {
            let cells = row.cells.open();
            row.group = cells.get(field.name()).map(cell_text);
        }
        true
    }

    /// The report of the rows of a group.
    pub(crate) fn of_group(&self, group: &str) -> Self {
        self.part(|row| row.group_name() == group)
    }

    /// The report of the rows that were to be in Jira and are not, as far as is known.
    pub(super) fn of_unfinished(&self) -> Self {
        use Outcome::{Absent, Failed, InDoubt, Invalid, NotAttempted};
        self.part(|row| {
            let outcome = row.outcome();
            matches!(
                outcome,
                Some(Absent | Failed | InDoubt | Invalid | NotAttempted)
            )
        })
    }

    /// The report of the rows that `is_wanted`, with what is about them alone.
    fn part(&self, is_wanted: impl Fn(&ReportRow) -> bool) -> Self {
        let rows = self.rows.iter().filter(|row| is_wanted(row));
        let rows: Vec<ReportRow> = rows.cloned().collect();
        let keys: HashSet<_> = rows.iter().map(|row| row_key(&row.place)).collect();
        let mut diagnostics = Diagnostics::keeping(true);
        let found = self.diagnostics.iter();
        for found in found.filter(|found| keys.contains(&row_key(&found.place))) {
            diagnostics.push(found.clone());
        }
        let mut run = self.run.clone();
        if let Some(audit) = run.as_mut().and_then(|run| run.audit.as_mut()) {
            let is_there = |place: &Place| keys.contains(&row_key(place));
            audit.missing.retain(is_there);
            audit.appeared.retain(is_there);
            audit.duplicates.retain(|one| is_there(&one.row));
        }
        let mut part = Self {
            kind: self.kind,
            is_update: self.is_update,
            tables: self.tables.clone(),
            counts: RowCounts::default(),
            diagnostics,
            jira: self.jira.clone(),
            digest: self.digest.clone(),
            made: self.made.clone(),
            run,
            rows,
        };
        part.counts = row_counts(part.rows.len() as u64, &part.totals());
        let tables = std::mem::take(&mut part.tables).into_iter();
        let tables = tables.map(|mut table| {
            let read = part.rows_of(&table).count() as u64;
            table.rows = TableRows { read, blank: 0 };
            table
        });
        part.tables = tables.filter(|table| table.rows.read > 0).collect();
        part
    }
}

/// The path of the part for a group: `report-Payments.xlsx`.
pub(crate) fn part_path(path: &Path, group: &str) -> PathBuf {
    let is_safe = |c: char| c.is_alphanumeric() || "-_.+".contains(c);
    let name: String = group
        .chars()
        .map(|c| if is_safe(c) { c } else { '_' })
        .collect();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{name}.{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::dummy;

    #[test]
    fn a_part_has_its_rows_and_what_is_about_them() {
        let report = dummy::check();
        assert_eq!(Vec::from_iter(report.groups()), ["Payments", "Search"]);
        let part = report.of_group("Search");
        assert_eq!(part.sentence(), "None of 1 row can be imported; 1 error.");
        assert_eq!(part.tables[0].rows, TableRows { read: 1, blank: 0 });
        assert_eq!(part.diagnostics.iter().count(), 1);
        let rest = report.of_group("Payments");
        assert_eq!(rest.sentence(), "3 rows can be imported.");
    }

    #[test]
    fn what_did_not_make_it_is_a_part() {
        let part = dummy::run().of_unfinished();
        let outcomes: Vec<&str> = part.rows.iter().map(|row| row.status.name()).collect();
        assert_eq!(outcomes, ["failed", "in_doubt", "invalid"]);
    }

    #[test]
    fn a_group_is_no_path() {
        let path = part_path(Path::new("out/report.xlsx"), "../R & D");
        assert_eq!(path, Path::new("out/report-.._R___D.xlsx"));
    }
}
