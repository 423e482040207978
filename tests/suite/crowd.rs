//! Many at once: signing in and reading at the same time ends well or with a request to come back.

use std::sync::Barrier;
use std::thread;

use crate::support::{Answer, Server};

/// Done, or told to try again.
#[track_caller]
fn is_done(answer: &Answer) -> bool {
    if answer.status == 503 {
        assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|some| some > 0)));
        answer.error();
        return false;
    }
    assert_eq!(answer.status, 200, "{}", answer.text());
    true
}

#[test]
fn eight_can_sign_in_at_once_while_others_read() {
    let server = Server::start();
    let accounts = [("admin", "admin"), ("user", "user"), ("erin.lund", "welcome"), ("boris.tran", "welcome")];
    let reader = server.admin();
    let start = Barrier::new(12);
    thread::scope(|scope| {
        for worker in 0..8 {
            let (server, start, (name, password)) = (&server, &start, accounts[worker % accounts.len()]);
            scope.spawn(move || {
                let form = format!("j_username={name}&j_password={password}");
                start.wait();
                for turn in 0..4 {
                    let by_form = (worker + turn) % 2 == 0;
                    let answer = if by_form {
                        server.nobody().form("/j_spring_security_check", &form)
                    } else {
                        server.basic(name, password).get("/services/security/token")
                    };
                    if is_done(&answer) {
                        let cookie = format!("SESSION={}", answer.cookie("SESSION").unwrap_or_default());
                        let token = if by_form {
                            String::new()
                        } else {
                            answer.json()["wm_auth_token"].as_str().unwrap().to_owned()
                        };
                        let headers = [("Cookie", cookie.as_str()), ("wm_auth_token", token.as_str())];
                        let who = server.nobody().send("GET", "/services/security/user/username", &headers, b"");
                        assert!(!is_done(&who) || who.json()["result"] == name, "{}", who.text());
                    }
                }
            });
        }
        for _ in 0..4 {
            let (reader, start) = (reader.clone(), &start);
            scope.spawn(move || {
                start.wait();
                for turn in 0..25 {
                    let path = ["/services/hrdb/Employee", "/services/hrdb/Vacation/1", "/services/security/info"];
                    is_done(&reader.get(path[turn % path.len()]));
                }
            });
        }
    });
}

#[test]
fn who_finds_the_queue_of_sign_ins_full_is_told_to_come_back() {
    let server = Server::start();
    let start = Barrier::new(80);
    let done = thread::scope(|scope| {
        let attempt = |_| {
            let (server, start) = (&server, &start);
            scope.spawn(move || {
                let client = server.basic("admin", "admin");
                start.wait();
                is_done(&client.get("/services/security/token"))
            })
        };
        let attempts: Vec<_> = (0..80).map(attempt).collect();
        attempts.into_iter().map(|attempt| attempt.join().unwrap()).filter(|done| *done).count()
    });
    // How many get through depends on the machine; that nobody fails in another way does not.
    assert!(done >= 1, "somebody gets in");
    assert!(is_done(&server.basic("admin", "admin").get("/services/security/token")), "and later everybody does");
}
