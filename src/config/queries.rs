//! The texts of the named queries: those that are compiled in for the sample, and those of an operator's folder.

use std::path::Path;

/// Service of the bundled queries.
const SAMPLE: &str = "hrdb";

/// Name and text of each bundled query.
const BUNDLED: &[(&str, &str)] = &[
    ("LeaveAction", include_str!("../../queries/hrdb/LeaveAction.sql")),
    ("chartDataByManagerId", include_str!("../../queries/hrdb/chartDataByManagerId.sql")),
    ("colleagues", include_str!("../../queries/hrdb/colleagues.sql")),
    ("departmentCount", include_str!("../../queries/hrdb/departmentCount.sql")),
    ("employeeCount", include_str!("../../queries/hrdb/employeeCount.sql")),
    ("toBeApprovedLeaves", include_str!("../../queries/hrdb/toBeApprovedLeaves.sql")),
    ("totalBudget", include_str!("../../queries/hrdb/totalBudget.sql")),
    ("totalLeavesYet", include_str!("../../queries/hrdb/totalLeavesYet.sql")),
    ("userNameCount", include_str!("../../queries/hrdb/userNameCount.sql")),
    ("vacationDays", include_str!("../../queries/hrdb/vacationDays.sql")),
];

/// The text of a query file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryText {
    /// The service that it is for.
    pub service: String,
    /// Its name in URLs.
    pub name: String,
    /// The file, for messages.
    pub file: String,
    /// What it says.
    pub text: String,
}

/// The queries that are compiled in.
#[must_use]
pub fn bundled_queries() -> Vec<QueryText> {
    let own = |(name, text): &(&str, &str)| QueryText {
        service: SAMPLE.to_owned(),
        name: (*name).to_owned(),
        file: format!("queries/{SAMPLE}/{name}.sql"),
        text: (*text).to_owned(),
    };
    BUNDLED.iter().map(own).collect()
}

/// The queries of a folder: `SERVICE/NAME.sql`. Files of other kinds are left alone.
///
/// # Errors
/// One line about what cannot be read or cannot be the name of a query.
pub fn queries_in(folder: &Path) -> Result<Vec<QueryText>, String> {
    let mut found = Vec::new();
    for (service, path) in entries(folder)? {
        if path.is_dir() {
            for (file, path) in entries(&path)? {
                if is_sql(&path) {
                    found.push(read(&service, file.trim_end_matches(".sql"), &path)?);
                }
            }
        } else if is_sql(&path) {
            return Err(format!("{}: a query stands in the folder of its service, SERVICE/NAME.sql", path.display()));
        }
    }
    Ok(found)
}

fn is_sql(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sql")
}

/// Names and paths of what is in a folder, in order, so that the first mistake is always the same one.
fn entries(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>, String> {
    let failed = |error| format!("cannot read the folder {}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    found.sort();
    Ok(found)
}

fn read(service: &str, name: &str, path: &Path) -> Result<QueryText, String> {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if !plain {
        return Err(format!("{}: '{name}' cannot be the name of a query", path.display()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let text = text.trim_start_matches('\u{feff}').to_owned();
    Ok(QueryText { service: service.to_owned(), name: name.to_owned(), file: path.display().to_string(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_bundled() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
        let known = |list: Vec<QueryText>| -> Vec<(String, String)> {
            list.into_iter().map(|query| (query.name, query.text)).collect()
        };
        assert_eq!(known(queries_in(&folder).unwrap()), known(bundled_queries()));
    }

    #[test]
    fn a_file_in_the_wrong_place_or_of_no_name_is_refused_and_what_is_no_query_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "\u{feff}SELECT 1").unwrap();
            path
        };
        file("hrdb/one.sql");
        file("hrdb/notes.txt");
        file("README.md");
        let found = queries_in(folder.path()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].text.as_str()), ("one", "SELECT 1"));
        for (name, said) in [
            ("alone.sql", "stands in the folder of its service"),
            ("hrdb/1st.sql", "'1st' cannot be the name of a query"),
            ("hrdb/a b.sql", "'a b' cannot be the name of a query"),
        ] {
            let path = file(name);
            let error = queries_in(folder.path()).err().unwrap();
            assert!(error.contains(said), "{error}");
            std::fs::remove_file(path).unwrap();
        }
        std::fs::write(folder.path().join("hrdb/bytes.sql"), [0xff]).unwrap();
        assert!(queries_in(folder.path()).err().unwrap().contains("cannot read"));
        assert!(queries_in(&folder.path().join("nowhere")).err().unwrap().contains("cannot read the folder"));
    }
}
