//! A field: what it is, how it is written, which headers say it, which types use it.

use serde::Serialize;

use crate::model::{Field, IntegrationType, Kind, Need, Region};

/// What is said about a field.
#[derive(Debug, Serialize)]
pub(crate) struct FieldTopic {
    /// Its name in the API.
    pub field: &'static str,
    /// What it is.
    pub about: &'static str,
    /// How it is written.
    pub value: &'static str,
    /// What a blank cell comes to, where the vendor says it.
    pub if_blank: Option<&'static str>,
    /// The headers that are understood as this field, its own name first.
    pub headers: Vec<&'static str>,
    /// Which types need it how much.
    pub types: NeededBy,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// A value.
    pub example: &'static str,
}

/// Which types need a field how much; the others do nothing with it.
#[derive(Debug, Serialize)]
pub(crate) struct NeededBy {
    /// Those to which it must be given.
    pub required: Vec<IntegrationType>,
    /// Those for which it is part of one of several ways to log in.
    pub one_way_to_log_in: Vec<IntegrationType>,
    /// Those for which it may be blank.
    pub optional: Vec<IntegrationType>,
}

impl FieldTopic {
    /// What is said about `field`.
    pub(crate) fn of(field: Field) -> Self {
        let about = field.about();
        let own = std::iter::once(field.name());
        Self {
            field: field.name(),
            about: about.what,
            value: field.kind().format(),
            if_blank: about.if_blank,
            headers: own.chain(field.aliases().iter().copied()).collect(),
            types: NeededBy::of(field),
            notes: notes(field),
            example: about.example,
        }
    }
}

impl NeededBy {
    fn of(field: Field) -> Self {
        let types = |need: Need| {
            IntegrationType::all()
                .filter(|of| of.spec().need(field) == need)
                .collect()
        };
        Self {
            required: types(Need::Required),
            one_way_to_log_in: types(Need::OneWay),
            optional: types(Need::Optional),
        }
    }
}

fn notes(field: Field) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |text: &str| notes.push(text.to_owned());
    match field.kind() {
        Kind::Flag => note(
            "`true` and `false`, `yes` and `no`, `y` and `n`, `on` and `off`, `1` and `0` are understood in any case.",
        ),
        Kind::Secret => {
            note(
                "`env:NAME` is read from the environment variable, if `--allow-env` allows its name; `file:PATH` from \
                 the first line of the file, below the directory that `--secrets-dir` names.",
            );
            note(
                "A secret that begins with `env:` or `file:` is written with `literal:` before it.",
            );
        }
        Kind::Type => note(&format!(
            "The types are {}.",
            IntegrationType::all()
                .map(IntegrationType::name)
                .collect::<Vec<_>>()
                .join(", ")
        )),
        Kind::Region => note(&format!(
            "The vendor's manual lists {}.",
            Region::listed().join(", ")
        )),
        Kind::Ids | Kind::Keys => {
            note("Commas, semicolons or spaces may stand between several.");
        }
        _ => {}
    }
    match field {
        Field::DisableSslVerification => note(
            "A column `sslVerify`, as the app's Bulk Change has it, says the opposite and is understood as such.",
        ),
        Field::ProjectMappingIds => {
            note("`ALL`, as the app's Bulk Change writes it, is read as `global` true.");
        }
        _ => {}
    }
    notes
}
