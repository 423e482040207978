//! Tokens that are made with tokens or in sessions: the chain ends, and each says truly for how long it lives.

use crate::support::Server;
use crate::tokens::{MINT, NOBODY, assert_invalid, is_alive, minted, with_token};

/// Has each token make the next one, every 1,000 seconds, and says after how many seconds that came to an end.
fn end_of_chain(server: &Server, mut token: String, began: u64) -> u64 {
    let mut passed = 0;
    loop {
        let answer = with_token(server, &token).get(MINT);
        if answer.status != 200 {
            assert_invalid(&answer, "the last of the chain");
            return began + passed;
        }
        let told = u32::try_from(answer.json()["expires_in"].as_u64().unwrap()).unwrap();
        token = minted(&answer, told);
        let step = told.min(1000);
        server.pass_seconds(u64::from(step) - 1);
        assert!(is_alive(server, &token), "it lives for as long as it said: {told}");
        server.pass_seconds(1);
        passed += u64::from(step);
        assert!(passed < 100_000, "tokens beget tokens for ever");
    }
}

#[test]
fn who_renews_his_token_by_itself_must_prove_who_he_is_when_a_session_would_have_ended() {
    let server = Server::start();
    assert_eq!(end_of_chain(&server, server.mint("admin", "admin"), 0), 43_200);
    let server = Server::start_with(|settings| settings.session_lifetime_seconds = 2_000);
    assert_eq!(end_of_chain(&server, server.mint("admin", "admin"), 0), 2_000);
    // A token that has just been asked for by password lives as long as its own setting says.
    let server = Server::start_with(|settings| settings.session_lifetime_seconds = 60);
    assert_eq!(end_of_chain(&server, minted(&server.basic("admin", "admin").get(MINT), 1800), 0), 1_800);
}

#[test]
fn a_token_of_a_session_ends_with_the_sessions_own_time() {
    let server = Server::start_with(|settings| settings.session_lifetime_seconds = 2_000);
    let browser = server.browser("admin", "admin");
    server.pass_seconds(1_500);
    let token = minted(&browser.get(MINT), 500);
    assert_eq!(end_of_chain(&server, token, 1_500), 2_000);
    assert_eq!(browser.get(MINT).text(), NOBODY, "so has the session");
}
