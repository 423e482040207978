//! From a path to the rows of the endpoints table that it may mean.

use super::counts::{Route, Work};
use super::endpoints::{Access, ENDPOINTS, Endpoint, Method};
use crate::auth::Verb;

/// All paths of the table.
pub struct Router {
    paths: matchit::Router<Vec<&'static Endpoint>>,
}

/// What a path and a method mean.
pub enum Found<'a> {
    /// An endpoint, and its parameters as they stand in the path.
    Endpoint(&'static Endpoint, Vec<(&'a str, &'a str)>),
    /// A path that takes other methods: the endpoints of these, and the parameters.
    OtherMethods(&'a [&'static Endpoint], Vec<(&'a str, &'a str)>),
    /// Nothing.
    Nothing,
}

/// The rows of the table, as they are counted.
#[must_use]
pub fn routes() -> Vec<Route> {
    let route =
        |endpoint: &Endpoint| Route { method: endpoint.method.name(), path: endpoint.path, work: work(endpoint) };
    ENDPOINTS.iter().map(route).collect()
}

fn work(endpoint: &Endpoint) -> Work {
    let path = endpoint.path;
    match endpoint.access {
        _ if path.contains("/export") => Work::Export,
        _ if endpoint.is_for_watchers() => Work::Watch,
        Access::Query => Work::Query,
        Access::Entity(Verb::Read) => Work::Read,
        Access::Entity(_) => Work::Write,
        _ if path.starts_with("/services/security/") || path.starts_with("/j_spring_security") => Work::Security,
        _ => Work::Page,
    }
}

impl Router {
    /// Reads the table.
    ///
    /// # Errors
    /// When two of its paths contradict each other.
    pub fn new() -> Result<Self, String> {
        let mut by_path: Vec<(&str, Vec<&'static Endpoint>)> = Vec::new();
        for endpoint in ENDPOINTS {
            match by_path.iter_mut().find(|(path, _)| *path == endpoint.path) {
                Some((_, rows)) => rows.push(endpoint),
                None => by_path.push((endpoint.path, vec![endpoint])),
            }
        }
        let mut paths = matchit::Router::new();
        for (path, rows) in by_path {
            paths.insert(path, rows).map_err(|error| format!("{path}: {error}"))?;
        }
        Ok(Self { paths })
    }

    /// Looks a path up; literal segments win over parameters.
    #[must_use]
    pub fn find<'a>(&'a self, path: &'a str, method: Option<Method>) -> Found<'a> {
        let Ok(matched) = self.paths.at(path) else { return Found::Nothing };
        match matched.value.iter().find(|endpoint| Some(endpoint.method) == method) {
            Some(endpoint) => Found::Endpoint(endpoint, matched.params.iter().collect()),
            None => Found::OtherMethods(matched.value, matched.params.iter().collect()),
        }
    }
}
