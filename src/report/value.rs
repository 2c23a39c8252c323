//! The value that every form is written from.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::journal::{
    Ending, Jira, Removal, RemovalOutcome, SessionKind, SessionStart, Totals, in_millis,
    in_millis_or_null,
};
use crate::model::{
    Code, Diagnostic, Diagnostics, Difference, Outcome, Place, Remote, ShownFields,
};
use crate::validate::RowCounts;

/// What a check found, what a plan would do, or what a run did: each fills the parts that it knows.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) kind: ReportKind,
    /// Whether integrations are updated and none is created.
    pub(crate) is_update: bool,
    pub(crate) tables: Vec<ReportTable>,
    pub(crate) counts: RowCounts,
    /// What is wrong with the files; none for a run, whose rows have their errors.
    pub(crate) diagnostics: Diagnostics,
    /// None for a check.
    pub(crate) jira: Option<Jira>,
    /// What an import can be held to; known to a plan alone.
    pub(crate) digest: Option<String>,
    /// None for a check and a plan.
    pub(crate) run: Option<ReportRun>,
    /// Known of a check and a plan that are made just now; a run has its sessions.
    pub(crate) made: Option<Made>,
    /// The rows in their order. A check has only those that its validation kept, and none that the selection leaves out.
    pub(crate) rows: Vec<ReportRow>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ReportKind {
    Check,
    Plan,
    Run,
}

/// When, where and by whom a check or a plan was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Made {
    pub at: Timestamp,
    pub host: String,
    pub os_user: String,
    /// The options in force, on reading and selecting rows as well as on connection and pace.
    pub options: BTreeMap<String, String>,
}

/// A table that was read. Serialised, it is one of `input` in the document of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct ReportTable {
    /// The file as the user named it.
    pub file: String,
    /// None in a CSV.
    pub sheet: Option<String>,
    /// The encoding of a CSV, if the file was read just now: `UTF-8`, `windows-1252`.
    #[serde(skip)]
    pub encoding: Option<String>,
    /// What separates the cells of a CSV, if the file was read just now.
    #[serde(skip)]
    pub delimiter: Option<char>,
    /// Its headers, of unknown columns too.
    #[serde(skip)]
    pub headers: Vec<String>,
    /// The SHA-256 of the whole file, in hexadecimal, if it was computed.
    pub sha256: Option<String>,
    pub rows: TableRows,
}

/// The rows of a table below its header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct TableRows {
    pub read: u64,
    pub blank: u64,
}

/// Who ran what, where and how. Serialised, it is `run` in the document of a run.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct ReportRun {
    pub id: String,
    /// The version of `gij` that opened it.
    pub gij: String,
    /// Whether it went to a sandbox.
    pub rehearsal: bool,
    /// The options for reading and selecting rows.
    pub options: BTreeMap<String, String>,
    pub sessions: Vec<SessionStart>,
    /// How the last session ended; none while it goes on, or if it died.
    pub ending: Option<Ending>,
    /// Whether a process is at work on it.
    #[serde(skip)]
    pub is_active: bool,
    /// What stopped the last session before all rows were attempted.
    pub stopped: Option<String>,
    /// How long sending paused, in milliseconds.
    pub paused_ms: u64,
    /// The last comparison with Jira's list.
    pub audit: Option<ReportAudit>,
    /// Whether the journal has lost rows, or may have: they are not in this report.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub may_lack_rows: bool,
    /// The header of the column whose cells the rows have for `--split-by`.
    #[serde(skip)]
    pub split_by: Option<String>,
    /// The SHA-256 of the journal that the report is made from, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_sha256: Option<String>,
    #[serde(skip)]
    pub started: Timestamp,
    /// When its last session ended; none while it goes on, or if it died.
    #[serde(skip)]
    pub finished: Option<Timestamp>,
}

/// The comparison of the rows with Jira's list at the end. Rows are named by their places.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct ReportAudit {
    /// When the list was requested.
    #[serde(serialize_with = "in_millis")]
    pub at: Timestamp,
    /// Rows that were created and are not in the list.
    #[serde(serialize_with = "in_words")]
    pub missing: Vec<Place>,
    #[serde(rename = "doubles")]
    pub duplicates: Vec<ReportDuplicate>,
    /// Rows that Jira refused and that are in the list after all.
    #[serde(serialize_with = "in_words")]
    pub appeared: Vec<Place>,
}

/// A row whose key Jira holds more than once.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct ReportDuplicate {
    #[serde(serialize_with = "place_in_words")]
    pub row: Place,
    pub display_name: Option<String>,
    /// How many requests of ours were sent for it.
    pub attempts: u32,
    /// How many of them may have created something: after one, the others are someone else's.
    pub may_have_created: u32,
    /// All integrations of its key.
    pub integrations: Vec<Remote>,
}

/// How an integration is in Jira now. The app creates first and scans later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndexState {
    /// It was indexed at least once, and has found repositories if Jira tells that. The date of the last indexing alone
    /// does not prove that its credential works ("View integration or repository properties").
    Indexed,
    NotYet,
    /// It was indexed and has found no repository: its credential may not work.
    NoRepositories,
    /// It is disabled, and is not indexed while it is.
    Disabled,
    /// Its id belongs to an integration of another type or time of creation.
    Replaced,
    /// Jira does not hold it any more.
    Gone,
}

impl IndexState {
    /// In the order of the reports.
    pub(crate) const ALL: [Self; 6] = [
        Self::Indexed,
        Self::NotYet,
        Self::NoRepositories,
        Self::Disabled,
        Self::Replaced,
        Self::Gone,
    ];

    /// The state on screen.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Indexed => "indexed",
            Self::NotYet => "not yet",
            Self::NoRepositories => "no repositories",
            Self::Disabled => "disabled",
            Self::Replaced => "replaced",
            Self::Gone => "gone",
        }
    }

    /// What the state means, where somebody has to do something about it.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::NoRepositories => "it found no repositories: its credential may not work",
            Self::Replaced => "its id belongs to another integration now",
            Self::Gone => "Jira does not hold it any more",
            Self::Indexed | Self::NotYet | Self::Disabled => "",
        }
    }

    pub(crate) fn is_amiss(self) -> bool {
        !self.about().is_empty()
    }
}

/// One row. Status, error, advice, start and duration of a request are those of the last attempt. Serialised, it is a row
/// in the document of a run.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub(crate) struct ReportRow {
    /// The row as a spreadsheet shows it, without its line in a CSV.
    #[serde(flatten, serialize_with = "file_sheet_row")]
    pub place: Place,
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    pub display_name: Option<String>,
    /// The origin as the sheet has it.
    pub origin: Option<String>,
    #[serde(rename = "outcome")]
    pub status: ReportStatus,
    /// Why a plan has this status for it.
    #[serde(skip)]
    pub reason: Option<String>,
    /// The visible fields in which it differs from the integration that exists, or from what Jira made of it; or what an update
    /// would change.
    #[serde(skip)]
    pub differences: Vec<Difference>,
    /// What an update has changed or was to change, with the values before; of a secret only that it is new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Difference>,
    /// Whether an update changed more than it was to change.
    #[serde(skip)]
    pub also_changed: bool,
    /// Its recognised cells without secrets, by the fields' names in the API.
    #[serde(skip)]
    pub cells: ShownFields,
    /// Its cell in the column of `--split-by`.
    #[serde(skip)]
    pub group: Option<String>,
    /// Jira's id of its integration.
    pub id: Option<i64>,
    /// How many requests were sent for it.
    pub attempts: u32,
    pub http_status: Option<u16>,
    pub error: Option<String>,
    /// What to do about the error.
    pub advice: Option<String>,
    #[serde(serialize_with = "in_millis_or_null")]
    pub started: Option<Timestamp>,
    pub duration_ms: Option<u64>,
    /// The codes of its warnings.
    pub warnings: Vec<String>,
    /// How its integration is in Jira now; known to a verification alone.
    #[serde(rename = "index_state", skip_serializing_if = "Option::is_none")]
    pub index: Option<IndexState>,
    /// How many repositories that found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repositories: Option<u64>,
    /// What an undo did to its integration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removal: Option<Removal>,
    /// What an undo did to further integrations of its key.
    #[serde(rename = "doubles", skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<RemovedDuplicate>,
}

/// What is known of a row: an outcome, or that it has none yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum ReportStatus {
    /// A check found nothing wrong with it.
    #[default]
    Valid,
    /// A plan would create it.
    Create,
    /// A plan would update it.
    Update,
    Ended(Outcome),
}

/// What an undo did to a further integration of a row's key.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct RemovedDuplicate {
    pub id: i64,
    #[serde(flatten)]
    pub removal: Removal,
}

impl Report {
    /// How many rows have which outcome.
    pub(crate) fn totals(&self) -> Totals {
        let rows = self.rows.iter();
        let ended = rows.filter_map(|row| {
            let removal = row.removal.as_ref().map(|removal| removal.outcome);
            Some((row.outcome()?, removal))
        });
        ended.collect()
    }

    /// How many rows have this status.
    pub(crate) fn count(&self, status: ReportStatus) -> u64 {
        let rows = self.rows.iter().filter(|row| row.status == status);
        rows.count() as u64
    }

    /// The diagnostics that are about no row of [`rows`](Self::rows): about a file, a header, or a row that was not kept.
    pub(crate) fn other_diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        let rows: HashSet<RowKey<'_>> = self.rows.iter().map(|row| row_key(&row.place)).collect();
        let all = self.diagnostics.iter();
        all.filter(move |found| !rows.contains(&row_key(&found.place)))
    }

    /// The rows of a table.
    pub(super) fn rows_of<'a>(
        &'a self,
        table: &'a ReportTable,
    ) -> impl Iterator<Item = &'a ReportRow> {
        let rows = self.rows.iter();
        rows.filter(|row| {
            let name = &row.place.table;
            name.file == table.file && name.sheet == table.sheet
        })
    }

    pub(crate) fn is_rehearsal(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.rehearsal)
    }

    /// Whether the journal has lost rows, or may have: nobody knows what became of them.
    pub(crate) fn may_lack_rows(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.may_lack_rows)
    }

    /// Whether an undo left something, and all of that because it must not touch it.
    pub(crate) fn is_rest_left_alone(&self) -> bool {
        let rows = self.rows.iter().filter_map(|row| row.removal.as_ref());
        let left = rows.filter(|removal| !removal.outcome.is_undone());
        let mut left = left.peekable();
        left.peek().is_some() && left.all(|removal| removal.outcome == RemovalOutcome::LeftAlone)
    }

    /// Whether a resume still has rows to send or to settle.
    pub(crate) fn has_open_rows(&self) -> bool {
        self.rows.iter().any(|row| {
            let removal = row.removal.as_ref();
            let is_undone = removal.is_some_and(|removal| removal.outcome.is_undone());
            let is_open = matches!(
                row.outcome(),
                Some(Outcome::NotAttempted | Outcome::InDoubt | Outcome::Failed)
            );
            is_open && !is_undone
        })
    }

    /// Whether an undo left something that it would remove with this option.
    pub(crate) fn is_left_for(&self, option: &str) -> bool {
        let removals = self.rows.iter().filter_map(|row| row.removal.as_ref());
        let mut reasons = removals.filter_map(|removal| removal.why.as_deref());
        reasons.any(|why| why.contains(option))
    }

    /// Whether an undo left something that it was to remove.
    pub(crate) fn is_something_left(&self) -> bool {
        self.rows.iter().any(|row| {
            let duplicates = row.duplicates.iter().map(|one| &one.removal);
            let mut removals = row.removal.iter().chain(duplicates);
            removals.any(|removal| !removal.outcome.is_undone())
        })
    }

    /// The last comparison with Jira's list; none if an undo that was confirmed came after it.
    pub(crate) fn valid_audit(&self) -> Option<&ReportAudit> {
        let run = self.run.as_ref()?;
        let audit = run.audit.as_ref()?;
        let is_later = |session: &SessionStart| {
            session.kind == SessionKind::Undo && session.is_confirmed() && session.at > audit.at
        };
        (!run.sessions.iter().any(is_later)).then_some(audit)
    }

    /// The rows that a run created and that have this warning.
    pub(crate) fn rows_with(&self, code: Code) -> impl Iterator<Item = &ReportRow> {
        let has_code = move |row: &&ReportRow| row.warnings.iter().any(|name| name == code.name());
        let rows = self.rows.iter().filter(|_| self.run.is_some());
        rows.filter(has_code)
    }

    /// Whether every row that was to be created or updated is in Jira, restricted as it asks for, and Jira's list agrees.
    pub(crate) fn is_complete(&self) -> bool {
        let totals = self.totals();
        let sent = totals.created + totals.updated;
        let skipped = totals.exists + totals.unchanged + totals.not_selected;
        let are_done = sent + skipped == totals.read;
        are_done
            && self.rows_with(Code::RestrictionNotStored).next().is_none()
            && self
                .valid_audit()
                .is_none_or(|audit| audit.missing.is_empty() && audit.duplicates.is_empty())
    }
}

/// The counts of so many rows that ended so, none of them blank.
pub(super) fn row_counts(read: u64, totals: &Totals) -> RowCounts {
    RowCounts {
        read,
        valid: read - totals.invalid - totals.not_selected,
        invalid: totals.invalid,
        not_selected: totals.not_selected,
        blank: 0,
    }
}

/// Writes places as `onboarding.xlsx:Azure!7`.
pub(super) fn in_words<S: Serializer>(places: &[Place], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(places.iter().map(Place::to_string))
}

fn place_in_words<S: Serializer>(place: &Place, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(place)
}

/// Writes a row's place as `file`, `sheet` and `row` of a document.
pub(super) fn file_sheet_row<S: Serializer>(place: &Place, to: S) -> Result<S::Ok, S::Error> {
    let mut keys = to.serialize_map(Some(3))?;
    keys.serialize_entry("file", &place.table.file)?;
    keys.serialize_entry("sheet", &place.table.sheet)?;
    keys.serialize_entry("row", &place.row)?;
    keys.end()
}

/// A row by its file, sheet and number.
pub(super) type RowKey<'a> = (&'a str, Option<&'a str>, Option<u32>);

pub(super) fn row_key(place: &Place) -> RowKey<'_> {
    (&place.table.file, place.table.sheet.as_deref(), place.row)
}

pub(super) type ByRow<'a> = HashMap<RowKey<'a>, Vec<&'a Diagnostic>>;

pub(super) fn by_row(diagnostics: &Diagnostics) -> ByRow<'_> {
    let mut by_row = ByRow::new();
    for diagnostic in diagnostics.iter() {
        let row = by_row.entry(row_key(&diagnostic.place));
        row.or_default().push(diagnostic);
    }
    by_row
}

/// The diagnostics at the cells of a row, or at the row.
pub(super) fn diagnostics_of<'a, 'd>(
    by_row: &'a ByRow<'d>,
    row: &'a ReportRow,
) -> &'a [&'d Diagnostic] {
    by_row.get(&row_key(&row.place)).map_or(&[], Vec::as_slice)
}

impl ReportDuplicate {
    /// Which integrations have its key, and whose they are.
    pub(crate) fn about(&self) -> String {
        let ids = self.integrations.iter().map(|remote| {
            let init_date = remote.init_date;
            match init_date.and_then(|ms| Timestamp::from_millisecond(ms).ok()) {
                Some(at) => format!(
                    "id {} of {}",
                    remote.id,
                    at.strftime("%-d %b %Y %H:%M:%S UTC")
                ),
                None => format!("id {}", remote.id),
            }
        });
        let ids: Vec<String> = ids.collect();
        let holds = if ids.len() > 1 {
            "Jira holds it more than once"
        } else {
            "its integration is removed, but Jira still holds another with its key"
        };
        let whose = match self.may_have_created {
            0 => "this run created none of them",
            1 => "this run sent one request for it, so someone else created the other",
            _ => "several requests of this run may have created it",
        };
        format!("{holds}: {}; {whose}", ids.join(" and "))
    }
}

impl ReportRow {
    /// A row of which no more is known.
    pub(super) fn at(place: &Place, status: ReportStatus) -> Self {
        let mut place = place.clone();
        place.line = None;
        Self {
            place,
            status,
            ..Self::default()
        }
    }

    /// The cell by which reports are split; a blank one is `none`.
    pub(super) fn group_name(&self) -> &str {
        self.group.as_deref().unwrap_or("none")
    }

    /// Whether it needs somebody's attention.
    pub(super) fn is_bad(&self) -> bool {
        use Outcome::{Absent, Failed, InDoubt, Invalid};
        matches!(self.outcome(), Some(Absent | Failed | InDoubt | Invalid))
    }

    pub(crate) fn outcome(&self) -> Option<Outcome> {
        match self.status {
            ReportStatus::Ended(outcome) => Some(outcome),
            ReportStatus::Valid | ReportStatus::Create | ReportStatus::Update => None,
        }
    }
}

impl ReportTable {
    /// `onboarding.xlsx:Azure`, `repos.csv`.
    pub(super) fn name(&self) -> String {
        match &self.sheet {
            Some(sheet) => format!("{}:{sheet}", self.file),
            None => self.file.clone(),
        }
    }
}

impl ReportStatus {
    /// The status as people read it: `in doubt`.
    pub(super) fn in_words(self) -> String {
        self.name().replace('_', " ")
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Create => "create",
            Self::Update => "update",
            Self::Ended(outcome) => outcome.name(),
        }
    }
}

impl Serialize for ReportStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
