//! Wall time and peak memory of child processes.

use std::error::Error;
use std::path::Path;
use std::process::{self, Stdio};
use std::time::{Duration, Instant};

/// What a person would type.
pub(crate) struct Command {
    program: String,
    args: Vec<String>,
}

impl Command {
    pub(crate) fn new(program: &str, args: &[&str], file: Option<&Path>) -> Self {
        let file = file.map(|file| file.to_string_lossy().into_owned());
        let args = args.iter().map(|arg| (*arg).to_owned());
        Self {
            program: program.to_owned(),
            args: args.chain(file).collect(),
        }
    }

    fn start(&self) -> Result<process::Child, Box<dyn Error>> {
        let mut command = process::Command::new(&self.program);
        Ok(command
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?)
    }

    /// What a program that ended in failure measured is worth nothing.
    fn ended(&self, status: process::ExitStatus) -> Result<(), Box<dyn Error>> {
        if status.success() {
            Ok(())
        } else {
            Err(format!("{} {:?}: {status}", self.program, self.args).into())
        }
    }

    pub(crate) fn wall(&self) -> Result<Duration, Box<dyn Error>> {
        let begun = Instant::now();
        let status = self.start()?.wait()?;
        let wall = begun.elapsed();
        self.ended(status)?;
        Ok(wall)
    }
}

/// Median wall times of two programs that take turns, so that what else the machine does falls on both alike.
pub(crate) fn compare(
    commands: [&Command; 2],
    runs: usize,
) -> Result<[Duration; 2], Box<dyn Error>> {
    let mut walls = [Vec::new(), Vec::new()];
    for command in commands {
        // The file is in the system's cache from here on.
        command.wall()?;
    }
    for _ in 0..runs {
        for (command, walls) in commands.iter().zip(&mut walls) {
            walls.push(command.wall()?);
        }
    }
    Ok(walls.map(|mut walls| {
        walls.sort_unstable();
        walls[walls.len() / 2]
    }))
}

/// The most memory a program held at once, in MB: the kernel's own high-water mark, read until the program ends.
pub(crate) fn peak_memory(command: &Command) -> Result<f64, Box<dyn Error>> {
    let mut child = command.start()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        let status = std::fs::read_to_string(&status_file).unwrap_or_default();
        peak = peak.max(high_water(&status).unwrap_or(0.0));
        std::thread::sleep(Duration::from_millis(1));
    };
    command.ended(status)?;
    Ok(peak)
}

fn high_water(status: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}
