//! The `sort` parameter.
//!
//! ```text
//! sort      = term { "," term }
//! term      = property [ SP direction ] | direction
//! property  = name { "." name }
//! direction = "asc" | "desc"                  -- any case
//! ```
//! A term that is only a direction belongs to the term before it, so that `name,desc` works as well as `name desc`.

use super::QueryError;
use super::path::{Place, follow};
use super::select::{OrderTerm, SortTerm};
use super::shape::{ColumnRef, Joins};
use crate::catalog::{Kind, Service};

/// Longest list of terms; each may need a join.
const MOST_TERMS: usize = 32;

/// Reads the parameters and finds the columns that they name.
///
/// # Errors
/// [`QueryError::UnknownSortField`] and, for another word than a direction, [`QueryError::InvalidParameter`].
pub fn resolve_sort(
    service: &Service,
    joins: &mut Joins,
    parameters: &[&str],
) -> Result<(Vec<SortTerm>, Vec<OrderTerm>), QueryError> {
    let terms = parse_sort(parameters)?;
    let mut order = Vec::with_capacity(terms.len());
    for term in &terms {
        let column = column(service, joins, &term.property)
            .ok_or_else(|| QueryError::UnknownSortField(term.property.clone()))?;
        order.push(OrderTerm { column, descending: term.descending });
    }
    Ok((terms, order))
}

/// Reads the parameters without looking names up.
///
/// # Errors
/// [`QueryError::InvalidParameter`] for another word than a direction.
pub fn parse_sort(parameters: &[&str]) -> Result<Vec<SortTerm>, QueryError> {
    let mut terms: Vec<SortTerm> = Vec::new();
    let mut bare = false; // the last term has no direction yet
    for term in parameters.iter().flat_map(|parameter| parameter.split(',')) {
        let term = term.trim();
        if term.is_empty() {
            continue;
        }
        let (property, word) =
            term.rsplit_once(char::is_whitespace).map_or((term, None), |(left, right)| (left.trim(), Some(right)));
        match (word, direction(word.unwrap_or(property))) {
            (Some(_), None) => return Err(QueryError::InvalidParameter("sort")),
            (Some(_), Some(descending)) => terms.push(SortTerm { property: property.to_owned(), descending }),
            (None, Some(descending)) if bare => {
                if let Some(last) = terms.last_mut() {
                    last.descending = descending;
                }
            }
            (None, _) => terms.push(SortTerm { property: property.to_owned(), descending: false }),
        }
        bare = word.is_none() && !(bare && direction(property).is_some());
        if terms.len() > MOST_TERMS {
            return Err(QueryError::InvalidParameter("sort"));
        }
    }
    Ok(terms)
}

fn direction(word: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case("asc") {
        Some(false)
    } else if word.eq_ignore_ascii_case("desc") {
        Some(true)
    } else {
        None
    }
}

/// The column at the end of a path of relations. Bytes have no order that would mean anything.
fn column(service: &Service, joins: &mut Joins, path: &str) -> Option<ColumnRef> {
    let segments: Vec<&str> = path.split('.').collect();
    match follow(service, joins, &segments)? {
        Place::Column(column) => {
            let kind = service.entity(joins.entity(column.table)).properties[column.property].kind;
            (kind != Kind::Blob).then_some(column)
        }
        Place::Relation(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_text_becomes_terms() {
        let shown = |parameters: &[&str]| {
            parse_sort(parameters).map(|terms| {
                terms
                    .iter()
                    .map(|term| format!("{}{}", if term.descending { "-" } else { "" }, term.property))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
        };
        for (given, expected) in [
            (vec![""], Ok("")),
            (vec!["name"], Ok("name")),
            (vec!["name desc"], Ok("-name")),
            (vec!["name  DESC , empId asc"], Ok("-name empId")),
            (vec!["name,desc"], Ok("-name")),
            (vec!["name,desc,city"], Ok("-name city")),
            (vec!["name desc", "city"], Ok("-name city")),
            (vec!["department.name asc,,"], Ok("department.name")),
            (vec!["desc"], Ok("desc")),
            (vec!["name,desc,desc"], Ok("-name desc")),
            (vec!["name up"], Err(QueryError::InvalidParameter("sort"))),
        ] {
            assert_eq!(shown(&given), expected.map(str::to_owned), "{given:?}");
        }
    }
}
