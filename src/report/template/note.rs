//! What is said about a column: for the note on its header, and for the sheet that explains all of them.

use super::starter::Template;
use crate::model::{Field, IntegrationType, Need};

/// How a need is told, in the order in which it is.
const NEEDS: [(Need, &str); 3] = [
    (Need::Required, "Required"),
    (Need::OneWay, "One way to log in"),
    (Need::Optional, "Optional"),
];

/// For which types a column is required, for which it is not, a line each.
pub(super) fn needs(template: &Template, field: Field) -> Vec<String> {
    let mut lines = Vec::new();
    for (need, label) in NEEDS {
        let types = template.types_with(field, need);
        if types.len() == template.types().len() {
            lines.push(label.to_owned());
        } else if !types.is_empty() {
            let names: Vec<&str> = types.into_iter().map(IntegrationType::name).collect();
            lines.push(format!("{label}: {}", names.join(", ")));
        }
    }
    if !template.types_with(field, Need::Unused).is_empty() {
        lines.push("Not used by the others".to_owned());
    }
    lines
}

/// The note on a column's header.
pub(super) fn note(template: &Template, field: Field) -> String {
    let about = field.about();
    let mut lines = vec![plain(about.what)];
    lines.extend(needs(template, field));
    lines.push(format!("Format: {}", field.kind().format()));
    lines.extend(about.if_blank.map(|blank| format!("If blank: {blank}")));
    lines.push(format!("Example: {}", about.example));
    lines.join("\n")
}

/// A text without the marks that it has for the terminal.
pub(super) fn plain(text: &str) -> String {
    text.replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_what_goes_in_for_whom_and_how() {
        let template = Template::new(&[IntegrationType::GitLab, IntegrationType::GitHub]);
        assert_eq!(
            note(&template, Field::Pat),
            "A personal access token of the host: the token itself, or a reference to it. Not together with password.\n\
             Required: GITLAB\n\
             One way to log in: GITHUB\n\
             Format: text, or a reference: env:NAME or file:PATH\n\
             Example: env:GIT_PAT"
        );
    }

    #[test]
    fn what_all_types_share_names_none() {
        let template = Template::new(&[]);
        assert_eq!(needs(&template, Field::Type), ["Required"]);
        assert_eq!(needs(&template, Field::Global), ["Optional"]);
    }

    #[test]
    fn what_few_types_use_does_not_list_the_others() {
        let template = Template::new(&[]);
        assert_eq!(
            needs(&template, Field::FolderDepth),
            ["Optional: FILESPACE", "Not used by the others"]
        );
    }
}
