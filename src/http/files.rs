//! The front-end, embedded in the binary.
//!
//! Pages name their scripts and styles below `assets/VERSION/`, where VERSION changes with any of the files: what is there
//! never changes, so a browser asks for it once. Scripts and styles name each other by relative addresses, which stay there.

use std::collections::HashMap;
use std::sync::OnceLock;

use actix_web::web::Bytes;

use super::compression::compress_well;
use super::conditional::etag;

const HTML: &str = "text/html;charset=utf-8";
const CSS: &str = "text/css;charset=utf-8";
const SCRIPT: &str = "text/javascript;charset=utf-8";
const IMAGE: &str = "image/svg+xml";

macro_rules! file {
    ($name:literal, $content_type:expr) => {
        ($name, $content_type, include_str!(concat!("../../static/", $name)))
    };
}

/// Name, content type and content of each file.
const FILES: &[(&str, &str, &str)] = &[
    file!("address.js", SCRIPT),
    file!("api.html", HTML),
    file!("api.js", SCRIPT),
    file!("app.css", CSS),
    file!("catalog.js", SCRIPT),
    file!("chevron.svg", IMAGE),
    file!("component-chart.js", SCRIPT),
    file!("component-diagram.js", SCRIPT),
    file!("component-dialog.js", SCRIPT),
    file!("component-query-box.js", SCRIPT),
    file!("component-record-form.js", SCRIPT),
    file!("component-rows.js", SCRIPT),
    file!("component-shell.js", SCRIPT),
    file!("component-sign-in.js", SCRIPT),
    file!("component-states.js", SCRIPT),
    file!("component-table.js", SCRIPT),
    file!("csv.js", SCRIPT),
    file!("department-form.js", SCRIPT),
    file!("dom.js", SCRIPT),
    file!("employee-form.js", SCRIPT),
    file!("favicon.svg", IMAGE),
    file!("field-relation.js", SCRIPT),
    file!("fields.js", SCRIPT),
    file!("format.js", SCRIPT),
    file!("hr.js", SCRIPT),
    file!("icons.js", SCRIPT),
    file!("index.html", HTML),
    file!("leave-form.js", SCRIPT),
    file!("login.html", HTML),
    file!("login.js", SCRIPT),
    file!("main.js", SCRIPT),
    file!("preferences.js", SCRIPT),
    file!("query-language.js", SCRIPT),
    file!("reference-elements.js", SCRIPT),
    file!("reference-schemas.js", SCRIPT),
    file!("reference.css", CSS),
    file!("reference.js", SCRIPT),
    file!("request-text.js", SCRIPT),
    file!("router.js", SCRIPT),
    file!("session.js", SCRIPT),
    file!("texts.en.js", SCRIPT),
    file!("texts.js", SCRIPT),
    file!("theme.js", SCRIPT),
    file!("view-account.js", SCRIPT),
    file!("view-api.js", SCRIPT),
    file!("view-dashboard.js", SCRIPT),
    file!("view-data.js", SCRIPT),
    file!("view-department.js", SCRIPT),
    file!("view-departments.js", SCRIPT),
    file!("view-employees.js", SCRIPT),
    file!("view-entity.js", SCRIPT),
    file!("view-import.js", SCRIPT),
    file!("view-leave.js", SCRIPT),
    file!("view-nowhere.js", SCRIPT),
    file!("view-person.js", SCRIPT),
    file!("view-queries.js", SCRIPT),
    file!("view-record.js", SCRIPT),
    file!("view-service.js", SCRIPT),
    file!("view-users.js", SCRIPT),
    file!("views.css", CSS),
    file!("waiting.js", SCRIPT),
];

/// The files by name.
pub struct Files {
    files: HashMap<&'static str, File>,
    version: String,
}

/// An embedded file.
pub struct File {
    /// Media type.
    pub content_type: &'static str,
    /// The text.
    pub content: Bytes,
    /// Changes with the text.
    pub etag: String,
    /// The same, compressed; made when somebody first asks for it, so that starting costs nothing.
    compressed: OnceLock<Option<Bytes>>,
}

impl File {
    /// The text in gzip (RFC 1952), `None` where that is no shorter.
    pub fn compressed(&self) -> Option<Bytes> {
        self.compressed.get_or_init(|| compress_well(&self.content)).clone()
    }
}

impl Files {
    /// The file of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&File> {
        self.files.get(name)
    }

    /// What the files of this program stand under.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The names of all files.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(name, _, _)| *name)
    }
}

impl Default for Files {
    /// Takes stock of the embedded files.
    fn default() -> Self {
        let all: String = FILES.iter().map(|(_, _, content)| *content).collect();
        let version = etag(all.as_bytes()).trim_matches('"').to_owned();
        let file = |(name, content_type, content): &(&'static str, &'static str, &'static str)| {
            let content = match *content_type {
                HTML => Bytes::from(with_versions(content, &version)),
                _ => Bytes::from_static(content.as_bytes()),
            };
            let etag = etag(&content);
            (*name, File { content_type, content, etag, compressed: OnceLock::new() })
        };
        let files = FILES.iter().map(file).collect();
        Self { files, version }
    }
}

/// A page whose scripts, styles and pictures are named with their version.
fn with_versions(page: &str, version: &str) -> String {
    let parts = FILES.iter().filter(|(_, content_type, _)| *content_type != HTML);
    parts.fold(page.to_owned(), |page, (name, ..)| {
        let versioned = |page: String, attribute: &str| {
            page.replace(&format!("{attribute}=\"{name}\""), &format!("{attribute}=\"assets/{version}/{name}\""))
        };
        versioned(versioned(page, "src"), "href")
    })
}
