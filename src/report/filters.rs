//! Filters of the templates, which make text of others safe in a document. A template of HTML or XML escapes what it
//! writes; in Markdown [`text`] and [`code`] do.

#![expect(
    clippy::pedantic,
    unreachable_pub,
    reason = "code that the macro generates"
)]

use std::fmt::Display;

use askama::filters::{Html, escape};
use askama::{Result, Values};

use super::text::one_line;

/// Text on one line.
#[askama::filter_fn]
pub(super) fn line(text: impl Display, _: &dyn Values) -> Result<String> {
    Ok(one_line(&text.to_string()))
}

/// Text as HTML: escaped, with what is in backticks marked as code.
#[askama::filter_fn]
pub(super) fn rich(text: impl Display, _: &dyn Values) -> Result<String> {
    let html = |part: &str| Ok(escape(part, Html)?.to_string());
    let code = |part: &str| Ok(format!("<code>{}</code>", html(part)?));
    with_code(&text.to_string(), html, code)
}

/// A label as the name of a class.
#[askama::filter_fn]
pub(super) fn class(label: impl Display, _: &dyn Values) -> Result<String> {
    Ok(label.to_string().replace(' ', "_"))
}

/// Text that means nothing in Markdown or HTML, except that what is in backticks is code.
#[askama::filter_fn]
pub(super) fn text(text: impl Display, _: &dyn Values) -> Result<String> {
    let plain = |part: &str| Ok(markdown(part));
    with_code(&text.to_string(), plain, |part| Ok(markdown_code(part)))
}

/// Text as code in Markdown.
#[askama::filter_fn]
pub(super) fn code(text: impl Display, _: &dyn Values) -> Result<String> {
    Ok(markdown_code(&one_line(&text.to_string())))
}

/// The parts of a text in backticks as code. A backtick without a second one is only that.
fn with_code(
    text: &str,
    plain: impl Fn(&str) -> Result<String>,
    code: impl Fn(&str) -> Result<String>,
) -> Result<String> {
    let line = one_line(text);
    let parts: Vec<&str> = line.split('`').collect();
    let parts = parts.iter().enumerate().map(|(n, part)| match n % 2 {
        1 if n + 1 < parts.len() => code(part),
        1 => plain(&format!("`{part}")),
        _ => plain(part),
    });
    parts.collect()
}

fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            // A name or a number of others must not become a link: `@user`, `#12`.
            '@' | '#' => escaped.extend([c, '\u{200b}']),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A `|` would end the cell of a table.
fn markdown_code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}
