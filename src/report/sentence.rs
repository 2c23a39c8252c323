//! The sentence that a report opens with, for a reader who reads no further.

use super::run::Report;

/// How the run ended, in one sentence: "169 of 180 integrations created in Acme Jira on 22 Nov 2026; 11 were already
/// there; none failed, none is in doubt." The day is that of the start, in UTC.
pub(crate) fn opening_sentence(report: &Report) -> String {
    let totals = &report.totals;
    let jira = &report.jira;
    let place = match &jira.title {
        _ if report.run.rehearsal => "the sandbox",
        Some(title) => title,
        None => &jira.url,
    };
    let day = report.started.strftime("%-d %b %Y");
    if totals.read == 0 {
        return format!("Nothing to create in {place} on {day}: the input has no rows.");
    }
    let integrations = if totals.read == 1 {
        "integration"
    } else {
        "integrations"
    };
    let created = number(totals.created);
    let mut parts = vec![format!(
        "{created} of {} {integrations} created in {place} on {day}",
        totals.read
    )];
    if totals.exists > 0 {
        parts.push(format!(
            "{} already there",
            counted(totals.exists, "was", "were")
        ));
    }
    parts.push(format!(
        "{} failed, {} in doubt",
        number(totals.failed),
        counted(totals.in_doubt, "is", "are")
    ));
    let not_sent = [
        (totals.invalid, "not valid"),
        (totals.not_attempted, "not attempted"),
        (totals.not_selected, "not selected"),
    ];
    let not_sent: Vec<String> = not_sent
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", counted(count, "was", "were")))
        .collect();
    if !not_sent.is_empty() {
        parts.push(not_sent.join(", "));
    }
    let since = [
        (report.removed(), "was removed", "were removed"),
        (
            report.doubles_removed(),
            "double was removed",
            "doubles were removed",
        ),
    ];
    for (count, one, many) in since {
        if count > 0 {
            let were = if count == 1 { one } else { many };
            parts.push(format!("{count} {were} since"));
        }
    }
    let gone = report.already_gone();
    if gone > 0 {
        let was = if gone == 1 { "was" } else { "were" };
        parts.push(format!("{gone} {was} already gone"));
    }
    let sentence = parts.join("; ");
    if report.run.rehearsal {
        format!("Rehearsal: {sentence}.")
    } else {
        format!("{}.", capitalised(&sentence))
    }
}

/// `none was`, `1 was`, `2 were`.
fn counted(count: u64, one: &str, many: &str) -> String {
    let verb = if count > 1 { many } else { one };
    format!("{} {verb}", number(count))
}

fn number(count: u64) -> String {
    match count {
        0 => "none".to_owned(),
        count => count.to_string(),
    }
}

/// Only the word `none` can stand first, so one byte is one letter.
fn capitalised(sentence: &str) -> String {
    sentence.get(..1).unwrap_or_default().to_uppercase() + sentence.get(1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Totals;
    use crate::report::dummy;

    fn sentence(totals: Totals) -> String {
        let mut report = dummy::report();
        report.totals = totals;
        opening_sentence(&report)
    }

    #[test]
    fn a_good_run_reads_as_one() {
        let totals = Totals {
            read: 180,
            created: 169,
            exists: 11,
            ..Totals::default()
        };
        assert_eq!(
            sentence(totals),
            "169 of 180 integrations created in Acme Jira on 22 Nov 2026; 11 were already there; \
             none failed, none is in doubt."
        );
    }

    #[test]
    fn one_is_singular() {
        let totals = Totals {
            read: 1,
            created: 1,
            ..Totals::default()
        };
        assert_eq!(
            sentence(totals),
            "1 of 1 integration created in Acme Jira on 22 Nov 2026; none failed, none is in doubt."
        );
        let totals = Totals {
            read: 6,
            created: 1,
            exists: 1,
            failed: 1,
            in_doubt: 1,
            invalid: 1,
            not_attempted: 1,
            not_selected: 0,
        };
        assert_eq!(
            sentence(totals),
            "1 of 6 integrations created in Acme Jira on 22 Nov 2026; 1 was already there; \
             1 failed, 1 is in doubt; 1 was not valid, 1 was not attempted."
        );
    }

    #[test]
    fn none_stands_first_in_upper_case() {
        let totals = Totals {
            read: 9,
            failed: 2,
            in_doubt: 3,
            not_selected: 4,
            ..Totals::default()
        };
        assert_eq!(
            sentence(totals),
            "None of 9 integrations created in Acme Jira on 22 Nov 2026; 2 failed, 3 are in doubt; \
             4 were not selected."
        );
    }

    #[test]
    fn an_input_without_rows_is_said_to_be_that() {
        assert_eq!(
            sentence(Totals::default()),
            "Nothing to create in Acme Jira on 22 Nov 2026: the input has no rows."
        );
    }

    #[test]
    fn a_jira_without_a_title_is_named_by_its_url() {
        let mut report = dummy::report();
        report.jira.title = None;
        let sentence = opening_sentence(&report);
        assert!(
            sentence.contains(" created in https://jira.example.org on "),
            "{sentence}"
        );
    }

    #[test]
    fn a_rehearsal_says_so() {
        let mut report = dummy::report();
        report.run.rehearsal = true;
        let sentence = opening_sentence(&report);
        assert!(sentence.starts_with("Rehearsal: 1 of 5 "), "{sentence}");
        assert!(
            sentence.contains(" created in the sandbox on "),
            "{sentence}"
        );
    }
}
