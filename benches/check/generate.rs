//! The file that everything is measured on: all twelve types evenly, every origin and name distinct, quotes and letters
//! beyond ASCII in a tenth of the names, every row valid. The same seed gives the same bytes.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use fastrand::Rng;
use gij::testing::model::IntegrationType;
use rust_xlsxwriter::Workbook;

const SEED: u64 = 0x6769_6a21;

const HEADERS: [&str; 21] = [
    "type",
    "displayName",
    "origin",
    "username",
    "password",
    "pat",
    "disabled",
    "sendCommitEmails",
    "maxMinsToCommitEmail",
    "disableSslVerification",
    "apiPath",
    "tfsCollection",
    "awsRegion",
    "gitViewerEnabled",
    "smartCommitsEnabled",
    "global",
    "projectMappingIds",
    "sourcesDiffViewEnabled",
    "revisionIndexing",
    "limitGitData",
    "folderDepth",
];

/// Columns that hold a filter or a regular expression, with what stands in them.
const FILTERS: [(&str, [&str; 4]); 3] = [
    (
        "apiFilter",
        [
            "",
            "[?archived==`false`]",
            "[?!contains(name, 'sandbox') && (visibility == 'private' || fork == `false`)]",
            "[?starts_with(full_name, 'payments/')].{name: name, id: id}",
        ],
    ),
    (
        "tagsFilter",
        [
            "",
            r"v\d+\.\d+(\.\d+)?",
            "release-.*",
            r"(?i)^(rc|beta)-?\d+$",
        ],
    ),
    (
        "prHideFilter",
        [
            "",
            r"(?i)\b(wip|draft)\b.*",
            "dependabot/.*",
            r"^renovate/(?!major-).+",
        ],
    ),
];

/// Whether the rows say filters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filters {
    None,
    Some,
}

/// Writes `rows` rows as CSV.
pub(crate) fn csv(file: &Path, rows: u32, filters: Filters) -> Result<(), Box<dyn Error>> {
    let filters: &[_] = match filters {
        Filters::None => &[],
        Filters::Some => &FILTERS,
    };
    let mut writer = csv::Writer::from_writer(BufWriter::new(File::create(file)?));
    writer.write_record(
        HEADERS
            .iter()
            .chain(filters.iter().map(|(header, _)| header)),
    )?;
    let mut rng = Rng::with_seed(SEED);
    let mut filter_rng = Rng::with_seed(SEED);
    for row in cells(rows, &mut rng) {
        let filters = filters
            .iter()
            .map(|(_, texts)| texts[filter_rng.usize(..texts.len())]);
        writer.write_record(row.iter().map(String::as_str).chain(filters))?;
    }
    writer.flush()?;
    Ok(())
}

/// Writes `rows` rows as a workbook with shared strings.
pub(crate) fn xlsx(file: &Path, rows: u32) -> Result<(), Box<dyn Error>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEADERS)?;
    let mut rng = Rng::with_seed(SEED);
    for (row, cells) in (1..).zip(cells(rows, &mut rng)) {
        for (column, cell) in (0..).zip(&cells) {
            if !cell.is_empty() {
                sheet.write(row, column, cell)?;
            }
        }
    }
    workbook.save(file)?;
    Ok(())
}

fn cells(rows: u32, rng: &mut Rng) -> impl Iterator<Item = [String; 21]> {
    let types: Vec<IntegrationType> = IntegrationType::all().collect();
    (0..rows).map(move |n| row(n, types[n as usize % types.len()], rng))
}

fn row(n: u32, of: IntegrationType, rng: &mut Rng) -> [String; 21] {
    use IntegrationType as T;
    let mut row = [const { String::new() }; 21];
    let mut put = |header: &str, value: String| {
        if let Some(column) = HEADERS.iter().position(|known| *known == header) {
            row[column] = value;
        }
    };
    put("type", of.name().to_owned());
    put("displayName", name(n, rng));
    put("origin", origin(n, of, rng));
    match of {
        T::Filespace => {}
        T::Aws => {
            put("username", format!("key-id-{}", word(rng, 12)));
            put("password", word(rng, 20));
        }
        T::GitLabServerLegacy | T::TfsServer | T::Gerrit => {
            put("username", format!("svc-{}", word(rng, 6)));
            put("password", word(rng, 16));
        }
        _ => put("pat", word(rng, 24)),
    }
    match of {
        T::GitHubServer => put("apiPath", "/api/v3".to_owned()),
        T::Aws => put("awsRegion", "eu-central-1".to_owned()),
        T::Azure | T::Vsts | T::TfsServer | T::AzureDevops => {
            put("tfsCollection", format!("Collection{}", rng.u8(1..20)));
        }
        T::Filespace => put("folderDepth", rng.u8(1..=5).to_string()),
        _ => {}
    }
    put("disabled", "false".to_owned());
    put("sendCommitEmails", flag(rng));
    if rng.u8(..4) == 0 {
        put("maxMinsToCommitEmail", rng.u16(60..2000).to_string());
    }
    put("gitViewerEnabled", "true".to_owned());
    put("smartCommitsEnabled", flag(rng));
    if rng.bool() {
        put("global", "true".to_owned());
    } else {
        let ids = [rng.u32(10_000..20_000), rng.u32(10_000..20_000)];
        put("global", "false".to_owned());
        put("projectMappingIds", format!("{}; {}", ids[0], ids[1]));
    }
    put("revisionIndexing", flag(rng));
    row
}

fn name(n: u32, rng: &mut Rng) -> String {
    let team = word(rng, 7);
    match n % 20 {
        7 => format!("Team \"{team}\" {n}"),
        17 => format!("Équipe {team} – Zürich {n}"),
        _ => format!("Team {team} {n}"),
    }
}

fn origin(n: u32, of: IntegrationType, rng: &mut Rng) -> String {
    let host = word(rng, 5);
    match of {
        IntegrationType::Filespace => format!("/srv/repos/{host}/{n}/*"),
        _ => format!("https://git-{host}-{n}.example.org"),
    }
}

fn flag(rng: &mut Rng) -> String {
    if rng.bool() { "true" } else { "false" }.to_owned()
}

fn word(rng: &mut Rng, length: usize) -> String {
    (0..length).map(|_| rng.lowercase()).collect()
}
