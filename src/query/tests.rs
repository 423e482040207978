//! Filters through both phases behind the grammar: what is resolved or refused, and the SQL that comes of it.

use std::sync::Arc;

use super::{
    Asker, AskerValue, Condition, Joins, Model, QueryError, Right, Rights, RowRule, Surroundings, Term, Value, count,
    resolve_filter,
};
use crate::catalog::{Column, ForeignKey, Service, Table, build};
use crate::filter;

fn table(name: &str, columns: &[(&str, &str)], foreign_keys: &[(&str, &str)]) -> Table {
    let column = |(name, declared): &(&str, &str)| Column {
        name: (*name).to_owned(),
        declared: (*declared).to_owned(),
        ..Column::default()
    };
    let foreign_key = |(column, target): &(&str, &str)| ForeignKey {
        target: (*target).to_owned(),
        columns: vec![((*column).to_owned(), None)],
    };
    Table {
        name: name.to_owned(),
        columns: columns.iter().map(column).collect(),
        primary_key: vec![columns[0].0.to_owned()],
        foreign_keys: foreign_keys.iter().map(foreign_key).collect(),
        ..Table::default()
    }
}

fn service() -> Service {
    let book = [
        ("BOOK_ID", "INTEGER"),
        ("TITLE", "VARCHAR(40)"),
        ("PRINTED", "DATE"),
        ("PRICE", "REAL"),
        ("SOLD_OUT", "BOOLEAN"),
        ("COVER", "BLOB"),
        ("SECRET", "TEXT"),
        ("AUTHOR_ID", "INTEGER"),
    ];
    let author = [("AUTHOR_ID", "INTEGER"), ("NAME", "TEXT"), ("TOWN_ID", "INTEGER")];
    let tables = vec![
        table("BOOK", &book, &[("AUTHOR_ID", "AUTHOR")]),
        table("AUTHOR", &author, &[("TOWN_ID", "TOWN")]),
        table("TOWN", &[("TOWN_ID", "INTEGER"), ("NAME", "TEXT")], &[]),
    ];
    build("library", tables, &["BOOK.SECRET".to_owned()])
}

fn resolved(q: &str) -> Result<(String, Vec<Value>), QueryError> {
    let service = service();
    let mut joins = Joins::of(service.find("Book").unwrap());
    let tree = filter::parse(q).unwrap().unwrap();
    let predicate = resolve_filter(&service, &mut joins, &tree, &Surroundings::default())?;
    let statement = count(&Model::new(service), &joins, Some(&predicate));
    let start = "SELECT count(*) FROM \"BOOK\" t0 ";
    Ok((statement.sql.strip_prefix(start).unwrap().to_owned(), statement.parameters))
}

#[test]
fn filters_become_conditions_with_their_values_apart() {
    let text = |text: &str| Value::Text(text.to_owned());
    let author = r#"LEFT JOIN "AUTHOR" t1 ON t1."AUTHOR_ID" = t0."AUTHOR_ID" "#;
    let town = r#"LEFT JOIN "TOWN" t2 ON t2."TOWN_ID" = t1."TOWN_ID" "#;
    for (q, sql, parameters) in [
        ("bookId = '7'", r#"WHERE t0."BOOK_ID" = ?1"#.to_owned(), vec![Value::Integer(7)]),
        ("title <> 02127", r#"WHERE t0."TITLE" <> ?1"#.to_owned(), vec![text("02127")]),
        ("title = null", r#"WHERE t0."TITLE" IS NULL"#.to_owned(), vec![]),
        ("title != null", r#"WHERE NOT (t0."TITLE" IS NULL)"#.to_owned(), vec![]),
        ("price > null", "WHERE NULL".to_owned(), vec![]),
        ("soldOut = TRUE", r#"WHERE t0."SOLD_OUT" = ?1"#.to_owned(), vec![Value::Integer(1)]),
        ("printed >= '2020-02-29 10:00:00'", r#"WHERE t0."PRINTED" >= ?1"#.to_owned(), vec![text("2020-02-29")]),
        ("printed = 0", r#"WHERE t0."PRINTED" = ?1"#.to_owned(), vec![text("1970-01-01")]),
        (
            "price not between 1 and 2.5",
            r#"WHERE NOT (t0."PRICE" BETWEEN ?1 AND ?2)"#.to_owned(),
            vec![Value::Real(1.0), Value::Real(2.5)],
        ),
        ("title in ('a', 'b')", r#"WHERE t0."TITLE" IN (?1, ?2)"#.to_owned(), vec![text("a"), text("b")]),
        ("title like '_A%'", r#"WHERE t0."TITLE" GLOB ?1"#.to_owned(), vec![text("?A*")]),
        (
            "title like 'Az_*%'",
            r#"WHERE (t0."TITLE" GLOB ?1 AND t0."TITLE" >= ?2 AND t0."TITLE" < ?3)"#.to_owned(),
            vec![text("Az?[*]*"), text("Az"), text("A{")],
        ),
        ("lower(title) like lower('Ä%')", r#"WHERE hrdb_lower(t0."TITLE") GLOB ?1"#.to_owned(), vec![text("ä*")]),
        ("upper(bookId) = '12'", r#"WHERE hrdb_upper(t0."BOOK_ID") = ?1"#.to_owned(), vec![text("12")]),
        (
            "not (bookId = 1 or bookId = 2 and title = 'x')",
            r#"WHERE NOT ((t0."BOOK_ID" = ?1 OR (t0."BOOK_ID" = ?2 AND t0."TITLE" = ?3)))"#.to_owned(),
            vec![Value::Integer(1), Value::Integer(2), text("x")],
        ),
        // The foreign key knows whether there is an author, and which; nothing is joined for it.
        ("author is null", r#"WHERE t0."AUTHOR_ID" IS NULL"#.to_owned(), vec![]),
        ("author.authorId = 3", r#"WHERE t0."AUTHOR_ID" = ?1"#.to_owned(), vec![Value::Integer(3)]),
        ("author.name = 'x'", format!(r#"{author}WHERE t1."NAME" = ?1"#), vec![text("x")]),
        ("author.town.name is not null", format!(r#"{author}{town}WHERE NOT (t2."NAME" IS NULL)"#), vec![]),
        (
            "author.name = 'x' or title = lower(author.name)",
            format!(r#"{author}WHERE (t1."NAME" = ?1 OR t0."TITLE" = hrdb_lower(t1."NAME"))"#),
            vec![text("x")],
        ),
        (
            "title = '''; DROP TABLE BOOK; --'",
            r#"WHERE t0."TITLE" = ?1"#.to_owned(),
            vec![text("'; DROP TABLE BOOK; --")],
        ),
    ] {
        assert_eq!(resolved(q), Ok((sql, parameters)), "{q}");
    }
}

#[test]
fn what_is_no_property_or_no_value_of_it_is_refused() {
    let unknown = |path: &str| QueryError::UnknownProperty { path: path.into(), entity: "Book".into() };
    let not_comparable = |path: &str| QueryError::NotComparable { path: path.into(), entity: "Book".into() };
    let literal = |property: &str, text: &str, kind| QueryError::BadLiteral {
        property: property.into(),
        text: text.into(),
        kind,
    };
    for (q, error) in [
        ("nothing = 1", unknown("nothing")),
        ("Title = 'x'", unknown("Title")),
        ("secret = 'x'", unknown("secret")),
        ("secret is null", unknown("secret")),
        ("author.nothing = 1", unknown("author.nothing")),
        ("title.name = 1", unknown("title.name")),
        ("title = lower(secret)", unknown("secret")),
        ("author = 1", not_comparable("author")),
        ("cover = 'x'", not_comparable("cover")),
        ("title = lower(author)", not_comparable("author")),
        ("bookId = 'x'", literal("bookId", "x", "an integer")),
        ("bookId = 1.5", literal("bookId", "1.5", "an integer")),
        ("bookId like '1%'", literal("bookId", "1%", "an integer")),
        ("bookId = current_date()", literal("bookId", "current_date()", "an integer")),
        ("soldOut = 'maybe'", literal("soldOut", "maybe", "a boolean")),
        ("printed = 'yesterday'", QueryError::BadDate { text: "yesterday".into(), kind: "a date" }),
        ("printed in ('2020-01-01', '2020-13-01')", QueryError::BadDate { text: "2020-13-01".into(), kind: "a date" }),
    ] {
        assert_eq!(resolved(q), Err(error), "{q}");
    }
}

#[test]
fn a_long_chain_is_no_deep_one() {
    let q = (0..1_000).map(|number| format!("bookId = {number}")).collect::<Vec<_>>().join(" or ");
    let (sql, parameters) = resolved(&q).unwrap();
    let depth = sql.bytes().fold((0_u32, 0_u32), |(now, most), byte| match byte {
        b'(' => (now + 1, most.max(now + 1)),
        b')' => (now - 1, most),
        _ => (now, most),
    });
    assert_eq!((depth, parameters.len()), ((0, 10), 1_000));
}

/// The statement of a list of books of which a caller may read what a rule leaves.
fn ruled(rule: &str) -> String {
    let service = service();
    let (book, author) = (service.find("Book").unwrap(), service.find("Author").unwrap());
    let whole = Arc::new(service);
    let condition = |entity, text: &str| {
        let mut joins = Joins::of(entity);
        let tree = filter::parse_rule(text).unwrap().unwrap();
        let me = ("me".to_owned(), vec![Term::Asker(AskerValue::UserId)]);
        let predicate = resolve_filter(&whole, &mut joins, &tree, &Surroundings { parameters: vec![me] }).unwrap();
        Condition { service: Arc::clone(&whole), joins, predicate }
    };
    let rights = |entity| {
        let text = if entity == book { rule } else { "name = 'Ann'" };
        let rule = || RowRule { condition: Some(condition(entity, text)), properties: None };
        Rights::new(|_| if entity == book || entity == author { Right::Some(vec![rule()]) } else { Right::All })
    };
    let rights = (0..whole.entities.len()).map(rights).collect();
    let asker = Asker { user_id: Value::Integer(7), user_name: "me".to_owned() };
    let model = Model::with_rights(whole.as_ref().clone(), rights).asked_by(asker);
    let mut joins = Joins::of(book);
    let tree = filter::parse("author.name = 'Bob'").unwrap().unwrap();
    let predicate = resolve_filter(&model.service, &mut joins, &tree, &Surroundings::default()).unwrap();
    let statement = count(&model, &joins, Some(&predicate));
    assert_eq!(statement.parameters.len(), statement.sql.matches('?').count());
    statement.sql
}

#[test]
fn a_rule_stands_wherever_its_table_does() {
    assert_eq!(
        ruled("price > 1"),
        "SELECT count(*) FROM \"BOOK\" t0 LEFT JOIN \"AUTHOR\" t1 ON t1.\"AUTHOR_ID\" = t0.\"AUTHOR_ID\" \
         AND (t1.\"NAME\" = ?1) WHERE (t0.\"PRICE\" > ?2) AND t1.\"NAME\" = ?3"
    );
}

#[test]
fn a_rule_over_relations_can_use_an_index_unless_it_is_negated() {
    let rule = |text: &str| {
        let sql = ruled(text);
        sql.split_once(" WHERE (").unwrap().1.rsplit_once(") AND t1").unwrap().0.to_owned()
    };
    let town = r#"SELECT r1."AUTHOR_ID" FROM "AUTHOR" r1 WHERE r1."TOWN_ID" IN (SELECT r2."TOWN_ID" FROM "TOWN" r2 WHERE r2."NAME" = ?2)"#;
    assert_eq!(rule("author.town.name = 'Rome'"), format!(r#"t0."AUTHOR_ID" IN ({town})"#));
    assert_eq!(
        rule("bookId = :me or author.name = 'Ann'"),
        r#"(t0."BOOK_ID" = ?2 OR t0."AUTHOR_ID" IN (SELECT r1."AUTHOR_ID" FROM "AUTHOR" r1 WHERE r1."NAME" = ?3))"#
    );
    // Absent and different are not the same once they are turned round: looked up, as an outer join would have it.
    let name = r#"(SELECT r1."NAME" FROM "AUTHOR" r1 WHERE r1."AUTHOR_ID" = t0."AUTHOR_ID")"#;
    assert_eq!(rule("not (author.name = 'Ann')"), format!("NOT ({name} = ?2)"));
    assert_eq!(rule("author.name is null"), format!("{name} IS NULL"));
    let far = r#"(SELECT r2."NAME" FROM "TOWN" r2 WHERE r2."TOWN_ID" = (SELECT r1."TOWN_ID" FROM "AUTHOR" r1 WHERE r1."AUTHOR_ID" = t0."AUTHOR_ID"))"#;
    assert_eq!(rule("author.town.name is null"), format!("{far} IS NULL"));
    assert_eq!(rule("title = upper(author.name)"), format!("t0.\"TITLE\" = hrdb_upper({name})"));
}
