//! The body of `/search`: an array of conditions, all of which must hold, turned into the same tree as a filter's text.

use serde_json::Value as Json;

use super::QueryError;
use crate::filter::{Case, Comparison, Expr, Key, Literal, Operand, Path, Shape};

/// Conditions in one body, and values in one list.
const MOST: usize = 1_000;

/// The names of types that `attributeType` may have. The property decides what a value is; the name is only checked.
pub const TYPES: &[&str] = &[
    "BIG_DECIMAL",
    "BIG_INTEGER",
    "BLOB",
    "BOOLEAN",
    "BYTE",
    "CALENDAR",
    "CALENDAR_DATE",
    "CHARACTER",
    "CLOB",
    "CURRENCY",
    "DATE",
    "DATETIME",
    "DOUBLE",
    "FLOAT",
    "INTEGER",
    "LOCALE",
    "LONG",
    "SHORT",
    "STRING",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TIMEZONE",
    "TRUE_FALSE",
    "YES_NO",
];

/// The words that `filterCondition` may be.
pub const CONDITIONS: &[&str] = &[
    "EQUALS",
    "NOT_EQUALS",
    "LESS_THAN",
    "LESS_THAN_OR_EQUALS",
    "GREATER_THAN",
    "GREATER_THAN_OR_EQUALS",
    "BETWEEN",
    "IN",
    "LIKE",
    "STARTING_WITH",
    "ENDING_WITH",
    "CONTAINING",
    "NULL",
    "EMPTY",
    "NULL_OR_EMPTY",
    "IS",
];

/// Reads the body; `None` when it has no condition.
///
/// # Errors
/// [`QueryError::InvalidBody`] when it is not such an array, [`QueryError::InvalidRequest`] for a value that its condition
/// cannot use.
pub fn read_search(body: &Json) -> Result<Option<Expr>, QueryError> {
    let Json::Array(items) = body else {
        return Err(QueryError::InvalidBody("an array of conditions is expected".to_owned()));
    };
    if items.len() > MOST {
        return Err(QueryError::InvalidRequest(format!("there are more than {MOST} conditions")));
    }
    let mut parts = items.iter().map(condition).collect::<Result<Vec<_>, _>>()?;
    Ok(match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(Expr::And(parts)),
    })
}

fn condition(item: &Json) -> Result<Expr, QueryError> {
    let body = |text: &str| QueryError::InvalidBody(text.to_owned());
    let object = item.as_object().ok_or_else(|| body("each condition must be an object"))?;
    let text = |name: &str| object.get(name).and_then(Json::as_str);
    let name = text("attributeName").filter(|name| !name.is_empty()).ok_or_else(|| body("attributeName is missing"))?;
    if let Some(given) = object.get("attributeType").filter(|given| !given.is_null())
        && !given.as_str().is_some_and(|given| TYPES.contains(&given))
    {
        return Err(body("attributeType is none of the known types"));
    }
    let word = text("filterCondition").ok_or_else(|| body("filterCondition is missing"))?;
    let value = object.get("attributeValue").unwrap_or(&Json::Null);
    let key =
        |function| Key { path: Path { segments: name.split('.').map(str::to_owned).collect(), position: 0 }, function };
    let plain = key(None);
    let like = |before: &str, after: &str| {
        let pattern = format!("{before}{}{after}", scalar(value)?.text);
        let pattern = Operand::Literal(Literal { function: Some(Case::Lower), ..quoted(pattern) });
        Ok(Expr::Like { left: key(Some(Case::Lower)), negated: false, pattern })
    };
    let compare = |operator| Ok(Expr::Compare { left: key(None), operator, right: Operand::Literal(scalar(value)?) });
    match word {
        "STARTING_WITH" => like("", "%"),
        "ENDING_WITH" => like("%", ""),
        "CONTAINING" => like("%", "%"),
        "LIKE" => {
            Ok(Expr::Like { left: plain, negated: false, pattern: Operand::Literal(quoted(scalar(value)?.text)) })
        }
        "EQUALS" if value.is_array() => list(plain, value),
        "IN" => list(plain, value),
        "EQUALS" => compare(Comparison::Equal),
        "NOT_EQUALS" => compare(Comparison::NotEqual),
        "LESS_THAN" => compare(Comparison::Less),
        "LESS_THAN_OR_EQUALS" => compare(Comparison::LessOrEqual),
        "GREATER_THAN" => compare(Comparison::Greater),
        "GREATER_THAN_OR_EQUALS" => compare(Comparison::GreaterOrEqual),
        "BETWEEN" => match value.as_array().map(Vec::as_slice) {
            Some([low, high]) => Ok(Expr::Between {
                left: plain,
                negated: false,
                low: Operand::Literal(scalar(low)?),
                high: Operand::Literal(scalar(high)?),
            }),
            _ => Err(QueryError::InvalidRequest("BETWEEN takes an array of two values".to_owned())),
        },
        "NULL" => Ok(null(plain, false)),
        "EMPTY" => Ok(empty(plain)),
        "NULL_OR_EMPTY" => Ok(Expr::Or(vec![null(plain.clone(), false), empty(plain)])),
        "IS" => match value.as_str().unwrap_or_default().to_ascii_lowercase().as_str() {
            "null" => Ok(null(plain, false)),
            "notnull" => Ok(null(plain, true)),
            "empty" => Ok(empty(plain)),
            "nullorempty" => Ok(Expr::Or(vec![null(plain.clone(), false), empty(plain)])),
            _ => Err(QueryError::InvalidRequest("IS takes null, notnull, empty or nullorempty".to_owned())),
        },
        _ => Err(body("filterCondition is none of the known conditions")),
    }
}

fn null(left: Key, negated: bool) -> Expr {
    Expr::IsNull { left, negated }
}

fn empty(left: Key) -> Expr {
    Expr::Compare { left, operator: Comparison::Equal, right: Operand::Literal(quoted(String::new())) }
}

fn list(left: Key, value: &Json) -> Result<Expr, QueryError> {
    let values = value.as_array().filter(|values| !values.is_empty() && values.len() <= MOST);
    let values =
        values.ok_or_else(|| QueryError::InvalidRequest(format!("a list of 1 to {MOST} values is expected")))?;
    let items = values.iter().map(|value| Ok(Operand::Literal(scalar(value)?))).collect::<Result<_, QueryError>>()?;
    Ok(Expr::In { left, negated: false, items })
}

fn scalar(value: &Json) -> Result<Literal, QueryError> {
    let bare = |text: String, shape| Literal { text, quoted: false, shape, function: None, position: 0 };
    match value {
        Json::String(text) => Ok(quoted(text.clone())),
        Json::Number(number) => Ok(bare(number.to_string(), Shape::Number)),
        Json::Bool(flag) => Ok(bare(flag.to_string(), Shape::Boolean)),
        _ => Err(QueryError::InvalidRequest("a text, a number or a boolean is expected as attributeValue".to_owned())),
    }
}

fn quoted(text: String) -> Literal {
    Literal { text, quoted: true, shape: Shape::Text, function: None, position: 0 }
}

#[cfg(test)]
mod tests {
    use super::read_search;
    use serde_json::json;

    #[test]
    fn conditions_become_the_tree_of_a_filter() {
        for (word, value, expected) in [
            ("STARTING_WITH", json!("Bo"), "lower(name) like lower('Bo%')"),
            ("ENDING_WITH", json!("o'b"), "lower(name) like lower('%o''b')"),
            ("CONTAINING", json!(12), "lower(name) like lower('%12%')"),
            ("LIKE", json!("B_%"), "name like 'B_%'"),
            ("EQUALS", json!("x"), "name = 'x'"),
            ("EQUALS", json!([1, 2]), "name in (1, 2)"),
            ("IN", json!(["a"]), "name in ('a')"),
            ("NOT_EQUALS", json!(true), "name != true"),
            ("BETWEEN", json!([1, 5]), "name between 1 and 5"),
            ("GREATER_THAN_OR_EQUALS", json!(1.5), "name >= 1.5"),
            ("NULL", json!(null), "name is null"),
            ("EMPTY", json!(null), "name = ''"),
            ("NULL_OR_EMPTY", json!(null), "name is null or name = ''"),
            ("IS", json!("notnull"), "name is not null"),
        ] {
            let body = json!([{"attributeName": "name", "attributeValue": value, "filterCondition": word}]);
            assert_eq!(read_search(&body).unwrap().unwrap().to_string(), expected, "{word} {value}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        assert_eq!(read_search(&json!([])), Ok(None));
        for body in [
            json!({}),
            json!([1]),
            json!([{"filterCondition": "EQUALS", "attributeValue": 1}]),
            json!([{"attributeName": "name", "filterCondition": "equals", "attributeValue": 1}]),
            json!([{"attributeName": "name", "filterCondition": "EQUALS", "attributeValue": null}]),
            json!([{"attributeName": "name", "filterCondition": "EQUALS", "attributeValue": []}]),
            json!([{"attributeName": "name", "filterCondition": "EQUALS", "attributeValue": {}}]),
            json!([{"attributeName": "name", "filterCondition": "BETWEEN", "attributeValue": [1]}]),
            json!([{"attributeName": "name", "filterCondition": "EQUALS", "attributeValue": 1, "attributeType": "INT"}]),
            json!([{"attributeName": "name", "filterCondition": "IS", "attributeValue": "maybe"}]),
        ] {
            assert!(read_search(&body).is_err(), "{body}");
        }
    }
}
