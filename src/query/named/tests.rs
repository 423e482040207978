//! Tables of headers and of SQL: what they mean, or the whole message.

use super::*;
use crate::catalog::{Service, build};
use crate::query::{PageRequest, Value};

fn parse(text: &str) -> Result<QueryFile, QueryFileError> {
    let staff = ["boss".to_owned(), "hand".to_owned()];
    let guests = ["guest".to_owned()];
    QueryFile::parse(text, &[("STAFF", &staff), ("GUEST", &guests)])
}

fn facts(kind: StatementKind, parameters: &[&str], columns: &[(&str, Option<&str>)]) -> StatementFacts {
    let column = |(label, declared): &(&str, Option<&str>)| ResultColumn {
        label: (*label).to_owned(),
        declared: declared.map(str::to_owned),
    };
    let parameters = parameters.iter().map(|name| (*name).to_owned()).collect();
    StatementFacts { kind, parameters, columns: columns.iter().map(column).collect() }
}

fn service() -> Service {
    build("s", Vec::new(), &[])
}

fn query(text: &str, parameters: &[&str], columns: &[(&str, Option<&str>)]) -> NamedQuery {
    parse(text).unwrap().complete(&facts(StatementKind::Select, parameters, columns), &service()).unwrap()
}

const CALLER: CallerValues<'_> =
    CallerValues { source: "STAFF", key: "7", name: "ann", role: "boss", now: 1_700_000_000_123 };

#[test]
fn a_header_says_what_a_query_is() {
    let file = parse(
        "-- Orders of a customer,\n--\n-- newest first. https://example.org/ is where they come from.\n\
         -- query: single\n\n-- roles: boss, hand of STAFF ,guest\n-- param: customer integer\n\
         --param: since date optional\n-- param: me from caller.userId of STAFF\n  \nSELECT :customer, :since, :me;\n",
    )
    .unwrap();
    assert_eq!(file.about, "Orders of a customer, newest first. https://example.org/ is where they come from.");
    assert_eq!(file.rows, Some((Rows::Single, 4)));
    let grants: Vec<_> = file.grants.iter().map(|grant| (grant.role.as_str(), grant.source.as_deref())).collect();
    assert_eq!(grants, [("boss", None), ("hand", Some("STAFF")), ("guest", None)]);
    let parameters: Vec<_> = file
        .parameters
        .iter()
        .map(|(parameter, line)| (parameter.property.name.as_str(), parameter.property.kind, &parameter.origin, *line))
        .collect();
    assert_eq!(
        parameters,
        [
            ("customer", crate::catalog::Kind::Integer, &Origin::Client { required: true }, 7),
            ("since", crate::catalog::Kind::Date, &Origin::Client { required: false }, 8),
            ("me", crate::catalog::Kind::Any, &Origin::Server(ServerValue::UserId("STAFF".to_owned())), 9),
        ]
    );
    assert_eq!((file.sql.as_str(), file.first_line), ("SELECT :customer, :since, :me", 11));
}

#[test]
fn what_a_header_gets_wrong_is_said_in_full() {
    let entries = "there are query:, roles: and param: (a remark must not begin with a word and a colon)";
    let values = "there are caller.userId of SOURCE, caller.userName, caller.role, current.date and current.timestamp";
    let types = "there are integer, number, text, boolean, date, datetime, timestamp";
    for (header, line, message) in [
        ("-- rolse: boss", 1, format!("unknown entry 'rolse:'; {entries}")),
        ("-- a remark\n-- Roles: boss", 2, format!("unknown entry 'Roles:'; {entries}")),
        ("-- query: pages", 1, "unknown query 'pages'; there are page and single".into()),
        ("-- query: page\n-- query: page", 2, "query: comes up twice".into()),
        ("-- roles:", 1, "'' is no role; write ROLE or ROLE of SOURCE".into()),
        ("-- roles: boss,", 1, "'' is no role; write ROLE or ROLE of SOURCE".into()),
        ("-- roles: boss STAFF", 1, "'boss STAFF' is no role; write ROLE or ROLE of SOURCE".into()),
        ("-- roles: bos", 1, "no account source has the role 'bos'".into()),
        ("-- roles: guest of STAFF", 1, "the account source STAFF has no role 'guest'".into()),
        ("-- roles: boss of STUFF", 1, "there is no account source STUFF".into()),
        ("-- param: x", 1, "a parameter is NAME TYPE [required | optional] or NAME from VALUE".into()),
        ("-- param: x text required now", 1, "a parameter is NAME TYPE [required | optional] or NAME from VALUE".into()),
        ("-- param: x int", 1, format!("unknown type 'int'; {types}")),
        ("-- param: x text maybe", 1, "unknown word 'maybe' after the type; there are required and optional".into()),
        ("-- param: 1x text", 1, "'1x' cannot be the name of a parameter".into()),
        ("-- param: x-y text", 1, "'x-y' cannot be the name of a parameter".into()),
        ("-- param: size text", 1, "'size' cannot be the name of a parameter: it means something in every URL".into()),
        ("-- param: x text\n-- param: x date", 2, "the parameter x is declared twice".into()),
        ("-- param: x from caller.id", 1, format!("unknown value 'caller.id'; {values}")),
        ("-- param: x from", 1, format!("unknown value ''; {values}")),
        (
            "-- param: x from caller.userId",
            1,
            "caller.userId says of which account source, as in: caller.userId of SOURCE; the same key in two sources is \
             two people"
                .into(),
        ),
        ("-- param: x from caller.userId of STUFF", 1, "there is no account source STUFF".into()),
    ] {
        let error = parse(&format!("{header}\nSELECT 1")).unwrap_err();
        assert_eq!(error, QueryFileError { line, message }, "{header}");
    }
}

#[test]
fn what_the_sql_gets_wrong_is_said_with_its_line() {
    for (text, line, message) in [
        ("", 1, "there is no SQL below the header"),
        ("-- only\n-- remarks\n", 2, "there is no SQL below the header"),
        (";\n", 1, "there is no SQL below the header"),
        ("SELECT 1;\n\nSELECT 2", 3, "a query is one statement; here begins another"),
        ("-- x\nSELECT 1; -- fine\n;; /* fine */ DELETE", 3, "a query is one statement; here begins another"),
        ("SELECT\n ?", 2, "a parameter is written :name"),
        ("SELECT @x", 1, "a parameter is written :name"),
        ("SELECT a, $x", 1, "a parameter is written :name"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!((error.line, error.message.as_str()), (line, message), "{text}");
    }
}

#[test]
fn parameters_are_not_looked_for_in_quotes_and_comments() {
    let text = "SELECT ':a', \":b\", [:c], `:d`, 'it''s :e' -- :f ' ; \"\n, /* :g ; ' */ :h, a$x, :i || :h ; -- :j\n";
    let file = parse(text).unwrap();
    assert_eq!(file.used, [("h".to_owned(), 2), ("i".to_owned(), 2)]);
    assert!(file.sql.ends_with(":i || :h"), "{}", file.sql);
}

#[test]
fn header_and_statement_must_fit_each_other() {
    let change = || StatementKind::Change(ChangeKind::Update, "T".to_owned());
    for (text, facts, line, message) in [
        (
            "-- x\nSELECT 1,\n :a",
            facts(StatementKind::Select, &["a"], &[]),
            3,
            "the parameter :a is not declared in the header",
        ),
        (
            "-- x\n-- param: a text\nSELECT ':a'",
            facts(StatementKind::Select, &[], &[]),
            2,
            "the parameter a is declared, but the SQL does not use it",
        ),
        (
            "-- x\nSELECT 1",
            facts(StatementKind::Select, &["z"], &[]),
            2,
            "the database finds other parameters in it: z",
        ),
        (
            "-- x\n-- query: page\nUPDATE T SET A = 1",
            facts(change(), &[], &[]),
            2,
            "query: is for a SELECT; this statement answers how many rows it changed",
        ),
        (
            "UPDATE T SET A = 1 RETURNING A",
            facts(change(), &[], &[("A", None)]),
            1,
            "RETURNING has nowhere to go; a change answers how many rows it changed",
        ),
    ] {
        let error = parse(text).unwrap().complete(&facts, &service()).unwrap_err();
        assert_eq!((error.line, error.message.as_str()), (line, message), "{text}");
    }
}

#[test]
fn a_place_in_the_sql_is_a_line_of_the_file() {
    let file = parse("-- a\n-- b\nSELECT 1,\n  2").unwrap();
    assert_eq!((file.line_of(0), file.line_of(9), file.line_of(12), file.line_of(999)), (3, 3, 4, 4));
}

#[test]
fn columns_take_the_name_of_their_label_and_expressions_that_of_their_place() {
    let sql =
        "SELECT A_B, count(*), \"Unit Price\", 'x' AS \"say \"\"hi\"\"\", NULL, x.y AS Z, CASE WHEN 1 THEN 2 END, A_B";
    let labels = ["A_B", "count(*)", "Unit Price", "say \"hi\"", "NULL", "Z", "CASE WHEN 1 THEN 2 END", "A_B"];
    let columns: Vec<_> = labels.iter().map(|label| (*label, None)).collect();
    let QueryAnswer::Page(columns) = query(sql, &[], &columns).answer else { panic!("a page") };
    assert_eq!(columns.names, ["aB", "c2", "unitPrice", "sayHi", "c5", "z", "c7", "aB2"]);
}

#[test]
fn values_are_bound_in_the_order_of_the_sql() {
    let text = "-- param: day date optional\n-- param: id integer\n-- param: me from caller.userId of STAFF\n\
                -- param: you from caller.userId of GUEST\n-- param: name from caller.userName\n\
                -- param: role from caller.role\n-- param: today from current.date\n-- param: now from current.timestamp\n\
                SELECT :now, :today, :role, :name, :you, :me, :id, :day";
    let query = query(text, &["now", "today", "role", "name", "you", "me", "id", "day"], &[("x", None)]);
    let text = |text: &str| Value::Text(text.to_owned());
    // What a client sends under the name of a server's value counts for nothing.
    let given = |name: &str| match name {
        "id" => Some(Given::Text("12")),
        "day" => Some(Given::Text(" ")),
        _ => Some(Given::Text("1")),
    };
    let values = [
        text("2023-11-14 22:13:20"),
        text("2023-11-14"),
        text("boss"),
        text("ann"),
        Value::Null,
        Value::Integer(7),
        Value::Integer(12),
        Value::Null,
    ];
    assert_eq!(query.bind(given, &CALLER).unwrap(), values);
}

#[test]
fn a_parameter_that_is_missing_or_of_another_type_is_named() {
    for (declared, given, message) in [
        ("id integer", None, "The parameter id is missing."),
        ("id integer required", Some(Given::Text("")), "The parameter id is missing."),
        ("id date", Some(Given::Text(" ")), "The parameter id is missing."),
        ("id text", Some(Given::Json(&serde_json::Value::Null)), "The parameter id is missing."),
        ("id integer optional", Some(Given::Text("x")), "the input for id is invalid"),
        ("id date", Some(Given::Text("2023-02-29")), "the input for id is invalid"),
        ("id boolean", Some(Given::Text("2")), "the input for id is invalid"),
        ("id text", Some(Given::Json(&serde_json::Value::Array(Vec::new()))), "the input for id is invalid"),
    ] {
        let query = query(&format!("-- param: {declared}\nSELECT :id"), &["id"], &[("x", None)]);
        assert_eq!(query.bind(|_| given, &CALLER).unwrap_err().to_string(), message, "{declared}");
    }
    let query = query("-- param: id text\nSELECT :id", &["id"], &[("x", None)]);
    assert_eq!(query.bind(|_| Some(Given::Text("")), &CALLER).unwrap(), [Value::Text(String::new())]);
}

#[test]
fn a_page_wraps_the_query_and_a_sort_leaves_nothing_open() {
    let query = query("SELECT A, B, C FROM T -- all", &[], &[("A", None), ("B", None), ("C", None)]);
    let QueryAnswer::Page(columns) = &query.answer else { panic!("a page") };
    let page = PageRequest { number: 1, size: 10 };
    let rows = |sort: &[&str]| query.page(columns, Vec::new(), sort, page).map(|plan| plan.rows.sql);
    let start = "SELECT * FROM (\nSELECT A, B, C FROM T -- all\n)";
    assert_eq!(rows(&[]).unwrap(), format!("{start} LIMIT ?1 OFFSET ?2"));
    let sorted = format!("{start} ORDER BY 2 DESC NULLS FIRST, 1, 3 LIMIT ?1 OFFSET ?2");
    assert_eq!(rows(&["b desc"]).unwrap(), sorted);
    assert_eq!(rows(&["B"]).unwrap_err(), crate::query::QueryError::UnknownSortField("B".to_owned()));
    let count = query.page(columns, Vec::new(), &[], page).unwrap().count.sql;
    assert_eq!(count, "SELECT count(*) FROM (\nSELECT A, B, C FROM T -- all\n)");
}
