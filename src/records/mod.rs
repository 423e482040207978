//! What can be done with rows of any entity: list, get, count, create, update, delete; and with
//! named queries. No HTTP, no SQL text.
//!
//! Each operation comes in two halves: one that works out what to ask (in [`crate::query`], without a database) and one
//! that asks. The second half runs on a `Reader` or a `Transaction`, which is all that this room knows of a store.

mod error;
mod export;
mod guard;
mod named;
mod page;
mod read;
mod write;

pub use error::RecordError;
pub use export::{each_object, each_row, plan_export};
pub use named::{change_by_query, query_page, query_single};
pub use read::{
    ListParams, by_key, by_unique_key, count, get, groups, list, plan_aggregation, plan_filter, plan_list, related,
    search,
};
pub use write::{Condition, create, delete, update};
