//! The statuses of failures, for the description of the server. Which failure has which is told in `error`.

/// Every status that a failure may have, and what it means.
#[must_use]
pub fn statuses() -> &'static [(u16, &'static str)] {
    &[
        (400, "The request cannot be understood, or a column refuses a value"),
        (401, "Nobody is signed in, or the token is none"),
        (403, "The caller's roles do not allow it, or a browser's request does not come from a page of ours"),
        (404, "There is nothing at this address"),
        (405, "The address takes other methods"),
        (406, "The caller does not accept JSON"),
        (408, "The body takes too long to come"),
        (
            409,
            "The change contradicts other rows: a unique key is taken, a foreign key names nothing or is still named",
        ),
        (412, "The row is no longer the one that If-Match names"),
        (413, "The body is too large"),
        (415, "The body is of another media type"),
        (429, "Sign-in has failed too often; try again later"),
        (500, "A fault of the server"),
        (503, "The server is busy; try again later"),
    ]
}
