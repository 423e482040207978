//! Guessing passwords: after some failures it takes time, whoever is meant and whatever way is tried.

use serde_json::json;

use crate::sign_in::SIGN_IN;
use crate::support::{Answer, Server};
use crate::tokens::MINT;

const WHO: &str = "/services/security/user/username";

fn by_form(server: &Server, name: &str, password: &str) -> Answer {
    server.nobody().form(SIGN_IN, &format!("j_username={name}&j_password={password}"))
}

fn by_basic(server: &Server, name: &str, password: &str) -> Answer {
    server.basic(name, password).get(MINT)
}

/// The seconds for which an answer tells to wait.
#[track_caller]
fn told_to_wait(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429, "{}", answer.text());
    let error = answer.error();
    assert_eq!(error["messageKey"], "com.wavemaker.runtime.security.too.many.attempts");
    let seconds = answer.header("retry-after").unwrap();
    assert_eq!(error["parameters"], json!([seconds]));
    assert_eq!(error["message"], format!("Too many failed sign-ins; try again in {seconds} seconds"));
    // The one value that a client would take for a session that has ended.
    assert_ne!(answer.header("x-wm-login-errormessage"), Some("Session Not Found"));
    assert_eq!((answer.set_cookies().count(), answer.header("www-authenticate")), (0, None));
    seconds.parse().unwrap()
}

#[test]
fn after_five_failures_every_way_to_sign_in_must_wait_and_longer_each_time() {
    let server = Server::start();
    for turn in 0..5 {
        let answer = if turn % 2 == 0 { by_form(&server, "admin", "x") } else { by_basic(&server, "admin", "y") };
        assert_eq!(answer.status, 401, "{turn}: {}", answer.text());
    }
    for seconds in [5, 10, 20] {
        // Not even the right password is looked at.
        assert_eq!(told_to_wait(&by_form(&server, "admin", "admin")), seconds);
        assert_eq!(told_to_wait(&by_form(&server, "++admin+", "admin")), seconds, "the form trims names");
        assert_eq!(told_to_wait(&by_basic(&server, "admin", "admin")), seconds);
        assert_eq!(told_to_wait(&server.basic("admin", "admin").get("/services/hrdb/Department")), seconds);
        assert_eq!(told_to_wait(&server.basic("admin", "admin").get(WHO)), seconds);
        server.pass_seconds(seconds - 1);
        assert_eq!(told_to_wait(&by_form(&server, "admin", "x")), 1);
        server.pass_seconds(1);
        assert_eq!(by_form(&server, "admin", "x").status, 401, "one attempt a delay");
    }
    server.pass_seconds(40);
    assert_eq!(by_form(&server, "admin", "admin").status, 200);
    for _ in 0..4 {
        assert_eq!(by_form(&server, "admin", "x").status, 401, "a success has cleared what had failed");
    }
    assert_eq!(by_form(&server, "admin", "admin").status, 200);
}

#[test]
fn a_name_that_nobody_has_is_treated_as_one_that_somebody_has() {
    let server = Server::start();
    let course = |name: &str| -> Vec<(u16, Option<String>, String)> {
        let shown = |answer: Answer| (answer.status, answer.header("retry-after").map(str::to_owned), answer.text());
        (0..7).map(|turn| shown(by_form(&server, name, &format!("guess{turn}")))).collect()
    };
    let known = course("admin");
    assert_eq!(known.iter().map(|(status, ..)| *status).collect::<Vec<_>>(), [401, 401, 401, 401, 401, 429, 429]);
    for name in ["nobody.here", "erin.lund", "anon"] {
        assert_eq!(course(name), known, "{name}");
    }
}

#[test]
fn what_has_been_signed_in_goes_on_and_so_does_everybody_else() {
    let server = Server::start();
    let (token, browser) = (server.token("admin", "admin"), server.browser("admin", "admin"));
    for _ in 0..6 {
        by_form(&server, "admin", "x");
    }
    told_to_wait(&by_form(&server, "admin", "x"));
    for client in [&token, &browser] {
        assert_eq!(client.get(WHO).json(), json!({"result": "admin"}));
        assert_eq!(client.get(MINT).status, 200);
    }
    assert_eq!(by_form(&server, "user", "user").status, 200);
    assert_eq!(by_basic(&server, "user", "user").status, 200);
    assert_eq!(server.nobody().get("/services/security/info").status, 200);
}

#[test]
fn a_volley_of_guesses_gets_no_further_than_one_after_the_other() {
    let server = Server::start();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guess = |turn: u32| {
            let server = &server;
            scope.spawn(move || by_basic(server, "admin", &format!("guess{turn}")).status)
        };
        let guesses: Vec<_> = (0..40).map(guess).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(401), count(429)), (5, 35), "{statuses:?}");
}

#[test]
fn one_password_tried_on_many_names_must_wait_as_well_but_not_where_the_name_is_known() {
    let server = Server::start();
    assert_eq!(by_form(&server, "admin", "admin").status, 200);
    for turn in 0..20 {
        assert_eq!(by_form(&server, &format!("name{turn}"), "welcome").status, 401);
    }
    assert_eq!(told_to_wait(&by_form(&server, "boris.tran", "welcome")), 5);
    assert_eq!(by_form(&server, "admin", "admin").status, 200, "he has signed in from here before");
    assert_eq!(by_form(&server, "admin", "x").status, 401);
    server.pass_seconds(5);
    assert_eq!(by_form(&server, "boris.tran", "welcome").status, 200);
}

#[test]
fn a_password_that_was_right_lately_passes_until_others_look_for_it() {
    let server = Server::start();
    assert_eq!(by_basic(&server, "admin", "admin").status, 200);
    for _ in 0..5 {
        assert_eq!(by_basic(&server, "admin", "old").status, 401);
    }
    told_to_wait(&by_basic(&server, "admin", "old"));
    assert_eq!(by_basic(&server, "admin", "admin").status, 200);
    assert_eq!(by_form(&server, "admin", "admin").status, 200);
    told_to_wait(&by_basic(&server, "admin", "old"));
    for turn in 0..20 {
        told_to_wait(&by_basic(&server, "admin", &format!("guess{turn}")));
    }
    told_to_wait(&by_basic(&server, "admin", "admin"));
    server.pass_seconds(5);
    assert_eq!(by_basic(&server, "admin", "admin").status, 200, "when the delay is over");
}

#[test]
fn the_operator_says_how_many_may_fail() {
    let server = Server::start_with(|settings| settings.sign_in_attempts = 2);
    let statuses = [0, 1, 2].map(|_| by_form(&server, "admin", "x").status);
    assert_eq!(statuses, [401, 401, 429]);
    let server = Server::start_with(|settings| settings.sign_in_attempts = 0);
    for _ in 0..30 {
        assert_eq!(by_form(&server, "admin", "x").status, 401);
    }
    assert_eq!(by_form(&server, "admin", "admin").status, 200);
}
