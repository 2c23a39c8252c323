//! What was meant by a text that is no integration type.

use super::integration_type::IntegrationType;

/// How alike two names must be for one to be taken for a slip of the other.
const SIMILAR: f64 = 0.85;

impl IntegrationType {
    /// The type whose product `text` names: `GitHub Enterprise`.
    pub fn of_product(text: &str) -> Option<Self> {
        let plain: String = text
            .to_lowercase()
            .chars()
            .map(|c| if matches!(c, '_' | '-') { ' ' } else { c })
            .collect();
        Self::all().find(|of| {
            of.product().eq_ignore_ascii_case(&plain) || of.spec().also_called.contains(&&*plain)
        })
    }

    /// The type that a text which is none was meant to say: by its product, or as a slip.
    pub fn meant_by(text: &str) -> Option<Self> {
        Self::of_product(text).or_else(|| Self::like(text))
    }

    /// What to write instead of `text`, which is no type: the type whose product it names, or that it is a slip of, or
    /// one of them all.
    pub fn help_for(text: &str) -> String {
        if let Some(meant) = Self::of_product(text) {
            return format!("{} is written `{meant}`", meant.product());
        }
        match Self::like(text) {
            Some(meant) => format!("did you mean `{meant}` ({})?", meant.product()),
            None => format!(
                "use one of {}",
                Self::all().map(Self::name).collect::<Vec<_>>().join(", ")
            ),
        }
    }

    fn like(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        Self::all()
            .map(|of| (strsim::jaro_winkler(&of.name().to_lowercase(), &text), of))
            .filter(|(similarity, _)| *similarity > SIMILAR)
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, of)| of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_slips_are_understood() {
        assert_eq!(
            IntegrationType::help_for("GitHub-Enterprise"),
            "GitHub Enterprise Server is written `GITHUB_SERVER`"
        );
        assert_eq!(
            IntegrationType::help_for("GITHBU"),
            "did you mean `GITHUB` (GitHub.com)?"
        );
        assert!(IntegrationType::help_for("svn").starts_with("use one of GITHUB, "));
    }
}
