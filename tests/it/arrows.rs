//! The modules and what each may use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Module → the modules that it may use.
const ARROWS: [(&str, &[&str]); 16] = [
    ("secret", &[]),
    ("model", &["secret"]),
    ("input", &["model"]),
    ("validate", &["input", "model", "secret"]),
    ("explain", &["input", "model", "secret", "validate"]),
    ("http", &[]),
    ("jira", &["http", "model", "secret"]),
    ("probe", &["http", "model", "secret"]),
    ("plan", &["model", "secret"]),
    ("journal", &["model"]),
    ("engine", &["plan", "jira", "journal", "model"]),
    ("report", &["journal", "plan", "validate", "model"]),
    (
        "render",
        &[
            "model", "plan", "engine", "explain", "journal", "report", "sheets", "validate",
        ],
    ),
    ("sheets", &["model"]),
    ("sandbox", &[]),
    (
        "cli",
        &[
            "engine", "explain", "http", "input", "jira", "journal", "model", "plan", "probe",
            "render", "report", "sandbox", "secret", "sheets", "validate",
        ],
    ),
];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in dir.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The modules of the crate that `text` names.
fn used(text: &str) -> BTreeSet<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| {
        line.match_indices("crate::").map(|(at, path)| {
            let rest = &line[at + path.len()..];
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        })
    })
    .filter(|name| !name.is_empty())
    .collect()
}

#[test]
fn every_module_uses_only_what_it_may() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut modules = BTreeSet::new();
    for entry in src.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let module = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (_, may_use) = ARROWS
            .iter()
            .find(|(name, _)| *name == module)
            .expect(&module);
        for file in sources(&path) {
            for name in used(&std::fs::read_to_string(&file).unwrap()) {
                if name != module && !may_use.contains(&name.as_str()) {
                    wrong.push(format!("{} uses {name}", file.display()));
                }
            }
        }
        modules.insert(module);
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(
        modules.len(),
        ARROWS.len(),
        "a module without an entry here, or an entry without one"
    );
}

/// The files beside `file` that it uses, by their stems. Its unit tests may use any.
fn used_beside(file: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let paths = code.lines().filter_map(|line| {
        let line = line.trim_start().strip_prefix("use super::")?;
        line.split([':', ';', ' ', '{']).next()
    });
    let stems = paths.filter(|stem| {
        let beside = file.with_file_name(stem);
        beside.with_extension("rs").exists() || beside.join("mod.rs").exists()
    });
    stems.map(str::to_owned).collect()
}

#[test]
fn no_files_of_a_module_use_each_other_in_a_circle() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut by_dir: BTreeMap<PathBuf, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for file in sources(&src) {
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let dir = file.parent().unwrap().to_owned();
        by_dir
            .entry(dir)
            .or_default()
            .insert(stem, used_beside(&file));
    }
    let arrows = by_dir
        .values()
        .flat_map(BTreeMap::values)
        .map(BTreeSet::len);
    assert!(arrows.sum::<usize>() > 100, "the sources are not read");
    for (dir, mut files) in by_dir {
        // What uses nothing that is left goes, until nothing is left but circles.
        while let Some(bottom) = files
            .iter()
            .find(|(_, used)| !used.iter().any(|name| files.contains_key(name)))
        {
            let bottom = bottom.0.clone();
            files.remove(&bottom);
        }
        assert!(files.is_empty(), "a circle in {}: {files:?}", dir.display());
    }
}
