//! `nginx-gen route --format json`

use super::route::said;

#[test]
fn for_programs() {
    insta::assert_snapshot!(said(&["prod", "wss://ai.petties.world/ws", "--format", "json"]), @r#"
    {
      "url": "wss://ai.petties.world/ws",
      "request": {
        "host": "ai.petties.world",
        "port": 443,
        "tls": true,
        "target": "/ws",
        "method": "GET",
        "headers": [
          {
            "name": "Upgrade",
            "value": "websocket"
          },
          {
            "name": "Connection",
            "value": "Upgrade"
          }
        ]
      },
      "outcome": "redirected",
      "answer": "redirected with 301 to `https://ai.petties.world/ws/`, since nginx adds the final slash by itself",
      "status": 301,
      "server": {
        "name": "ai.petties.world",
        "file": "rendered prod/ai.petties.world",
        "line": 11,
        "why": "it has the name `ai.petties.world` at port 443",
        "declared": null,
        "rivals": [
          {
            "name": "api.petties.world",
            "file": "rendered prod/api.petties.world",
            "line": 11,
            "why": "it has no such name"
          }
        ],
        "more_rivals": 0
      },
      "location": {
        "name": "/ws/",
        "file": "rendered prod/ai.petties.world",
        "line": 25,
        "why": "the path lacks only its final slash, and requests are passed on here",
        "declared": {
          "type": "websocket",
          "file": "environments/_petties.yaml",
          "line": 24
        },
        "rivals": [
          {
            "name": "/",
            "file": "rendered prod/ai.petties.world",
            "line": 44,
            "why": "it matches, and an exact match or the redirect to its slash comes first"
          },
          {
            "name": "/health",
            "file": "rendered prod/ai.petties.world",
            "line": 60,
            "why": "it does not match the path"
          }
        ],
        "more_rivals": 0
      },
      "steps": [],
      "redirect": "https://ai.petties.world/ws/",
      "upstream": null,
      "settings": [],
      "notes": []
    }
    exit status: 0
    "#);
    insta::assert_snapshot!(settings_in_json(), @r#"
    {"url":"http://127.0.0.1:8000/ws/chat/7","base":"http://127.0.0.1:8000","servers":[]}
    {"name":"proxy_buffering","value":"off","from":"location /ws/","place":{"file":"rendered prod/ai.petties.world","line":40}}
    {"name":"gzip","value":"off","from":"nginx's default","place":null}
    "#);
}

/// The upstream and two settings of a route, as JSON.
fn settings_in_json() -> String {
    let said = said(&["prod", "wss://ai.petties.world/ws/chat/7", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(said.rsplit_once("exit").unwrap().0).unwrap();
    let settings = json["settings"].as_array().unwrap();
    let named = |name: &str| settings.iter().find(|setting| setting["name"] == name).unwrap();
    [&json["upstream"], named("proxy_buffering"), named("gzip")].map(|value| format!("{value}\n")).concat()
}
