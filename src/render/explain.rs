//! What is said to someone who asks for a code, a type, a field, or for all of them.

use std::fmt::Write as _;

use super::diagnostics::diagnostics;
use super::style::{BOLD, DIM, of_severity, paint};
use crate::explain::{
    CodeTopic, ExampleTopic, FieldTopic, LETTERS, Lists, NeededBy, Topic, TypeTopic, Used,
};
use crate::model::{IntegrationType, Severity};

/// Columns of a line.
const WIDTH: usize = 100;

/// What is said about `topic`.
pub(crate) fn explanation(topic: &Topic) -> String {
    match topic {
        Topic::Code(topic) => code(topic),
        Topic::Type(topic) => integration_type(topic),
        Topic::Field(topic) => field(topic),
        Topic::Everything(lists) => everything(lists),
    }
}

fn code(topic: &CodeTopic) -> String {
    let CodeTopic {
        code,
        severity,
        title,
        why,
        help,
        options,
        example,
    } = topic;
    let mut text = format!(
        "{}{}\n",
        paint(of_severity(*severity), format!("{severity}[{code}]")),
        paint(BOLD, format!(": {title}")),
    );
    section(&mut text, "Why it matters", why);
    section(&mut text, "What to do", help);
    if let Some(options) = options {
        section(&mut text, "Options", options);
    }
    match example {
        ExampleTopic::Words { words } => section(&mut text, "Example", words),
        ExampleTopic::File {
            windows_1252_from_row: from_row,
            corrected,
            shown,
            ..
        } => {
            let example = match from_row {
                None => "Example".to_owned(),
                Some(1) => "Example, saved in Windows-1252".to_owned(),
                Some(row) => format!("Example, in UTF-8, but from row {row} on in Windows-1252"),
            };
            heading(&mut text, &example);
            match shown.wrong {
                "" => indented(&mut text, &paint(DIM, "(an empty file)")),
                wrong => indented(&mut text, &wrong.replace(LETTERS, &paint(DIM, LETTERS))),
            }
            heading(&mut text, "What gij says");
            indented(&mut text, diagnostics(&shown.found).trim_end());
            let right = match from_row {
                None => "Put right",
                Some(_) => "Put right: the same, saved as CSV UTF-8",
            };
            heading(&mut text, right);
            indented(&mut text, corrected);
        }
    }
    text
}

fn integration_type(topic: &TypeTopic) -> String {
    let of = topic.integration_type;
    let mut text = format!("{}\n", paint(BOLD, format!("{of}: {}", topic.product)));
    let _ = writeln!(
        text,
        "{}",
        paint(
            DIM,
            format!(
                "also called {}; a sheet says {}",
                topic.also_called.join(", "),
                topic.integration_type
            )
        )
    );
    heading(&mut text, "Needs");
    let mut needs = vec![
        ("origin", topic.origin.clone()),
        ("to log in", topic.log_in.clone()),
    ];
    needs.extend(described(&topic.requires));
    rows(&mut text, needs);
    if !topic.own.is_empty() {
        heading(&mut text, "May have, unlike other types");
        rows(&mut text, described(&topic.own));
    }
    section(
        &mut text,
        "May have, like all types",
        &topic.common.join(", "),
    );
    notes(&mut text, topic.notes.iter().copied());
    heading(&mut text, "Example");
    indented(&mut text, &topic.example);
    text
}

fn described(fields: &[Used]) -> impl Iterator<Item = (&'static str, String)> {
    fields
        .iter()
        .map(|used| (used.field, used.about.to_owned()))
}

fn field(topic: &FieldTopic) -> String {
    let mut text = format!("{}\n", paint(BOLD, topic.field));
    body(&mut text, topic.about, 0);
    let mut facts = vec![("Format", topic.value.to_owned())];
    facts.extend(topic.if_blank.map(|blank| ("If blank", blank.to_owned())));
    let headers = topic.headers.join(", ");
    facts.push((
        "Headers",
        format!("{headers}; case, spaces, `_` and `-` do not matter"),
    ));
    facts.push(("Example", topic.example.to_owned()));
    text.push('\n');
    rows(&mut text, facts);
    heading(&mut text, "Types");
    needed_by(&mut text, &topic.types);
    notes(&mut text, topic.notes.iter().map(String::as_str));
    text
}

fn needed_by(text: &mut String, types: &NeededBy) {
    let all = IntegrationType::all().count();
    let kinds = [
        ("required", &types.required),
        ("one way to log in", &types.one_way_to_log_in),
        ("optional", &types.optional),
    ];
    let count: usize = kinds.iter().map(|(_, types)| types.len()).sum();
    let mut facts: Vec<(&str, String)> = kinds
        .into_iter()
        .filter(|(_, types)| !types.is_empty())
        .map(|(need, types)| {
            let names: Vec<&str> = types.iter().map(|of| of.name()).collect();
            let names = if names.len() == all {
                "all".into()
            } else {
                names.join(", ")
            };
            (need, names)
        })
        .collect();
    if count < all {
        facts.push(("not used", "by the others".into()));
    }
    rows(text, facts);
}

fn everything(lists: &Lists) -> String {
    let mut text = String::new();
    for (severity, title) in [
        (Severity::Error, "Errors: nothing is sent while one stands"),
        (Severity::Warning, "Warnings: probably not meant"),
        (Severity::Note, "Notes: worth knowing"),
    ] {
        let of = lists
            .codes
            .iter()
            .filter(|listed| listed.severity == severity);
        heading(&mut text, title);
        rows(
            &mut text,
            of.map(|listed| (listed.code.name(), listed.title.to_owned())),
        );
    }
    heading(&mut text, "Integration types");
    let types = lists.types.iter();
    rows(
        &mut text,
        types.map(|of| (of.integration_type.name(), of.product.to_owned())),
    );
    heading(&mut text, "Fields");
    // The first sentence is enough to know which field one looks for.
    let first = |about: &str| match about.split_once(". ") {
        Some((first, _)) => first.to_owned(),
        None => about.trim_end_matches('.').to_owned(),
    };
    let fields = lists.fields.iter();
    rows(
        &mut text,
        fields.map(|used| (used.field, first(used.about))),
    );
    text.trim_start().to_owned()
}

fn heading(text: &mut String, title: &str) {
    let _ = writeln!(text, "\n{}", paint(BOLD, title));
}

fn notes<'a>(text: &mut String, notes: impl Iterator<Item = &'a str>) {
    let mut notes = notes.peekable();
    if notes.peek().is_some() {
        heading(text, "Notes");
    }
    rows(text, notes.map(|note| ("-", note.to_owned())));
}

/// A heading and whole sentences.
fn section(text: &mut String, title: &str, sentences: &str) {
    heading(text, title);
    body(text, sentences, 2);
}

fn body(text: &mut String, sentences: &str, indent: usize) {
    for line in wrapped(sentences, WIDTH - indent) {
        let _ = writeln!(text, "{:indent$}{line}", "");
    }
}

/// Lines as they are, two columns to the right.
fn indented(text: &mut String, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(text, "{}", format!("  {line}").trim_end());
    }
}

/// Names with what there is to say about them behind, one below the other.
fn rows<'a>(text: &mut String, rows: impl IntoIterator<Item = (&'a str, String)>) {
    let rows: Vec<(&str, String)> = rows.into_iter().collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let width = if width > 1 { width + 1 } else { width };
    for (name, about) in rows {
        for (index, line) in wrapped(&about, WIDTH - width - 3).into_iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            let _ = writeln!(text, "  {} {line}", paint(BOLD, format!("{name:width$}")));
        }
    }
}

/// A text in lines of at most `width` characters, broken between words; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("four five six", 9), ["four five", "six"]);
        assert_eq!(wrapped("incomprehensible", 9), ["incomprehensible"]);
        assert_eq!(wrapped("", 9), [""]);
    }
}
