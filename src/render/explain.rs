//! The text of `gij explain`.

use std::fmt::Write as _;

use super::diagnostics::{Detail, diagnostics};
use super::style::{BOLD, DIM, of_severity, paint, wrapping};
use crate::explain::{Catalogue, CatalogueLine, CodeTopic, FieldTopic, NeededBy, Topic, TypeTopic};
use crate::model::{Example, IntegrationType, Severity};

/// The explanation of `topic`, in lines of `width` columns.
pub(crate) fn explanation(topic: &Topic, width: usize) -> String {
    let mut page = Page {
        text: String::new(),
        width,
    };
    match topic {
        Topic::Code(topic) => page.code(topic),
        Topic::Type(topic) => page.integration_type(topic),
        Topic::Field(topic) => page.field(topic),
        Topic::Everything(catalogue) => page.catalogue(catalogue),
    }
    page.text
}

struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn code(&mut self, topic: &CodeTopic) {
        let CodeTopic { code, about, .. } = topic;
        let severity = code.severity();
        let head = paint(of_severity(severity), format!("{severity}[{code}]"));
        self.line(&format!(
            "{head}{}",
            paint(BOLD, format!(": {}", about.meaning))
        ));
        self.section("Why it matters", about.why);
        self.section("What to do", about.help);
        if let Some(options) = &topic.options {
            self.section("Options", options);
        }
        match about.example {
            Example::Words(words) => self.section("Example", words),
            Example::Csv { wrong, right } => {
                self.heading("Example");
                match wrong {
                    "" => self.indented(&paint(DIM, "(an empty file)")),
                    wrong => self.indented(wrong),
                }
                self.heading("What gij reports");
                self.indented(diagnostics(&topic.diagnostics, Detail::All).trim_end());
                self.heading("Corrected");
                self.indented(right);
            }
        }
    }

    fn integration_type(&mut self, topic: &TypeTopic) {
        let name = topic.integration_type.name();
        self.line(&paint(BOLD, format!("{name}: {}", topic.product)));
        let also_called = topic.also_called.join(", ");
        self.wrapped("", &paint(DIM, format!("also called {also_called}")));
        self.heading("Connection");
        let mut connection = vec![("origin", &*topic.origin), ("login", &*topic.log_in)];
        connection.extend(described(&topic.requires));
        self.table(connection);
        if !topic.own.is_empty() {
            self.heading("Optional, only for some types");
            self.table(described(&topic.own));
        }
        self.section("Optional, for all types", &topic.common.join(", "));
        self.notes(topic.notes.iter().copied());
        self.heading("Example");
        self.indented(&topic.example);
    }

    fn field(&mut self, topic: &FieldTopic) {
        self.line(&paint(BOLD, topic.field));
        self.wrapped("", topic.about);
        self.line("");
        let headers = format!(
            "{}; case, spaces, `_` and `-` do not matter",
            topic.headers.join(", ")
        );
        let mut facts = vec![("Format", topic.value)];
        facts.extend(topic.if_blank.map(|if_blank| ("If blank", if_blank)));
        facts.extend([("Headers", &*headers), ("Example", topic.example)]);
        self.table(facts);
        self.heading("Types");
        self.needed_by(&topic.types);
        self.notes(topic.notes.iter().map(String::as_str));
    }

    fn needed_by(&mut self, types: &NeededBy) {
        let all = IntegrationType::all().count();
        let mut unnamed = all;
        let mut facts = Vec::new();
        for (need, types) in [
            ("required", &types.required),
            ("one way to log in", &types.one_way_to_log_in),
            ("optional", &types.optional),
        ] {
            unnamed -= types.len();
            match types.len() {
                0 => {}
                count if count == all => facts.push((need, "all".to_owned())),
                _ => facts.push((need, IntegrationType::names(types.iter().copied()))),
            }
        }
        if unnamed > 0 {
            facts.push(("not used", "all others".to_owned()));
        }
        self.table(facts.iter().map(|(need, types)| (*need, &**types)));
    }

    fn catalogue(&mut self, catalogue: &Catalogue) {
        for (severity, title) in [
            (Severity::Error, "Errors: nothing is sent"),
            (Severity::Warning, "Warnings: probably a mistake"),
            (Severity::Note, "Notes: for your information"),
        ] {
            self.heading(title);
            let codes = catalogue.codes.iter();
            self.table(described(
                codes.filter(|line| line.severity == Some(severity)),
            ));
        }
        self.heading("Integration types");
        self.table(described(&catalogue.types));
        self.heading("Fields");
        // The first sentence is enough to find a field.
        let fields = described(&catalogue.fields);
        self.table(fields.map(|(field, about)| {
            let first = about.split_once(". ").map_or(about, |(first, _)| first);
            (field, first.trim_end_matches('.'))
        }));
        self.text = self.text.trim_start().to_owned();
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn heading(&mut self, title: &str) {
        self.line(&format!("\n{}", paint(BOLD, title)));
    }

    fn section(&mut self, title: &str, sentences: &str) {
        self.heading(title);
        self.wrapped("  ", sentences);
    }

    fn notes<'a>(&mut self, notes: impl Iterator<Item = &'a str>) {
        let mut notes = notes.peekable();
        if notes.peek().is_some() {
            self.heading("Notes");
        }
        self.table(notes.map(|note| ("-", note)));
    }

    fn wrapped(&mut self, indent: &str, sentences: &str) {
        let options = wrapping(self.width)
            .initial_indent(indent)
            .subsequent_indent(indent);
        self.line(&textwrap::fill(sentences, options));
    }

    /// Lines as they are, two columns to the right.
    fn indented(&mut self, lines: &str) {
        for line in lines.lines() {
            self.line(format!("  {line}").trim_end());
        }
    }

    /// Two columns: names and their descriptions.
    fn table<'a>(&mut self, rows: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let rows: Vec<(&str, &str)> = rows.into_iter().collect();
        let names = rows.iter().map(|(name, _)| name.len()).max();
        let names = names.map_or(0, |width| if width > 1 { width + 1 } else { width });
        let indent = " ".repeat(names + 3);
        for (name, about) in rows {
            let name = format!("  {} ", paint(BOLD, format!("{name:names$}")));
            let options = wrapping(self.width)
                .initial_indent(&name)
                .subsequent_indent(&indent);
            self.line(&textwrap::fill(about, options));
        }
    }
}

fn described<'a>(
    lines: impl IntoIterator<Item = &'a CatalogueLine>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    lines.into_iter().map(|line| (line.name, line.about))
}
