//! Whether texts are encoded for HTML.

use std::str::FromStr;

use serde::Deserialize;

/// Which texts have their characters encoded as HTML entities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum XssEncode {
    /// None.
    #[default]
    None,
    /// Those of JSON answers.
    Output,
}

impl FromStr for XssEncode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "output" => Ok(Self::Output),
            _ => Err(format!("'{text}' is neither none nor output")),
        }
    }
}
