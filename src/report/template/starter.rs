//! What stands in a template: its types, its columns, an example row for each type.

use crate::model::{CredentialForm, Field, IntegrationType, Need, OriginRule};

/// The columns that people look at first, in the order in which they fill them in; the others follow in the manual's.
const FIRST: [Field; 12] = [
    Field::Type,
    Field::DisplayName,
    Field::Origin,
    Field::Username,
    Field::Password,
    Field::Pat,
    Field::AwsRegion,
    Field::TfsCollection,
    Field::FolderDepth,
    Field::Global,
    Field::ProjectKeys,
    Field::ProjectMappingIds,
];

/// A starter sheet for some types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Template {
    types: Vec<IntegrationType>,
    columns: Vec<Field>,
}

/// A cell of an example row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ExampleCell {
    /// Nothing.
    Blank,
    /// A value that can stay.
    Value(String),
    /// What is to be filled in, without its angle brackets.
    FillIn(String),
}

impl ExampleCell {
    /// The text of the cell.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Value(text) => text.clone(),
            Self::FillIn(what) => format!("<{what}>"),
        }
    }
}

impl Template {
    /// The template for `types`, in the manual's order and each once; for all of them, if none is given.
    pub(crate) fn new(types: &[IntegrationType]) -> Self {
        let types: Vec<IntegrationType> = IntegrationType::all()
            .filter(|of| types.is_empty() || types.contains(of))
            .collect();
        let rest = Field::all().filter(|field| !FIRST.contains(field));
        let is_used = |field: &Field| {
            let mut needs = types.iter().map(|of| of.spec().need(*field));
            needs.any(|need| need != Need::Unused)
        };
        let columns = FIRST.into_iter().chain(rest).filter(is_used).collect();
        Self { types, columns }
    }

    /// The types that it has an example row for.
    pub(crate) fn types(&self) -> &[IntegrationType] {
        &self.types
    }

    /// Its columns: every field that one of its types uses.
    pub(crate) fn columns(&self) -> &[Field] {
        &self.columns
    }

    /// The types of this template that need `field` that much.
    pub(super) fn types_with(&self, field: Field, need: Need) -> Vec<IntegrationType> {
        let mut types = self.types.clone();
        types.retain(|of| of.spec().need(field) == need);
        types
    }

    /// The example rows, each as wide as the columns.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<ExampleCell>> {
        self.types.iter().map(|of| {
            self.columns
                .iter()
                .map(|field| example(*of, *field))
                .collect()
        })
    }
}

/// The cell of `field` in the example row of a type: what it needs, and nothing that could be forgotten in it.
fn example(of: IntegrationType, field: Field) -> ExampleCell {
    use ExampleCell::{Blank, FillIn, Value};
    let spec = of.spec();
    match field {
        Field::Type => Value(spec.name.into()),
        Field::DisplayName => Value(format!("Example: {}", spec.product)),
        Field::Origin => match spec.origin {
            OriginRule::Url => {
                let host = spec.name.to_lowercase().replace('_', "-");
                FillIn(format!("https://{host}.example.org"))
            }
            OriginRule::Folder => FillIn("/srv/repos/*".into()),
            OriginRule::UrlOr(_) | OriginRule::UrlOrUnknown => Blank,
        },
        Field::Username | Field::Password | Field::Pat => {
            let form = preferred(spec.credentials);
            match (form, field) {
                (Some(form), _) if !form.fields().contains(&field) => Blank,
                (Some(CredentialForm::AccessKey), Field::Username) => {
                    FillIn("access key id".into())
                }
                (Some(_), Field::Username) => FillIn("username".into()),
                (Some(_), Field::Password) => FillIn("password".into()),
                (Some(_), _) => FillIn("token".into()),
                (None, _) => Blank,
            }
        }
        Field::AwsRegion if spec.requires.contains(&field) => FillIn("region".into()),
        Field::FolderDepth if spec.uses.contains(&field) => Value("1".into()),
        _ => Blank,
    }
}

/// A token, where a token will do.
fn preferred(forms: &[CredentialForm]) -> Option<CredentialForm> {
    let token = forms.iter().find(|form| **form == CredentialForm::Token);
    token.or_else(|| forms.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldSet, Origin, Region, defects};

    #[test]
    fn every_field_has_its_column_in_the_whole_template() {
        let template = Template::new(&[]);
        assert_eq!(template.columns().len(), Field::COUNT);
        assert_eq!(template.rows().count(), IntegrationType::all().count());
    }

    #[test]
    fn a_smaller_template_has_the_columns_of_its_types_alone() {
        let has =
            |types: &[IntegrationType], field| Template::new(types).columns().contains(&field);
        let gitlab = [IntegrationType::GitLab];
        assert!(has(&gitlab, Field::Pat) && has(&gitlab, Field::Global));
        for field in [Field::Username, Field::Password, Field::AwsRegion] {
            assert!(!has(&gitlab, field), "{field}");
        }
        assert!(!has(&[IntegrationType::Filespace], Field::Pat));
    }

    #[test]
    fn an_example_row_is_complete_and_every_one_has_something_to_fill_in() {
        let template = Template::new(&[]);
        for (of, row) in template.types().iter().zip(template.rows()) {
            let cells = template.columns().iter().zip(&row);
            let given: FieldSet = cells
                .filter(|(_, cell)| **cell != ExampleCell::Blank)
                .map(|(field, _)| *field)
                .collect();
            assert_eq!(defects(of.spec(), given, Some("jo")), [], "{of}");
            let to_fill_in = |cell: &ExampleCell| matches!(cell, ExampleCell::FillIn(_));
            assert!(row.iter().any(to_fill_in), "{of}");
        }
    }

    #[test]
    fn what_is_to_be_filled_in_is_no_value_of_its_field() {
        for of in IntegrationType::all() {
            let origin = example(of, Field::Origin).text();
            assert!(origin.is_empty() || Origin::parse(of, &origin).is_err());
        }
        let region = example(IntegrationType::Aws, Field::AwsRegion).text();
        assert!(Region::parse(&region).is_err());
    }
}
