//! The front-end, embedded in the binary.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::OnceLock;

use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

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
pub struct Files(HashMap<&'static str, File>);

/// An embedded file.
pub struct File {
    /// Media type.
    pub content_type: &'static str,
    /// The text.
    pub content: &'static str,
    /// Changes with the text.
    pub etag: String,
    /// The same, compressed; made when somebody first asks for it, so that starting costs nothing.
    compressed: OnceLock<Option<Bytes>>,
}

impl File {
    /// The text in gzip (RFC 1952), `None` where that is no shorter.
    pub fn compressed(&self) -> Option<Bytes> {
        self.compressed.get_or_init(|| compress(self.content)).clone()
    }

    /// The tag of the compressed text: other bytes have another tag (RFC 9110, section 8.8.3.3).
    #[must_use]
    pub fn compressed_etag(&self) -> String {
        format!("{}-gzip\"", self.etag.trim_end_matches('"'))
    }
}

impl Files {
    /// The file of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&File> {
        self.0.get(name)
    }

    /// The names of all files.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(name, _, _)| *name)
    }
}

impl Default for Files {
    /// Takes stock of the embedded files.
    fn default() -> Self {
        let file = |content_type, content: &'static str| File {
            content_type,
            content,
            etag: etag(content.as_bytes()),
            compressed: OnceLock::new(),
        };
        Self(FILES.iter().map(|(name, content_type, content)| (*name, file(content_type, content))).collect())
    }
}

fn compress(content: &str) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content.as_bytes()).ok()?;
    let compressed = encoder.finish().ok()?;
    (compressed.len() < content.len()).then(|| Bytes::from(compressed))
}
