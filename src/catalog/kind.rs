//! The type of a property, read off the declared type of its column.

/// What values a property takes on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, 64 bits.
    Integer,
    /// A floating point number.
    Real,
    /// An exact number, kept as SQLite keeps it.
    Decimal,
    /// `true` or `false`, 1 or 0 in the database.
    Boolean,
    /// Text.
    Text,
    /// `yyyy-MM-dd`.
    Date,
    /// `HH:mm:ss`.
    Time,
    /// `yyyy-MM-ddTHH:mm:ss`, without a zone.
    DateTime,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Timestamp,
    /// Bytes.
    Blob,
    /// A JSON document.
    Json,
    /// No declared type: each value is what it was stored as.
    Any,
}

impl Kind {
    /// The kind and the length limit of a declared type such as `VARCHAR(40)`. What is not recognised follows SQLite's
    /// own affinity rules, so that a value reads back as it was stored.
    #[must_use]
    pub fn of_declared(declared: &str) -> (Self, Option<u32>) {
        let upper = declared.to_ascii_uppercase();
        let (name, rest) = upper.split_once('(').map_or((upper.as_str(), ""), |(name, rest)| (name, rest));
        let length = rest.split([',', ')']).next().and_then(|digits| digits.trim().parse().ok());
        let kind = Self::of_name(name.trim());
        (kind, length.filter(|_| kind == Self::Text))
    }

    fn of_name(name: &str) -> Self {
        match name {
            "DATE" => Self::Date,
            "TIME" => Self::Time,
            "DATETIME" => Self::DateTime,
            "TIMESTAMP" => Self::Timestamp,
            "BOOLEAN" | "BOOL" | "BIT" => Self::Boolean,
            "JSON" | "JSONB" => Self::Json,
            "DECIMAL" | "NUMERIC" | "MONEY" => Self::Decimal,
            _ if name.contains("INT") => Self::Integer,
            _ if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") => Self::Text,
            "" | "ANY" => Self::Any,
            _ if name.contains("BLOB") || name.contains("BINARY") => Self::Blob,
            _ if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") => Self::Real,
            _ if name.contains("TIMESTAMP") => Self::Timestamp,
            _ => Self::Decimal,
        }
    }

    /// The name that error messages use, with its article.
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            Self::Integer => "an integer",
            Self::Real => "a number",
            Self::Decimal => "a decimal number",
            Self::Boolean => "a boolean",
            Self::Text => "a text",
            Self::Date => "a date",
            Self::Time => "a time",
            Self::DateTime => "a date and time",
            Self::Timestamp => "a timestamp",
            Self::Blob => "bytes",
            Self::Json => "a JSON document",
            Self::Any => "a value",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn declared_types_give_kind_and_length() {
        for (declared, kind, length) in [
            ("INTEGER", Kind::Integer, None),
            ("bigint", Kind::Integer, None),
            ("VARCHAR(40)", Kind::Text, Some(40)),
            ("NVARCHAR( 160 )", Kind::Text, Some(160)),
            ("TEXT", Kind::Text, None),
            ("DATE", Kind::Date, None),
            ("DATETIME", Kind::DateTime, None),
            ("NUMERIC(10,2)", Kind::Decimal, None),
            ("double precision", Kind::Real, None),
            ("BLOB", Kind::Blob, None),
            ("", Kind::Any, None),
            ("BOOLEAN", Kind::Boolean, None),
            ("JSON", Kind::Json, None),
        ] {
            assert_eq!(Kind::of_declared(declared), (kind, length), "{declared}");
        }
    }
}
