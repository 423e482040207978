//! What can be wrong with a request before the database has seen it.

/// A request that no statement can be made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// `page`, `size` or another parameter has no usable value; holds its name.
    #[error("{0} value is invalid")]
    InvalidParameter(&'static str),
    /// The sort names what the entity has not.
    #[error("unknown field name {0} is provided for sort operation")]
    UnknownSortField(String),
    /// The filter leaves its grammar.
    #[error("{0}")]
    Syntax(crate::filter::SyntaxError),
    /// The filter names what the entity has not.
    #[error("property {path} in {entity} is not valid")]
    UnknownProperty {
        /// As written.
        path: String,
        /// Name of the entity that the filter is about.
        entity: String,
    },
    /// The filter compares what has no order, a relation or bytes.
    #[error("property {path} in {entity} is not comparable")]
    NotComparable {
        /// As written.
        path: String,
        /// Name of the entity that the filter is about.
        entity: String,
    },
    /// A literal is not of its property's type.
    #[error("{property} must be {kind}")]
    BadLiteral {
        /// The property.
        property: String,
        /// The literal.
        text: String,
        /// What it should be, with its article.
        kind: &'static str,
    },
    /// A literal is no date or time.
    #[error("'{text}' is not {kind}")]
    BadDate {
        /// The literal.
        text: String,
        /// What it should be, with its article.
        kind: &'static str,
    },
    /// A rule refers to a `:name` that has no value here.
    #[error("unknown parameter :{0}")]
    UnknownParameter(String),
    /// An attribute of `/search`, an aggregation or an export is not what it must be.
    #[error("{0}")]
    InvalidRequest(String),
    /// A part of the URL is not what the key takes; holds the name of the property or parameter.
    #[error("the input for {0} is invalid")]
    InvalidInput(String),
    /// The body is not an object, or a member has the wrong type.
    #[error("{0}")]
    InvalidBody(String),
    /// A value that the column refuses.
    #[error("{0}")]
    Constraint(String),
    /// Views and tables without a key cannot be written row by row.
    #[error("{0} is read-only")]
    ReadOnly(String),
    /// A value of a PATCH has the wrong type.
    #[error("{0}")]
    BadPatch(String),
}
