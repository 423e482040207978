//! Texts encoded for HTML, when that is asked for.

use hrdb::config::XssEncode;
use serde_json::json;

use crate::support::Server;

const EVIL: &str = "<script>alert(\"x\")</script> & caf\u{e9} '\u{20ac}'";
const ENCODED: &str = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; caf&eacute; '&euro;'";

#[test]
fn texts_are_stored_as_sent_and_encoded_on_their_way_out() {
    let server = Server::start_with(|settings| settings.xss_encode = XssEncode::Output);
    let admin = server.admin();
    let created = admin.post("/services/hrdb/Department", &json!({"name": EVIL}));
    assert_eq!(created.status, 200, "{}", created.text());
    let created = created.json();
    assert_eq!(created["name"], ENCODED);
    let id = created["deptId"].as_i64().unwrap();
    let one = format!("/services/hrdb/Department/{id}");
    assert_eq!(admin.get(&one).json()["name"], ENCODED);
    assert_eq!(admin.get("/services/hrdb/Department?sort=deptId%20desc").json()["content"][0]["name"], ENCODED);
    let groups = admin.post("/services/hrdb/Department/aggregations", &json!({"groupByFields": ["name"]}));
    assert!(groups.text().contains("&lt;script&gt;") && !groups.text().contains("<script>"), "{}", groups.text());
    let refused = admin.get("/services/hrdb/Department?q=name%20=%20%3Cb%3E");
    assert_eq!(refused.status, 400);
    assert!(!refused.text().contains("<b>"), "{}", refused.text());
    refused.error();
    // Files and descriptions are no texts for a page.
    assert!(admin.get("/services/hrdb/Department/export/JSON").text().contains("<script>"));
    assert!(admin.get("/services/hrdb/Department/export/CSV").text().contains("<script>"));
    let plain = Server::start();
    for path in ["/services/servicedefs", "/openapi.json", "/services/hrdb/openapi.json"] {
        assert_eq!(admin.get(path).text(), plain.admin().get(path).text(), "{path}");
    }
    // What is stored is what was sent, as a server without the option shows.
    let folder = server.stop();
    let server = Server::start_in(folder, |_| {});
    assert_eq!(server.admin().get(&one).json()["name"], EVIL);
}
