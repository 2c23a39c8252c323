//! What a journal records about inputs, Jira and the people who ran something.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::exit::Failure;
use super::import::Import;
use crate::engine::Opening;
use crate::journal::{ConfirmedBy, Input, Jira, RunOpened, SessionKind, SessionStart, VERSION};
use crate::render::Target;
use crate::validate::{FileRead, Validation};

/// The version of `gij`.
const GIJ: &str = env!("CARGO_PKG_VERSION");

/// The beginning of a run, as it is journaled.
pub(super) fn opening(
    run: &str,
    import: &Import<'_>,
    input: &Validation,
    target: &Target,
    confirmed_by: ConfirmedBy,
    listed_at: Timestamp,
) -> Result<Opening, Failure> {
    let settings = serde_json::to_value(import.settings()).map_err(|error| {
        Failure::usage(format!("cannot record the settings of the run: {error}"))
    })?;
    Ok(Opening {
        opened: RunOpened {
            version: VERSION,
            gij: GIJ.into(),
            run: run.into(),
            rehearsal: import.args.sandbox,
            jira: jira_of(target),
            options: import.reading_options(),
            settings,
            reading: Vec::new(),
            inputs: input.files.iter().flat_map(inputs).collect(),
            at: Timestamp::now(),
        },
        session: session(
            SessionKind::Import,
            target,
            confirmed_by,
            import.settle(),
            import.running_options(),
        ),
        not_selected: input
            .not_selected
            .iter()
            .map(|row| (row.n, row.place.clone()))
            .collect(),
        invalid: input.invalid.clone(),
        listed_at,
    })
}

/// The Jira that journals and reports name.
pub(super) fn jira_of(target: &Target) -> Jira {
    Jira {
        url: target.url.as_str().into(),
        title: non_blank(&target.title),
        version: non_blank(&target.version),
        user: non_blank(&target.user),
    }
}

/// A session that begins now.
pub(super) fn session(
    kind: SessionKind,
    target: &Target,
    confirmed_by: ConfirmedBy,
    settle: Duration,
    options: BTreeMap<String, String>,
) -> SessionStart {
    SessionStart {
        kind,
        gij: GIJ.into(),
        host: whoami::hostname().unwrap_or_default(),
        os_user: whoami::username().unwrap_or_default(),
        jira_user: non_blank(&target.user),
        at: Timestamp::now(),
        settle_ms: u64::try_from(settle.as_millis()).unwrap_or(u64::MAX),
        confirmed_by,
        options,
    }
}

fn non_blank(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.into())
}

/// The absolute path of a file, for a resume from another directory.
fn path_of(name: &str) -> Option<String> {
    let path = (name != "-").then(|| std::path::absolute(name))?;
    Some(path.ok()?.to_string_lossy().into())
}

fn inputs(file: &FileRead) -> impl Iterator<Item = Input> {
    file.tables.iter().map(|table| Input {
        file: file.name.as_str().into(),
        path: path_of(&file.name),
        sheet: table.name.sheet.as_deref().map(Into::into),
        sha256: file.sha256.as_deref().unwrap_or_default().into(),
        columns: table
            .headers
            .iter()
            .map(|header| header.as_str().into())
            .collect(),
        rows_blank: table.rows.blank,
    })
}
