//! The pacer against servers that limit their rate, fail or are overloaded, in simulated time.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::*;

/// How tokens are added.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Refill {
    /// All of an interval at once.
    Batch,
    /// One by one.
    Continuous,
}

/// What the headers contain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Headers {
    True,
    /// As when a proxy limits the rate.
    Missing,
    /// Arbitrary numbers.
    Absurd,
}

#[derive(Clone, Copy, Debug)]
struct Server {
    rate: u32,
    burst: u32,
    refill: Refill,
    headers: Headers,
    /// Nodes with a bucket each; a request goes to any of them.
    nodes: usize,
    latency: Duration,
    /// The part of the tokens and of the first interval that is used up when we begin.
    gone: f64,
    /// Requests a second of others on the same account.
    others: u32,
}

impl Server {
    fn new(rate: u32, burst: u32, refill: Refill) -> Self {
        Self {
            rate,
            burst,
            refill,
            headers: Headers::True,
            nodes: 1,
            latency: Duration::from_millis(5),
            gone: 0.0,
            others: 0,
        }
    }

    /// The shortest time in seconds that is possible: by the rate alone, and by rate, refill and latency.
    fn least(&self, rows: u32, concurrency: usize) -> (f64, f64) {
        let rate = f64::from(self.rate);
        // Two timers of one millisecond each round it up.
        let latency = self.latency.as_secs_f64() + 0.001;
        let each = latency / f64::from(u32::try_from(concurrency).unwrap());
        let by_latency = f64::from(rows) * each;
        let by_rate = f64::from(rows - self.burst) / rate;
        let least = match self.refill {
            Refill::Continuous => by_rate.max(by_latency),
            Refill::Batch => {
                let last_comes = by_rate.ceil();
                let last = f64::from(rows - self.burst) - rate * (last_comes - 1.0);
                (last_comes + last * each).max(by_latency)
            }
        };
        (by_rate, least)
    }
}

struct Node {
    tokens: f64,
    filled: Option<Instant>,
}

impl Node {
    fn new(server: &Server) -> Self {
        Self {
            tokens: (f64::from(server.burst) * (1.0 - server.gone)).floor(),
            filled: None,
        }
    }

    fn take(&mut self, server: &Server, now: Instant) -> bool {
        let rate = f64::from(server.rate);
        let filled = *self
            .filled
            .get_or_insert_with(|| now - Duration::from_secs_f64(server.gone));
        let mut passed = (now - filled).as_secs_f64();
        if server.refill == Refill::Batch {
            passed = passed.floor();
        }
        self.filled = Some(filled + Duration::from_secs_f64(passed));
        self.tokens = (self.tokens + passed * rate).min(f64::from(server.burst));
        let is_granted = self.tokens >= 1.0;
        if is_granted {
            self.tokens -= 1.0;
        }
        is_granted
    }
}

/// The result of a simulation.
#[derive(Clone, Copy, Debug)]
struct Limited {
    seconds: f64,
    refused: u32,
}

struct LimitSimulation {
    server: Server,
    nodes: RefCell<Vec<Node>>,
    random: RefCell<fastrand::Rng>,
    refused: Cell<u32>,
}

impl LimitSimulation {
    fn new(server: Server, seed: u64) -> Self {
        fastrand::seed(seed);
        Self {
            server,
            nodes: RefCell::new((0..server.nodes).map(|_| Node::new(&server)).collect()),
            random: RefCell::new(fastrand::Rng::with_seed(seed)),
            refused: Cell::new(0),
        }
    }

    fn hints(&self, tokens: f64) -> Option<RateHints> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a bucket is small and never below empty"
        )]
        let remaining = tokens as u32;
        let any = |choice: [u32; 3]| choice[self.random.borrow_mut().usize(0..3)];
        match self.server.headers {
            Headers::Missing => None,
            Headers::True => Some(RateHints {
                limit: self.server.burst,
                remaining,
                fill_rate: self.server.rate,
                interval: Duration::from_secs(1),
            }),
            Headers::Absurd if any([0, 1, 2]) == 0 => None,
            Headers::Absurd => Some(RateHints {
                limit: any([1, 100, u32::MAX]),
                remaining: any([0, 5, u32::MAX]),
                fill_rate: any([1, 50, u32::MAX]),
                interval: Duration::from_secs(any([1, 60, 86_400]).into()),
            }),
        }
    }

    /// Takes half of the latency, more or less, so that requests overtake each other now and then.
    async fn travel(&self) {
        let factor = self.random.borrow_mut().f64() + 0.5;
        sleep(self.server.latency.mul_f64(factor / 2.0)).await;
    }

    fn take(&self) -> (bool, f64) {
        let at = self.random.borrow_mut().usize(0..self.server.nodes);
        let node = &mut self.nodes.borrow_mut()[at];
        let is_granted = node.take(&self.server, Instant::now());
        (is_granted, node.tokens)
    }

    async fn exchange(&self, permit: Permit<'_>) -> bool {
        self.travel().await;
        let (is_granted, tokens) = self.take();
        self.travel().await;
        let feedback = if is_granted {
            (Ended::Answered(200), None)
        } else {
            self.refused.set(self.refused.get() + 1);
            let retry_after = Some(Duration::from_secs(1));
            (Ended::Answered(429), retry_after)
        };
        permit
            .give_feedback(feedback, self.hints(tokens), "rate-limited")
            .unwrap();
        is_granted
    }

    async fn other_users(&self) {
        let gap = Duration::from_secs(1) / self.server.others.max(1);
        loop {
            sleep(gap).await;
            if self.server.others > 0 {
                self.take();
            }
        }
    }

    async fn run(&self, rows: u32, concurrency: usize) -> Limited {
        let pacer = Pacer::new(Pace {
            concurrency,
            rate: None,
            max_wait: Duration::from_mins(10),
        });
        let stop = StopSwitch::default();
        pacer.begin_sending(rows as usize);
        let left = Cell::new(rows);
        let start = Instant::now();
        let worker = async || {
            while let Some(one_less) = left.get().checked_sub(1) {
                left.set(one_less);
                loop {
                    let permit = pacer.acquire(&stop, Purpose::Operation).await.unwrap();
                    if self.exchange(permit).await {
                        break;
                    }
                }
            }
        };
        tokio::select! {
            _ = join_all((0..concurrency).map(|_| worker())) => {}
            () = self.other_users() => {}
        }
        Limited {
            seconds: start.elapsed().as_secs_f64(),
            refused: self.refused.get(),
        }
    }
}

const ROWS: u32 = 2000;

async fn simulate_limit(server: Server, concurrency: usize) -> Limited {
    let result = LimitSimulation::new(server, 7).run(ROWS, concurrency).await;
    let (by_rate, least) = server.least(ROWS, concurrency);
    let Limited { seconds, refused } = result;
    #[expect(clippy::print_stdout, reason = "the counts are what it is for")]
    {
        println!(
            "{:?} {}/s, burst {}, {concurrency} at once, {:?}: {seconds:.2} s, {:.3} × (rows − burst) ÷ rate, {:.3} × the shortest possible, {refused} of {ROWS} refused",
            server.refill,
            server.rate,
            server.burst,
            server.latency,
            seconds / by_rate,
            seconds / least,
        );
    }
    result
}

/// Both kinds of refill, three rates, small and large buckets.
fn servers() -> impl Iterator<Item = Server> {
    [Refill::Batch, Refill::Continuous]
        .into_iter()
        .flat_map(|refill| {
            [20, 100, 200].into_iter().flat_map(move |rate| {
                [rate, 5 * rate].map(|burst| Server::new(rate, burst, refill))
            })
        })
}

#[tokio::test(start_paused = true)]
async fn a_limit_with_headers_is_used_up_and_hardly_ever_exceeded() {
    for server in servers() {
        for (concurrency, millis) in [(4, 3), (16, 3), (4, 15), (16, 60)] {
            let latency = Duration::from_millis(millis);
            let server = Server { latency, ..server };
            let result = simulate_limit(server, concurrency).await;
            let (_, least) = server.least(ROWS, concurrency);
            assert!(result.seconds <= 1.05 * least, "{server:?}");
            assert!(result.refused * 100 <= 3 * ROWS, "{server:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_was_used_before_costs_one_interval_at_most() {
    for server in servers() {
        for gone in [0.3, 0.7, 1.0] {
            let server = Server { gone, ..server };
            let result = simulate_limit(server, 4).await;
            let missing = f64::from(server.burst) * gone / f64::from(server.rate);
            let (_, least) = server.least(ROWS, 4);
            let most = 1.05 * (least + missing) + 2.0;
            assert!(result.seconds <= most, "{server:?}");
            assert!(result.refused * 100 <= 3 * ROWS, "{server:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn other_users_of_the_account_cause_few_refusals() {
    for server in servers() {
        let others = server.rate / 2;
        let server = Server { others, ..server };
        let result = simulate_limit(server, 4).await;
        let most = 1.5 * f64::from(ROWS) / f64::from(server.rate - others);
        assert!(result.seconds <= most, "{server:?}");
        assert!(result.refused * 100 <= 10 * ROWS, "{server:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nodes_with_a_bucket_each_are_coped_with() {
    for server in servers() {
        let server = Server { nodes: 3, ..server };
        let result = simulate_limit(server, 4).await;
        let (_, least) = server.least(ROWS, 4);
        assert!(result.seconds <= 1.5 * least, "{server:?}");
        assert!(result.refused * 100 <= 10 * ROWS, "{server:?}");
    }
}

/// Nothing tells it from a server that answers 429 now and then, so it is paced by the pauses alone.
#[tokio::test(start_paused = true)]
async fn a_limit_without_headers_costs_pauses() {
    for server in servers() {
        let headers = Headers::Missing;
        let server = Server { headers, ..server };
        let result = simulate_limit(server, 4).await;
        let (_, least) = server.least(ROWS, 4);
        assert!(result.seconds <= 1.5 * least, "{server:?}");
        assert!(result.refused * 5 <= ROWS, "{server:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn headers_that_make_no_sense_slow_it_down_and_never_stop_it() {
    for server in servers() {
        let headers = Headers::Absurd;
        let server = Server { headers, ..server };
        let result = simulate_limit(server, 4).await;
        assert!(result.seconds <= 6.0 * f64::from(ROWS), "{server:?}");
    }
}

/// A server at which each request fails with some probability.
#[derive(Clone, Copy, Debug)]
struct FaultyServer {
    /// 500, 502 or 408.
    errors: f64,
    /// 429 that asks for a second.
    limited: f64,
    /// Requests under way that it copes with; half of those beyond fail.
    capacity: usize,
}

#[derive(Clone, Copy, Debug)]
struct Faulty {
    /// The time at full concurrency without faults, over the time taken less the pauses that the server asked for.
    ratio: f64,
    errors: u32,
    /// Requests under way when one is sent, on average.
    concurrency: f64,
}

const LATENCY: Duration = Duration::from_millis(60);
const FAULTY_ROWS: u32 = 1500;
const AT_ONCE: usize = 16;

impl FaultyServer {
    const GOOD: Self = Self {
        errors: 0.0,
        limited: 0.0,
        capacity: usize::MAX,
    };

    /// Sends each row once, and again after a 429.
    async fn run(&self, seed: u64) -> Faulty {
        let random = RefCell::new(fastrand::Rng::with_seed(seed));
        let pacer = Pacer::new(Pace {
            concurrency: AT_ONCE,
            rate: None,
            max_wait: Duration::from_mins(10),
        });
        pacer.begin_sending(FAULTY_ROWS as usize);
        let stop = StopSwitch::default();
        let start = Instant::now();
        let rows = Cell::new(FAULTY_ROWS);
        let (errors, sent, under_way) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let (paused, paused_until) = (Cell::new(Duration::ZERO), Cell::new(start));
        let worker = async || {
            while let Some(less) = rows.get().checked_sub(1) {
                rows.set(less);
                loop {
                    let permit = pacer.acquire(&stop, Purpose::Operation).await.unwrap();
                    let now_under_way = pacer.under_way();
                    sent.set(sent.get() + 1);
                    under_way.set(under_way.get() + u32::try_from(now_under_way).unwrap());
                    let factor = 0.9 + 0.2 * random.borrow_mut().f64();
                    sleep(LATENCY.mul_f64(factor)).await;
                    let dice = random.borrow_mut().f64();
                    let is_overload = now_under_way > self.capacity && random.borrow_mut().bool();
                    let feedback = if is_overload || dice < self.errors {
                        errors.set(errors.get() + 1);
                        (Ended::Answered(503), None)
                    } else if dice < self.errors + self.limited {
                        let asked = Duration::from_secs(1);
                        let now = Instant::now();
                        let until = now + asked;
                        let more = until - paused_until.get().max(now);
                        paused.set(paused.get() + more);
                        paused_until.set(until);
                        (Ended::Answered(429), Some(asked))
                    } else {
                        (Ended::Answered(200), None)
                    };
                    permit.give_feedback(feedback, None, "faulty").unwrap();
                    if feedback.0 != Ended::Answered(429) {
                        break;
                    }
                }
            }
        };
        join_all((0..AT_ONCE).map(|_| worker())).await;
        let rounds = f64::from(FAULTY_ROWS) / f64::from(u32::try_from(AT_ONCE).unwrap());
        let shortest = LATENCY.as_secs_f64() * rounds;
        Faulty {
            ratio: shortest / start.elapsed().saturating_sub(paused.get()).as_secs_f64(),
            errors: errors.get(),
            concurrency: f64::from(under_way.get()) / f64::from(sent.get()),
        }
    }

    /// The medians of many runs.
    async fn simulate(&self) -> Faulty {
        let mut runs = Vec::new();
        for seed in 0..11 {
            runs.push(self.run(seed).await);
        }
        let worst = runs.iter().map(|run| run.ratio).fold(1.0, f64::min);
        let mut median = runs[0];
        runs.sort_by(|a, b| a.ratio.total_cmp(&b.ratio));
        median.ratio = runs[runs.len() / 2].ratio;
        runs.sort_by_key(|run| run.errors);
        median.errors = runs[runs.len() / 2].errors;
        runs.sort_by(|a, b| a.concurrency.total_cmp(&b.concurrency));
        median.concurrency = runs[runs.len() / 2].concurrency;
        #[expect(clippy::print_stdout, reason = "the figures are what it is for")]
        {
            println!("{self:?}: {median:?}, worst ratio {worst:.3}");
        }
        median
    }
}

#[tokio::test(start_paused = true)]
async fn sparse_failures_hardly_slow_it_down() {
    for (errors, limited, least) in [
        (0.0, 0.0, 0.97),
        (0.002, 0.0, 0.92),
        (0.01, 0.0, 0.85),
        (0.0, 0.01, 0.85),
        (0.01, 0.02, 0.85),
    ] {
        let server = FaultyServer {
            errors,
            limited,
            ..FaultyServer::GOOD
        };
        let result = server.simulate().await;
        assert!(result.ratio >= least, "{result:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenth_of_failures_makes_it_back_off() {
    for (errors, most) in [(0.1, 8.0), (0.2, 5.0), (0.5, 2.5)] {
        let server = FaultyServer {
            errors,
            ..FaultyServer::GOOD
        };
        let result = server.simulate().await;
        assert!(result.concurrency <= most, "{result:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_server_gets_about_as_much_as_it_copes_with() {
    for capacity in [4_u32, 8, 12] {
        let server = FaultyServer {
            capacity: capacity as usize,
            ..FaultyServer::GOOD
        };
        let result = server.simulate().await;
        let capacity = f64::from(capacity);
        assert!(result.concurrency <= 1.1 * capacity, "{result:?}");
        assert!(result.ratio >= 0.75 * capacity / 16.0, "{result:?}");
    }
}
