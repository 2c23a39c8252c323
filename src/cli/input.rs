//! What is read and how: the options of `check` and `import`, and those that a run is continued with.

use std::path::PathBuf;

use clap::{Args, FromArgMatches as _};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::exit::{Exit, Failure};
use super::values::{delimiter, encoding, full_path, one_of};
use crate::input::{HiddenRows, ReadOptions, Source};
use crate::journal::RunOpened;
use crate::model::nearest;
use crate::render::{Screen, count, diagnostics, more};
use crate::report::one_line;
use crate::secret::SecretPolicy;
use crate::validate::{
    Only, Options, Preset, Purpose, RowRange, Validation, validate, validate_sources,
};

const READING: &str = "Reading spreadsheets";
const SECRETS: &str = "Secrets in cells";

#[derive(Clone, Debug, Args)]
pub(super) struct InputArgs {
    /// Spreadsheets (CSV, TSV, XLSX, XLSM); `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Read only this sheet; repeatable
    #[arg(long, value_name = "NAME", hide_short_help = true, help_heading = READING)]
    pub sheet: Vec<String>,
    /// Row number of the header, instead of detecting it
    #[arg(
        long, value_name = "N", hide_short_help = true, help_heading = READING,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub header_row: Option<u32>,
    /// Delimiter of CSV files, instead of detecting it
    #[arg(long, value_name = "CHAR", hide_short_help = true, help_heading = READING, value_parser = delimiter)]
    pub delimiter: Option<char>,
    /// Encoding of CSV files, such as utf-8, utf-16le or windows-1252, instead of detecting it
    #[arg(long, value_name = "NAME", hide_short_help = true, help_heading = READING, value_parser = encoding)]
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// What to do with hidden rows of a workbook
    #[arg(
        long, value_name = "HOW", default_value = "include", hide_short_help = true, help_heading = READING,
        value_parser = one_of(&[
            ("include", HiddenRows::Include),
            ("skip", HiddenRows::Skip),
            ("error", HiddenRows::Error),
        ])
    )]
    pub hidden_rows: HiddenRows,
    /// Map a header to a field, such as 'Their header=origin'; with nothing after the `=` the column is ignored
    #[arg(long, value_name = "HEADER=FIELD", hide_short_help = true, help_heading = READING)]
    pub map: Vec<String>,
    /// Value for blank cells of a field, such as type=GITHUB
    #[arg(long, value_name = "FIELD=TEXT", hide_short_help = true, help_heading = READING)]
    pub set: Vec<String>,
    /// Only rows with this text in this column, such as 'Team=Payments'; if repeated, all must match
    #[arg(long, value_name = "HEADER=TEXT")]
    pub only: Vec<String>,
    /// Only these rows, such as 2-50 or 'Azure!2-50,60'; other rows are not validated
    #[arg(long, value_name = "ROWS", value_parser = RowRange::parse_list)]
    pub rows: Vec<Vec<RowRange>>,
    /// Treat warnings as errors
    #[arg(long, hide_short_help = true)]
    pub strict: bool,
    /// Accept a warning under --strict, or an error that is a guess, by its code
    #[arg(long, value_name = "CODE", hide_short_help = true)]
    pub allow: Vec<String>,
    /// Let secret cells refer to environment variables (`env:NAME`) that match this pattern, such as 'GIT_*'
    #[arg(long, value_name = "PATTERN", hide_short_help = true, help_heading = SECRETS)]
    pub allow_env: Vec<String>,
    /// Let secret cells refer to files (`file:PATH`) below this directory
    #[arg(long, value_name = "DIR", hide_short_help = true, help_heading = SECRETS, value_parser = full_path)]
    pub secrets_dir: Option<PathBuf>,
}

impl InputArgs {
    /// Whether standard input is one of the files.
    pub(super) fn has_stdin(&self) -> bool {
        self.files.iter().any(|file| file.as_os_str() == "-")
    }

    /// How the files are validated. `own_files` hold gij's own credentials.
    pub(super) fn options(
        &self,
        purpose: Purpose,
        own_files: Vec<PathBuf>,
    ) -> Result<Options, Failure> {
        if let Some(dir) = self.secrets_dir.as_ref().filter(|dir| !dir.is_dir()) {
            let message = format!("--secrets-dir {} is not a directory", dir.display());
            return Err(Failure::usage(message));
        }
        let secrets = SecretPolicy {
            allow_env: self.allow_env.clone(),
            secrets_dir: self.secrets_dir.clone(),
            own_files,
        };
        let mut options = Options::new(purpose, secrets);
        options.read = ReadOptions {
            header_row: self.header_row,
            delimiter: self.delimiter,
            encoding: self.encoding,
            sheets: self.sheet.clone(),
            hidden_rows: self.hidden_rows,
        };
        for map in &self.map {
            options.map.add(map).map_err(in_option("--map"))?;
        }
        for preset in &self.set {
            let preset = Preset::parse(preset).map_err(in_option("--set"))?;
            options.presets.push(preset);
        }
        options.refuse_secrets().map_err(in_option("--set"))?;
        for only in &self.only {
            let only = Only::parse(only).map_err(in_option("--only"))?;
            if options.is_secret_column(&only.header) {
                let failure = Failure::usage(
                    "--only cannot select by a column of secrets: others can read the command line",
                );
                return Err(failure.help("select by another column, or with `--rows`"));
            }
            options.selection.only.push(only);
        }
        options.selection.rows = self.rows.concat();
        options.policy.is_strict = self.strict;
        for code in &self.allow {
            options.policy.allow(code).map_err(in_option("--allow"))?;
        }
        Ok(options)
    }
}

/// The settings in a journal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunSettings {
    input: Options,
    /// Earlier versions wrote it; the planned rows tell it too.
    #[serde(default, rename = "limit")]
    _limit: IgnoredAny,
}

/// How the rows of `run` are read and chosen, as its journal has it, so that a resume reads in the same way. `own_files` hold
/// gij's own credentials.
pub(super) fn options_of_run(run: &RunOpened, own_files: Vec<PathBuf>) -> Result<Options, Failure> {
    let unusable = |why: &dyn std::fmt::Display| {
        let message = format!(
            "cannot use the settings in the journal of {}: {why}",
            run.run
        );
        Failure::new(Exit::Stopped, message).help("use the version of gij that began the run")
    };
    if !run.settings.is_null() {
        let settings = RunSettings::deserialize(&run.settings);
        let mut options = settings.map_err(|error| unusable(&error))?.input;
        options.secrets.own_files = own_files;
        return Ok(options);
    }
    // Journals of the first version have command-line words instead.
    let words = run.reading.iter().map(String::as_str);
    let words = ["gij"].into_iter().chain(words).chain(["--", "FILE"]);
    let command = InputArgs::augment_args(clap::Command::new("gij"));
    let parsed = command.try_get_matches_from(words);
    let args = parsed.and_then(|matches| InputArgs::from_arg_matches(&matches));
    let args = args.map_err(|error| unusable(&error.kind()))?;
    args.options(Purpose::Import, own_files)
}

/// An error in the value of `option`.
pub(super) fn in_option<E: std::fmt::Display>(option: &'static str) -> impl Fn(E) -> Failure {
    move |error| Failure::usage(format!("{option}: {error}"))
}

/// Reads and validates all files.
pub(super) fn read(files: &[PathBuf], options: &Options) -> Result<Validation, Failure> {
    complete(validate(files, options))
}

/// Reads and validates files with the names that the run knows them by.
pub(super) fn read_as(
    files: &[(String, PathBuf)],
    options: &Options,
) -> Result<Validation, Failure> {
    let open = |(name, file): &(String, PathBuf)| {
        let source = Source::open(file).map(|source| source.named(name));
        (name.clone(), source)
    };
    complete(validate_sources(files.iter().map(open), options))
}

/// `found`, if everything that its options name was there.
fn complete(found: Validation) -> Result<Validation, Failure> {
    if found.has_secret_argument {
        let failure = Failure::usage(
            "a secret must not be on the command line, and for some of these rows `username` is one: an access key id",
        );
        return Err(failure.help(
            "use `--set username=env:NAME` or `--set username=file:PATH`, or fill in the cells",
        ));
    }
    if let Some((header, option)) = &found.missing_column {
        let message = format!("no table has the column `{header}` that {option} names");
        let headers = found.files.iter().flat_map(|file| &file.tables);
        let headers = headers.flat_map(|table| &table.headers);
        let known = headers.map(|header| (header.as_str(), header));
        return Err(Failure::usage(message).help(match nearest(header, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write the header exactly as in the sheet".to_owned(),
        }));
    }
    if let Some(sheet) = &found.missing_sheet {
        let failure = Failure::usage(format!(
            "no file has the sheet `{sheet}` that --sheet names"
        ));
        return Err(match found.sheets.join("`, `") {
            none if none.is_empty() => failure.help("these files have no sheets; omit `--sheet`"),
            sheets => failure.help(format!("there are `{sheets}`")),
        });
    }
    let counts = found.counts;
    if counts.not_selected > 0 && counts.not_selected == counts.read {
        let rows = count(counts.read, "row", "rows");
        let failure = Failure::usage(format!("`--only` and `--rows` select none of {rows}"));
        return Err(failure.help("compare the text and the row numbers with the sheet"));
    }
    Ok(found)
}

/// Shows what was read and, by `write`, every problem in it.
pub(super) fn show(found: &Validation, screen: &Screen, write: fn(&Screen, &str)) {
    for file in &found.files {
        for table in &file.tables {
            let delimiter = match table.delimiter {
                Some(',') => ", separated by commas",
                Some(';') => ", separated by semicolons",
                Some('\t') => ", separated by tabs",
                Some('|') => ", separated by |",
                _ => "",
            };
            let encoding = match table.encoding {
                Some("UTF-8") | None => String::new(),
                Some(encoding) => format!(", in {encoding}"),
            };
            let selected = match table.rows.not_selected {
                0 => String::new(),
                others => format!(" ({others} not selected)"),
            };
            screen.info(&format!(
                "{}: {}{selected}, {} recognized{delimiter}{encoding}\n",
                one_line(&table.name.to_string()),
                count(table.rows.read, "row", "rows"),
                count(table.columns.len() as u64, "column", "columns"),
            ));
        }
    }
    write(screen, &diagnostics(&found.diagnostics, screen.detail()));
    if let Some(more) = more(&found.diagnostics) {
        screen.info(&more);
    }
}
