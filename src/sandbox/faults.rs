//! What can go wrong with one request. Each fault is one entry of the table below: its name, when the request is carried out,
//! and what the client gets. A request gets first what a test has scripted, then what chance draws under one seed.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::access::RateStatus;
use super::answers;

/// A call of the app's API that faults can hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// `POST …/integration`
    Create,
    /// `GET …/integration`
    List,
    /// `GET …/integration/{id}`
    Show,
    /// `DELETE …/integration/{id}`
    Delete,
    /// `PUT …/integration/{id}`
    Update,
    /// `PUT …/repository/{id}/disable`
    Disable,
    /// `GET …/repository`
    Repositories,
}

impl Call {
    /// All of them with their names in options, in the order of the enum.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Create, "create"),
        (Self::List, "list"),
        (Self::Show, "show"),
        (Self::Delete, "delete"),
        (Self::Update, "update"),
        (Self::Disable, "disable"),
        (Self::Repositories, "repositories"),
    ];
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL[*self as usize].1)
    }
}

/// When a request that goes wrong is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Commit {
    Never,
    /// Before the client gets what the fault has for it.
    First,
    /// Some time after the client was cut off.
    Later,
}

/// What the client of a request that goes wrong gets.
#[derive(Clone, Copy)]
pub(super) enum Reaction {
    /// The true answer, as the store makes it under the fault.
    Truth,
    /// The true answer, or none of it.
    Disrupted(Disruption),
    /// Another answer than the true one.
    Answer(fn(&FaultyRequest<'_>) -> Response),
}

/// What the server does to the connection. Marks a response that is not sent as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Disruption {
    /// The connection is closed without an answer.
    Close,
    /// The connection is closed after the answer, without a word.
    CloseAfter,
    /// The connection stays open without an answer, until the client goes away.
    Hang,
    /// The answer breaks off at a byte that the random number of the fault decides.
    BreakOff,
}

/// What the answer of a fault may depend on.
pub(super) struct FaultyRequest<'a> {
    pub call: Call,
    /// The base URL.
    pub base: &'a str,
    /// A random number.
    pub roll: u64,
}

struct Entry {
    fault: Fault,
    name: &'static str,
    commit: Commit,
    reaction: Reaction,
}

/// Declares the enum and its table from one list.
macro_rules! faults {
    ($($(#[doc = $about:literal])+ $fault:ident = $name:literal, $commit:ident, $reaction:expr;)+) => {
        /// One way in which a request goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Fault {
            $($(#[doc = $about])+ #[serde(rename = $name)] $fault,)+
        }

        /// In the order of the enum: `fault as usize` is its index.
        const FAULTS: &[Entry] = &[$(Entry {
            fault: Fault::$fault,
            name: $name,
            commit: Commit::$commit,
            reaction: $reaction,
        }),+];
    };
}

use Disruption::{BreakOff, Close, CloseAfter, Hang};
use Reaction::{Answer, Disrupted, Truth};

faults! {
    /// The connection is closed without an answer; nothing was done.
    CutBeforeCommit = "cut-before-commit", Never, Disrupted(Close);
    /// The request is carried out, then the connection is closed without an answer.
    CutAfterCommit = "cut-after-commit", First, Disrupted(Close);
    /// Never answered; nothing was done.
    Hang = "hang", Never, Disrupted(Hang);
    /// The request is carried out, and never answered.
    HangAfterCommit = "hang-after-commit", First, Disrupted(Hang);
    /// The request is carried out; the answer stops at a random byte: in its status line, its headers or its body.
    BrokenOff = "broken-off", First, Disrupted(BreakOff);
    /// The connection is closed without an answer; the request is carried out some time afterwards.
    Late = "late", Later, Disrupted(Close);
    /// 429 with `Retry-After` and an HTML body; nothing was done.
    TooManyRequests = "too-many-requests", Never, Answer(too_many_requests);
    /// 500; nothing was done.
    Error500Before = "error-500-before", Never, Answer(server_error);
    /// The request is carried out, the answer is 500.
    Error500After = "error-500-after", First, Answer(server_error);
    /// 502 of a proxy; nothing was done.
    Error502Before = "error-502-before", Never, Answer(|_| answers::proxy(StatusCode::BAD_GATEWAY));
    /// The request is carried out, the answer is a proxy's 502.
    Error502After = "error-502-after", First, Answer(|_| answers::proxy(StatusCode::BAD_GATEWAY));
    /// 503; nothing was done.
    Error503Before = "error-503-before", Never, Answer(|_| answers::unavailable());
    /// The request is carried out, the answer is 503.
    Error503After = "error-503-after", First, Answer(|_| answers::unavailable());
    /// 504 of a proxy; nothing was done.
    Error504Before = "error-504-before", Never, Answer(|_| answers::proxy(StatusCode::GATEWAY_TIMEOUT));
    /// The request is carried out, the answer is a proxy's 504.
    Error504After = "error-504-after", First, Answer(|_| answers::proxy(StatusCode::GATEWAY_TIMEOUT));
    /// 408; nothing was done.
    Error408 = "error-408", Never, Answer(|_| answers::proxy(StatusCode::REQUEST_TIMEOUT));
    /// `success` false at 200; nothing was done.
    Failure200 = "failure-200", Never, Answer(|request| failure(request, StatusCode::OK));
    /// `success` false at 400; nothing was done.
    Failure400 = "failure-400", Never, Answer(|request| failure(request, StatusCode::BAD_REQUEST));
    /// `success` false at 500; nothing was done.
    Failure500 = "failure-500", Never, Answer(|request| failure(request, StatusCode::INTERNAL_SERVER_ERROR));
    /// The request is carried out; the answer has `success` but no integration.
    NoId = "no-id", First, Answer(|_| answers::success_without_id());
    /// The request is carried out in a form of Jira's own; the answer has the integration, but is a 500.
    Unconfirmed = "unconfirmed", First, Truth;
    /// The request is carried out; the answer has the integration, and `success` false at 500.
    FailureAfter = "failure-after", First, Truth;
    /// A login form as HTML at 200; nothing was done.
    LoginPage = "login-page", Never, Answer(|_| answers::login_page());
    /// 302 to a single sign-on page; nothing was done.
    Redirect = "redirect", Never,
        Answer(|_| answers::redirect(StatusCode::FOUND, "https://sso.example.org/login?service=jira"));
    /// 403 that demands a CAPTCHA; nothing was done.
    Captcha = "captcha", Never, Answer(|request| answers::captcha(request.base));
    /// 401; nothing was done.
    Unauthorized = "unauthorized", Never, Answer(|_| answers::login_failed());
    /// 403 for want of a permission; nothing was done.
    Forbidden = "forbidden", Never, Answer(|_| answers::not_admin());
    /// 404 as one node of a cluster may give it; nothing was done.
    NotFound = "not-found", Never, Answer(|request| answers::no_app(request.base));
    /// A creation or an update whose origin and name are stored in a form of Jira's own.
    OwnForm = "own-form", First, Truth;
    /// A creation or an update that is stored as visible in all projects, whatever it asks for.
    RestrictionIgnored = "restriction-ignored", First, Truth;
    /// An update that leaves `disabled` as it was, whatever it asks for.
    DisabledIgnored = "disabled-ignored", First, Truth;
    /// A creation that gets the lowest free id, be it that of a deleted integration.
    ReusedId = "reused-id", First, Truth;
    /// A list without what was created here, as of a node that lags behind.
    StaleList = "stale-list", First, Truth;
    /// A list whose dates of creation are whole seconds.
    RoundedDates = "rounded-dates", First, Truth;
    /// A list whose entries have neither a type nor an origin.
    BareList = "bare-list", First, Truth;
    /// A list that has each entry twice.
    RepeatedList = "repeated-list", First, Truth;
    /// The connection is closed after the answer, which does not announce it.
    SilentClose = "silent-close", First, Disrupted(CloseAfter);
}

fn too_many_requests(_: &FaultyRequest<'_>) -> Response {
    let mut response = answers::rate_limited();
    RateStatus::EMPTY.write_to(response.headers_mut());
    response
}

/// 500, as Tomcat or as Jira's REST framework shows it.
fn server_error(request: &FaultyRequest<'_>) -> Response {
    if request.roll.is_multiple_of(2) {
        answers::tomcat(StatusCode::INTERNAL_SERVER_ERROR)
    } else {
        answers::exception()
    }
}

/// `success` false, in the app's words.
fn failure(request: &FaultyRequest<'_>, status: StatusCode) -> Response {
    let (error, advice) = match request.call {
        Call::Create => (
            "Integration could not be created",
            "Please check the parameters of the integration and try again",
        ),
        Call::List | Call::Show => ("Integrations could not be read", "Please try again"),
        Call::Update | Call::Disable => (
            "Integration could not be updated",
            "Please check the parameters of the integration and try again",
        ),
        Call::Repositories => ("Repositories could not be read", "Please try again"),
        Call::Delete => ("Integration could not be deleted", "Please try again"),
    };
    answers::failure(status, error, advice)
}

impl Fault {
    pub fn all() -> impl Iterator<Item = Self> {
        FAULTS.iter().map(|entry| entry.fault)
    }

    /// Its name in options, such as `cut-after-commit`.
    pub fn name(self) -> &'static str {
        FAULTS[self as usize].name
    }

    /// Whether the request is carried out in spite of the fault, be it late.
    pub fn commits(self) -> bool {
        self.commit() != Commit::Never
    }

    pub(super) fn commit(self) -> Commit {
        FAULTS[self as usize].commit
    }

    pub(super) fn reaction(self) -> Reaction {
        FAULTS[self as usize].reaction
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why faults cannot be set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(String);

/// The probability of each [`Fault`] for each [`Call`]. A request gets at most one.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Faults(BTreeMap<(Call, Fault), f64>);

impl Faults {
    /// Sets one probability from `NAME=PROBABILITY`, which is for creations, or `CALL:NAME=PROBABILITY`.
    ///
    /// # Errors
    /// If a name is unknown, the probability is none, or those of the call exceed 1 together; then nothing is changed.
    pub fn set(&mut self, text: &str) -> Result<(), FaultError> {
        let Some((name, number)) = text.split_once('=') else {
            return Err(FaultError(format!(
                "`{text}` is not of the form NAME=PROBABILITY or CALL:NAME=PROBABILITY, such as \
                 cut-after-commit=0.2 or list:error-503-before=0.1"
            )));
        };
        let (call, name) = match name.split_once(':') {
            None => (Call::Create, name),
            Some((call, name)) => (named("call", &Call::ALL, call)?, name),
        };
        let faults: Vec<_> = FAULTS.iter().map(|one| (one.fault, one.name)).collect();
        let fault = named("fault", &faults, name)?;
        let probability = number.trim().parse().unwrap_or(f64::NAN);
        *self = self.clone().with(call, fault, probability)?;
        Ok(())
    }

    /// The same with one probability of a call changed.
    ///
    /// # Errors
    /// If it is not a number from 0 to 1, or those of the call exceed 1 together.
    pub fn with(mut self, call: Call, fault: Fault, probability: f64) -> Result<Self, FaultError> {
        if !(0.0..=1.0).contains(&probability) {
            let problem = format!("the probability of {fault} is not a number from 0 to 1");
            return Err(FaultError(problem));
        }
        self.0.insert((call, fault), probability);
        let sum: f64 = self.for_call(call).map(|(_, share)| share).sum();
        // Ten times 0.1 is a little more than 1 in binary.
        if sum > 1.0 + 1e-9 {
            let problem = format!(
                "the probabilities of all faults of `{call}` add up to {sum:.3}, which is more than 1"
            );
            return Err(FaultError(problem));
        }
        Ok(self)
    }

    fn for_call(&self, call: Call) -> impl Iterator<Item = (Fault, f64)> {
        self.0
            .iter()
            .filter(move |((for_call, _), _)| *for_call == call)
            .map(|((_, fault), probability)| (*fault, *probability))
    }

    /// The fault that a point between 0 and 1 falls on, if any.
    fn at(&self, call: Call, mut point: f64) -> Option<Fault> {
        let hit = self.for_call(call).find(|(_, probability)| {
            point -= probability;
            point < 0.0
        });
        hit.map(|(fault, _)| fault)
    }
}

fn named<T: Copy>(what: &str, all: &[(T, &str)], name: &str) -> Result<T, FaultError> {
    let name = name.trim();
    let found = all.iter().find(|(_, known)| *known == name);
    found.map(|(one, _)| *one).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|(_, name)| *name).collect();
        let known = known.join(", ");
        FaultError(format!("there is no {what} `{name}`; there are {known}"))
    })
}

/// Scripts, probabilities and the random generator.
pub(super) struct FaultPicker {
    faults: Faults,
    scripts: HashMap<Call, VecDeque<Option<Fault>>>,
    random: fastrand::Rng,
}

impl FaultPicker {
    pub(super) fn new(faults: Faults, seed: u64) -> Self {
        Self {
            faults,
            scripts: HashMap::new(),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    pub(super) fn script(&mut self, call: Call, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.scripts.entry(call).or_default().extend(faults);
    }

    /// The fault of the next such call, with a random number for its details. Every draw takes two numbers, scripted or not: so
    /// a script does not change the faults of the calls after it.
    pub(super) fn pick(&mut self, call: Call) -> Option<(Fault, u64)> {
        let (point, roll) = (self.random.f64(), self.random.u64(..));
        let scripted = self.scripts.get_mut(&call).and_then(VecDeque::pop_front);
        let fault = scripted.unwrap_or_else(|| self.faults.at(call, point))?;
        Some((fault, roll))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, fault) in Fault::all().enumerate() {
            assert_eq!(fault as usize, index, "{fault}");
        }
        for (index, (call, _)) in Call::ALL.into_iter().enumerate() {
            assert_eq!(call as usize, index, "{call}");
        }
    }

    #[test]
    fn a_probability_is_set_by_name() {
        let mut faults = Faults::default();
        faults.set("cut-after-commit=0.2").unwrap();
        faults.set("hang = 0.5").unwrap();
        assert_eq!(
            faults.0,
            BTreeMap::from([
                ((Call::Create, Fault::CutAfterCommit), 0.2),
                ((Call::Create, Fault::Hang), 0.5)
            ])
        );
    }

    #[test]
    fn each_call_has_probabilities_of_its_own() {
        let mut faults = Faults::default();
        for wish in ["hang=0.9", "delete:hang=0.8", "list: error-503-before =1"] {
            faults.set(wish).unwrap();
        }
        assert_eq!(
            faults.0,
            BTreeMap::from([
                ((Call::Create, Fault::Hang), 0.9),
                ((Call::List, Fault::Error503Before), 1.0),
                ((Call::Delete, Fault::Hang), 0.8)
            ])
        );
        assert_eq!(faults.at(Call::Show, 0.0), None);
    }

    #[test]
    fn an_unknown_call_is_answered_with_the_known_ones() {
        let message = Faults::default().set("post:late=1").unwrap_err();
        assert_eq!(
            message.to_string(),
            "there is no call `post`; there are create, list, show, delete, update, disable, repositories"
        );
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = Faults::default().set("cut=0.2").unwrap_err().to_string();
        assert!(
            message.starts_with("there is no fault `cut`; there are cut-before-commit, "),
            "{message}"
        );
    }

    #[test]
    fn a_probability_is_a_number_from_0_to_1() {
        for text in ["late=1.5", "late=-0.1", "late=often", "late=NaN", "late="] {
            assert_eq!(
                Faults::default().set(text).unwrap_err().to_string(),
                "the probability of late is not a number from 0 to 1",
                "{text}"
            );
        }
        let error = Faults::default().set("late").unwrap_err().to_string();
        assert!(error.starts_with("`late` is not of the form"), "{error}");
    }

    #[test]
    fn together_they_do_not_exceed_1() {
        let mut faults = Faults::default();
        faults.set("late=0.7").unwrap();
        assert_eq!(
            faults.set("hang=0.7").unwrap_err().to_string(),
            "the probabilities of all faults of `create` add up to 1.400, which is more than 1"
        );
        assert_eq!(faults.0.len(), 1, "what is refused changes nothing");
    }

    #[test]
    fn a_point_falls_on_the_fault_whose_share_it_is_in() {
        let faults = Faults::default()
            .with(Call::Create, Fault::Hang, 0.25)
            .unwrap()
            .with(Call::Create, Fault::Late, 0.25)
            .unwrap();
        assert_eq!(faults.at(Call::Create, 0.1), Some(Fault::Hang));
        assert_eq!(faults.at(Call::Create, 0.3), Some(Fault::Late));
        assert_eq!(faults.at(Call::Create, 0.5), None);
    }

    fn faults(picker: &mut FaultPicker, call: Call, count: usize) -> Vec<Option<Fault>> {
        (0..count)
            .map(|_| picker.pick(call).map(|(fault, _)| fault))
            .collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_faults() {
        let likely = || {
            Faults::default()
                .with(Call::Create, Fault::Hang, 0.5)
                .unwrap()
        };
        let draws = |seed| faults(&mut FaultPicker::new(likely(), seed), Call::Create, 64);
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn a_script_comes_before_chance_and_for_its_call_only() {
        let mut picker = FaultPicker::new(
            Faults::default()
                .with(Call::Create, Fault::Hang, 1.0)
                .unwrap(),
            0,
        );
        picker.script(Call::Create, [None, Some(Fault::Late)]);
        assert_eq!(
            faults(&mut picker, Call::List, 1),
            [None],
            "the probability is that of creations"
        );
        assert_eq!(
            faults(&mut picker, Call::Create, 3),
            [None, Some(Fault::Late), Some(Fault::Hang)]
        );
    }
}
