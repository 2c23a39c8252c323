//! What each integration type needs, in words made from its entry, and which type a text stands for.

use super::field::Field;
use super::integration_type::{CredentialForm, IntegrationType, Need, OriginRule, TypeSpec};
use super::nearest::{nearest, plain};

impl CredentialForm {
    /// The fields that it takes.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Token => &[Field::Pat],
            Self::Password | Self::AccessKey => &[Field::Username, Field::Password],
            Self::TokenForAll => &[Field::Username, Field::Pat],
        }
    }
}

impl TypeSpec {
    /// How much the type needs `field`.
    pub fn need(&self, field: Field) -> Need {
        match field {
            Field::Type => Need::Required,
            Field::Origin => match self.origin {
                OriginRule::Url | OriginRule::Folder => Need::Required,
                OriginRule::UrlOr(_) | OriginRule::UrlOrUnknown => Need::Optional,
            },
            Field::Username | Field::Password | Field::Pat => {
                let takes = |form: &&CredentialForm| form.fields().contains(&field);
                match self.credentials.iter().filter(takes).count() {
                    0 => Need::Unused,
                    ways if ways == self.credentials.len() => Need::Required,
                    _ => Need::OneWay,
                }
            }
            Field::PrHideFilter if self.origin == OriginRule::Folder => Need::Unused,
            // Fields that only the types that list them use; all others are common to all types.
            Field::ApiPath | Field::TfsCollection | Field::AwsRegion | Field::FolderDepth => {
                let own = self.uses.iter().find(|(own, _)| *own == field);
                own.map_or(Need::Unused, |(_, need)| *need)
            }
            _ => Need::Optional,
        }
    }

    /// The origin in words.
    pub fn origin_in_words(&self) -> String {
        match self.origin {
            OriginRule::Url => "the base URL of the host, such as https://git.example.org".into(),
            OriginRule::UrlOr(default) => format!("optional; if blank, Jira uses {default}"),
            OriginRule::UrlOrUnknown => "optional".into(),
            OriginRule::Folder => {
                r"the path on Jira's machine, such as /srv/repos/*, D:\repos\* or \\server\share\*"
                    .into()
            }
        }
    }

    /// The ways to log in, in words.
    pub fn credentials_in_words(&self) -> String {
        if self.credentials.is_empty() {
            return "none; Jira reads the folder directly".into();
        }
        let forms = self.credentials.iter().map(|form| form.in_words());
        forms.collect::<Vec<_>>().join(", or ")
    }

    /// The way to log in that examples show.
    pub fn preferred_credentials(&self) -> Option<CredentialForm> {
        self.credentials.first().copied()
    }

    /// What the cell of a field holds in an example; none where the type does not require it. A name is the caller's.
    pub fn example(&self, field: Field) -> Option<&'static str> {
        let form = self.preferred_credentials();
        let is_taken = form.is_some_and(|form| form.fields().contains(&field));
        let is_key = form == Some(CredentialForm::AccessKey);
        match field {
            Field::Type => Some(self.name),
            Field::Origin => match self.origin {
                OriginRule::Folder => Some("/srv/repos/*"),
                OriginRule::Url => Some(field.example()),
                OriginRule::UrlOr(_) | OriginRule::UrlOrUnknown => None,
            },
            Field::Username if is_key => Some("your-access-key-id"),
            Field::Password if is_key => Some("your-secret-access-key"),
            Field::Username if is_taken => Some("your-username"),
            Field::Password if is_taken => Some("your-password"),
            Field::Pat if is_taken => Some("your-token"),
            Field::AwsRegion if self.uses(field) => Some(field.example()),
            Field::FolderDepth if self.uses(field) => Some("1"),
            _ => None,
        }
    }
}

impl IntegrationType {
    /// `GITHUB, GITHUB_SERVER, …`.
    pub(crate) fn names(types: impl Iterator<Item = Self>) -> String {
        types.map(Self::name).collect::<Vec<_>>().join(", ")
    }

    /// The types whose product `text` names: one for `GitHub Enterprise Server`, two for `GitHub Enterprise`.
    pub fn of_product(text: &str) -> Vec<Self> {
        let text = plain(text);
        let has_name = |known: &Self| known.products().any(|product| plain(product) == text);
        Self::all().filter(has_name).collect()
    }

    fn products(self) -> impl Iterator<Item = &'static str> {
        let spec = self.spec();
        spec.also_called.iter().copied().chain([spec.product])
    }

    /// The type that `text`, which is no type, probably means: by its product, or as a misspelling of a name.
    pub fn meant_by(text: &str) -> Option<Self> {
        Self::of_product(text).first().copied().or_else(|| {
            let names = Self::all().flat_map(|known| {
                let names = known.products().chain([known.name()]);
                names.map(move |name| (plain(name), known))
            });
            let names: Vec<(String, Self)> = names.collect();
            let names = names.iter().map(|(name, known)| (name.as_str(), *known));
            nearest(&plain(text), names)
        })
    }

    /// What to write instead of `text`, which is no type.
    pub fn help_for(text: &str) -> String {
        let in_words = |meant: &Self| format!("`{meant}` ({})", meant.product());
        match Self::of_product(text).as_slice() {
            [] => {}
            [one] => return format!("{} is written `{one}`", one.product()),
            several => {
                let several: Vec<String> = several.iter().map(in_words).collect();
                return format!("write {}", several.join(" or "));
            }
        }
        match Self::meant_by(text) {
            Some(meant) => format!("did you mean {}?", in_words(&meant)),
            None => format!("use one of {}", Self::names(Self::all())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(of: IntegrationType, field: Field) -> Need {
        of.spec().need(field)
    }

    #[test]
    fn what_every_way_to_log_in_takes_is_required() {
        assert_eq!(need(IntegrationType::GitLab, Field::Pat), Need::Required);
        assert_eq!(need(IntegrationType::GitLab, Field::Password), Need::Unused);
        assert_eq!(need(IntegrationType::GitHub, Field::Pat), Need::OneWay);
        assert_eq!(
            need(IntegrationType::TfsServer, Field::Username),
            Need::Required
        );
        assert_eq!(
            need(IntegrationType::Filespace, Field::Username),
            Need::Unused
        );
    }

    #[test]
    fn fields_of_some_types_are_unused_by_the_others() {
        assert_eq!(need(IntegrationType::Aws, Field::AwsRegion), Need::Required);
        assert_eq!(
            need(IntegrationType::Gerrit, Field::AwsRegion),
            Need::Unused
        );
        assert_eq!(need(IntegrationType::Gerrit, Field::Global), Need::Optional);
        assert_eq!(need(IntegrationType::Azure, Field::Origin), Need::Optional);
    }

    #[test]
    fn products_and_slips_are_understood() {
        assert_eq!(
            IntegrationType::help_for("GitHub-Enterprise"),
            "write `GITHUB` (GitHub.com) or `GITHUB_SERVER` (GitHub Enterprise Server)"
        );
        assert_eq!(
            IntegrationType::help_for("GITHBU"),
            "did you mean `GITHUB` (GitHub.com)?"
        );
        assert!(IntegrationType::help_for("svn").starts_with("use one of GITHUB, "));
    }

    #[test]
    fn only_a_slip_or_two_are_near_a_type() {
        for near in ["GITHBU", "GitHub Enterprize", "gitlab self-managed", "AZUR"] {
            assert!(IntegrationType::meant_by(near).is_some(), "{near}");
        }
        for far in [
            "GITHUB_SEKRIT",
            "GITHUB,Zed,,SEKRIT2001",
            "GITHUB Sekrit",
            "BitBucket",
        ] {
            assert_eq!(IntegrationType::meant_by(far), None, "{far}");
        }
    }
}
