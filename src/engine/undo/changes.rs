//! What changed in an integration since the run created it.

use serde_json::Value;

use crate::engine::matcher::{MatchRow, RowStatus};
use crate::journal::RowState;
use crate::model::{Field, RemoteIntegration, is_same_value, text_of};

/// What Jira shows differently now than in the answer that created the row, or, where that did not tell, than in the row
/// itself, in words. What Jira does not show is not compared.
pub(super) fn changes(row: &RowState, shown: &RemoteIntegration) -> Vec<String> {
    let echo = row.echo.open();
    let mut before = row.read.cells.open();
    for (field, text) in [
        (Field::DisplayName, &row.read.name),
        (Field::Origin, &row.read.origin),
    ] {
        before.extend(
            text.iter()
                .map(|text| (field.name().to_owned(), text.as_str().into())),
        );
    }
    before.extend(echo.clone());
    let now = shown.visible();
    let Some(integration_type) = row.integration_type() else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    for (name, before) in &before {
        if let (Some(field), Some(now)) = (Field::from_name(name), now.get(name))
            && (echo.contains_key(name) || !now.is_null())
            && !is_same_value(integration_type, field, before, now)
        {
            changes.push(in_words(name, before, now));
        }
    }
    // A blank origin stands for the vendor's own.
    let origin = Field::Origin.name();
    let has_other_origin = || {
        let row = MatchRow::of_state(row, RowStatus::Open);
        row.is_some_and(|row| !row.has_origin(shown))
    };
    if !before.contains_key(origin) && shown.origin.is_some() && has_other_origin() {
        changes.push(in_words(origin, &Value::Null, &Value::Null));
    }
    changes
}

/// A text that somebody typed since may contain a secret, so that it is not repeated.
fn in_words(name: &str, before: &Value, now: &Value) -> String {
    let was = match before {
        Value::Null => "blank".to_owned(),
        before => text_of(before),
    };
    let is_plain =
        now.is_boolean() || now.is_number() || matches!(now.as_str(), Some("true" | "false"));
    if is_plain {
        format!("{name} was {was}, is {}", text_of(now))
    } else {
        format!("{name} was {was}, now differs")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::journal::{Answered, Event, RunState, Verdict, samples};

    /// What is said of row 1, AZURE of `https://dev.azure.com/acme` named `Azure 1` with `global` set, whose answer was
    /// `echo` and which Jira shows as `now`.
    fn said(echo: &Value, now: &Value) -> Vec<String> {
        let mut run = RunState::new(samples::opened());
        run.apply(samples::row(1));
        run.apply(samples::intent(1, 1));
        let Event::Outcome(answered) = samples::answered(1, 1, Verdict::Created) else {
            panic!("an answer is an outcome");
        };
        run.apply(Event::Outcome(Answered {
            echo: echo.as_object().unwrap().clone().into(),
            ..answered
        }));
        let text = |name: &str| now[name].as_str().map(str::to_owned);
        let shown = RemoteIntegration {
            created_as: None,
            id: 601,
            type_name: "AZURE".into(),
            origin: text("origin"),
            display_name: text("displayName"),
            init_date: samples::remote(601).init_date,
            fields: now.as_object().unwrap().clone().into(),
        };
        changes(run.row(1).unwrap(), &shown)
    }

    #[test]
    fn what_an_answer_did_not_tell_is_compared_with_the_row() {
        let now = json!({
            "displayName": "Azure 1", "origin": "https://DEV.azure.com/acme/", "global": true, "disabled": false,
        });
        for echo in [
            json!({}),
            json!({"type": "AZURE"}),
            json!({"disabled": false}),
        ] {
            assert_eq!(said(&echo, &now), [""; 0], "{echo}");
            for (field, value, expected) in [
                (
                    "displayName",
                    json!("Theirs"),
                    "displayName was Azure 1, now differs",
                ),
                (
                    "origin",
                    json!("https://dev.azure.com/theirs"),
                    "origin was https://dev.azure.com/acme, now differs",
                ),
                ("global", json!(false), "global was true, is false"),
                ("global", json!("false"), "global was true, is false"),
            ] {
                let mut now = now.clone();
                now[field] = value;
                assert_eq!(said(&echo, &now), [expected], "{echo}");
            }
        }
    }

    #[test]
    fn what_jira_does_not_show_or_nobody_said_before_is_not_compared() {
        let shown = [
            json!({}),
            json!({"global": null, "disabled": true}),
            json!({"global": "true", "projectKeys": ["THEIRS"]}),
        ];
        for now in shown {
            assert_eq!(said(&json!({"type": "AZURE"}), &now), [""; 0], "{now}");
        }
    }

    #[test]
    fn what_an_answer_told_counts_before_the_row() {
        let echo =
            json!({"global": false, "displayName": "Azure one", "origin": "https://dev.azure.com"});
        let mut same = echo.clone();
        same["origin"] = json!("https://dev.azure.com/");
        assert_eq!(said(&echo, &same), [""; 0]);
        let now =
            json!({"global": true, "displayName": "Azure one", "origin": "https://dev.azure.com"});
        assert_eq!(said(&echo, &now), ["global was false, is true"]);
    }

    #[test]
    fn a_secret_that_somebody_typed_into_a_text_is_not_repeated() {
        let now =
            json!({"origin": "https://me:canary@dev.azure.com", "displayName": "Azure canary"});
        for echo in [
            json!({}),
            json!({"origin": "https://a.example", "displayName": "A"}),
        ] {
            let said = said(&echo, &now);
            assert!(
                said.len() == 2 && !said.concat().contains("canary"),
                "{said:?}"
            );
        }
    }
}
