//! The pacer before servers that limit their rate, in virtual time.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::*;

/// How tokens come back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Refill {
    /// All of an interval at once.
    Batch,
    /// One by one.
    Continuous,
}

/// What the answers say of the bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Headers {
    True,
    /// None, as from a proxy that limits.
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
    /// Nodes that count each for itself, of which a request meets any.
    nodes: usize,
    latency: Duration,
    /// The part of its tokens, and of its first interval, that are gone when we come.
    gone: f64,
    /// Requests a second that somebody else makes on the same account.
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

    /// The least time that anyone can take who knows all beforehand: by the rate alone, and by the latency, too.
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

/// What a simulation comes to.
#[derive(Clone, Copy, Debug)]
struct Came {
    seconds: f64,
    refused: u32,
}

struct Simulation {
    server: Server,
    nodes: RefCell<Vec<Node>>,
    random: RefCell<fastrand::Rng>,
    refused: Cell<u32>,
}

impl Simulation {
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

    /// Half of the latency, more or less: a request overtakes another one now and then.
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

    async fn exchange(&self, turn: Turn<'_>) -> bool {
        self.travel().await;
        let (is_granted, tokens) = self.take();
        self.travel().await;
        let heard = if is_granted {
            Heard::Answer
        } else {
            self.refused.set(self.refused.get() + 1);
            let retry_after = Some(Duration::from_secs(1));
            Heard::Limited { retry_after }
        };
        turn.heard(heard, self.hints(tokens), "rate-limited")
            .unwrap();
        is_granted
    }

    async fn somebody_else(&self) {
        let gap = Duration::from_secs(1) / self.server.others.max(1);
        loop {
            sleep(gap).await;
            if self.server.others > 0 {
                self.take();
            }
        }
    }

    async fn run(&self, rows: u32, concurrency: usize) -> Came {
        let pacer = Pacer::new(Pace {
            concurrency,
            rate: None,
            max_wait: Duration::from_mins(10),
        });
        let stop = StopSwitch::default();
        pacer.set_left(rows as usize);
        let left = Cell::new(rows);
        let start = Instant::now();
        let worker = async || {
            while let Some(one_less) = left.get().checked_sub(1) {
                left.set(one_less);
                loop {
                    let turn = pacer.ready(&stop).await.unwrap();
                    if self.exchange(turn).await {
                        break;
                    }
                }
            }
        };
        tokio::select! {
            _ = join_all((0..concurrency).map(|_| worker())) => {}
            () = self.somebody_else() => {}
        }
        Came {
            seconds: start.elapsed().as_secs_f64(),
            refused: self.refused.get(),
        }
    }
}

const ROWS: u32 = 2000;

async fn simulate(server: Server, concurrency: usize) -> Came {
    let came = Simulation::new(server, 7).run(ROWS, concurrency).await;
    let (by_rate, least) = server.least(ROWS, concurrency);
    let Came { seconds, refused } = came;
    #[expect(clippy::print_stdout, reason = "the counts are what it is for")]
    {
        println!(
            "{:?} {}/s, burst {}, {concurrency} at once, {:?}: {seconds:.2} s, {:.3} of the time by the rate, {:.3} of the least, {refused} of {ROWS} refused",
            server.refill,
            server.rate,
            server.burst,
            server.latency,
            seconds / by_rate,
            seconds / least,
        );
    }
    came
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
async fn a_known_limit_is_used_up_and_hardly_ever_met() {
    for server in servers() {
        for (concurrency, millis) in [(4, 3), (16, 3), (4, 15), (16, 60)] {
            let latency = Duration::from_millis(millis);
            let server = Server { latency, ..server };
            let came = simulate(server, concurrency).await;
            let (_, least) = server.least(ROWS, concurrency);
            assert!(came.seconds <= 1.05 * least, "{server:?}");
            assert!(came.refused * 100 <= 3 * ROWS, "{server:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_was_used_before_costs_one_interval_at_most() {
    for server in servers() {
        for gone in [0.3, 0.7, 1.0] {
            let server = Server { gone, ..server };
            let came = simulate(server, 4).await;
            let missing = f64::from(server.burst) * gone / f64::from(server.rate);
            let (_, least) = server.least(ROWS, 4);
            let most = 1.05 * (least + missing) + 2.0;
            assert!(came.seconds <= most, "{server:?}");
            assert!(came.refused * 100 <= 3 * ROWS, "{server:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_else_on_the_same_account_does_not_lead_to_a_storm() {
    for server in servers() {
        let others = server.rate / 2;
        let server = Server { others, ..server };
        let came = simulate(server, 4).await;
        let most = 1.5 * f64::from(ROWS) / f64::from(server.rate - others);
        assert!(came.seconds <= most, "{server:?}");
        assert!(came.refused * 100 <= 10 * ROWS, "{server:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nodes_that_count_each_for_itself_are_borne_with() {
    for server in servers() {
        let server = Server { nodes: 3, ..server };
        let came = simulate(server, 4).await;
        let (_, least) = server.least(ROWS, 4);
        assert!(came.seconds <= 1.5 * least, "{server:?}");
        assert!(came.refused * 100 <= 10 * ROWS, "{server:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_without_headers_is_learned() {
    for server in servers() {
        let headers = Headers::Missing;
        let server = Server { headers, ..server };
        let came = simulate(server, 4).await;
        let (_, least) = server.least(ROWS, 4);
        assert!(came.seconds <= 2.0 * least, "{server:?}");
        assert!(came.refused * 100 <= 5 * ROWS, "{server:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn headers_that_make_no_sense_slow_down_and_never_stop() {
    for server in servers() {
        let headers = Headers::Absurd;
        let server = Server { headers, ..server };
        let came = simulate(server, 4).await;
        assert!(came.seconds <= 6.0 * f64::from(ROWS), "{server:?}");
    }
}
