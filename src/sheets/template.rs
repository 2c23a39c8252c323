//! The contents of a sheet to fill in: its types, its columns, and an example row for each type or the rows of an export.

use crate::model::{Field, IntegrationType, Need};

/// The first columns, in the order in which people fill them in; the others follow in the manual's order.
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

/// A sheet to fill in, for some types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Template {
    pub types: Vec<IntegrationType>,
    /// Every field that one of the types uses.
    pub columns: Vec<Field>,
    /// The rows, each as wide as the columns.
    pub rows: Vec<Vec<String>>,
    /// The ids of the rows' integrations; a starter sheet has none.
    pub ids: Option<Vec<i64>>,
}

impl Template {
    /// The starter sheet for `types`, in the manual's order and each once; for all types, if none is given.
    pub(crate) fn new(types: &[IntegrationType]) -> Self {
        let types: Vec<IntegrationType> = IntegrationType::all()
            .filter(|one| types.is_empty() || types.contains(one))
            .collect();
        let rest = Field::all().filter(|field| !FIRST.contains(field));
        let is_used = |field: &Field| {
            let mut needs = types.iter().map(|one| one.spec().need(*field));
            needs.any(|need| need != Need::Unused)
        };
        let columns: Vec<Field> = FIRST.into_iter().chain(rest).filter(is_used).collect();
        let rows = types.iter().map(|one| {
            let cells = columns.iter().map(|field| example(*one, *field));
            cells.collect()
        });
        Self {
            rows: rows.collect(),
            types,
            columns,
            ids: None,
        }
    }

    /// The types of this template that need `field` this much.
    pub(super) fn types_with(&self, field: Field, need: Need) -> Vec<IntegrationType> {
        let mut types = self.types.clone();
        types.retain(|one| one.spec().need(field) == need);
        types
    }
}

/// The cell of `field` in the example row of a type; blank where the type does not require it. What must be filled in stands
/// in angle brackets.
fn example(integration_type: IntegrationType, field: Field) -> String {
    let spec = integration_type.spec();
    match (field, spec.example(field)) {
        (Field::DisplayName, _) => format!("<Example: {}>", spec.product),
        (Field::Type | Field::FolderDepth, Some(text)) => text.to_owned(),
        (_, Some(text)) => format!("<{text}>"),
        (_, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldSet, FieldValue, Origin, defects};

    #[test]
    fn every_field_has_its_column_in_the_whole_template() {
        let template = Template::new(&[]);
        assert_eq!(template.columns.len(), Field::COUNT);
        assert_eq!(template.rows.len(), IntegrationType::all().count());
    }

    #[test]
    fn a_smaller_template_has_only_the_columns_of_its_types() {
        let has = |types: &[IntegrationType], field| Template::new(types).columns.contains(&field);
        let gitlab = [IntegrationType::GitLab];
        assert!(has(&gitlab, Field::Pat) && has(&gitlab, Field::Global));
        for field in [Field::Username, Field::Password, Field::AwsRegion] {
            assert!(!has(&gitlab, field), "{field}");
        }
        assert!(!has(&[IntegrationType::Filespace], Field::Pat));
    }

    #[test]
    fn every_example_row_is_complete_and_has_something_to_fill_in() {
        let template = Template::new(&[]);
        for (integration_type, row) in template.types.iter().zip(&template.rows) {
            let cells = template.columns.iter().zip(row);
            let given: FieldSet = cells
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(field, _)| *field)
                .collect();
            let defects = defects(integration_type.spec(), given, Some("jo"));
            assert!(defects.is_empty(), "{integration_type}: {defects:?}");
            assert!(
                row.iter().any(|cell| cell.starts_with('<')),
                "{integration_type}"
            );
        }
    }

    #[test]
    fn what_must_be_filled_in_is_not_a_valid_value() {
        for integration_type in IntegrationType::all() {
            let origin = example(integration_type, Field::Origin);
            assert!(origin.is_empty() || Origin::parse(integration_type, &origin).is_err());
        }
        let region = example(IntegrationType::Aws, Field::AwsRegion);
        assert!(FieldValue::parse(Field::AwsRegion, &region).is_err());
    }
}
