//! All that can be asked for.

use serde::Serialize;

use super::entry::entry;
use super::integration_type::Used;
use crate::model::{Code, Field, IntegrationType, Severity};

/// All codes, types and fields.
#[derive(Debug, Serialize)]
pub(crate) struct Lists {
    /// The codes, the worst first.
    pub codes: Vec<Listed>,
    /// The integration types with their products.
    pub types: Vec<Product>,
    /// The fields.
    pub fields: Vec<Used>,
}

/// A code in a list.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    /// The code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What it means.
    pub title: &'static str,
}

/// A type in a list.
#[derive(Debug, Serialize)]
pub(crate) struct Product {
    /// The type.
    #[serde(rename = "type")]
    pub integration_type: IntegrationType,
    /// The product behind it.
    pub product: &'static str,
}

impl Lists {
    /// All of them.
    pub(crate) fn all() -> Self {
        let mut codes: Vec<Listed> = Code::ALL
            .iter()
            .map(|code| Listed {
                code: *code,
                severity: code.severity(),
                title: entry(*code).title,
            })
            .collect();
        // A stable sort: within a severity, the order is that of a table from its top to its cells.
        codes.sort_by_key(|listed| std::cmp::Reverse(listed.severity));
        Self {
            codes,
            types: IntegrationType::all()
                .map(|of| Product {
                    integration_type: of,
                    product: of.product(),
                })
                .collect(),
            fields: Field::all().map(Used::of).collect(),
        }
    }
}
