//! The front-end, embedded in the binary.

use std::collections::HashMap;

use super::conditional::etag;

/// Name, content type and content of each file.
const FILES: &[(&str, &str, &str)] = &[
    ("index.html", "text/html;charset=utf-8", include_str!("../../static/index.html")),
    ("login.html", "text/html;charset=utf-8", include_str!("../../static/login.html")),
    ("api.html", "text/html;charset=utf-8", include_str!("../../static/api.html")),
    ("api.css", "text/css;charset=utf-8", include_str!("../../static/api.css")),
    ("api.js", "text/javascript;charset=utf-8", include_str!("../../static/api.js")),
    ("api-elements.js", "text/javascript;charset=utf-8", include_str!("../../static/api-elements.js")),
    ("api-schemas.js", "text/javascript;charset=utf-8", include_str!("../../static/api-schemas.js")),
    ("app.css", "text/css;charset=utf-8", include_str!("../../static/app.css")),
    ("index.js", "text/javascript;charset=utf-8", include_str!("../../static/index.js")),
    ("login.js", "text/javascript;charset=utf-8", include_str!("../../static/login.js")),
    ("favicon.svg", "image/svg+xml", include_str!("../../static/favicon.svg")),
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
        let file = |content_type, content: &'static str| File { content_type, content, etag: etag(content.as_bytes()) };
        Self(FILES.iter().map(|(name, content_type, content)| (*name, file(content_type, content))).collect())
    }
}
