//! What can go wrong with one request, how likely each fault is, and which one a request gets: first what a test has scripted,
//! then chance under one seed.
//!
//! To add a fault, add a variant to [`Fault`] and its line to `FAULTS`, and say in `endpoints.rs` what the client gets. To add a
//! call that faults can hit, add a variant to [`Call`].

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;

/// A call of the app's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `POST …/integration`
    Create,
    /// `GET …/integration`
    List,
    /// `GET …/integration/{id}`
    Show,
    /// `DELETE …/integration/{id}`
    Delete,
}

impl Call {
    /// All calls there are, in the order of the enum: `call as usize` is its index.
    pub const ALL: [Self; 4] = [Self::Create, Self::List, Self::Show, Self::Delete];

    /// Its name in options, such as `delete`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Show => "show",
            Self::Delete => "delete",
        }
    }

    /// The call of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|call| call.name() == name)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One way in which a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The connection is closed without an answer; nothing was done.
    CutBeforeCommit,
    /// The request is carried out, then the connection is closed without an answer.
    CutAfterCommit,
    /// Never answered; nothing was done.
    Hang,
    /// The request is carried out, and never answered.
    HangAfterCommit,
    /// The request is carried out; the answer stops at a random byte: in its status line, its headers or its body.
    BrokenOff,
    /// The connection is closed without an answer; the request is carried out some time afterwards.
    Late,
    /// 429 with `Retry-After` and an HTML body; nothing was done.
    TooManyRequests,
    /// 500; nothing was done.
    Error500Before,
    /// The request is carried out, the answer is 500.
    Error500After,
    /// 502 of a proxy; nothing was done.
    Error502Before,
    /// The request is carried out, the answer is a proxy's 502.
    Error502After,
    /// 503; nothing was done.
    Error503Before,
    /// The request is carried out, the answer is 503.
    Error503After,
    /// 504 of a proxy; nothing was done.
    Error504Before,
    /// The request is carried out, the answer is a proxy's 504.
    Error504After,
    /// 408; nothing was done.
    Error408,
    /// `success` false at 200; nothing was done.
    Failure200,
    /// `success` false at 400; nothing was done.
    Failure400,
    /// `success` false at 500; nothing was done.
    Failure500,
    /// The request is carried out; the answer has `success` but no integration.
    NoId,
    /// A log-in form as HTML at 200; nothing was done.
    LoginPage,
    /// 302 to a single sign-on page; nothing was done.
    Redirect,
    /// 403 that demands a CAPTCHA; nothing was done.
    Captcha,
    /// 401; nothing was done.
    Unauthorized,
    /// 403 for want of a permission; nothing was done.
    Forbidden,
    /// 404 as one node of a cluster may give it; nothing was done.
    NotFound,
}

/// When a request that goes wrong is carried out after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Commit {
    Never,
    First,
    Later,
}

use Commit::{First, Later, Never};

/// Every fault with its name and its commit, in the order of the enum: `fault as usize` is its index.
const FAULTS: [(Fault, &str, Commit); 26] = [
    (Fault::CutBeforeCommit, "cut-before-commit", Never),
    (Fault::CutAfterCommit, "cut-after-commit", First),
    (Fault::Hang, "hang", Never),
    (Fault::HangAfterCommit, "hang-after-commit", First),
    (Fault::BrokenOff, "broken-off", First),
    (Fault::Late, "late", Later),
    (Fault::TooManyRequests, "too-many-requests", Never),
    (Fault::Error500Before, "error-500-before", Never),
    (Fault::Error500After, "error-500-after", First),
    (Fault::Error502Before, "error-502-before", Never),
    (Fault::Error502After, "error-502-after", First),
    (Fault::Error503Before, "error-503-before", Never),
    (Fault::Error503After, "error-503-after", First),
    (Fault::Error504Before, "error-504-before", Never),
    (Fault::Error504After, "error-504-after", First),
    (Fault::Error408, "error-408", Never),
    (Fault::Failure200, "failure-200", Never),
    (Fault::Failure400, "failure-400", Never),
    (Fault::Failure500, "failure-500", Never),
    (Fault::NoId, "no-id", First),
    (Fault::LoginPage, "login-page", Never),
    (Fault::Redirect, "redirect", Never),
    (Fault::Captcha, "captcha", Never),
    (Fault::Unauthorized, "unauthorized", Never),
    (Fault::Forbidden, "forbidden", Never),
    (Fault::NotFound, "not-found", Never),
];

impl Fault {
    /// All faults there are.
    pub fn all() -> impl Iterator<Item = Self> {
        FAULTS.iter().map(|(fault, ..)| *fault)
    }

    /// Its name in options, such as `cut-after-commit`.
    pub fn name(self) -> &'static str {
        FAULTS[self as usize].1
    }

    /// Whether the request is carried out in spite of the fault, be it late.
    pub fn commits(self) -> bool {
        self.commit() != Never
    }

    pub(super) fn commit(self) -> Commit {
        FAULTS[self as usize].2
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(name: &str) -> Result<Self, FaultError> {
        Self::all()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| FaultError::Unknown {
                name: name.to_owned(),
                known: Self::all().map(Self::name).collect::<Vec<_>>().join(", "),
            })
    }
}

/// Why faults cannot be set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FaultError {
    /// There is no `=` in it.
    #[error(
        "`{text}` is not of the form NAME=PROBABILITY or CALL:NAME=PROBABILITY, such as cut-after-commit=0.2 or list:error-503-before=0.1"
    )]
    Form {
        /// What was given.
        text: String,
    },
    /// No fault has that name.
    #[error("there is no fault `{name}`; there are {known}")]
    Unknown {
        /// What was given.
        name: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// No call has that name.
    #[error("there is no call `{name}`; there are {known}")]
    UnknownCall {
        /// What was given.
        name: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// Not a number from 0 to 1.
    #[error("the probability `{text}` of {fault} is not a number from 0 to 1")]
    Probability {
        /// The fault's name.
        fault: &'static str,
        /// What was given.
        text: String,
    },
    /// A request gets at most one fault, so the probabilities cannot add up to more than 1.
    #[error("the probabilities of all faults of `{call}` add up to {sum:.3}, which is more than 1")]
    Sum {
        /// The call that they are for.
        call: Call,
        /// What they add up to.
        sum: f64,
    },
}

/// The probability of each [`Fault`] for each [`Call`]. A request gets at most one.
#[derive(Clone, PartialEq, Default)]
pub struct Faults {
    /// By call, then by fault.
    probabilities: [[f64; FAULTS.len()]; Call::ALL.len()],
}

impl Faults {
    /// Sets one probability from `NAME=PROBABILITY`, which is for creations, or `CALL:NAME=PROBABILITY`.
    ///
    /// # Errors
    /// If a name is unknown, the probability is none, or those of the call exceed 1 together; then nothing is changed.
    pub fn set(&mut self, text: &str) -> Result<(), FaultError> {
        let (name, number) = text.split_once('=').ok_or_else(|| FaultError::Form {
            text: text.to_owned(),
        })?;
        let (call, name) = match name.split_once(':') {
            None => (Call::Create, name),
            Some((call, name)) => (call_named(call.trim())?, name),
        };
        let fault: Fault = name.trim().parse()?;
        let probability = number.trim().parse().map_err(|_| FaultError::Probability {
            fault: fault.name(),
            text: number.trim().to_owned(),
        })?;
        *self = self.clone().with_call(call, fault, probability)?;
        Ok(())
    }

    /// The same with one probability of creations changed.
    ///
    /// # Errors
    /// If it is not a number from 0 to 1, or those of creations exceed 1 together.
    pub fn with(self, fault: Fault, probability: f64) -> Result<Self, FaultError> {
        self.with_call(Call::Create, fault, probability)
    }

    /// The same with one probability of a call changed.
    ///
    /// # Errors
    /// If it is not a number from 0 to 1, or those of the call exceed 1 together.
    pub fn with_call(
        mut self,
        call: Call,
        fault: Fault,
        probability: f64,
    ) -> Result<Self, FaultError> {
        if !(0.0..=1.0).contains(&probability) {
            return Err(FaultError::Probability {
                fault: fault.name(),
                text: probability.to_string(),
            });
        }
        let of_call = &mut self.probabilities[call as usize];
        of_call[fault as usize] = probability;
        let sum: f64 = of_call.iter().sum();
        // Ten times 0.1 is a little more than 1 in binary.
        if sum > 1.0 + 1e-9 {
            Err(FaultError::Sum { call, sum })
        } else {
            Ok(self)
        }
    }

    /// The probability of a fault for a call.
    pub fn probability(&self, call: Call, fault: Fault) -> f64 {
        self.probabilities[call as usize][fault as usize]
    }

    /// The fault that a point between 0 and 1 falls on, if any.
    pub(super) fn at(&self, call: Call, mut point: f64) -> Option<Fault> {
        Fault::all().find(|fault| {
            point -= self.probability(call, *fault);
            point < 0.0
        })
    }
}

fn call_named(name: &str) -> Result<Call, FaultError> {
    Call::named(name).ok_or_else(|| FaultError::UnknownCall {
        name: name.to_owned(),
        known: Call::ALL.map(Call::name).join(", "),
    })
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let likely = Call::ALL.into_iter().flat_map(|call| {
            Fault::all()
                .map(move |fault| (call, fault, self.probability(call, fault)))
                .filter(|(.., probability)| *probability > 0.0)
        });
        f.debug_map()
            .entries(likely.map(|(call, fault, p)| (format!("{call}:{fault}"), p)))
            .finish()
    }
}

/// A fault, and a random number for its details: where an answer breaks off, which error page it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PickedFault {
    pub fault: Fault,
    pub roll: u64,
}

/// Scripts, probabilities and the random generator.
#[derive(Debug)]
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

    pub(super) fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    pub(super) fn script(&mut self, call: Call, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.scripts.entry(call).or_default().extend(faults);
    }

    /// The fault of the next such call. Every draw takes two numbers, scripted or not: so a script does not change the faults of
    /// the calls after it.
    pub(super) fn pick(&mut self, call: Call) -> Option<PickedFault> {
        let (point, roll) = (self.random.f64(), self.random.u64(..));
        let scripted = self.scripts.get_mut(&call).and_then(VecDeque::pop_front);
        scripted
            .unwrap_or_else(|| self.faults.at(call, point))
            .map(|fault| PickedFault { fault, roll })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, fault) in Fault::all().enumerate() {
            assert_eq!(fault as usize, index, "{fault}");
            assert_eq!(fault.name().parse(), Ok(fault));
        }
    }

    #[test]
    fn a_probability_is_set_by_name() {
        let mut faults = Faults::default();
        faults.set("cut-after-commit=0.2").unwrap();
        faults.set("hang = 0.5").unwrap();
        assert_eq!(
            format!("{faults:?}"),
            r#"{"create:cut-after-commit": 0.2, "create:hang": 0.5}"#
        );
    }

    #[test]
    fn each_call_has_probabilities_of_its_own() {
        let mut faults = Faults::default();
        for wish in ["hang=0.9", "delete:hang=0.8", "list: error-503-before =1"] {
            faults.set(wish).unwrap();
        }
        assert_eq!(
            format!("{faults:?}"),
            r#"{"create:hang": 0.9, "list:error-503-before": 1.0, "delete:hang": 0.8}"#
        );
        assert_eq!(faults.at(Call::Show, 0.0), None);
    }

    #[test]
    fn an_unknown_call_is_answered_with_the_known_ones() {
        let message = Faults::default().set("post:late=1").unwrap_err();
        assert_eq!(
            message.to_string(),
            "there is no call `post`; there are create, list, show, delete"
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
            assert!(
                matches!(
                    Faults::default().set(text),
                    Err(FaultError::Probability { .. })
                ),
                "{text}"
            );
        }
        assert!(matches!(
            Faults::default().set("late"),
            Err(FaultError::Form { .. })
        ));
    }

    #[test]
    fn together_they_do_not_exceed_1() {
        let mut faults = Faults::default();
        faults.set("late=0.7").unwrap();
        assert!(matches!(
            faults.set("hang=0.7"),
            Err(FaultError::Sum { .. })
        ));
        assert!(
            faults.probability(Call::Create, Fault::Hang) < f64::EPSILON,
            "a refused wish changes nothing"
        );
    }

    #[test]
    fn a_point_falls_on_the_fault_whose_share_it_is_in() {
        let faults = Faults::default()
            .with(Fault::Hang, 0.25)
            .unwrap()
            .with(Fault::Late, 0.25)
            .unwrap();
        assert_eq!(faults.at(Call::Create, 0.1), Some(Fault::Hang));
        assert_eq!(faults.at(Call::Create, 0.3), Some(Fault::Late));
        assert_eq!(faults.at(Call::Create, 0.5), None);
    }

    fn faults(picker: &mut FaultPicker, call: Call, count: usize) -> Vec<Option<Fault>> {
        (0..count)
            .map(|_| picker.pick(call).map(|picked| picked.fault))
            .collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_faults() {
        let likely = || Faults::default().with(Fault::Hang, 0.5).unwrap();
        let draws = |seed| faults(&mut FaultPicker::new(likely(), seed), Call::Create, 64);
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn a_script_comes_before_chance_and_for_its_call_only() {
        let mut picker = FaultPicker::new(Faults::default().with(Fault::Hang, 1.0).unwrap(), 0);
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
