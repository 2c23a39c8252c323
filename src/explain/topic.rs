//! What there is to say about a code, a type or a field. Serialised, a [`Topic`] is the document of `--format json`, but for
//! its version.

use serde::{Serialize, Serializer};

use crate::input::Source;
use crate::model::{
    ABOUT_ID, Code, CodeAbout, Diagnostics, Example, Field, ID, IntegrationType, Kind,
    LISTED_REGIONS, Need, Severity,
};
use crate::secret::SecretPolicy;
use crate::validate::{Options, Purpose, validate_sources};

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Topic {
    Code(Box<CodeTopic>),
    Type(Box<TypeTopic>),
    Field(Box<FieldTopic>),
    Everything(Catalogue),
}

#[derive(Debug, Serialize)]
pub(crate) struct CodeTopic {
    #[serde(flatten)]
    pub about: &'static CodeAbout,
    #[serde(skip)]
    pub code: Code,
    /// The options that change the severity.
    pub options: Option<String>,
    /// What `gij check` reports of the example.
    #[serde(serialize_with = "places")]
    pub diagnostics: Diagnostics,
}

#[derive(Debug, Serialize)]
pub(crate) struct TypeTopic {
    #[serde(rename = "type")]
    pub integration_type: IntegrationType,
    pub product: &'static str,
    /// Other names that mean it alone.
    pub also_called: Vec<&'static str>,
    pub origin: String,
    pub log_in: String,
    /// Further required fields.
    pub requires: Vec<CatalogueLine>,
    /// Optional fields that not every type has.
    pub own: Vec<CatalogueLine>,
    /// Optional fields of all types.
    pub common: Vec<&'static str>,
    pub notes: Vec<&'static str>,
    /// A table of one complete row.
    pub example: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct FieldTopic {
    pub field: &'static str,
    pub about: &'static str,
    pub value: &'static str,
    pub if_blank: Option<&'static str>,
    /// The headers of the field, its own name first.
    pub headers: Vec<&'static str>,
    pub types: NeededBy,
    pub notes: Vec<String>,
    pub example: &'static str,
}

/// The types that use a field, by how much they need it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct NeededBy {
    pub required: Vec<IntegrationType>,
    pub one_way_to_log_in: Vec<IntegrationType>,
    pub optional: Vec<IntegrationType>,
}

/// All codes, the worst first, all types and all fields.
#[derive(Debug, Serialize)]
pub(crate) struct Catalogue {
    pub codes: Vec<CatalogueLine>,
    pub types: Vec<CatalogueLine>,
    pub fields: Vec<CatalogueLine>,
}

/// What there is to be explained, in a line.
#[derive(Debug, Serialize)]
pub(crate) struct CatalogueLine {
    pub name: &'static str,
    pub about: &'static str,
    /// That of a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

impl Catalogue {
    pub(crate) fn new() -> Self {
        let codes = Code::ALL.iter().map(|code| CatalogueLine {
            severity: Some(code.severity()),
            ..CatalogueLine::new(code.name(), code.about().meaning)
        });
        let mut codes: Vec<CatalogueLine> = codes.collect();
        // The sort is stable: within a severity, codes keep the order of their declaration.
        codes.sort_by_key(|line| std::cmp::Reverse(line.severity));
        let types = IntegrationType::all();
        let types = types.map(|one| CatalogueLine::new(one.name(), one.product()));
        let id = CatalogueLine::new(ID, ABOUT_ID);
        Self {
            codes,
            types: types.collect(),
            fields: Field::all().map(CatalogueLine::of).chain([id]).collect(),
        }
    }
}

impl CatalogueLine {
    fn new(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            about,
            severity: None,
        }
    }

    fn of(field: Field) -> Self {
        Self::new(field.name(), field.meaning())
    }
}

impl From<Code> for CodeTopic {
    fn from(code: Code) -> Self {
        let about = code.about();
        let options = match code.severity() {
            Severity::Error if code.is_guess() => Some(format!(
                "It is a guess at what was meant. If the guess is wrong, `--allow {code}` turns the error into a warning."
            )),
            Severity::Warning => Some(format!(
                "`--strict` turns the warning into an error, unless `--allow {code}` is given too."
            )),
            _ => None,
        };
        let diagnostics = match about.example {
            Example::Words(_) => Diagnostics::default(),
            Example::Csv { wrong, .. } => check(wrong),
        };
        Self {
            about,
            code,
            options,
            diagnostics,
        }
    }
}

/// The diagnostics of `gij check` without options.
fn check(csv: &str) -> Diagnostics {
    const FILE: &str = "example.csv";
    let options = Options::new(Purpose::Check, SecretPolicy::default());
    let source = Source::from_bytes(FILE, csv.into());
    validate_sources([(FILE.to_owned(), Ok(source))], &options).diagnostics
}

fn places<S: Serializer>(found: &Diagnostics, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(found.iter())
}

impl From<IntegrationType> for TypeTopic {
    fn from(integration_type: IntegrationType) -> Self {
        /// Fields that have a line of their own.
        const NAMED: [Field; 5] = [
            Field::Type,
            Field::Origin,
            Field::Username,
            Field::Password,
            Field::Pat,
        ];
        let spec = integration_type.spec();
        let with = |need: Need| {
            Field::all().filter(move |field| !NAMED.contains(field) && spec.need(*field) == need)
        };
        // Only a tracked folder has no pull requests to hide: that is no distinction of the others.
        let is_common = |field: &Field| {
            *field == Field::PrHideFilter
                || IntegrationType::all().all(|other| other.spec().uses(*field))
        };
        let also_called = spec.also_called.iter().copied();
        let is_of_one = |name: &&str| IntegrationType::of_product(name).len() == 1;
        let (common, own): (Vec<Field>, Vec<Field>) = with(Need::Optional).partition(is_common);
        Self {
            integration_type,
            product: spec.product,
            also_called: also_called.filter(is_of_one).collect(),
            origin: spec.origin_in_words(),
            log_in: spec.credentials_in_words(),
            requires: with(Need::Required).map(CatalogueLine::of).collect(),
            own: own.into_iter().map(CatalogueLine::of).collect(),
            common: common.into_iter().map(Field::name).collect(),
            notes: spec.remark.into_iter().collect(),
            example: example_row(integration_type),
        }
    }
}

/// A table with one row that has everything the type requires.
fn example_row(integration_type: IntegrationType) -> String {
    let spec = integration_type.spec();
    let cell = |field: Field| match field {
        Field::DisplayName => Some(format!("Our {}", spec.product)),
        _ => spec.example(field).map(str::to_owned),
    };
    let (headers, cells): (Vec<&str>, Vec<String>) = Field::all()
        .filter_map(|field| Some((field.name(), cell(field)?)))
        .unzip();
    format!("{}\n{}\n", headers.join(","), cells.join(","))
}

impl From<Field> for FieldTopic {
    fn from(field: Field) -> Self {
        let types = |need: Need| {
            IntegrationType::all()
                .filter(|integration_type| integration_type.spec().need(field) == need)
                .collect()
        };
        let own_name = std::iter::once(field.name());
        Self {
            field: field.name(),
            about: field.meaning(),
            value: field.kind().format(),
            if_blank: field.if_blank(),
            headers: own_name.chain(field.aliases().iter().copied()).collect(),
            types: NeededBy {
                required: types(Need::Required),
                one_way_to_log_in: types(Need::OneWay),
                optional: types(Need::Optional),
            },
            notes: notes(field),
            example: field.example(),
        }
    }
}

impl FieldTopic {
    /// The column `id`, which is no field of a creation.
    pub(super) fn id() -> Self {
        Self {
            field: ID,
            about: ABOUT_ID,
            value: Kind::Integer.format(),
            if_blank: None,
            headers: vec![ID],
            types: NeededBy {
                optional: IntegrationType::all().collect(),
                ..NeededBy::default()
            },
            notes: vec![
                "A Jira gives its own ids, so that they differ from one Jira to the next.".into(),
            ],
            example: "611",
        }
    }
}

fn notes(field: Field) -> Vec<String> {
    let mut notes: Vec<String> = match field.kind() {
        Kind::Flag => vec![
            "`true` and `false`, `yes` and `no`, `y` and `n`, `on` and `off`, `1` and `0` are accepted in any case.".into(),
        ],
        Kind::Secret => vec![
            "`env:NAME` is read from the environment variable, if `--allow-env` allows its name. `file:PATH` is the first \
             line of the file, which must be below the directory given by `--secrets-dir`."
                .into(),
            "Write `literal:` before a secret that begins with `env:` or `file:`.".into(),
        ],
        Kind::Type => vec![format!(
            "The types are {}.",
            IntegrationType::names(IntegrationType::all())
        )],
        Kind::Region => vec![format!(
            "The vendor's manual lists {}.",
            LISTED_REGIONS.join(", ")
        )],
        Kind::Ids | Kind::Keys => {
            vec!["Separate several with commas, semicolons or spaces.".into()]
        }
        _ => Vec::new(),
    };
    let bulk_change = match field {
        Field::DisableSslVerification => Some(
            "The column `sslVerify` of the app's Bulk Change means the opposite and is accepted too.",
        ),
        Field::ProjectMappingIds => {
            Some("`ALL`, as the app's Bulk Change writes it, means `global` true.")
        }
        _ => None,
    };
    notes.extend(bulk_change.map(Into::into));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_shows_its_code_and_nothing_else() {
        for code in Code::ALL {
            let Example::Csv { right, .. } = code.about().example else {
                continue;
            };
            let diagnostics = CodeTopic::from(*code).diagnostics;
            let codes =
                |found: &Diagnostics| found.iter().map(|one| one.code).collect::<Vec<Code>>();
            assert_eq!(codes(&diagnostics), [*code]);
            assert_eq!(codes(&check(right)), [], "{code}");
        }
    }
}
