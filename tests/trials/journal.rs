//! What a journal says, as its lines tell it, independent of the program's own reader.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// The complete lines of a journal that can be read.
pub fn events(dir: &Path) -> Vec<Value> {
    let text = std::fs::read(dir.join("journal.jsonl")).unwrap();
    events_of(&text)
}

/// The same of its bytes.
pub fn events_of(text: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(text);
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// How many requests are announced for the rows of each name; those without a name are under the empty one.
pub fn intents(events: &[Value]) -> BTreeMap<String, usize> {
    let mut names: BTreeMap<u64, String> = BTreeMap::new();
    let mut intents = BTreeMap::new();
    for event in events {
        let n = event["n"].as_u64().unwrap_or_default();
        match event["event"].as_str() {
            Some("row") => {
                names.insert(n, event["name"].as_str().unwrap_or_default().to_owned());
            }
            // The row may have been lost.
            Some("intent") => {
                let name = names.get(&n).cloned().unwrap_or_default();
                *intents.entry(name).or_default() += 1;
            }
            _ => {}
        }
    }
    intents
}
