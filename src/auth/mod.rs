//! Who is calling, and what he may do: accounts, passwords, tokens, sessions, rights. No HTTP.

mod account_guard;
mod accounts;
mod clock;
mod directory;
mod fingerprint;
mod holdings;
mod own_account;
mod password;
mod policy;
mod principal;
mod random;
mod remember_me;
mod renewals;
mod session;
mod shards;
mod sources;
mod sweeper;
mod throttle;
mod token;
mod verified;

pub use crate::query::Verb;
pub use account_guard::{AccountGuard, Ended, Report};
pub use accounts::{Accounts, DemoAccount, Means, SignInError};
pub use clock::{Clock, epoch_milliseconds};
pub use directory::{Directory, Listed, PasswordState};
pub use holdings::Limits;
pub use own_account::PasswordChange;
pub use password::{Gate, Hasher, HashingError, Verdict, hash as hash_password, hash_in_turn};
pub use policy::Policy;
pub use principal::{Principal, Standing};
pub use random::{PlainSecret, SecretHash, request_id};
pub use remember_me::{Recalled, RememberMe, RememberMeCookie};
pub use session::{Lifetimes, Origin, Session, SessionStore};
pub use shards::Swept;
pub use sweeper::Sweeper;
pub use token::{Bearer, Issued, Proved, TokenLifetimes, TokenStore};
