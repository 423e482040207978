//! Who is calling, and what he may do: accounts, passwords, tokens, sessions, rights. No HTTP.

mod accounts;
mod clock;
mod password;
mod policy;
mod principal;
mod random;
mod session;
mod shards;
mod sweeper;
mod token;

pub use crate::query::Verb;
pub use accounts::{Accounts, SignInError};
pub use clock::{Clock, epoch_milliseconds};
pub use password::{Hasher, HashingError, hash as hash_password};
pub use policy::Policy;
pub use principal::Principal;
pub use random::{PlainSecret, request_id};
pub use session::{Session, SessionStore};
pub use shards::Swept;
pub use sweeper::Sweeper;
pub use token::TokenStore;
