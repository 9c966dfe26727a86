//! As much of JSON Schema as this project's schemas use; any other keyword is a fault of the schema.

use serde_json::Value;

/// What keeps a value from being what a schema says, with where; nothing when it is.
pub(super) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    hold(schema, schema, value, "", &mut found);
    found
}

fn hold(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
        let mut fault = |what: String| found.push(format!("{at}: {what}"));
        match keyword.as_str() {
            "type" => {
                let types = wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice);
                if !types.iter().any(|one| is(value, one.as_str().unwrap())) {
                    fault(format!("{value} is not {wanted}"));
                }
            }
            "enum" if !wanted.as_array().unwrap().contains(value) => {
                fault(format!("{value} is not in {wanted}"));
            }
            "minimum" if value.as_i64().is_some_and(|number| number < wanted.as_i64().unwrap()) => {
                fault(format!("{value} is less than {wanted}"));
            }
            "$schema" | "$defs" | "title" | "description" | "enum" | "minimum" => {}
            "required" => {
                for key in wanted.as_array().unwrap().iter().filter_map(Value::as_str) {
                    if value.get(key).is_none() {
                        fault(format!("`{key}` is missing"));
                    }
                }
            }
            "additionalProperties" => {
                assert_eq!(wanted, &Value::Bool(false));
                let known = |key: &str| schema["properties"].get(key).is_some();
                for key in value.as_object().into_iter().flat_map(|object| object.keys()) {
                    if !known(key) {
                        fault(format!("`{key}` is not known"));
                    }
                }
            }
            "properties" => {
                for (key, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        hold(root, schema, value, &format!("{at}/{key}"), found);
                    }
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    hold(root, wanted, item, &format!("{at}/{index}"), found);
                }
            }
            "anyOf" => {
                let fits = |schema: &Value| {
                    let mut faults = Vec::new();
                    hold(root, schema, value, at, &mut faults);
                    faults.is_empty()
                };
                if !wanted.as_array().unwrap().iter().any(fits) {
                    fault(format!("{value} is none of {wanted}"));
                }
            }
            "$ref" => {
                let pointer =
                    wanted.as_str().unwrap().strip_prefix('#').expect("a place in the schema itself");
                hold(root, root.pointer(pointer).expect("it is there"), value, at, found);
            }
            other => panic!("the schema says `{other}`, which this test does not know"),
        }
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("the schema says type `{other}`, which this test does not know"),
    }
}
