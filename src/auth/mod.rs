//! Who is calling, and what he may do: accounts, passwords, tokens, sessions, rights. No HTTP.

mod account_guard;
mod accounts;
mod clock;
mod holdings;
mod password;
mod policy;
mod principal;
mod random;
mod remember_me;
mod renewals;
mod session;
mod shards;
mod sweeper;
mod token;

pub use account_guard::AccountGuard;
pub use accounts::{Accounts, PasswordChange, SignInError};
pub use clock::{Clock, epoch_milliseconds};
pub use holdings::Limits;
pub use password::{Hasher, HashingError, hash as hash_password};
pub use policy::{Policy, Verb};
pub use principal::{Principal, Standing};
pub use random::{PlainSecret, request_id};
pub use remember_me::{Recalled, RememberMe, RememberMeCookie};
pub use session::{Lifetimes, Origin, Session, SessionStore};
pub use shards::Swept;
pub use sweeper::Sweeper;
pub use token::TokenStore;
