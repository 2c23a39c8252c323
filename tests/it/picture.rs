//! The picture of a terminal in the README, made from what the program writes.

use anstyle_svg::{Term, WIN10_CONSOLE};

use crate::docs::{assert_generated, env_with_samples};
use crate::env::{Env, status_of};

/// A command and what it writes to both streams, in the order of a terminal.
fn session(env: &Env, command: &str) -> String {
    let path = env.path("screen");
    let screen = std::fs::File::create(&path).unwrap();
    let mut program = env.command(command.split(' ').skip(1));
    program.stdout(screen.try_clone().unwrap()).stderr(screen);
    status_of(&mut program.spawn().unwrap());
    let shown = std::fs::read_to_string(path).unwrap();
    format!(
        "\u{1b}[32m$\u{1b}[0m \u{1b}[1m{command}\u{1b}[0m\n{}\n\n",
        shown.trim_end()
    )
}

/// `text` without what differs from run to run: the run's id, the date, the port.
fn stable(text: &str, run: &str) -> String {
    const URL: &str = "http://127.0.0.1:";
    let text = text.replace(run, "20261122T101503Z-onboarding");
    let port = text.split(URL).nth(1).map(|rest| {
        rest.chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
    });
    let text = text.replace(&format!("{URL}{}", port.unwrap()), "http://127.0.0.1:2990");
    let (begin, rest) = text.split_once("created in the sandbox on ").unwrap();
    let (_, end) = rest.split_once(';').unwrap();
    format!("{begin}created in the sandbox on 22 Nov 2026;{end}")
}

#[test]
fn the_picture_of_a_terminal_is_a_session_of_today() {
    let env = env_with_samples().var("CLICOLOR_FORCE", "1");
    let check = session(&env, "gij check samples/broken.csv --rows 2-4");
    let import = session(&env, "gij import samples/onboarding.csv --sandbox");
    let run = env.runs().pop().unwrap();
    let run = run.file_name().unwrap().to_str().unwrap();
    let terminal = Term::new().palette(WIN10_CONSOLE);
    let svg = terminal.render_svg(stable(&format!("{check}{import}"), run).trim_end());
    assert_generated("docs/terminal.svg", &svg);
}
