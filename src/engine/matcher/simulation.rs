//! A Jira that commits when it likes and shows it when it likes, and a matcher that follows it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::model::{IntegrationType, Origin, OriginKey};

/// What a row says: type, host and name.
type Said = (IntegrationType, Option<&'static str>, Option<&'static str>);

/// What becomes of an attempt.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    /// Carried out, and nobody hears of it.
    Lost,
    /// The same, and Jira gives it another name.
    Renamed,
    /// Carried out before the next settling is over.
    Late,
    NeverArrived,
    Refused,
}

#[derive(Clone, Debug)]
enum Step {
    /// The row of this number among those that may be sent, and whether lists lag behind what comes of it.
    Send(usize, Fate, bool),
    /// Rows in doubt from before are settled too, as when a run is gone on with.
    Settle { again: bool },
    /// Somebody else creates an integration.
    Stranger(Said),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Now {
    Open,
    Unsettled,
    InDoubt,
    Done,
}

#[derive(Clone, Debug)]
struct Held {
    remote: RemoteIntegration,
    owner: Option<u32>,
    is_listed: bool,
}

struct World {
    matcher: Matcher,
    rows: BTreeMap<u32, (Said, Now)>,
    status: BTreeMap<u32, RowStatus>,
    baseline: Vec<Remote>,
    /// What each row and the session know to have been there before.
    known: BTreeMap<u32, Arc<RemoteSet>>,
    session_knows: Option<Arc<RemoteSet>>,
    held: Vec<Held>,
    late: Vec<u32>,
    given: BTreeSet<i64>,
    has_strangers: bool,
}

fn url(host: &str) -> String {
    format!("https://{host}.example.org")
}

/// What Jira shows of a row: a blank origin and a missing name are filled in.
fn shown(id: i64, (of, host, name): Said) -> RemoteIntegration {
    let origin = url(host.unwrap_or("aws"));
    RemoteIntegration {
        created_as: None,
        id,
        type_name: of.name().into(),
        display_name: Some(name.map_or_else(|| format!("{origin}/*"), Into::into)),
        origin: Some(origin),
        init_date: Some(id),
        fields: Map::new().into(),
    }
}

fn match_row((of, host, name): Said, status: RowStatus) -> MatchRow {
    let origin = host.map(|host| Origin::parse(of, &url(host)).unwrap());
    let origin = OriginKey::of(of, origin.as_ref());
    MatchRow::new(of, name, origin, status)
}

impl World {
    /// A Jira that holds `before`, and a run of `rows`.
    fn new(rows: Vec<Said>, before: Vec<Said>) -> Self {
        let before = (1..).zip(before).map(|(id, said)| Held {
            remote: shown(id, said),
            owner: None,
            is_listed: true,
        });
        let held: Vec<Held> = before.collect();
        let mut taken = BTreeSet::new();
        let mut keys = BTreeSet::new();
        let mut world = BTreeMap::new();
        let mut match_rows = Vec::new();
        for said in rows {
            // A sheet does not say a key twice.
            let is_new = said.2.is_none() || keys.insert((said.0.name(), said.1, said.2));
            if !is_new {
                continue;
            }
            let n = u32::try_from(world.len()).unwrap() + 1;
            let row = match_row(said, RowStatus::Open);
            let there = held
                .iter()
                .find(|one| row.equals(&one.remote) && !taken.contains(&one.remote.id));
            let (status, now) = match there {
                Some(there) => {
                    taken.insert(there.remote.id);
                    (RowStatus::Exists(there.remote.identity()), Now::Done)
                }
                None => (RowStatus::Open, Now::Open),
            };
            world.insert(n, (said, now));
            match_rows.push((n, match_row(said, status)));
        }
        let baseline: Vec<Remote> = held.iter().map(|one| one.remote.identity()).collect();
        Self {
            status: match_rows.iter().map(|(n, row)| (*n, row.status)).collect(),
            matcher: Matcher::new(baseline.iter().copied(), match_rows),
            rows: world,
            baseline,
            known: BTreeMap::new(),
            session_knows: None,
            held,
            late: Vec::new(),
            given: taken,
            has_strangers: false,
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Send(index, fate, lags) => self.send(index, fate, lags),
            Step::Settle { again } => self.settle(again),
            Step::Stranger(said) => {
                self.has_strangers = true;
                self.hold(said, None, true);
            }
        }
    }

    fn hold(&mut self, said: Said, owner: Option<u32>, is_listed: bool) -> Remote {
        let id = i64::try_from(self.held.len()).unwrap() + 1;
        let remote = shown(id, said);
        let identity = remote.identity();
        self.held.push(Held {
            remote,
            owner,
            is_listed,
        });
        identity
    }

    /// The rows that may be sent: of those without a name that are alike, one at a time.
    fn may_be_sent(&self) -> Vec<u32> {
        let busy = |said: &Said| {
            let is_alike = |(other, now): &(Said, Now)| {
                let same_host = said.1 == other.1 || said.0 == IntegrationType::Aws;
                other.2.is_none() && other.0 == said.0 && same_host && *now == Now::Unsettled
            };
            said.2.is_none() && self.rows.values().any(is_alike)
        };
        let rows = self.rows.iter();
        let rows = rows.filter(|(_, (said, now))| *now == Now::Open && !busy(said));
        rows.map(|(n, _)| *n).collect()
    }

    fn send(&mut self, index: usize, fate: Fate, lags: bool) {
        let rows = self.may_be_sent();
        let Some(&n) = rows.get(index % rows.len().max(1)) else {
            return;
        };
        let said = self.rows[&n].0;
        self.matcher.note_sent(n);
        if let Some(known) = &self.session_knows {
            self.known.insert(n, Arc::clone(known));
        }
        let has_nameless = self.rows.values().any(|(said, _)| said.2.is_none());
        let now = match fate {
            Fate::Answered => {
                let created = self.hold(said, Some(n), !lags);
                assert!(self.given.insert(created.id));
                self.stand(n, RowStatus::Created(created));
                Now::Done
            }
            // One without a name cannot be told from one that was renamed.
            Fate::Renamed if said.2.is_some() && !has_nameless => {
                self.hold((said.0, said.1, Some("renamed")), Some(n), !lags);
                Now::Unsettled
            }
            Fate::Lost | Fate::Renamed => {
                self.hold(said, Some(n), !lags);
                Now::Unsettled
            }
            Fate::Late => {
                self.late.push(n);
                Now::Unsettled
            }
            Fate::NeverArrived => Now::Unsettled,
            Fate::Refused => {
                self.stand(n, RowStatus::Failed);
                Now::Done
            }
        };
        self.set(n, now);
    }

    fn set(&mut self, n: u32, now: Now) {
        if let Some(row) = self.rows.get_mut(&n) {
            row.1 = now;
        }
    }

    /// Settles as a session does it: finds in a list at once, in two more after a while, and only then says what is absent.
    fn settle(&mut self, again: bool) {
        if again {
            self.begin_again();
        }
        let is_open = |now: Now| now == Now::Unsettled || (again && now == Now::InDoubt);
        let rows = self.rows.iter().filter(|(_, (_, now))| is_open(*now));
        let mut open: Vec<u32> = rows.map(|(n, _)| *n).collect();
        self.find(&self.list(), &mut open);
        for n in std::mem::take(&mut self.late) {
            self.hold(self.rows[&n].0, Some(n), false);
        }
        for held in &mut self.held {
            held.is_listed = true;
        }
        let list = self.list();
        self.find(&list, &mut open);
        self.find(&list, &mut open);
        let news = self.matcher.new_in(&list);
        let absent: Vec<u32> = open
            .iter()
            .copied()
            .filter(|n| self.matcher.is_absent(*n, &news))
            .collect();
        for &n in &open {
            let is_absent = absent.contains(&n);
            let is_there = self.held.iter().any(|one| one.owner == Some(n));
            assert!(
                !(is_absent && is_there),
                "row {n} is in the list and called absent"
            );
            if is_absent {
                self.matcher.set_status(n, RowStatus::Open);
                self.set(n, Now::Open);
            } else {
                self.matcher.set_status(n, RowStatus::InDoubt);
                self.set(n, Now::InDoubt);
            }
        }
        let shown = list.iter().map(RemoteIntegration::identity);
        self.matcher.end_round(shown);
        if again {
            self.begin_again();
            self.begin_to_send(&list);
        }
    }

    /// Keeps the matcher anew, as whoever goes on with a run does.
    fn begin_again(&mut self) {
        let rows = self.rows.iter().map(|(&n, &(said, now))| {
            let status = match now {
                Now::Unsettled | Now::InDoubt => RowStatus::InDoubt,
                Now::Open | Now::Done => self.status[&n],
            };
            let known = self.known.get(&n).cloned();
            let mut row = match_row(said, status);
            row.present_before = known;
            (n, row)
        });
        self.matcher = Matcher::new(self.baseline.iter().copied(), rows);
    }

    /// Notes what is there before anything is sent, as whoever goes on with a run does.
    fn begin_to_send(&mut self, list: &[RemoteIntegration]) {
        let news = self.matcher.new_in(list);
        let known: RemoteSet = news.into_iter().map(RemoteIntegration::identity).collect();
        let rows = self.rows.iter();
        let open: Vec<u32> = rows
            .filter(|(_, (_, now))| *now == Now::Open)
            .map(|(n, _)| *n)
            .collect();
        self.matcher
            .note_present_before(known.keys(), open.into_iter());
        self.session_knows = Some(Arc::new(known));
    }

    fn stand(&mut self, n: u32, status: RowStatus) {
        self.matcher.set_status(n, status);
        self.status.insert(n, status);
    }

    fn list(&self) -> Vec<RemoteIntegration> {
        let listed = self.held.iter().filter(|one| one.is_listed);
        listed.map(|one| one.remote.clone()).collect()
    }

    fn find(&mut self, list: &[RemoteIntegration], open: &mut Vec<u32>) {
        for (n, remote) in self.matcher.find(list, open) {
            self.status.insert(n, RowStatus::Created(remote.identity()));
            assert!(self.given.insert(remote.id), "{} has two rows", remote.id);
            let held = self
                .held
                .iter()
                .find(|one| one.remote.id == remote.id)
                .unwrap();
            assert!(
                self.has_strangers || held.owner == Some(n),
                "row {n} has another row's: {held:?}"
            );
            open.retain(|of| *of != n);
            self.set(n, Now::Done);
        }
    }

    /// No row is in Jira twice.
    fn assert_once(&self) {
        for n in self.rows.keys() {
            let count = self.held.iter().filter(|one| one.owner == Some(*n)).count();
            assert!(
                count <= 1,
                "row {n} is there {count} times: {:?}",
                self.held
            );
        }
    }
}

fn said(names: impl Strategy<Value = Option<&'static str>>) -> impl Strategy<Value = Said> {
    let host = prop_oneof![Just("git"), Just("other")];
    let of_server = host
        .clone()
        .prop_map(|host| (IntegrationType::GitHubServer, Some(host)));
    let of_aws = prop::option::of(prop_oneof![host, Just("aws")])
        .prop_map(|host| (IntegrationType::Aws, host));
    (prop_oneof![2 => of_server, 1 => of_aws], names)
        .prop_map(|((of, host), name)| (of, host, name))
}

fn any_said() -> impl Strategy<Value = Said> {
    said(prop::option::weighted(
        0.8,
        prop_oneof![Just("A"), Just("B"), Just("C"), Just("D")],
    ))
}

fn any_step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![
        Just(Fate::Answered),
        Just(Fate::Lost),
        Just(Fate::Renamed),
        Just(Fate::Late),
        Just(Fate::NeverArrived),
        Just(Fate::Refused),
    ];
    prop_oneof![
        12 => (any::<usize>(), fate, any::<bool>()).prop_map(|(row, fate, lags)| Step::Send(row, fate, lags)),
        4 => any::<bool>().prop_map(|again| Step::Settle { again }),
        1 => any_said().prop_map(Step::Stranger),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_row_is_doubled_and_no_integration_given_twice_whatever_jira_does(
        rows in prop::collection::vec(any_said(), 1..8),
        before in prop::collection::vec(any_said(), 0..4),
        steps in prop::collection::vec(any_step(), 0..40),
    ) {
        let mut world = World::new(rows, before);
        for step in steps.iter().chain([&Step::Settle { again: true }]) {
            world.take(step);
            world.assert_once();
        }
    }
}
