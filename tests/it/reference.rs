//! The generated pages in `docs`: commands from the definitions of the command line; diagnostics, types and fields from what
//! `gij explain` knows.

use std::fmt::Write as _;

use clap::{Arg, Command};
use serde_json::Value;

use crate::docs::assert_generated;
use crate::env::Env;

/// Says where a page comes from.
const NOTE: &str = "<!-- Generated: `GIJ_UPDATE_DOCS=1 cargo test --test it reference` writes it, and a test compares it. -->\n";

fn explained(word: &str) -> Value {
    let words = ["explain", "--format", "json"].into_iter();
    let words = words.chain((!word.is_empty()).then_some(word));
    Env::new().run(words).exit(0).json()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(text).collect()
}

/// `[a](#a), [b](#b)`, as code.
fn codes(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// A block of code, in which a very long line is cut.
fn block(language: &str, content: &str) -> String {
    let cut = |line: &str| match line.char_indices().nth(160) {
        Some((end, _)) => format!("{}…\n", &line[..end]),
        None => format!("{line}\n"),
    };
    let content: String = content.lines().map(cut).collect();
    format!("```{language}\n{content}```\n")
}

#[test]
fn the_page_of_commands_is_the_command_line() {
    let mut root = gij::cli::command().disable_help_subcommand(true);
    root.build();
    let mut page = format!(
        "# Commands\n\n{NOTE}\n`gij -h` and `gij COMMAND -h` show the most common options, `--help` all of them.\n\n"
    );
    page.push_str("| command | does |\n|---|---|\n");
    for command in root.get_subcommands() {
        let name = command.get_name();
        let _ = writeln!(
            page,
            "| [`gij {name}`](#gij-{name}) | {} |",
            command.get_about().unwrap()
        );
    }
    page.push_str("\n## Options of every command\n\n");
    let is_global = |arg: &&Arg| arg.get_id() != "help" && arg.is_global_set();
    page.push_str(&options(root.get_arguments().filter(is_global)));
    for command in root.get_subcommands() {
        page.push_str(&section(command));
    }
    assert_generated("docs/commands.md", &page);
}

fn section(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let about = command.get_about().unwrap();
    let mut section = format!(
        "\n## gij {}\n\n{about}.\n\n{}",
        command.get_name(),
        block("text", usage)
    );
    let own: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| arg.get_id() != "help" && !arg.is_global_set())
        .collect();
    let mut headings: Vec<Option<&str>> = Vec::new();
    for arg in &own {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    headings.sort_by_key(Option::is_some);
    for heading in headings {
        let args = own.iter().filter(|arg| arg.get_help_heading() == heading);
        let _ = write!(
            section,
            "\n{}{}",
            heading.map_or(String::new(), |heading| format!("{heading}\n\n")),
            options(args.copied())
        );
    }
    if let Some(examples) = command.get_after_long_help() {
        let examples = examples.to_string();
        let lines = examples
            .lines()
            .skip(1)
            .map(|line| format!("{}\n", line.trim_start()));
        let _ = write!(section, "\n{}", block("sh", &lines.collect::<String>()));
    }
    section
}

fn options<'a>(args: impl Iterator<Item = &'a Arg>) -> String {
    let mut table = "| option | means |\n|---|---|\n".to_owned();
    for arg in args {
        let values: Vec<String> = arg
            .get_value_names()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect();
        let values = if arg.get_num_args().is_some_and(|range| range.takes_values()) {
            values.join(" ")
        } else {
            String::new()
        };
        let name = match (arg.get_short(), arg.get_long()) {
            (Some(short), Some(long)) => format!("-{short}, --{long} {values}"),
            (None, Some(long)) => format!("--{long} {values}"),
            _ => values,
        };
        let mut means = arg
            .get_long_help()
            .or(arg.get_help())
            .unwrap()
            .to_string()
            .replace("\n\n", " ")
            .replace('\n', " ");
        let possible: Vec<String> = arg
            .get_possible_values()
            .iter()
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        if !possible.is_empty() && !values_are_flags(arg) {
            let _ = write!(means, ". One of {}", possible.join(", "));
        }
        let defaults: Vec<String> = arg
            .get_default_values()
            .iter()
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        if !defaults.concat().is_empty() && !values_are_flags(arg) {
            let _ = write!(means, ". Default: `{}`", defaults.join(" "));
        }
        let _ = writeln!(
            table,
            "| `{}` | {} |",
            name.trim().replace('|', r"\|"),
            means.replace('|', r"\|")
        );
    }
    table
}

fn values_are_flags(arg: &Arg) -> bool {
    !arg.get_action().takes_values()
}

#[test]
fn the_page_of_diagnostics_is_the_catalogue() {
    let mut page = format!(
        "# Diagnostics\n\n{NOTE}\nEach problem has a code that never changes. An error keeps everything from being sent; a warning is \
         probably a mistake; a note is good to know. `--strict` makes errors of warnings, and `--allow CODE` accepts one code. \
         `gij explain CODE` shows on the terminal what this page does.\n\n| code | severity | meaning |\n|---|---|---|\n"
    );
    let catalogue = explained("");
    let codes = catalogue["codes"].as_array().unwrap();
    for code in codes {
        let name = text(&code["name"]);
        let _ = writeln!(
            page,
            "| [`{name}`](#{name}) | {} | {} |",
            text(&code["severity"]),
            text(&code["about"])
        );
    }
    for code in codes {
        page.push_str(&diagnostic(&explained(text(&code["name"]))));
    }
    assert_generated("docs/diagnostics.md", &page);
}

fn diagnostic(code: &Value) -> String {
    let mut section = format!(
        "\n## {}\n\n**{}:** {}.\n\n{}\n\n{}\n\n",
        text(&code["code"]),
        text(&code["severity"]),
        text(&code["meaning"]),
        text(&code["why"]),
        text(&code["help"])
    );
    if let Some(options) = code["options"].as_str() {
        let _ = write!(section, "{options}\n\n");
    }
    let example = &code["example"];
    if let Some(words) = example["words"].as_str() {
        let _ = writeln!(section, "Example: {words}");
        return section;
    }
    section.push_str(&block("csv", text(&example["csv"]["wrong"])));
    section.push('\n');
    for found in code["diagnostics"].as_array().unwrap() {
        let place = found["cell"]
            .as_str()
            .map_or_else(|| format!("row {}", found["row"]), str::to_owned);
        let place = if place == "row null" {
            "the file".to_owned()
        } else {
            place
        };
        let _ = writeln!(
            section,
            "> {place}: {}; {}",
            text(&found["message"]),
            text(&found["help"])
        );
    }
    let _ = write!(
        section,
        "\nCorrected:\n\n{}",
        block("csv", text(&example["csv"]["right"]))
    );
    section
}

#[test]
fn the_page_of_types_is_the_catalogue() {
    let mut page = format!(
        "# Integration types\n\n{NOTE}\nThe column `type` of a row holds one of these, in any case, or the name of the product. Give \
         every row a `displayName`: without one, a second import cannot recognise the row. Each type takes the fields below and \
         those that all types have; [Fields](fields.md) describes each.\n\n| type | product | login |\n|---|---|---|\n"
    );
    let catalogue = explained("");
    let types = catalogue["types"].as_array().unwrap().iter();
    let types: Vec<Value> = types
        .map(|listed| explained(text(&listed["name"])))
        .collect();
    for of in &types {
        let name = text(&of["type"]);
        let anchor = name.to_lowercase();
        let _ = writeln!(
            page,
            "| [`{name}`](#{anchor}) | {} | {} |",
            text(&of["product"]),
            text(&of["log_in"])
        );
    }
    for of in &types {
        let names = texts(&of["also_called"]).join(", ");
        let _ = write!(
            page,
            "\n## {}\n\n{}, also written {names}.\n\n| | |\n|---|---|\n| `origin` | {} |\n| login | {} |\n",
            text(&of["type"]),
            text(&of["product"]),
            text(&of["origin"]),
            text(&of["log_in"])
        );
        for (fields, need) in [("requires", "required"), ("own", "optional")] {
            for field in of[fields].as_array().unwrap() {
                let _ = writeln!(
                    page,
                    "| `{}` | {need}: {} |",
                    text(&field["name"]),
                    text(&field["about"])
                );
            }
        }
        for note in texts(&of["notes"]) {
            let _ = write!(page, "\nNote: {note}\n");
        }
        let _ = write!(page, "\n{}", block("csv", text(&of["example"])));
    }
    assert_generated("docs/types.md", &page);
}

#[test]
fn the_page_of_fields_is_the_catalogue() {
    let mut page = format!(
        "# Fields\n\n{NOTE}\nEvery field of the vendor's REST API is a column under the same name. Case, spaces, `_` and `-` in a \
         header do not matter, and other headers are recognised too. A blank cell sends no field, so that Jira uses its default.\n"
    );
    for field in explained("")["fields"].as_array().unwrap() {
        let field = explained(text(&field["name"]));
        let name = text(&field["field"]);
        let _ = write!(
            page,
            "\n## {name}\n\n{}\n\n| | |\n|---|---|\n| value | {} |\n",
            text(&field["about"]),
            text(&field["value"])
        );
        if let Some(blank) = field["if_blank"].as_str() {
            let _ = writeln!(page, "| if blank | {blank} |");
        }
        let _ = writeln!(page, "| headers | {} |", codes(&texts(&field["headers"])));
        for (key, need) in [
            ("required", "required by"),
            ("one_way_to_log_in", "one way to log in for"),
            ("optional", "optional for"),
        ] {
            let types = texts(&field["types"][key]);
            let types = if types.len() == 12 {
                "all types".to_owned()
            } else {
                codes(&types)
            };
            if !types.is_empty() {
                let _ = writeln!(page, "| {need} | {types} |");
            }
        }
        let _ = writeln!(
            page,
            "| example | `{}` |",
            text(&field["example"]).replace('|', r"\|")
        );
        for note in texts(&field["notes"]) {
            let _ = write!(page, "\n{note}\n");
        }
    }
    assert_generated("docs/fields.md", &page);
}
