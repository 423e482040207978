//! Answers that are kept for as long as they would come out the same: of each worker's own, without a lock.
//!
//! An answer to a GET depends on the address, on what the caller may see, and on what has been committed. All three are
//! compared before it is given again: the address as it was sent, the caller's view of the catalog (and who he is, where a
//! rule is about persons), and the state of the database, which every commit of any process changes. Nothing that asks for
//! the time is kept. So nobody can tell a kept answer from one that was read for him, but by its speed.
//!
//! What is asked for only once is not kept: an address is kept from the second time on.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use actix_web::dev::RequestHead;
use actix_web::http::Method;
use actix_web::http::uri::PathAndQuery;

use super::accept::takes_json;
use super::call::Target;
use super::caller::token_in;
use super::conditional::Content;
use super::endpoints::Endpoint;
use super::parameters::Query;
use crate::auth::{Policy, Principal};
use crate::query::Model;
use crate::store::{Database, Snapshot};

/// Longest content that is kept.
const LONGEST: usize = 64 * 1024;
/// What an entry takes besides its content and its address, in bytes, roughly.
const OVERHEAD: usize = 256;
/// Addresses that are remembered as asked for once.
const REMEMBERED: usize = 4_096;

/// The answers that a worker keeps.
pub struct Answers {
    kept: RefCell<HashMap<String, Vec<Kept>>>,
    /// Bytes of all of them.
    size: Cell<usize>,
    most: usize,
    /// Hashes of addresses that were asked for lately, each at a place of its own.
    once: RefCell<Box<[u64]>>,
    hasher: RandomState,
}

struct Kept {
    endpoint: &'static Endpoint,
    sight: Sight,
    snapshot: Snapshot,
    content: Content,
}

/// Everything about a caller on which an answer from a database depends.
pub struct Sight {
    database: Arc<Database>,
    /// The catalog from which his view was made.
    base: Arc<Model>,
    /// His view, which he shares with all of the same roles.
    view: Arc<Model>,
    /// Who he is, where his view has rules about rows.
    person: Option<Arc<Principal>>,
}

impl Sight {
    /// Of somebody who looks at an entity.
    pub fn of(target: Target, policy: &Policy, principal: &Arc<Principal>) -> Self {
        let Target { database, base, .. } = target;
        let view = policy.view(&base, principal);
        let person = view.is_restricted().then(|| Arc::clone(principal));
        Self { database, base, view, person }
    }

    fn is_of(&self, policy: &Policy, principal: &Principal) -> bool {
        Arc::ptr_eq(&self.view, &policy.view(&self.base, principal))
            && self.person.as_ref().is_none_or(|person| person.is(principal) && person.name == principal.name)
    }
}

/// The address of a request, when its answer may be kept: a GET of JSON without a token in it.
pub fn address<'a>(request: &'a RequestHead, query: &Query) -> Option<&'a str> {
    address_of(request).filter(|_| token_in(query).is_none())
}

/// The address of a request that is a GET of JSON. No answer is kept for one that has a token in it.
pub fn address_of(request: &RequestHead) -> Option<&str> {
    let is_fitting = request.method == Method::GET && takes_json(request);
    request.uri.path_and_query().filter(|_| is_fitting).map(PathAndQuery::as_str)
}

impl Answers {
    /// No answers yet, and later not more than so many bytes.
    #[must_use]
    pub fn new(most: usize) -> Self {
        let remembered = if most > 0 { REMEMBERED } else { 0 };
        Self {
            kept: RefCell::default(),
            size: Cell::new(0),
            most,
            once: RefCell::new(vec![0; remembered].into_boxed_slice()),
            hasher: RandomState::new(),
        }
    }

    /// Whether there is an answer for somebody at this address.
    #[must_use]
    pub fn has(&self, address: &str) -> bool {
        self.kept.borrow().contains_key(address)
    }

    /// The answer that this caller would get at this address, and the endpoint that made it.
    pub fn find(&self, address: &str, policy: &Policy, principal: &Principal) -> Option<(Content, &'static Endpoint)> {
        let kept = self.kept.borrow();
        let kept = kept.get(address)?.iter().find(|kept| kept.sight.is_of(policy, principal))?;
        (kept.sight.database.snapshot() == Some(kept.snapshot)).then(|| (kept.content.clone(), kept.endpoint))
    }

    /// Keeps an answer, when its address is asked for more than once. `snapshot` is where it was read.
    pub fn keep(
        &self,
        address: &str,
        endpoint: &'static Endpoint,
        sight: impl FnOnce() -> Sight,
        snapshot: Snapshot,
        content: Content,
    ) {
        let size = content.size() + address.len() + OVERHEAD;
        if content.bytes.len() > LONGEST || size > self.most || !self.was_asked(address) {
            return;
        }
        let sight = sight();
        // An answer of yesterday's catalog would stay for as long as nothing is committed.
        if !sight.database.is_described_by(&sight.base) || sight.database.snapshot() != Some(snapshot) {
            return;
        }
        let mut kept = self.kept.borrow_mut();
        if self.size.get() + size > self.most {
            kept.clear();
            self.size.set(0);
        }
        let entries = kept.entry(address.to_owned()).or_default();
        entries.retain(|kept| {
            let stays = Arc::ptr_eq(&kept.sight.database, &sight.database) && kept.snapshot == snapshot;
            if !stays {
                self.size.set(self.size.get() - kept.size(address));
            }
            stays
        });
        self.size.set(self.size.get() + size);
        entries.push(Kept { endpoint, sight, snapshot, content });
    }

    /// Whether an address was asked for lately. From now on it was.
    fn was_asked(&self, address: &str) -> bool {
        let hash = self.hasher.hash_one(address).max(1);
        let mut once = self.once.borrow_mut();
        let place = usize::try_from(hash % REMEMBERED as u64).unwrap_or(0);
        std::mem::replace(&mut once[place], hash) == hash
    }
}

impl Kept {
    fn size(&self, address: &str) -> usize {
        self.content.size() + address.len() + OVERHEAD
    }
}

#[cfg(test)]
mod tests {
    use actix_web::web::Bytes;

    use super::*;
    use crate::auth::Standing;
    use crate::http::endpoints::ENDPOINTS;
    use crate::query::own_values;
    use crate::store::{Options, StoreError, begin_holding, let_go};

    const ADDRESS: &str = "/services/shop/Sale/1";

    fn principal(name: &str) -> Arc<Principal> {
        let roles = vec![name.to_owned()];
        let (source, key, standing) = ("STAFF".to_owned(), "1".to_owned(), Standing::default());
        Arc::new(Principal { source, key, name: name.to_owned(), roles, standing })
    }

    fn content(text: &'static str) -> Content {
        Content::new(Bytes::from_static(text.as_bytes()), true).unwrap()
    }

    /// Reads, and keeps what it is told was read.
    fn read(answers: &Answers, database: &Arc<Database>, policy: &Policy, text: &'static str) {
        let (_, snapshot) =
            database.read_lasting::<_, StoreError>(|reader| reader.rows(&own_values("SALE", "ID"))).unwrap();
        let base = database.model();
        let target =
            Target { database: Arc::clone(database), model: Arc::clone(&base), base, index: 0, max_page_size: 1 };
        let sight = || Sight::of(target, policy, &principal("clerk"));
        answers.keep(ADDRESS, &ENDPOINTS[0], sight, snapshot.expect("this thread holds"), content(text));
    }

    #[test]
    fn an_answer_is_kept_from_the_second_time_on_until_a_commit_and_for_those_of_the_same_sight() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        let elsewhere = rusqlite::Connection::open(&path).unwrap();
        elsewhere.execute_batch("CREATE TABLE SALE (ID INTEGER PRIMARY KEY); INSERT INTO SALE VALUES (1)").unwrap();
        let database = Arc::new(Database::open_existing(&path, "shop", Options::default(), 1).unwrap());
        begin_holding();
        let (answers, policy, clerk) = (Answers::new(10_000), Policy::default(), principal("clerk"));
        let kept = |who: &Principal| answers.find(ADDRESS, &policy, who).map(|(content, _)| content.bytes);
        read(&answers, &database, &policy, "old");
        assert_eq!(kept(&clerk), None, "asked for once");
        read(&answers, &database, &policy, "old");
        assert_eq!(kept(&clerk).as_deref(), Some(&b"old"[..]));
        assert_eq!(kept(&principal("boss")), None, "of another role");
        let_go();
        let_go();
        assert_eq!(kept(&clerk), None, "this thread cannot tell any more whether something was committed");
        read(&answers, &database, &policy, "new");
        assert_eq!(kept(&clerk).as_deref(), Some(&b"new"[..]));
        elsewhere.execute_batch("INSERT INTO SALE VALUES (2)").unwrap();
        assert_eq!(kept(&clerk), None, "another process has committed something");
        elsewhere.execute_batch("CREATE TABLE OTHER (ID INTEGER PRIMARY KEY)").unwrap();
        read(&answers, &database, &policy, "of the old catalog");
        assert_eq!(kept(&clerk), None, "the catalog is not yet that of the schema");
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let answers = Answers::new(10_000);
        assert!(!answers.was_asked("/a") && answers.was_asked("/a") && !answers.was_asked("/b"));
    }
}
