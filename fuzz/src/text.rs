use serde_json::Value;

/// All texts of a JSON value, names too.
pub fn in_json(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| in_json(value, texts)),
        Value::Object(fields) => {
            for (name, value) in fields {
                texts.push(name.clone());
                in_json(value, texts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
