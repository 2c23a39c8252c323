//! How fast `gij import` is and how much memory it takes, beside a bare loop and beside what the server allows.
//!
//! `cargo bench --bench import` prints the table; see `README.md` beside this directory. Server, peer and `gij` are
//! processes of their own.

#![expect(
    clippy::print_stdout,
    reason = "a table for a person is what this is for"
)]

#[path = "../check/generate.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod generate;
#[path = "../check/measure.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod measure;
mod peer;
mod server;
#[path = "../check/table.rs"]
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod table;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use measure::{Command, peak_memory};
use server::{Config, Faults, Saw, Server};
use table::{HEADER, Line};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["server", config @ ..] => server::serve(config),
        ["post-all", url, concurrency, file] => peer::post_all(url, concurrency, Path::new(file)),
        parts => run(parts),
    }
}

type Part = fn(u32) -> Result<()>;

/// Measures the parts that are named, or all of them.
fn run(parts: &[&str]) -> Result<()> {
    let parts: Vec<&&str> = parts.iter().filter(|part| **part != "--bench").collect();
    let runs = number("GIJ_BENCH_RUNS", 5)?;
    println!("{HEADER}");
    let all: [(&str, Part); 5] = [
        ("loop", beside_a_bare_loop),
        ("latency", beside_the_latency),
        ("limit", beside_a_limit),
        ("faults", with_faults),
        ("memory", memory),
    ];
    for (name, part) in all {
        if parts.is_empty() || parts.contains(&&name) {
            part(runs)?;
        }
    }
    Ok(())
}

/// A number from the environment, for a quick look at another size.
fn number(variable: &str, usual: u32) -> Result<u32> {
    match std::env::var(variable) {
        Ok(number) => Ok(number.parse()?),
        Err(_) => Ok(usual),
    }
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// An import of `rows` rows, into a directory of runs that is new each time.
struct Import {
    rows: u32,
    concurrency: u32,
    server: Config,
}

/// One run: how long the process took, and what the server saw.
struct Run {
    wall: Duration,
    saw: Saw,
}

impl Import {
    fn sheet(&self) -> Result<PathBuf> {
        let sheet = path(&format!("import-{}.csv", self.rows));
        if !sheet.exists() {
            generate::csv(&sheet, self.rows, generate::Filters::None)?;
        }
        Ok(sheet)
    }

    fn command(&self, url: &str) -> Result<Command> {
        let token = path("import-token");
        std::fs::write(&token, "invented\n")?;
        let runs = path("import-runs");
        let _ = std::fs::remove_dir_all(&runs);
        let concurrency = self.concurrency.to_string();
        let [token, runs] = [token, runs].map(|path| path.to_string_lossy().into_owned());
        let args = [
            "import",
            "--yes",
            "--quiet",
            "--settle",
            "1s",
            "--concurrency",
            &concurrency,
            "--jira-url",
            url,
            "--token-file",
            &token,
            "--runs-dir",
            &runs,
        ];
        let sheet = self.sheet()?;
        Ok(Command::new(env!("CARGO_BIN_EXE_gij"), &args, Some(&sheet)))
    }

    fn run(&self) -> Result<Run> {
        let server = Server::start(self.server)?;
        let wall = self.command(&server.url)?.wall()?;
        let saw = server.end()?;
        if saw.created != self.rows {
            return Err(format!("{} of {} rows were created", saw.created, self.rows).into());
        }
        Ok(Run { wall, saw })
    }

    /// The bodies that this import sends, a line each.
    fn bodies(&self) -> Result<PathBuf> {
        let keeps_bodies = true;
        let server = Config {
            keeps_bodies,
            ..self.server
        };
        let Run { saw, .. } = Self { server, ..*self }.run()?;
        let file = path("import-bodies.jsonl");
        std::fs::write(&file, saw.bodies.join("\n"))?;
        Ok(file)
    }

    /// The bare loop with the same bodies.
    fn peer(&self, bodies: &Path) -> Result<Run> {
        let server = Server::start(self.server)?;
        let this = std::env::current_exe()?;
        let concurrency = self.concurrency.to_string();
        let args = ["post-all", &server.url, &concurrency];
        let wall = Command::new(&this.to_string_lossy(), &args, Some(bodies)).wall()?;
        let saw = server.end()?;
        Ok(Run { wall, saw })
    }
}

fn median<T: PartialOrd + Copy>(mut figures: Vec<T>) -> Result<T> {
    figures.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    figures
        .get(figures.len() / 2)
        .copied()
        .ok_or_else(|| "no runs".into())
}

fn walls(runs: &[Run]) -> Result<Duration> {
    median(runs.iter().map(|run| run.wall).collect())
}

/// From the first creation to the last.
fn spans(runs: &[Run]) -> Result<Duration> {
    let spans = runs.iter().map(|run| run.saw.span).collect();
    Ok(Duration::from_secs_f64(median(spans)?))
}

fn beside_a_bare_loop(runs: u32) -> Result<()> {
    let import = Import {
        rows: number("GIJ_BENCH_IMPORT_ROWS", 10_000)?,
        concurrency: 16,
        server: Config::default(),
    };
    // Also the first run of each, which does not count.
    let bodies = import.bodies()?;
    import.peer(&bodies)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        ours.push(import.run()?);
        theirs.push(import.peer(&bodies)?);
    }
    let work = format!("import {} rows at 0 ms, 16 at once", import.rows);
    let goal = 4.0;
    let (wall, bare) = (walls(&ours)?, walls(&theirs)?);
    let line = Line::wall(&work, "reqwest, bare loop", wall, bare, Some(goal));
    println!("{line}");
    let work = format!("{work}, first to last creation");
    let (span, bare) = (spans(&ours)?, spans(&theirs)?);
    let line = Line::wall(&work, "reqwest, bare loop", span, bare, Some(goal));
    println!("{line}");
    Ok(())
}

fn beside_the_latency(runs: u32) -> Result<()> {
    for concurrency in [4, 16, 64] {
        let import = Import {
            rows: number("GIJ_BENCH_IMPORT_ROUNDS", 160)? * concurrency,
            concurrency,
            server: Config {
                latency: Duration::from_millis(50),
                ..Config::default()
            },
        };
        let runs: Vec<Run> = (0..runs).map(|_| import.run()).collect::<Result<_>>()?;
        let latency = median(runs.iter().map(|run| run.saw.latency).collect())?;
        let rounds = f64::from(import.rows) / f64::from(concurrency);
        let least = Duration::from_secs_f64(rounds * latency);
        let work = format!(
            "import {} rows at 50 ms, {concurrency} at once",
            import.rows
        );
        let goal = 1.05;
        let line = Line::wall(
            &work,
            "rows × latency ÷ concurrency",
            walls(&runs)?,
            least,
            Some(goal),
        );
        println!("{line}");
        let work = format!("{work}, first to last creation");
        let line = Line::wall(
            &work,
            "rows × latency ÷ concurrency",
            spans(&runs)?,
            least,
            Some(goal),
        );
        println!("{line}");
    }
    Ok(())
}

fn beside_a_limit(runs: u32) -> Result<()> {
    // 2,000 is no multiple of it, so that the few requests beside the creations do not cost a whole second more.
    let rate = number("GIJ_BENCH_IMPORT_RATE", 90)?;
    let import = Import {
        rows: 2_000,
        concurrency: 4,
        server: Config {
            rate: Some(rate),
            ..Config::default()
        },
    };
    let runs: Vec<Run> = (0..runs).map(|_| import.run()).collect::<Result<_>>()?;
    let refused: u32 = runs.iter().map(|run| run.saw.refused).sum();
    let requests: u32 = runs.iter().map(|run| run.saw.requests).sum();
    let least = f64::from(import.rows - rate) / f64::from(rate);
    let work = format!("import 2000 rows at {rate}/s, {refused} of {requests} requests refused");
    let least = Duration::from_secs_f64(least);
    let line = Line::wall(
        &work,
        "(rows − burst) ÷ rate",
        walls(&runs)?,
        least,
        Some(1.06),
    );
    println!("{line}");
    Ok(())
}

fn with_faults(runs: u32) -> Result<()> {
    let none = Faults::default();
    let before = |status, share| Faults {
        before: (status, share),
        ..none
    };
    let after = |status| Faults {
        after: (status, 0.01),
        ..none
    };
    let limited = |limited, faults| Faults { limited, ..faults };
    // At least 92 and 85 % of what is possible.
    let cases = [
        ("no faults", none, 1.09),
        ("0.2 % of 502", before(502, 0.002), 1.09),
        ("1 % of 502", before(502, 0.01), 1.18),
        ("1 % of 500 after the commit", after(500), 1.18),
        ("1 % of 408 after the commit", after(408), 1.18),
        ("1 % of 502 after the commit", after(502), 1.18),
        ("1 % of 429", limited(0.01, none), 1.18),
        (
            "2 % of 429, 1 % of 502",
            limited(0.02, before(502, 0.01)),
            1.18,
        ),
    ];
    for (name, faults, most) in cases {
        let import = Import {
            rows: 1_500,
            concurrency: 16,
            server: Config {
                latency: Duration::from_millis(60),
                faults,
                ..Config::default()
            },
        };
        let runs: Vec<Run> = (0..runs).map(|_| import.run()).collect::<Result<_>>()?;
        let time = median(runs.iter().map(|run| run.saw.first_attempts).collect())?;
        let latency = median(runs.iter().map(|run| run.saw.latency).collect())?;
        let rounds = f64::from(import.rows) / f64::from(import.concurrency);
        let line = Line::wall(
            &format!("import 1500 rows at 60 ms, 16 at once, {name}"),
            "rows × latency ÷ concurrency",
            Duration::from_secs_f64(time),
            Duration::from_secs_f64(rounds * latency),
            Some(most),
        );
        println!("{line}");
    }
    Ok(())
}

fn memory(runs: u32) -> Result<()> {
    let peak = |rows| -> Result<f64> {
        let import = Import {
            rows,
            concurrency: 16,
            server: Config::default(),
        };
        let peaks = (0..runs).map(|_| {
            let server = Server::start(import.server)?;
            let peak = peak_memory(&import.command(&server.url)?)?;
            server.end()?;
            Ok(peak)
        });
        median(peaks.collect::<Result<_>>()?)
    };
    let (large, small) = (peak(10_000)?, peak(1_000)?);
    let work = format!("import 10000 rows (1000 rows: {small:.1} MB)");
    let line = Line::memory(&work, large, 50.0);
    println!("{line}");
    Ok(())
}
