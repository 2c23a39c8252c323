//! Sheets whose rows are easily taken for one another: many share an origin, and blank origins come back filled in.

use fastrand::Rng;
use serde_json::{Value, json};

/// A sheet and what its rows are to become.
pub struct Sheet {
    pub text: String,
    pub names: Vec<String>,
    /// Type and origin of the rows without a name.
    pub nameless: Vec<(&'static str, String)>,
}

impl Sheet {
    /// `named` rows that have a name each, and `nameless` that have none.
    pub fn new(named: usize, nameless: usize, random: &mut Rng) -> Self {
        let mut sheet = Self {
            text: "type,displayName,origin,username,password,pat,awsRegion,folderDepth\n"
                .to_owned(),
            names: Vec::new(),
            nameless: Vec::new(),
        };
        let mut without_name: Vec<usize> = (0..named + nameless).collect();
        random.shuffle(&mut without_name);
        without_name.truncate(nameless);
        for n in 0..named + nameless {
            let row = if without_name.contains(&n) {
                let origin = format!("https://nameless{}.example.org", random.u8(0..3));
                let row = format!("GERRIT,,{origin},svc,password-{n}-invented,,,");
                sheet.nameless.push(("GERRIT", origin));
                row
            } else {
                let name = name(n, random);
                let row = named_row(n, &name, random);
                sheet.names.push(name);
                row
            };
            sheet.text.push_str(&row);
            sheet.text.push('\n');
        }
        sheet
    }

    pub fn rows(&self) -> usize {
        self.names.len() + self.nameless.len()
    }

    /// The first row with a name, as somebody has created it before.
    pub fn first_as_body(&self) -> Value {
        let row = self
            .text
            .lines()
            .skip(1)
            .find(|row| !row.contains(",,https://nameless"))
            .unwrap();
        let name = &self.names[0];
        let fields: Vec<&str> = row.split(',').collect();
        let mut body = json!({"type": fields[0], "displayName": name});
        // The name may hold a comma; the origin is the field that looks like one.
        if let Some(origin) = fields
            .iter()
            .find(|field| field.starts_with("https://") || field.starts_with("/srv"))
        {
            body["origin"] = (*origin).into();
        }
        if fields[0] == "AWS" {
            body["awsRegion"] = "eu-west-1".into();
        }
        body
    }
}

fn name(n: usize, random: &mut Rng) -> String {
    match random.u8(0..10) {
        0 => format!("Team {n}, \"the crew\""),
        1 => format!("Équipe {n} – Zürich"),
        _ => format!("Team {n}"),
    }
}

fn named_row(n: usize, name: &str, random: &mut Rng) -> String {
    let name = format!("\"{}\"", name.replace('"', "\"\""));
    let pat = format!("pat-{n}-invented");
    let host = random.u8(0..6);
    match random.u8(0..10) {
        0 => format!("GITLAB,{name},,,,{pat},,"),
        1 => format!("AZURE,{name},,,,{pat},,"),
        2 => format!("AWS,{name},,AKIAINVENTED{n},secret-{n}-invented,,eu-west-1,"),
        3 => format!("FILESPACE,{name},/srv/repos{n}/*,,,,,2"),
        4 => format!(
            "GERRIT,{name},https://nameless{}.example.org,svc,{pat},,,",
            random.u8(0..3)
        ),
        5 => format!("GITLAB_SERVER,{name},https://gitlab{n}.example.org,,,{pat},,"),
        _ => format!("GITHUB_SERVER,{name},https://git{host}.example.org,,,{pat},,"),
    }
}
