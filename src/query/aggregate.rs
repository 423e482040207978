//! Aggregations: groups, and what is counted, summed, averaged or picked within them.

use serde::Deserialize;

use super::path::{Place, follow};
use super::predicate::Predicate;
use super::select::SortTerm;
use super::shape::{ColumnRef, Joins, Member, Node};
use super::sort::parse_sort;
use super::{PageRequest, QueryError};
use crate::catalog::{EntityIndex, Kind, Property, Service};

/// Columns of one answer.
const MOST_COLUMNS: usize = 100;

/// What a client asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AggregationRequest {
    /// Property paths; alone, they ask for distinct values.
    pub group_by_fields: Option<Vec<String>>,
    /// What to work out for each group.
    pub aggregations: Option<Vec<AggregationTerm>>,
    /// A filter.
    pub filter: Option<String>,
}

/// One aggregation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AggregationTerm {
    /// A property path.
    pub field: String,
    /// What to do with its values.
    #[serde(rename = "type")]
    pub function: Function,
    /// Name in the answer.
    pub alias: String,
}

/// What is done with the values of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Function {
    /// Their sum.
    Sum,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// Their mean.
    Avg,
    /// How many there are; NULL is none.
    Count,
}

/// Positions among groups and measures together, and whether largest first.
type Order = Vec<(usize, bool)>;

/// An aggregation whose names have been checked.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// Tables.
    pub joins: Joins,
    /// What is grouped by.
    pub groups: Vec<ColumnRef>,
    /// What is worked out.
    pub measures: Vec<(Function, ColumnRef)>,
    /// Which rows count.
    pub filter: Option<Predicate>,
    /// In which order; what is not said follows the groups.
    pub order: Order,
    /// The order as it was asked for.
    pub sort: Vec<SortTerm>,
    /// Which stretch of the groups.
    pub page: PageRequest,
    /// The objects of the answer.
    pub node: Node,
}

/// Checks the names and types of a request that has groups or aggregations. The filter is resolved by the caller.
///
/// # Errors
/// [`QueryError`] for a path that is none, an alias that is no name or twice, a sum of what is no number.
pub fn resolve_aggregation(
    service: &Service,
    entity: EntityIndex,
    request: &AggregationRequest,
    sort: &[&str],
    page: PageRequest,
) -> Result<Aggregate, QueryError> {
    let groups = request.group_by_fields.as_deref().unwrap_or_default();
    let terms = request.aggregations.as_deref().unwrap_or_default();
    if groups.len() + terms.len() > MOST_COLUMNS {
        return Err(QueryError::InvalidRequest(format!("more than {MOST_COLUMNS} fields and aggregations")));
    }
    let mut aggregate = Aggregate {
        joins: Joins::of(entity),
        groups: Vec::new(),
        measures: Vec::new(),
        filter: None,
        order: Vec::new(),
        sort: Vec::new(),
        page,
        node: Node { members: Vec::new(), relations: Vec::new(), presence: None },
    };
    let mut names: Vec<(String, Option<&str>)> = Vec::new();
    for path in groups {
        let (column, property) = find(service, &mut aggregate.joins, path)?;
        aggregate.groups.push(column);
        add(&mut names, path.replace('.', "$"), Some(path))?;
        aggregate.node.members.push(member(&names, property.kind));
    }
    for term in terms {
        let (column, property) = find(service, &mut aggregate.joins, &term.field)?;
        check_alias(&term.alias)?;
        aggregate.measures.push((term.function, column));
        add(&mut names, term.alias.clone(), None)?;
        aggregate.node.members.push(member(&names, result_kind(term, property)?));
    }
    let (terms, order) = resolve_order(&names, sort)?;
    aggregate.sort = terms;
    aggregate.order = order;
    Ok(aggregate)
}

fn find<'a>(service: &'a Service, joins: &mut Joins, path: &str) -> Result<(ColumnRef, &'a Property), QueryError> {
    let segments: Vec<&str> = path.split('.').collect();
    let entity = || service.entity(joins.entity(0)).name.clone();
    let unknown = QueryError::UnknownProperty { path: path.to_owned(), entity: entity() };
    let not_comparable = QueryError::NotComparable { path: path.to_owned(), entity: entity() };
    match follow(service, joins, &segments).ok_or(unknown)? {
        Place::Column(column) => {
            let property = &service.entity(joins.entity(column.table)).properties[column.property];
            if property.kind == Kind::Blob { Err(not_comparable) } else { Ok((column, property)) }
        }
        Place::Relation(..) => Err(not_comparable),
    }
}

/// An alias becomes a key of the answer and nothing else; it is a name all the same, as clients expect.
fn check_alias(alias: &str) -> Result<(), QueryError> {
    let head = |letter: char| letter.is_ascii_alphabetic() || letter == '_' || letter == '$';
    let good = alias.starts_with(head) && alias.chars().all(|letter| head(letter) || letter.is_ascii_digit());
    if good && alias.len() <= 128 {
        return Ok(());
    }
    Err(QueryError::InvalidRequest("an alias must be a name of letters, digits, _ and $".to_owned()))
}

fn add<'a>(names: &mut Vec<(String, Option<&'a str>)>, name: String, path: Option<&'a str>) -> Result<(), QueryError> {
    if names.iter().any(|(other, _)| *other == name) {
        return Err(QueryError::InvalidRequest(format!("{name} comes up twice")));
    }
    names.push((name, path));
    Ok(())
}

fn member(names: &[(String, Option<&str>)], kind: Kind) -> Member {
    let column = names.len() - 1;
    Member { key: format!("{}:", serde_json::Value::from(names[column].0.as_str())), kind, column }
}

fn result_kind(term: &AggregationTerm, property: &Property) -> Result<Kind, QueryError> {
    let numeric = matches!(property.kind, Kind::Integer | Kind::Real | Kind::Decimal | Kind::Any | Kind::Boolean);
    match term.function {
        Function::Count => Ok(Kind::Integer),
        Function::Min | Function::Max => Ok(property.kind),
        Function::Sum | Function::Avg if !numeric => {
            Err(QueryError::InvalidRequest(format!("{} is no number that could be summed", term.field)))
        }
        Function::Sum => Ok(Kind::Decimal),
        Function::Avg => Ok(Kind::Real),
    }
}

/// A term is the alias of a measure, or a field that is grouped by: by its path or by its name in the answer.
fn resolve_order(names: &[(String, Option<&str>)], sort: &[&str]) -> Result<(Vec<SortTerm>, Order), QueryError> {
    let terms = parse_sort(sort)?;
    let find = |term: &SortTerm| {
        let found = names.iter().position(|(name, path)| *name == term.property || *path == Some(&term.property));
        found.map(|position| (position, term.descending))
    };
    let order = terms.iter().map(|term| find(term).ok_or_else(|| QueryError::UnknownSortField(term.property.clone())));
    let order = order.collect::<Result<_, _>>()?;
    Ok((terms, order))
}
