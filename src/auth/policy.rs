//! Who may do what: from the rules to what a caller sees of a service and may do with its rows.
//!
//! What no rule names is refused. What a caller may not read is not in his [`Model`] at all, and conditions on rows are in
//! it for `query` to write into every statement: nobody who holds the model can forget to ask.

use std::sync::Arc;

use parking_lot::RwLock;

use super::principal::Principal;
use crate::catalog::{EntityIndex, Service, Sight};
use crate::config::{PropertyRule, Rule, ServicePolicy};
use crate::filter::{self, Expr};
use crate::query::{
    Asker, AskerValue, Condition, Joins, Model, QueryError, Right, Rights, RowRule, Surroundings, Term, Value, Verb,
    resolve_filter,
};

/// Parameters of a rule's filter.
const USER_ID: &str = "userId";
const USER_NAME: &str = "userName";

/// The rules of each service.
#[derive(Default)]
pub struct Policy {
    services: Vec<(String, Rules)>,
    /// What has been worked out for those who have called so far. There are as many as roles and services.
    views: RwLock<Vec<View>>,
}

/// The rules of one service, their filters parsed.
#[derive(Default)]
struct Rules {
    allowed: Vec<(Rule, Option<Expr>)>,
    hidden: Vec<PropertyRule>,
    read_only: Vec<PropertyRule>,
}

/// A service as all callers of the same roles see it.
struct View {
    source: String,
    roles: Vec<String>,
    /// The catalog that it was made of.
    base: Arc<Model>,
    model: Arc<Model>,
}

impl Policy {
    /// Adds the rules of a service. `accounts` are the account sources and the roles that each knows.
    ///
    /// # Errors
    /// A sentence about the first rule that cannot be meant.
    pub fn add(
        &mut self,
        service: &str,
        policy: &ServicePolicy,
        model: &Model,
        accounts: &[(&str, &[String])],
    ) -> Result<(), String> {
        let mut allowed = Vec::with_capacity(policy.rules.len());
        for (number, rule) in policy.rules.iter().enumerate() {
            let error = |text: String| format!("rule {} of the policy for {service}: {text}", number + 1);
            check_words(rule, &model.service).map_err(error)?;
            check_roles(&rule.roles, rule.source.as_deref(), accounts).map_err(error)?;
            allowed.push((rule.clone(), parse(rule, model).map_err(error)?));
        }
        for rule in policy.hidden.iter().chain(&policy.read_only) {
            let error = |text: String| format!("the policy for {service}: {text}");
            check_roles(&rule.roles, rule.source.as_deref(), accounts).map_err(error)?;
            rule.properties.iter().try_for_each(|name| check_property(name, &model.service)).map_err(error)?;
        }
        let rules = Rules { allowed, hidden: policy.hidden.clone(), read_only: policy.read_only.clone() };
        for (source, roles) in accounts {
            for role in *roles {
                let rights =
                    |entity, verb| rules.right(&model.service, entity, verb, source, std::slice::from_ref(role));
                let blind = (0..model.service.entities.len()).find(|&entity| {
                    let changes = [Verb::Create, Verb::Update, Verb::Delete].map(|verb| rights(entity, verb).is_some());
                    changes.contains(&true) && !rights(entity, Verb::Read).is_some()
                });
                if let Some(entity) = blind {
                    let name = &model.service.entity(entity).name;
                    return Err(format!(
                        "the policy for {service} lets {role} of {source} change {name}, but not read it"
                    ));
                }
            }
        }
        self.services.push((service.to_owned(), rules));
        Ok(())
    }

    /// What somebody sees of a service. An entity of which he may read nothing is not in it.
    #[must_use]
    pub fn model(&self, base: &Arc<Model>, principal: &Principal) -> Arc<Model> {
        let view = self.view(base, principal);
        if view.is_restricted() {
            let asker = Asker { user_id: Value::of_key(&principal.key), user_name: principal.name.clone() };
            return Arc::new(view.asked_by(asker));
        }
        view
    }

    /// The same, as all see it who have his roles: without him in it, so that what is about persons holds for nobody.
    #[must_use]
    pub fn view(&self, base: &Arc<Model>, principal: &Principal) -> Arc<Model> {
        let is = |view: &View| {
            Arc::ptr_eq(&view.base, base) && view.source == principal.source && view.roles == principal.roles
        };
        if let Some(view) = self.views.read().iter().find(|view| is(view)) {
            return Arc::clone(&view.model);
        }
        let model = Arc::new(self.work_out(base, principal));
        let mut views = self.views.write();
        // A schema that has changed since makes views of it useless.
        views.retain(|view| view.base.service.name != base.service.name || Arc::ptr_eq(&view.base, base));
        views.push(View {
            source: principal.source.clone(),
            roles: principal.roles.clone(),
            base: Arc::clone(base),
            model: Arc::clone(&model),
        });
        model
    }

    fn work_out(&self, base: &Model, principal: &Principal) -> Model {
        let service = &base.service.name;
        let none = Rules::default();
        let rules = self.services.iter().find(|(name, _)| name == service).map_or(&none, |(_, rules)| rules);
        let whole = &base.service;
        let right = |entity, verb| rules.right(whole, entity, verb, &principal.source, &principal.roles);
        let (view, origins) = whole.view(
            |entity| right(entity, Verb::Read).is_some(),
            |entity, property| {
                let entity = whole.entity(entity);
                let name = format!("{}.{}", entity.name, entity.properties[property].name);
                rules.sight(&name, principal)
            },
        );
        let rights = origins.iter().map(|&entity| Rights::new(|verb| right(entity, verb))).collect();
        Model::with_rights(view, rights)
    }
}

impl Rules {
    /// What of a property somebody has.
    fn sight(&self, name: &str, principal: &Principal) -> Sight {
        let listed = |rules: &[PropertyRule]| {
            rules.iter().any(|rule| {
                rule.properties.iter().any(|other| other == name)
                    && is_for(&rule.roles, rule.source.as_deref(), &principal.source, &principal.roles)
            })
        };
        match (listed(&self.hidden), listed(&self.read_only)) {
            (true, _) => Sight::Hidden,
            (false, true) => Sight::ReadOnly,
            (false, false) => Sight::Full,
        }
    }

    /// The right of those roles to do something with an entity: all that the rules allow them, together.
    fn right(&self, service: &Arc<Service>, entity: EntityIndex, verb: Verb, source: &str, roles: &[String]) -> Right {
        let name = &service.entity(entity).name;
        let names = |words: &[String], word: &str| words.iter().any(|other| other == "*" || other == word);
        let mut rows = Vec::new();
        for (rule, filter) in &self.allowed {
            let applies = names(&rule.entities, name)
                && names(&rule.verbs, verb.word())
                && is_for(&rule.roles, rule.source.as_deref(), source, roles);
            if !applies {
                continue;
            }
            let properties = rule.properties.clone().filter(|_| matches!(verb, Verb::Create | Verb::Update));
            let resolve = |filter| resolve(service, entity, filter, rule.source.as_deref(), roles);
            let condition = match filter.as_ref().map(resolve) {
                None if properties.is_none() => return Right::All,
                None => None,
                Some(Ok(condition)) => Some(condition),
                Some(Err(error)) => {
                    // The schema has changed under the rule. A rule that cannot be asked allows nothing.
                    log::error!("a rule of the policy for {} allows nothing any more: {error}", service.name);
                    continue;
                }
            };
            rows.push(RowRule { condition, properties });
        }
        if rows.is_empty() { Right::None } else { Right::Some(rows) }
    }
}

/// Whether a rule is for those who have these roles in this source.
fn is_for(roles: &[String], source: Option<&str>, his_source: &str, his_roles: &[String]) -> bool {
    source.is_none_or(|source| source == his_source) && roles.iter().any(|role| his_roles.contains(role))
}

/// `source` is that of the rule: without one, it cannot be about a person.
fn resolve(
    service: &Arc<Service>,
    entity: EntityIndex,
    filter: &Expr,
    source: Option<&str>,
    roles: &[String],
) -> Result<Condition, String> {
    let mut joins = Joins::of(entity);
    let roles = roles.iter().map(|role| Term::Value(Value::Text(role.clone()))).collect();
    let mut parameters = vec![("roles".to_owned(), roles)];
    if source.is_some() {
        parameters.push((USER_ID.to_owned(), vec![Term::Asker(AskerValue::UserId)]));
        parameters.push((USER_NAME.to_owned(), vec![Term::Asker(AskerValue::UserName)]));
    }
    let predicate =
        resolve_filter(service, &mut joins, filter, &Surroundings { parameters }).map_err(|error| match error {
            QueryError::UnknownParameter(name) if source.is_none() && [USER_ID, USER_NAME].contains(&name.as_str()) => {
                format!("it says :{name}, so it must say source: a key or a name means nobody without its table")
            }
            other => other.to_string(),
        })?;
    Ok(Condition { service: Arc::clone(service), joins, predicate })
}

fn check_words(rule: &Rule, service: &Service) -> Result<(), String> {
    let verbs = Verb::ALL.map(Verb::word);
    if let Some(verb) = rule.verbs.iter().find(|verb| *verb != "*" && !verbs.contains(&verb.as_str())) {
        return Err(format!("there is no verb '{verb}'; there are {} and *", verbs.join(", ")));
    }
    if let Some(entity) = rule.entities.iter().find(|entity| *entity != "*" && service.find(entity).is_none()) {
        return Err(format!("there is no entity '{entity}'"));
    }
    if rule.roles.is_empty() || rule.entities.is_empty() || rule.verbs.is_empty() {
        return Err("it needs roles, entities and verbs".to_owned());
    }
    for property in rule.properties.iter().flatten() {
        let of = |entity: &String| service.find(entity).map(|index| service.entity(index));
        let missing = rule.entities.iter().find(|entity| of(entity).is_none_or(|of| of.property(property).is_none()));
        if let Some(entity) = missing {
            return Err(format!("the entity '{entity}' has no property '{property}'"));
        }
    }
    Ok(())
}

fn check_property(name: &str, service: &Service) -> Result<(), String> {
    let found = name.split_once('.').and_then(|(entity, property)| {
        let entity = service.entity(service.find(entity)?);
        Some((entity, entity.property(property)?))
    });
    match found {
        None => Err(format!("there is no property '{name}'; it is written Entity.property")),
        Some((entity, property)) if entity.key.contains(&property) => {
            Err(format!("'{name}' is in the key, which is a row's address, and cannot be kept back"))
        }
        Some(_) => Ok(()),
    }
}

fn check_roles(roles: &[String], source: Option<&str>, accounts: &[(&str, &[String])]) -> Result<(), String> {
    if let Some(source) = source.filter(|source| !accounts.iter().any(|(name, _)| name == source)) {
        return Err(format!("there is no account source '{source}'"));
    }
    let known = |role: &&String| {
        accounts.iter().any(|(name, roles)| source.is_none_or(|source| source == *name) && roles.contains(role))
    };
    match roles.iter().find(|role| !known(role)) {
        Some(role) => Err(format!("no account source that it is about has the role '{role}'")),
        None => Ok(()),
    }
}

/// Reads the filter of a rule, and sees whether each of its entities can be asked it.
fn parse(rule: &Rule, model: &Model) -> Result<Option<Expr>, String> {
    let Some(text) = &rule.filter else { return Ok(None) };
    let filter = filter::parse_rule(text).map_err(|error| error.to_string())?;
    let filter = filter.ok_or_else(|| "where is empty; leave it out for all rows".to_owned())?;
    let service = &model.service;
    for (index, entity) in service.entities.iter().enumerate() {
        if rule.entities.iter().any(|name| name == "*" || *name == entity.name) {
            resolve(service, index, &filter, rule.source.as_deref(), &rule.roles)
                .map_err(|error| format!("for {}: {error}", entity.name))?;
        }
    }
    Ok(Some(filter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, ForeignKey, Table, build};
    use crate::config::Builtin;

    fn shop() -> Arc<Model> {
        service("shop")
    }

    fn service(name: &str) -> Arc<Model> {
        let column = |name: &str| Column { name: name.into(), declared: "TEXT".into(), ..Column::default() };
        let table = |name: &str, columns: &[&str], foreign_keys: Vec<ForeignKey>| Table {
            name: name.into(),
            columns: columns.iter().map(|name| column(name)).collect(),
            primary_key: vec!["ID".into()],
            foreign_keys,
            ..Table::default()
        };
        let to_clerk = ForeignKey { target: "CLERK".into(), columns: vec![("CLERK_ID".into(), None)] };
        let tables =
            vec![table("CLERK", &["ID", "NAME"], Vec::new()), table("SALE", &["ID", "CLERK_ID"], vec![to_clerk])];
        Arc::new(Model::new(build(name, tables, &[])))
    }

    const CLERK: &str = "roles = ['clerk']\nentities = ['Sale']\nverbs = ['read']\n";

    fn add(text: &str) -> Result<Policy, String> {
        let mut policy = Policy::default();
        let (clerks, guests) = (["clerk".to_owned(), "boss".to_owned()], ["guest".to_owned()]);
        let accounts: [(&str, &[String]); 2] = [("STAFF", &clerks), ("PUBLIC", &guests)];
        policy.add("shop", &Builtin::policy_of(text)?, &shop(), &accounts)?;
        Ok(policy)
    }

    fn principal(source: &str, role: &str) -> Principal {
        Principal {
            source: source.into(),
            key: "1".into(),
            name: "n".into(),
            roles: vec![role.into()],
            standing: crate::auth::Standing::default(),
        }
    }

    #[test]
    fn what_no_rule_names_is_refused() {
        let policy = add(&format!("[[rules]]\n{CLERK}")).unwrap();
        let base = shop();
        let sees = |name: &str, source: &str, role: &str| {
            let model = policy.model(&service(name), &principal(source, role));
            model.service.entities.iter().map(|entity| entity.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(sees("shop", "STAFF", "clerk"), ["Sale"]);
        for (service, source, role) in
            [("shop", "STAFF", "boss"), ("shop", "PUBLIC", "guest"), ("bank", "STAFF", "clerk")]
        {
            assert!(sees(service, source, role).is_empty(), "{service} {source} {role}");
        }
        let model = policy.model(&base, &principal("STAFF", "clerk"));
        assert!(model.right(0, Verb::Read).is_some() && !model.right(0, Verb::Delete).is_some());
    }

    #[test]
    fn a_role_counts_in_the_source_of_its_rule() {
        let policy = add(&format!("[[rules]]\n{CLERK}source = 'STAFF'\nwhere = 'clerkId = :userId'")).unwrap();
        let base = shop();
        assert_eq!(policy.model(&base, &principal("STAFF", "clerk")).service.entities.len(), 1);
        assert!(policy.model(&base, &principal("PUBLIC", "clerk")).service.entities.is_empty());
    }

    #[test]
    fn what_is_seen_is_worked_out_once_for_all_of_a_role() {
        let policy = add(&format!("[[rules]]\n{CLERK}")).unwrap();
        let base = shop();
        let first = policy.model(&base, &principal("STAFF", "clerk"));
        assert!(Arc::ptr_eq(&first, &policy.model(&base, &principal("STAFF", "clerk"))));
        let changed = shop();
        assert!(!Arc::ptr_eq(&first, &policy.model(&changed, &principal("STAFF", "clerk"))));
        assert_eq!(policy.views.read().len(), 1, "what the old schema looked like is forgotten");
    }

    #[test]
    fn a_rule_that_cannot_be_meant_is_an_error() {
        for (text, expected) in [
            (CLERK.replace("Sale", "Sales"), "rule 1 of the policy for shop: there is no entity 'Sales'"),
            (CLERK.replace("read", "write"), "there is no verb 'write'; there are read, create, update, delete and *"),
            (CLERK.replace("clerk", "clark"), "no account source that it is about has the role 'clark'"),
            (CLERK.replace("clerk", "guest") + "source = 'STAFF'", "has the role 'guest'"),
            (CLERK.to_owned() + "source = 'STAF'", "there is no account source 'STAF'"),
            (CLERK.to_owned() + "where = ''", "where is empty"),
            (CLERK.to_owned() + "where = 'id ='", "syntax error"),
            (CLERK.to_owned() + "where = 'size = 1'", "for Sale: property size in Sale is not valid"),
            (CLERK.to_owned() + "where = 'id = :user'", "unknown parameter :user"),
            (CLERK.to_owned() + "where = 'id = :userId'", "it says :userId, so it must say source"),
            (CLERK.to_owned() + "where = 'id in (:userName)'", "it says :userName, so it must say source"),
            (CLERK.to_owned() + "properties = ['size']", "the entity 'Sale' has no property 'size'"),
            (CLERK.replace("'clerk'", ""), "it needs roles, entities and verbs"),
            (CLERK.replace("read", "update"), "the policy for shop lets clerk of STAFF change Sale, but not read it"),
            (CLERK.to_owned() + "when = 'x'", "unknown field `when`"),
            (
                CLERK.to_owned() + "[[hidden]]\nroles = ['clerk']\nproperties = ['Sale.size']",
                "there is no property 'Sale.size'",
            ),
            (CLERK.to_owned() + "[[hidden]]\nroles = ['clerk']\nproperties = ['size']", "written Entity.property"),
            (
                CLERK.to_owned() + "[[read_only]]\nroles = ['clerk']\nproperties = ['Sale.id']",
                "'Sale.id' is in the key",
            ),
        ] {
            let error = add(&format!("[[rules]]\n{text}")).err().unwrap_or_default();
            assert!(error.to_lowercase().contains(&expected.to_lowercase()), "{text}\n{error}");
        }
    }
}
