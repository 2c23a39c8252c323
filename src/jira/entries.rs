//! The integrations of a list, taken out of it while it comes in.

use memchr::memchr2;
use serde::Deserialize;
use serde_json::Value;

use super::wire;
use crate::model::{KnownIntegration, RemoteList};

/// Reads a list as it comes, entry by entry: a list can be long, and neither it nor the texts of integrations that are
/// known already are ever held as a whole. What is left of the answer, `{"success":true,"integrations":[0,0]}`, says
/// whether it is a list in the documented shape, down to its end.
pub(super) struct Entries<'a> {
    is_known: &'a dyn Fn(i64) -> bool,
    list: RemoteList,
    /// How many entries were taken out.
    taken: usize,
    /// How many brackets are open.
    depth: usize,
    string: Text,
    /// The last string that began right within the outermost brackets, as it is written and as far as it matters.
    key: Vec<u8>,
    /// Whether the brackets of the integrations are open.
    is_in_list: bool,
    /// The entry that is coming in, as far as it has come.
    entry: Option<Vec<u8>>,
}

/// Where in a string the text is.
#[derive(Clone, Copy, PartialEq)]
enum Text {
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

/// What stands in the answer's rest for an entry that was taken out.
const TAKEN: u8 = b'0';

const LIST: &[u8] = b"integrations";

impl<'a> Entries<'a> {
    /// Of the integrations of which `is_known` says so the ids are kept and nothing else.
    pub(super) fn new(is_known: &'a dyn Fn(i64) -> bool) -> Self {
        Self {
            is_known,
            list: RemoteList::default(),
            taken: 0,
            depth: 0,
            string: Text::Outside,
            key: Vec::new(),
            is_in_list: false,
            entry: None,
        }
    }

    /// Takes in what comes next, and puts what is no integration into `rest`.
    pub(super) fn take_in(&mut self, chunk: &[u8], rest: &mut Vec<u8>) {
        let (mut from, mut at) = (0, 0);
        while let Some(&byte) = chunk.get(at) {
            match (self.string, byte) {
                (Text::Escaped, _) => self.string = Text::Inside,
                (Text::Inside, b'"') => self.string = Text::Outside,
                (Text::Inside, b'\\') => self.string = Text::Escaped,
                (Text::Inside, _) => {
                    let left = &chunk[at..];
                    let text = &left[..memchr2(b'"', b'\\', left).unwrap_or(left.len())];
                    self.note_key(text);
                    at += text.len();
                    continue;
                }
                (Text::Outside, b'"') => {
                    self.string = Text::Inside;
                    if self.depth == 1 {
                        self.key.clear();
                    }
                }
                (Text::Outside, b'{' | b'[') => {
                    if byte == b'{' && self.is_in_list && self.depth == 2 {
                        rest.extend_from_slice(&chunk[from..at]);
                        from = at;
                        self.entry = Some(Vec::new());
                    }
                    self.is_in_list |= byte == b'[' && self.depth == 1 && self.key == LIST;
                    self.depth += 1;
                }
                (Text::Outside, b'}' | b']') => {
                    self.depth = self.depth.saturating_sub(1);
                    self.is_in_list &= self.depth > 1;
                    if self.depth == 2
                        && let Some(mut entry) = self.entry.take()
                    {
                        entry.extend_from_slice(&chunk[from..=at]);
                        from = at + 1;
                        self.take(&entry, rest);
                    }
                }
                (Text::Outside, _) => {}
            }
            at += 1;
        }
        self.entry
            .as_mut()
            .unwrap_or(rest)
            .extend_from_slice(&chunk[from..]);
    }

    fn note_key(&mut self, text: &[u8]) {
        let is_longer = self.key.len() > LIST.len();
        if self.depth == 1 && !is_longer {
            self.key
                .extend_from_slice(&text[..text.len().min(LIST.len() + 1)]);
        }
    }

    /// What is no integration stays in `rest`, where it makes the list none.
    fn take(&mut self, entry: &[u8], rest: &mut Vec<u8>) {
        let known = known(entry).filter(|known| (self.is_known)(known.id));
        if let Some(known) = known {
            self.list.known.push(known);
        } else if let Some(shown) = wire::entry(entry) {
            self.list.shown.push(shown);
        } else {
            return rest.extend_from_slice(entry);
        }
        self.taken += 1;
        rest.push(TAKEN);
    }

    /// The list, once all has come and `rest` is left of it; none if it is not a list in the documented shape.
    pub(super) fn end(self, rest: &[u8]) -> Option<RemoteList> {
        #[derive(Deserialize)]
        struct Rest {
            success: Option<Value>,
            integrations: Vec<u8>,
        }
        let rest: Rest = serde_json::from_slice(rest).ok()?;
        let refuses = rest.success.as_ref().and_then(wire::truth) == Some(false);
        // Numbers of Jira's own are no integrations.
        let is_whole = rest.integrations.len() == self.taken;
        (!refuses && is_whole).then_some(self.list)
    }
}

/// What is kept of an integration that is known; none if the entry is not as usual.
fn known(entry: &[u8]) -> Option<KnownIntegration> {
    #[derive(Deserialize)]
    struct Head {
        id: i64,
        #[serde(rename = "initDate")]
        init_date: Option<i64>,
    }
    let Head { id, init_date } = serde_json::from_slice(entry).ok()?;
    Some(KnownIntegration { id, init_date })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list that comes in pieces of so many bytes, and of which the integration 9 is known: the ids that are shown and
    /// that are known.
    fn read(body: &[u8], piece: usize) -> Option<(Vec<i64>, Vec<i64>)> {
        let is_known = |id| id == 9;
        let mut entries = Entries::new(&is_known);
        let mut rest = Vec::new();
        for chunk in body.chunks(piece) {
            entries.take_in(chunk, &mut rest);
        }
        let list = entries.end(&rest)?;
        Some((
            list.shown.iter().map(|remote| remote.id).collect(),
            list.known.iter().map(|known| known.id).collect(),
        ))
    }

    #[test]
    fn a_list_is_read_to_its_last_entry_or_not_at_all() {
        for (body, list) in [
            (r#"{"success":true,"integrations":[]}"#, Some(vec![])),
            (
                r#"{"integrations":[{"id":7}],"success":"true"}"#,
                Some(vec![7]),
            ),
            (
                r#"{"integrations":[{"id":7}, {"id":8}],"more":[1]}"#,
                Some(vec![7, 8]),
            ),
            (
                r#"{"success":null,"integrations":[{"id":7}]}"#,
                Some(vec![7]),
            ),
            (
                r#"{"more":[{"id":1}],"integrations":[{"id":7,"n":[{"x":"]}"}]}]}"#,
                Some(vec![7]),
            ),
            (r#"{"success":false,"integrations":[{"id":7}]}"#, None),
            (r#"{"success":"false","integrations":[{"id":7}]}"#, None),
            (
                r#"{"success":true,"integrations":[{"id":7},{"id":"9"}]}"#,
                None,
            ),
            (r#"{"success":true,"integrations":[{"id":7},9]}"#, None),
            (r#"{"success":true,"integrations":[{"id":7},0]}"#, None),
            (
                r#"{"success":true,"integrations":[{"id":7}{"id":8}]}"#,
                None,
            ),
            (r#"{"success":true,"integrations":[{"id":7},]}"#, None),
            (r#"{"success":true,"integrations":[{"id":7]]}"#, None),
            (r#"{"success":true,"integrations":{"id":7}}"#, None),
            (r#"{"success":true,"integrations":null}"#, None),
            (r#"{"success":true,"integrations":[{"id":7}"#, None),
            (r#"{"success":true,"integrations":[{"id":7"#, None),
            (r#"{"success":true}"#, None),
            (r#"{"integrations":[],"integrations":[{"id":7}]}"#, None),
            (r#"[{"id":7}]"#, None),
            ("]}", None),
            ("", None),
        ] {
            for piece in 1..=body.len().max(1) {
                let list = list.clone().map(|ids: Vec<i64>| (ids, vec![]));
                assert_eq!(read(body.as_bytes(), piece), list, "{body} by {piece}");
            }
        }
    }

    #[test]
    fn what_is_known_is_kept_by_its_id() {
        let body =
            br#"{"integrations":[{"initDate":3,"id":9,"origin":"\"}]"},{"id":7,"a\\":"\\"}]}"#;
        for piece in 1..body.len() {
            assert_eq!(read(body, piece), Some((vec![7], vec![9])), "by {piece}");
        }
        let is_known = |_| true;
        let mut entries = Entries::new(&is_known);
        let mut rest = Vec::new();
        entries.take_in(body, &mut rest);
        assert_eq!(rest, br#"{"integrations":[0,0]}"#);
        let known = entries.end(&rest).unwrap().known;
        assert_eq!((known[0].init_date, known[1].init_date), (Some(3), None));
    }

    #[test]
    fn a_secret_that_jira_shows_goes_no_further() {
        let is_known = |_| false;
        let mut entries = Entries::new(&is_known);
        let mut rest = Vec::new();
        let body =
            br#"{"integrations":[{"id":7,"pat":"canary","password":"canary","origin":"o"}]}"#;
        entries.take_in(body, &mut rest);
        let list = entries.end(&rest).unwrap();
        assert_eq!(list.shown[0].origin.as_deref(), Some("o"));
        assert!(!format!("{list:?}").contains("canary"));
    }
}
