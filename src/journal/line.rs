//! A line of a journal: `{"seq":7,"event":"plan",…}`, the number of the event before the event's own keys.
//!
//! It is put together and taken apart by hand. By serde's means (`flatten`) every value would be buffered on its way.

use std::io::Write;

use serde::Deserialize;

use super::event::Event;

/// A line as it was read.
#[derive(Deserialize)]
pub(super) struct Line {
    /// The event's number.
    pub seq: u64,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
}

/// Adds the line of `event`, which has the number `seq`.
pub(super) fn write(lines: &mut Vec<u8>, seq: u64, event: &Event) -> serde_json::Result<()> {
    let _ = write!(lines, "{{\"seq\":{seq}");
    let brace = lines.len();
    serde_json::to_writer(&mut *lines, event)?;
    // An event is an object with at least one key.
    if let Some(brace) = lines.get_mut(brace) {
        *brace = b',';
    }
    lines.push(b'\n');
    Ok(())
}

/// Reads a line; none if it is not one.
pub(super) fn read(line: &mut [u8]) -> Option<Line> {
    read_as_written(line).or_else(|| serde_json::from_slice(line).ok())
}

/// Reads a line of one of the events of which there are many, if it begins exactly as [`write`] begins it.
fn read_as_written(line: &mut [u8]) -> Option<Line> {
    let rest = line.strip_prefix(b"{\"seq\":")?;
    let digits = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let seq = str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    let rest = rest[digits..].strip_prefix(b",\"event\":\"")?;
    let name = &rest[..rest.iter().position(|byte| *byte == b'"')?];
    let read: fn(&[u8]) -> serde_json::Result<Event> = match name {
        b"row" => |keys| serde_json::from_slice(keys).map(Event::Row),
        b"plan" => |keys| serde_json::from_slice(keys).map(Event::Plan),
        b"intent" => |keys| serde_json::from_slice(keys).map(Event::Intent),
        b"outcome" => |keys| serde_json::from_slice(keys).map(Event::Outcome),
        _ => return None,
    };
    let keys = line.len() - rest.len() + name.len() + 1;
    // The comma before the event's own keys is their brace for a moment.
    if *line.get(keys)? != b',' {
        return None;
    }
    line[keys] = b'{';
    let event = read(&line[keys..]);
    line[keys] = b',';
    Some(Line {
        seq,
        event: event.ok()?,
    })
}
