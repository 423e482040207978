//! `…/export` and `/services/files/exported`: rows as files.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::dev::RequestHead;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use serde_json::json;

use super::call::{Call, QUESTION_LIMIT, Target, decent_file_name, json_of};
use super::compression::{encoder, takes_gzip};
use super::error::Failure;
use super::lists::params;
use super::quota::Share;
use super::stream::stream;
use super::{background, origin, queries};
use crate::catalog::{EntityIndex, Kind};
use crate::export::{Cell, ExportError, Format, SheetWriter};
use crate::query::{
    self, Content, ExportField, ExportRequest, Model, Output, PageRequest, Piece, QueryAnswer, QueryError, Select,
    Selection, Statement, page_request,
};
use crate::records::{self, ListParams, RecordError};
use crate::store::{Database, Field, Fields, Reader, write_string};

/// What is to be written.
struct Plan {
    database: Arc<Database>,
    format: Format,
    content: Rows,
    /// Where a workbook may grow before it is finished.
    folder: PathBuf,
}

enum Rows {
    /// Columns of a table.
    Table(Table),
    /// Whole objects, with their relations.
    Objects { model: Arc<Model>, entity: EntityIndex, select: Select, limit: Option<(u64, u64)> },
}

/// Rows, how their values are to be taken, and what is made of them.
struct Table {
    statement: Statement,
    kinds: Vec<Kind>,
    outputs: Vec<Output>,
}

impl Table {
    fn of(target: &Target, selection: Selection) -> Self {
        let statement = query::rows(&target.model, &selection);
        let kinds = selection.columns.iter().map(|(_, kind)| *kind).collect();
        Self { statement, kinds, outputs: selection.outputs }
    }
}

/// Why an export ended early.
enum Broken {
    Record(RecordError),
    Export(ExportError),
}

/// All rows of a list as a file, sent while it is made; `page` and `size` count only when they are given.
pub async fn download(call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let format = call.parameter("type").parse::<Format>();
    let format = format.map_err(|_| QueryError::InvalidInput("exportType".to_owned()))?;
    let params = params(&call.query);
    let paged = params.page.is_some() || params.size.is_some();
    let largest = if paged { target.max_page_size } else { u32::MAX };
    let select = records::plan_list(&target.model, target.index, &params, largest)?;
    let limit = paged.then(|| (select.page.offset(), u64::from(select.page.size)));
    let content = match format {
        Format::Json => Rows::Objects { model: Arc::clone(&target.model), entity: target.index, select, limit },
        _ => Rows::Table(Table::of(&target, records::plan_export(&target.model, target.index, &params, &[], limit)?)),
    };
    let name = file_name(&target.entity().name, format);
    let plan = Plan {
        database: Arc::clone(&target.database),
        format,
        content,
        folder: call.state.exported.folder().to_owned(),
    };
    let turn = turn(&call, format)?;
    let mut response = HttpResponse::Ok();
    attach(&mut response, &name);
    let gzip = offer_gzip(&mut response, call.request.head(), format);
    stream(response, move |sink| {
        let _turn = turn;
        if !gzip {
            return write(plan, sink);
        }
        let mut encoder = encoder(sink);
        write(plan, &mut encoder)?;
        encoder.finish().map(|_| ()).map_err(|error| Failure::Export(ExportError::Output(error)))
    })
    .await
}

/// Makes a file and answers with its address.
pub async fn prepare(mut call: Call) -> Result<HttpResponse, Failure> {
    let target = call.target()?;
    let (request, format) = read_request(&mut call).await?;
    let params = ListParams { q: request.query.as_deref(), ..params(&call.query) };
    let select = records::plan_list(&target.model, target.index, &params, target.max_page_size)?;
    let limit = size(&request).map(|size| (u64::from(select.page.number).saturating_mul(size), size));
    let fields = request.fields.clone().unwrap_or_default();
    let content = if format == Format::Json && fields.is_empty() {
        Rows::Objects { model: Arc::clone(&target.model), entity: target.index, select, limit }
    } else {
        Rows::Table(Table::of(&target, records::plan_export(&target.model, target.index, &params, &fields, limit)?))
    };
    let entity = &target.entity().name;
    make(&call, &target.database, format, content, &stem(&request, entity)).await
}

/// Makes a file of a named query's rows and answers with its address.
pub async fn prepare_query(mut call: Call) -> Result<HttpResponse, Failure> {
    let asked = queries::find_asked(&call)?;
    let name = call.parameter("name").to_owned();
    let QueryAnswer::Page(columns) = &asked.query.answer else {
        return Err(Failure::InvalidInput("only a query with pages can be exported".to_owned()));
    };
    let (request, format) = read_request(&mut call).await?;
    let values = queries::values_of_url(&call, &asked.query)?;
    let page = page_request(call.query.first("page"), None, asked.max_page_size)?;
    let size = size(&request).and_then(|size| u32::try_from(size).ok());
    let page = PageRequest { number: if size.is_some() { page.number } else { 0 }, size: size.unwrap_or(u32::MAX) };
    let sort: Vec<&str> = call.query.all("sort").collect();
    let statement = asked.query.page(columns, values, &sort, page)?.rows;
    let unknown = |path: &str| QueryError::UnknownProperty { path: path.to_owned(), entity: name.clone() };
    let mut find = |path: &str| columns.names.iter().position(|name| name == path.trim()).ok_or_else(|| unknown(path));
    let all: Vec<ExportField> =
        columns.names.iter().map(|name| ExportField { field: Some(name.clone()), ..ExportField::default() }).collect();
    let fields = request.fields.as_ref().filter(|fields| !fields.is_empty()).unwrap_or(&all);
    let outputs = query::outputs(fields, &mut find)?;
    let kinds = columns.node.members.iter().map(|member| member.kind).collect();
    let content = Rows::Table(Table { statement, kinds, outputs });
    make(&call, &asked.database, format, content, &stem(&request, &name)).await
}

async fn read_request(call: &mut Call) -> Result<(ExportRequest, Format), Failure> {
    let body = call.json_object(QUESTION_LIMIT).await?;
    let request: ExportRequest =
        serde_json::from_value(body).map_err(|error| QueryError::InvalidBody(error.to_string()))?;
    let format = request.export_type.as_deref().unwrap_or_default().parse::<Format>();
    Ok((request, format.map_err(|error| QueryError::InvalidBody(error.to_string()))?))
}

/// Rows at most; `None` is all.
fn size(request: &ExportRequest) -> Option<u64> {
    request.export_size.and_then(|size| u64::try_from(size).ok()).filter(|&size| size > 0)
}

/// Writes the file before it answers.
async fn make(
    call: &Call,
    database: &Arc<Database>,
    format: Format,
    content: Rows,
    stem: &str,
) -> Result<HttpResponse, Failure> {
    let owner = Arc::clone(call.caller.principal().ok_or(Failure::Unauthenticated)?);
    let plan =
        Plan { database: Arc::clone(database), format, content, folder: call.state.exported.folder().to_owned() };
    let turn = turn(call, format)?;
    let name = file_name(stem, format);
    let files = Arc::clone(&call.state.exported);
    let made = actix_web::web::block(move || {
        background::lower_priority();
        let _turn = turn;
        let failed = |error: std::io::Error| Failure::Unwritable(error.to_string());
        let file = files.begin(&owner).map_err(failed)?;
        let mut sink = std::io::BufWriter::new(file);
        write(plan, &mut sink)?;
        let file = sink.into_inner().map_err(|error| failed(error.into_error()))?;
        Ok::<_, Failure>(file.keep(name))
    });
    let id = made.await.map_err(|_| Failure::Internal("an export panicked".to_owned()))??;
    let head = call.request.head();
    let (scheme, host) = (origin::scheme(head, &call.state), origin::host(head, &call.state));
    let address = format!("{scheme}://{host}{}/services/files/exported/{id}", call.context);
    Ok(json_of(&json!({ "result": address })))
}

/// A file that was made before, for the caller who asked for it.
pub async fn fetch(call: Call) -> Result<HttpResponse, Failure> {
    let owner = call.caller.principal().ok_or(Failure::Unauthenticated)?;
    let file = call.state.exported.find(call.parameter("file"), owner);
    let file = file.ok_or_else(|| Failure::NoResource(call.request.path().to_owned()))?;
    let share = export_share(&call)?;
    let mut response = HttpResponse::Ok();
    attach(&mut response, &file.name);
    stream(response, move |sink| {
        let _share = share;
        let mut source = file.open().map_err(|error| Failure::Internal(error.to_string()))?;
        std::io::copy(&mut source, sink).map_err(|error| Failure::Internal(error.to_string())).map(|_| ())
    })
    .await
}

/// What an export holds while it is made and sent.
struct Turn {
    _export: Share,
    _workbook: Option<tokio::sync::OwnedSemaphorePermit>,
}

/// A few exports at a time for each caller, and a few for all; few of them workbooks, which keep a core busy for long.
fn turn(call: &Call, format: Format) -> Result<Turn, Failure> {
    let export = export_share(call)?;
    let workbooks = Arc::clone(&call.state.workbooks);
    let workbook = (format == Format::Excel).then(|| workbooks.try_acquire_owned()).transpose();
    Ok(Turn { _export: export, _workbook: workbook.map_err(|_| Failure::Overloaded)? })
}

fn export_share(call: &Call) -> Result<Share, Failure> {
    let mut share = call.state.exports.share(call.caller.principal().ok_or(Failure::Unauthenticated)?);
    share.grow(1).map_err(|_| Failure::Overloaded)?;
    Ok(share)
}

/// The name that a client wishes for its file, as far as it is one; else that of what is exported.
fn stem(request: &ExportRequest, otherwise: &str) -> String {
    let wished = decent_file_name(request.file_name.as_deref().unwrap_or_default());
    if wished.is_empty() { decent_file_name(otherwise) } else { wished }
}

fn file_name(stem: &str, format: Format) -> String {
    format!("{stem}.{}", format.extension())
}

fn attach(response: &mut actix_web::HttpResponseBuilder, name: &str) {
    let ascii: String = name.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    let mut disposition = format!("attachment;filename=\"{ascii}\"");
    if ascii != name {
        let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        disposition.push_str(";filename*=UTF-8''");
        disposition.extend(encoded);
    }
    response
        .insert_header((CONTENT_TYPE, "application/octet-stream"))
        .insert_header((CONTENT_DISPOSITION, disposition));
}

/// Where an export is written to. The code that writes one is large, and the same for every sink.
type AnySink<'a> = &'a mut (dyn Write + Send);

/// Whether a file is sent in gzip, which the response says then. A workbook is compressed already.
fn offer_gzip(response: &mut actix_web::HttpResponseBuilder, request: &RequestHead, format: Format) -> bool {
    if format == Format::Excel {
        return false;
    }
    response.append_header((VARY, "Accept-Encoding"));
    let gzip = takes_gzip(&request.headers);
    if gzip {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    gzip
}

fn write(plan: Plan, sink: AnySink<'_>) -> Result<(), Failure> {
    let Plan { database, format, content, folder } = plan;
    let written = database.export(|reader| match &content {
        Rows::Objects { model, entity, select, limit } => objects(reader, model, *entity, select, *limit, sink),
        Rows::Table(table) if format == Format::Json => flat_objects(reader, table, sink),
        Rows::Table(table) => {
            let titles: Vec<&str> = table.outputs.iter().map(|output| output.title.as_str()).collect();
            let sheet = match format {
                Format::Excel => SheetWriter::excel(sink, &titles, Some(&folder)),
                _ => SheetWriter::csv(sink, &titles),
            };
            cells(reader, table, sheet?)
        }
    });
    written.map_err(|broken| match broken {
        Broken::Record(error) => error.into(),
        Broken::Export(error) => Failure::Export(error),
    })
}

fn cells(reader: &Reader<'_>, table: &Table, mut sheet: SheetWriter<AnySink<'_>>) -> Result<(), Broken> {
    records::each_row(reader, &table.statement, |fields| {
        let mut texts = Vec::new();
        for output in &table.outputs {
            if let Content::Template(pieces) = &output.content {
                texts.push(filled(pieces, fields)?);
            }
        }
        let mut texts = texts.iter();
        let mut cells = Vec::with_capacity(table.outputs.len());
        for output in &table.outputs {
            cells.push(match &output.content {
                Content::Value(column) => cell(get(fields, *column)?, table.kinds[*column]),
                Content::Template(_) => Cell::Text(texts.next().map_or("", String::as_str)),
            });
        }
        sheet.row(&cells).map_err(Broken::Export)
    })?;
    sheet.finish()?;
    Ok(())
}

fn objects(
    reader: &Reader<'_>,
    model: &Model,
    entity: EntityIndex,
    select: &Select,
    limit: Option<(u64, u64)>,
    sink: AnySink<'_>,
) -> Result<(), Broken> {
    let mut before: &[u8] = b"[";
    records::each_object(reader, model, entity, select, limit, |object| {
        sink.write_all(std::mem::replace(&mut before, b",\n"))?;
        Ok::<_, Broken>(sink.write_all(object)?)
    })?;
    Ok(sink.write_all(if before == b"[" { b"[]" } else { b"]" })?)
}

fn flat_objects(reader: &Reader<'_>, table: &Table, sink: AnySink<'_>) -> Result<(), Broken> {
    let mut object = Vec::new();
    let mut before = b'[';
    records::each_row(reader, &table.statement, |fields| {
        object.clear();
        object.push(std::mem::replace(&mut before, b','));
        for (position, output) in table.outputs.iter().enumerate() {
            object.push(if position == 0 { b'{' } else { b',' });
            write_string(&output.title, &mut object);
            object.push(b':');
            match &output.content {
                Content::Value(column) => {
                    fields.write_json(*column, table.kinds[*column], &mut object)?;
                }
                Content::Template(pieces) => write_string(&filled(pieces, fields)?, &mut object),
            }
        }
        object.push(b'}');
        Ok::<_, Broken>(sink.write_all(&object)?)
    })?;
    Ok(sink.write_all(if before == b'[' { b"[]" } else { b"]" })?)
}

fn get<'a>(fields: &'a Fields<'_>, column: usize) -> Result<Field<'a>, Broken> {
    Ok(fields.get(column).map_err(RecordError::from)?)
}

fn cell(field: Field<'_>, kind: Kind) -> Cell<'_> {
    match (field, kind) {
        (Field::Integer(flag @ (0 | 1)), Kind::Boolean) => Cell::Boolean(flag == 1),
        (Field::Integer(number), _) => Cell::Integer(number),
        (Field::Real(number), _) => Cell::Real(number),
        (Field::Text(Some(text)), Kind::Date) => Cell::Date(text),
        (Field::Text(Some(text)), Kind::Time) => Cell::Time(text),
        (Field::Text(Some(text)), Kind::DateTime | Kind::Timestamp) => Cell::DateTime(text),
        (Field::Text(Some(text)), _) => Cell::Text(text),
        (Field::Null | Field::Blob(_) | Field::Text(None), _) => Cell::Empty,
    }
}

fn filled(pieces: &[Piece], fields: &Fields<'_>) -> Result<String, Broken> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Value(column) => match get(fields, *column)? {
                Field::Integer(number) => text.push_str(&number.to_string()),
                Field::Real(number) => text.push_str(&number.to_string()),
                Field::Text(Some(value)) => text.push_str(value),
                Field::Null | Field::Blob(_) | Field::Text(None) => {}
            },
        }
    }
    Ok(text)
}

impl From<RecordError> for Broken {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl From<crate::store::StoreError> for Broken {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Record(error.into())
    }
}

impl From<ExportError> for Broken {
    fn from(error: ExportError) -> Self {
        Self::Export(error)
    }
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self::Export(ExportError::Output(error))
    }
}
