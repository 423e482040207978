//! What each row of the endpoints table asks for and answers. To document a new endpoint, add a row here; a test fails until
//! there is one.

/// A parameter besides the values of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// `page` and `size`.
    Page,
    /// `sort`.
    Sort,
    /// `q`.
    Filter,
    /// `{file}`, the name of an embedded file.
    File,
    /// `{version}`, of the front-end's files.
    Version,
    /// `{file}`, the id of an exported file.
    ExportedFile,
    /// `{type}`, the format of an export.
    ExportType,
    /// `download` and `filename`.
    Download,
    /// `{service}`.
    Service,
    /// `{id}`, the id of a session.
    SessionId,
}

/// What the body holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    None,
    /// A new row, as JSON.
    New,
    /// A whole row, as JSON.
    Whole,
    /// Some properties of a row, as JSON.
    Changes,
    /// Another JSON document: the name of its schema.
    Json(&'static str),
    /// A whole row, as a form with files.
    Files,
    /// A form: the name of its schema.
    Form(&'static str),
}

/// What a success holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A row of the entity.
    Row,
    /// A page of its rows.
    Page,
    /// A row or a page of related rows: the address tells.
    Member,
    /// JSON: the name of its schema.
    Json(&'static str),
    /// Other media types.
    Text(&'static [&'static str]),
    /// Nothing.
    Empty,
}

/// A row of this table.
pub struct Operation {
    /// Id of the row of the endpoints table.
    pub id: &'static str,
    /// Heading under which it stands when its path names no entity.
    pub tag: &'static str,
    /// One line; `{entity}` is the entity's name.
    pub summary: &'static str,
    /// Parameters besides the values of keys.
    pub parameters: &'static [Parameter],
    /// The body.
    pub body: Body,
    /// The answer of a 200.
    pub answer: Answer,
    /// It also answers so, with nothing in it: 302 with a `Location`, 304 when the caller has the file already.
    pub others: &'static [u16],
    /// Failures besides those that its method, access and body bring with them.
    pub failures: &'static [u16],
}

/// The row of an endpoint.
pub fn find(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

macro_rules! operations {
    ($( $id:literal $tag:literal $summary:literal [$($parameter:ident)*] $body:expr => $answer:expr, [$($other:literal)*] [$($failure:literal)*]; )*) => {
        /// Every operation.
        static OPERATIONS: &[Operation] = &[
            $( Operation {
                id: $id,
                tag: $tag,
                summary: $summary,
                parameters: &[$( Parameter::$parameter ),*],
                body: $body,
                answer: $answer,
                others: &[$( $other ),*],
                failures: &[$( $failure ),*],
            }, )*
        ];
    };
}

const HTML: Answer = Answer::Text(&["text/html"]);
const FILE: Answer = Answer::Text(&["text/html", "text/css", "text/javascript", "image/svg+xml"]);

// Whatever the format, a browser is to save it.
const EXPORT: Answer = Answer::Text(&["application/octet-stream"]);
const BYTES: Answer = Answer::Text(&[
    "application/octet-stream",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/bmp",
    "image/webp",
    "application/pdf",
    "application/zip",
]);

operations! {
    "list_records"      "" "A page of {entity}"                          [Filter Sort Page] Body::None => Answer::Page, [] [];
    "create_record"     "" "Add a row to {entity}"                       [] Body::New => Answer::Row, [] [409];
    "filter_records"    "" "A page of {entity}, asked for by a form"     [] Body::Form("ListForm") => Answer::Page, [] [];
    "search_records"    "" "A page of {entity}, by conditions"           [Sort Page] Body::Json("Conditions") => Answer::Page, [] [];
    "count_records"     "" "How many rows of {entity} there are"         [Filter] Body::None => Answer::Json("Count"), [] [];
    "count_by_form"     "" "How many rows of {entity} there are, asked for by a form" [] Body::Form("CountForm") => Answer::Json("Count"), [] [];
    "aggregate_records" "" "Groups, counts, sums and the like over {entity}" [Sort Page] Body::Json("Aggregation") => Answer::Json("Groups"), [] [];
    "export_records"    "" "Make a file of {entity} and say where it is" [Sort Page] Body::Json("Export") => Answer::Json("TextResult"), [] [];
    "download_records"  "" "A file of all {entity}; page and size count only when they are given" [ExportType Filter Sort Page] Body::None => EXPORT, [] [];
    "get_composite"     "" "A row of {entity}"                           [] Body::None => Answer::Row, [] [404];
    "update_composite"  "" "Replace a row of {entity}"                   [] Body::Whole => Answer::Row, [] [404 409];
    "patch_composite"   "" "Change some properties of a row of {entity}" [] Body::Changes => Answer::Row, [] [404 409];
    "delete_composite"  "" "Remove a row of {entity}"                    [] Body::None => Answer::Json("True"), [] [404 409];
    "get_record"        "" "A row of {entity}"                           [] Body::None => Answer::Row, [] [404];
    "update_record"     "" "Replace a row of {entity}"                   [] Body::Whole => Answer::Row, [] [404 409];
    "patch_record"      "" "Change some properties of a row of {entity}" [] Body::Changes => Answer::Row, [] [404 409];
    "delete_record"     "" "Remove a row of {entity}"                    [] Body::None => Answer::Json("True"), [] [404 409];
    "update_by_form"    "" "Replace a row of {entity}, with files"       [] Body::Files => Answer::Row, [] [404 409];
    "update_composite_by_form" "" "Replace a row of {entity}, with files" [] Body::Files => Answer::Row, [] [404 409];
    "get_content"       "" "The bytes of a row of {entity}"              [Download] Body::None => BYTES, [] [404];
    "get_composite_content" "" "The bytes of a row of {entity}"          [Download] Body::None => BYTES, [] [404];
    "get_member"        "" "What belongs to a row of {entity}"           [] Body::None => Answer::Member, [] [404];

    "read_by_query"     "" "" [] Body::None => Answer::Empty, [] [];
    "create_by_query"   "" "" [] Body::None => Answer::Empty, [] [];
    "update_by_query"   "" "" [] Body::None => Answer::Empty, [] [];
    "delete_by_query"   "" "" [] Body::None => Answer::Empty, [] [];
    "export_query"      "" "" [] Body::Json("Export") => Answer::Json("TextResult"), [] [];

    "mint_token"        "Security" "A new access token for the caller"   [] Body::None => Answer::Json("Token"), [] [403];
    "revoke_token"      "Security" "Revoke the token that the request comes with" [] Body::None => Answer::Json("Done"), [] [400];
    "revoke_tokens"     "Security" "Revoke all tokens of the caller"     [] Body::None => Answer::Json("Done"), [] [];
    "list_sessions"     "Security" "The caller's browser sessions"       [] Body::None => Answer::Json("Sessions"), [] [];
    "end_session"       "Security" "End one of the caller's browser sessions" [SessionId] Body::None => Answer::Json("Done"), [] [404];
    "change_password"   "Security" "Give oneself another password; ends all else that the account holds" [] Body::Json("PasswordForm") => Answer::Json("PasswordChanged"), [] [];
    "get_info"          "Security" "What a client needs to know before and after sign-in" [] Body::None => Answer::Json("SecurityInfo"), [] [];
    "get_enabled"       "Security" "Whether security is on"              [] Body::None => Answer::Json("TextResult"), [] [];
    "get_user"          "Security" "The caller in full"                  [] Body::None => Answer::Json("Caller"), [] [];
    "get_authenticated" "Security" "Whether somebody is signed in"       [] Body::None => Answer::Json("FlagResult"), [] [];
    "get_username"      "Security" "The caller's user name"              [] Body::None => Answer::Json("TextResult"), [] [];
    "get_userid"        "Security" "The caller's id"                     [] Body::None => Answer::Json("TextResult"), [] [];
    "get_roles"         "Security" "The caller's roles"                  [] Body::None => Answer::Json("Roles"), [] [];
    "get_login_time"    "Security" "When the caller signed in, in milliseconds since 1970" [] Body::None => Answer::Json("TextResult"), [] [];
    "list_demo_accounts" "Security" "Accounts whose password is still that of the sample, which everybody knows" [] Body::None => Answer::Json("DemoAccounts"), [] [];
    "get_ssologin"      "Security" "Nothing: there is no single sign-on" [] Body::None => Answer::Empty, [] [];
    "get_exported_file" "Files" "A file that an export has made, for whom it was made" [ExportedFile] Body::None => EXPORT, [] [404];
    "list_operations"   "Application" "Where each operation lives, for WaveMaker's clients" [] Body::None => Answer::Json("ServiceDefinitions"), [] [];
    "get_properties"    "Application" "The application's properties, as a script" [] Body::None => Answer::Text(&["application/javascript"]), [] [];

    "sign_in"           "Security" "Begin a session: sign in as a browser does" [] Body::Form("SignInForm") => Answer::Text(&["text/plain"]), [302] [];
    "sign_out"          "Security" "End the session"                     [] Body::None => Answer::Empty, [302] [];
    "sign_out_by_link"  "Security" "End the session, by a link"          [] Body::None => Answer::Empty, [302] [403];

    "list_services"     "Description" "The services, as far as the caller may use them" [] Body::None => Answer::Json("Services"), [] [];
    "describe_catalog"  "Description" "The entities and named queries of one service, as far as the caller may use them" [Service] Body::None => Answer::Json("Catalog"), [] [404];
    "describe_service"  "Description" "This description, of one service" [Service] Body::None => Answer::Json("Description"), [] [404];
    "describe_server"   "Description" "This description, of the whole server" [] Body::None => Answer::Json("Description"), [302] [];

    "check_live"        "Health" "Whether the server serves: always, if this is answered" [] Body::None => Answer::Json("Live"), [] [];
    "check_ready"       "Health" "Whether the server can do its work; a 503 names what is wrong" [] Body::None => Answer::Json("Ready"), [] [];
    "show_metrics"      "Health" "The figures of the server, in the text format of Prometheus" [] Body::None => Answer::Text(&["text/plain"]), [] [403];

    "show_home"         "Pages" "The page of who is signed in"           [] Body::None => HTML, [302 304] [];
    "show_index"        "Pages" "The same page under its file name"      [] Body::None => HTML, [302 304] [];
    "show_api"          "Pages" "The reference of the API"               [] Body::None => HTML, [302 304] [];
    "get_asset"         "Pages" "The same, to be kept: its address changes with it" [Version File] Body::None => FILE, [304] [404];
    "get_file"          "Pages" "A file of the front-end"                [File] Body::None => FILE, [304] [404];
}
