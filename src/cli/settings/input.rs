use std::path::PathBuf;

use clap::Parser as _;

use crate::cli::args::{CheckArgs, Cli, Command, HiddenRowsHow, InputArgs};
use crate::cli::exit::{Exit, Failure};
use crate::input::{HiddenRows, ReadOptions, Source};
use crate::render::count;
use crate::secret::SecretPolicy;
use crate::validate::{
    Only, Options, Preset, Purpose, RowRange, Validation, validate, validate_sources,
};

/// What is read.
#[derive(Clone, Debug)]
pub(in crate::cli) struct InputSettings {
    pub files: Vec<PathBuf>,
    pub options: Options,
}

impl InputSettings {
    pub(crate) fn of_check(args: CheckArgs) -> Result<Self, Failure> {
        Self::new(args.input, Purpose::Check, Vec::new())
    }

    pub(super) fn new(
        args: InputArgs,
        purpose: Purpose,
        own_files: Vec<PathBuf>,
    ) -> Result<Self, Failure> {
        if let Some(dir) = &args.secrets_dir
            && !dir.is_dir()
        {
            return Err(Failure::usage(format!(
                "--secrets-dir {} is not a directory",
                dir.display()
            )));
        }
        let secrets = SecretPolicy {
            allow_env: args.allow_env,
            secrets_dir: args.secrets_dir,
            own_files,
        };
        let mut options = Options::new(purpose, secrets);
        options.read = ReadOptions {
            header_row: args.header_row,
            delimiter: args.delimiter,
            encoding: args.encoding,
            sheets: args.sheet,
            hidden_rows: match args.hidden_rows {
                HiddenRowsHow::Include => HiddenRows::Include,
                HiddenRowsHow::Skip => HiddenRows::Skip,
                HiddenRowsHow::Error => HiddenRows::Error,
            },
        };
        for map in &args.map {
            options.map.add(map).map_err(of_option("--map"))?;
        }
        for preset in &args.set {
            options
                .presets
                .push(Preset::parse(preset).map_err(of_option("--set"))?);
        }
        options.refuse_secrets().map_err(of_option("--set"))?;
        for only in &args.only {
            let only = Only::parse(only).map_err(of_option("--only"))?;
            if options.says_secret(&only.header) {
                let failure = Failure::usage(
                    "--only cannot select by a column of secrets: what is typed can be read by others",
                );
                return Err(failure.help("select by another column, or by `--rows`"));
            }
            options.selection.only.push(only);
        }
        for rows in &args.rows {
            options
                .selection
                .rows
                .extend(RowRange::parse_list(rows).map_err(of_option("--rows"))?);
        }
        options.policy.is_strict = args.strict;
        for code in &args.allow {
            options.policy.allow(code).map_err(of_option("--allow"))?;
        }
        Ok(Self {
            files: args.files,
            options,
        })
    }

    /// What a run that read `files` with the options `typed` reads now.
    pub(crate) fn again(
        typed: &[String],
        files: Vec<PathBuf>,
        own_files: Vec<PathBuf>,
    ) -> Result<Self, Failure> {
        let words = ["gij", "check"]
            .into_iter()
            .chain(typed.iter().map(|word| &**word));
        let parsed = Cli::try_parse_from(words.chain(["--", "FILE"]));
        let Ok(Cli {
            command: Command::Check(args),
            ..
        }) = parsed
        else {
            return Err(Failure::new(
                Exit::Stopped,
                "the journal's options on reading are not understood; use the gij that began the run",
            ));
        };
        let settings = Self::new(args.input, Purpose::Import, own_files)?;
        Ok(Self { files, ..settings })
    }

    /// Whether standard input is one of the files.
    pub(crate) fn has_stdin(&self) -> bool {
        self.files.iter().any(|file| file.as_os_str() == "-")
    }

    /// Reads and checks all files.
    pub(crate) fn validate(&self) -> Result<Validation, Failure> {
        Self::all_found(validate(&self.files, &self.options))
    }

    /// Reads and checks files that go by other names.
    pub(crate) fn validate_as(&self, names: &[String]) -> Result<Validation, Failure> {
        let open = |(name, file): (&String, &PathBuf)| {
            let source = Source::open(file).map(|source| source.named(name));
            (name.clone(), source)
        };
        let sources = names.iter().zip(&self.files).map(open);
        Self::all_found(validate_sources(sources, &self.options))
    }

    /// The same, if all that was asked for was there.
    fn all_found(found: Validation) -> Result<Validation, Failure> {
        if found.is_secret_typed {
            let failure = Failure::usage(
                "a secret must not stand on the command line, and for some of these rows `username` is one: an access key id",
            );
            return Err(failure.help(
                "write `env:NAME` or `file:PATH` behind `--set username=`, or fill in the cells",
            ));
        }
        if let Some(header) = found.missing_columns.first() {
            return Err(Failure::usage(format!(
                "no table has the column `{header}` that --only names"
            )));
        }
        let has_tables = found.files.iter().any(|file| !file.tables.is_empty());
        if let (Some(header), true) = (found.missing_mapped.first(), has_tables) {
            let failure = Failure::usage(format!(
                "no table has the column `{header}` that --map names"
            ));
            return Err(failure.help("write the header as it stands in the sheet"));
        }
        if let Some(sheet) = found.missing_sheets.first() {
            let failure = Failure::usage(format!(
                "no file has the sheet `{sheet}` that --sheet names"
            ));
            return Err(match found.sheets.join("`, `") {
                none if none.is_empty() => {
                    failure.help("none of the files has sheets; leave `--sheet` out")
                }
                sheets => failure.help(format!("there are `{sheets}`")),
            });
        }
        let counts = found.counts;
        if counts.not_selected > 0 && counts.not_selected == counts.read {
            let rows = count(counts.read, "row", "rows");
            let failure = Failure::usage(format!("`--only` and `--rows` select none of {rows}"));
            return Err(failure.help("check the text and the row numbers against the sheet"));
        }
        Ok(found)
    }
}

/// What is wrong with the value of `option`.
pub(super) fn of_option<E: std::fmt::Display>(option: &'static str) -> impl Fn(E) -> Failure {
    move |error| Failure::usage(format!("{option}: {error}"))
}
