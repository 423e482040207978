//! The naming rules: how SQL names become the names of entities, properties and relations.
//!
//! The rules are those by which WaveMaker Studio imports a database, so that an app built against one finds its names here.

/// `JOB_TITLE` becomes `jobTitle`. Whatever is neither letter nor digit separates words, as `_` does.
#[must_use]
pub fn property(column: &str) -> String {
    let mut name = String::with_capacity(column.len());
    for word in words(column) {
        if name.is_empty() {
            name.push_str(&word.to_lowercase());
        } else {
            name.push_str(&capitalised(word));
        }
    }
    identifier(name)
}

/// `E_VDETAILS` becomes `EVdetails`.
#[must_use]
pub fn entity(table: &str) -> String {
    identifier(words(table).map(capitalised).collect())
}

/// `Department` becomes `department`: the name of a relation to that entity.
#[must_use]
pub fn relation(entity: &str) -> String {
    let mut letters = entity.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// First letter in upper case, the rest as it is: `managerId` becomes `ManagerId`.
#[must_use]
pub fn upper_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The English plural, by rule: `employee` becomes `employees`, `category` `categories`.
#[must_use]
pub fn plural(name: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ends(&["s", "x", "z", "ch", "sh"]) => format!("{name}es"),
        _ => format!("{name}s"),
    }
}

/// `name`, or `name2`, `name3` … : the first that `taken` does not know.
#[must_use]
pub fn free(name: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&name) {
        return name;
    }
    (2..u32::MAX).map(|number| format!("{name}{number}")).find(|candidate| !taken(candidate)).unwrap_or(name)
}

/// Names of a query's result columns: those of their labels, as for columns; `c2` for the second if that has none.
#[must_use]
pub fn results<'a>(labels: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (position, label) in labels.enumerate() {
        let name = label.map_or_else(|| format!("c{}", position + 1), property);
        names.push(free(name, |name| names.iter().any(|other| other == name)));
    }
    names
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn capitalised(word: &str) -> String {
    upper_first(&word.to_lowercase())
}

/// A name must not be empty nor begin with a digit, or no filter could say it.
fn identifier(name: String) -> String {
    match name.chars().next() {
        Some(first) if first.is_alphabetic() => name,
        _ => format!("_{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_properties() {
        for (column, expected) in [
            ("DEPT_ID", "deptId"),
            ("JOB_TITLE", "jobTitle"),
            ("Q1", "q1"),
            ("FIRSTNAME", "firstname"),
            ("PICURL", "picurl"),
            ("Unit Price", "unitPrice"),
            ("STRASSE_GRÖSSE", "strasseGrösse"),
            ("2020_SALES", "_2020Sales"),
            ("%", "_"),
        ] {
            assert_eq!(property(column), expected, "{column}");
        }
    }

    #[test]
    fn tables_become_entities_and_their_plurals() {
        assert_eq!(entity("E_VDETAILS"), "EVdetails");
        assert_eq!(entity("USER"), "User");
        assert_eq!(relation("Department"), "department");
        for (one, many) in [("employee", "employees"), ("category", "categories"), ("box", "boxes"), ("day", "days")] {
            assert_eq!(plural(one), many);
        }
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        assert_eq!(free("a".into(), |name| name == "a" || name == "a2"), "a3");
    }

    #[test]
    fn result_columns_are_named_by_label_or_place() {
        let labels = [Some("TOTAL_VACATIONS"), None, Some("Q1"), Some("C2"), Some("totalBudget")];
        assert_eq!(results(labels.into_iter()), ["totalVacations", "c2", "q1", "c22", "totalbudget"]);
    }
}
