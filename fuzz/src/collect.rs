use std::sync::Arc;

use gij::testing::input::{
    Block, InputError, Interest, ReadOptions, Sink, SkipReason, Source, TableHead, Value, read,
};
use gij::testing::model::{Diagnostic, TableName};

/// Takes every table in as it comes. Any text may be a header.
#[derive(Default)]
pub struct Collector {
    pub tables: Vec<Table>,
}

/// A table, its rows by their numbers.
pub struct Table {
    pub head: TableHead,
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Reads all tables of `bytes`, as far as they can be read.
pub fn collect(bytes: &[u8], options: &ReadOptions) -> (Vec<Table>, Result<(), InputError>) {
    let mut collector = Collector::default();
    let source = Source::from_bytes("table", bytes.to_vec());
    let read = read(&source, options, &mut collector);
    for table in &collector.tables {
        let numbers = table.rows.iter().map(|(number, _)| *number);
        let numbers: Vec<u32> = [table.head.header.number]
            .into_iter()
            .chain(numbers)
            .collect();
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    }
    (collector.tables, read)
}

impl Sink for Collector {
    fn is_header(&self, text: &str) -> bool {
        !text.is_empty()
    }

    fn table(&mut self, head: TableHead) -> Interest {
        let rows = Vec::new();
        self.tables.push(Table { head, rows });
        Interest::Read
    }

    fn skipped(&mut self, _: &Arc<TableName>, _: SkipReason<'_>) {}

    fn sheet(&mut self, _: &str) {}

    fn diagnostic(&mut self, _: Diagnostic) {}

    fn block(&mut self, block: Block) {
        let table = self.tables.last_mut().expect("a table before its rows");
        block.for_each_row(|row| {
            let cell = |column| match row.value(column) {
                Value::Text(text) | Value::Date(text) | Value::Error(text) => text.to_owned(),
                Value::Blank => String::new(),
                other => format!("{other:?}"),
            };
            let width = row.width();
            assert!(width <= row.most_cells());
            table
                .rows
                .push((row.number, (0..width).map(cell).collect()));
        });
    }
}
