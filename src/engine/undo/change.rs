//! What became of an integration since the run created it.

use serde_json::Value;

use crate::engine::books::{BookRow, Standing};
use crate::journal::RowState;
use crate::model::{Field, RemoteIntegration, ShownFields, is_same_value, normalise};

/// What Jira shows otherwise now than when the row was created, in words: than its answer, or, where that was silent, than
/// the row itself. What Jira does not show is not compared.
pub(super) fn changes(row: &RowState, shown: &RemoteIntegration) -> Vec<String> {
    let answered = row.echo().map(ShownFields::open).unwrap_or_default();
    let cells = row.cells().open();
    let now = shown.visible();
    let mut changes = Vec::new();
    for (name, before) in &answered {
        if let (Some(field), Some(now)) = (Field::from_name(name), now.get(name))
            && !is_same_value(field, before, now)
            && !(field == Field::Origin && is_same_origin(shown, before, now))
        {
            changes.push(in_words(name, before, now));
        }
    }
    let is_silent = |field: Field| !answered.contains_key(field.name());
    let is_of_key =
        |field: Field| matches!(field, Field::Type | Field::DisplayName | Field::Origin);
    for (name, before) in &cells {
        if let Some(field) = Field::from_name(name)
            && is_silent(field)
            && !is_of_key(field)
            && let Some(now) = now.get(name).filter(|now| !now.is_null())
            && !is_same_value(field, before, now)
        {
            changes.push(in_words(name, before, now));
        }
    }
    let Some(key) = BookRow::of_state(row, Standing::Open) else {
        return changes;
    };
    let of_key = [
        (Field::DisplayName, &shown.display_name, &row.name),
        (Field::Origin, &shown.origin, &row.origin),
    ];
    for (field, now, before) in of_key {
        let is_same = match field {
            Field::Origin => key.has_origin(shown),
            _ => before.is_none() || key.has_name(shown),
        };
        if is_silent(field) && now.is_some() && !is_same {
            let before = before.as_deref().map_or(Value::Null, Value::from);
            changes.push(in_words(field.name(), &before, &Value::Null));
        }
    }
    changes
}

fn is_same_origin(shown: &RemoteIntegration, before: &Value, now: &Value) -> bool {
    let normal = |origin: &Value| Some(normalise(shown.integration_type()?, origin.as_str()?));
    normal(now).is_some_and(|now| normal(before) == Some(now))
}

/// A text that somebody typed since may hold a secret, so that it is not repeated.
fn in_words(name: &str, before: &Value, now: &Value) -> String {
    let was = match before {
        Value::Null => "blank".to_owned(),
        before => as_text(before),
    };
    let is_plain =
        now.is_boolean() || now.is_number() || matches!(now.as_str(), Some("true" | "false"));
    if is_plain {
        format!("{name} was {was}, is {}", as_text(now))
    } else {
        format!("{name} was {was}, is another now")
    }
}

fn as_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
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
        run.apply(&samples::row(1));
        run.apply(&samples::intent(1, 1));
        let Event::Outcome(answered) = samples::answered(1, 1, Verdict::Created) else {
            panic!("an answer is an outcome");
        };
        run.apply(&Event::Outcome(Answered {
            echo: echo.as_object().unwrap().clone().into(),
            ..answered
        }));
        let text = |name: &str| now[name].as_str().map(str::to_owned);
        let shown = RemoteIntegration {
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
                    "displayName was Azure 1, is another now",
                ),
                (
                    "origin",
                    json!("https://dev.azure.com/theirs"),
                    "origin was https://dev.azure.com/acme, is another now",
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
