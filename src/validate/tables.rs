//! Tables as they come: wanted or passed over, their headers matched.

use std::sync::Arc;

use super::columns::{self, Columns};
use super::result::{RowCounts, TableRead};
use super::run::{Run, is_named_away};
use super::spread::Job;
use crate::input::{Block, Interest, Sink, SkipReason, TableHead};
use crate::model::{Code, Diagnostic, Place, TableName};

impl Sink for Run<'_> {
    fn is_header(&self, text: &str) -> bool {
        columns::is_header(text, self.options)
    }

    fn is_nearly_header(&self, text: &str) -> bool {
        columns::is_nearly_header(text, self.options)
    }

    fn table(&mut self, head: TableHead) -> Interest {
        let mut found = Vec::new();
        let columns = Columns::of(&head, self.options, &mut found);
        let is_of_integrations = columns.is_of_integrations();
        let is_meant = !is_of_integrations && columns.is_meant_for_integrations(&mut found);
        for diagnostic in &mut found {
            self.options.policy.apply(diagnostic);
        }
        self.check_pending();
        if columns.is_of_repositories {
            self.result.diagnostics.push(Diagnostic::new(
                Code::RepositoryTable,
                Place::row(&head.name, head.row, head.line),
                "this table lists single repositories, as the app's Bulk Change does, and not integrations",
                "use Bulk Change for it; gij needs a row for each git host and account",
            ));
            return Interest::Skip;
        }
        let is_ours = is_named_away(&head.name);
        if is_ours || !is_of_integrations {
            let why = "its headers name no type, or no origin and no credential";
            self.pass_over(&head.name, why);
            self.note_first_row(&head.name, &head.headers);
            if !is_ours && is_meant {
                // A sheet that a slip keeps from being read must not be left out in silence.
                for slip in found {
                    self.result.diagnostics.push(slip);
                }
            }
            return Interest::Skip;
        }
        for diagnostic in found {
            self.result.diagnostics.push(diagnostic);
        }
        if let Some(file) = self.result.files.last_mut() {
            file.tables.push(TableRead {
                name: head.name,
                headers: head.headers,
                columns: columns
                    .fields()
                    .filter(|field| columns.column(*field).is_some())
                    .collect(),
                delimiter: head.delimiter,
                encoding: head.encoding,
                rows: RowCounts::default(),
            });
        }
        self.tables.push(Arc::new(columns));
        self.add_counts(
            self.tables.len() - 1,
            RowCounts {
                blank: head.blank_above,
                ..RowCounts::default()
            },
        );
        Interest::Read
    }

    fn skipped(&mut self, name: &Arc<TableName>, reason: SkipReason<'_>) {
        match reason {
            SkipReason::Hidden => self.pass_over(name, "it is hidden"),
            SkipReason::NoCells => self.pass_over(name, "it holds no cells"),
            SkipReason::NoHeader(first_row) => {
                self.note_first_row(name, first_row);
                match self.options.read.header_row {
                    Some(row) => {
                        self.pass_over(name, &format!("it has no row {row} with a header"));
                    }
                    None => {
                        self.pass_over(name, "no row of its first 20 has a header that is known");
                    }
                }
            }
        }
    }

    fn sheet(&mut self, name: &str) {
        self.result.sheets.push(name.to_owned());
    }

    fn guessed_encoding(&mut self, place: Place, byte: u8) {
        self.check_pending();
        let mut diagnostic = Diagnostic::new(
            Code::EncodingGuessed,
            place,
            format!(
                "the text is not UTF-8: here stands the byte {byte:02X}, and it is read as Windows-1252"
            ),
            "look whether letters beyond ASCII are right; `--encoding` says another, and CSV UTF-8 needs no guess",
        );
        self.options.policy.apply(&mut diagnostic);
        self.result.diagnostics.push(diagnostic);
        if let Some(table) = self
            .result
            .files
            .last_mut()
            .and_then(|file| file.tables.last_mut())
        {
            table.encoding = Some("windows-1252");
        }
    }

    fn block(&mut self, block: Block) {
        let table = self.tables.len() - 1;
        let job = Job {
            table,
            columns: Arc::clone(&self.tables[table]),
            block,
        };
        if let Some(checked) = self.spread.push(job) {
            self.take_in(checked);
        }
    }

    fn diagnostic(&mut self, mut diagnostic: Diagnostic) {
        self.check_pending();
        self.options.policy.apply(&mut diagnostic);
        self.result.diagnostics.push(diagnostic);
    }
}
