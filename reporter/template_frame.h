// The page's frame as a mustache template: head with its Content-Security-Policy, signs, masthead, contents, end.
// Every text is escaped: `{{name}}` only, never `{{{name}}}` (a test holds that).
#pragma once

#include <string_view>

namespace mailprobe::reporter {

/// Before the style sheet. The hash names the only style that may apply; scripts, images, frames and fonts may not.
inline constexpr std::string_view template_head = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{{style_hash}}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{{title}}</title>
<style>)html";

inline constexpr std::string_view template_symbols = R"html(</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
<svg class="symbols" aria-hidden="true">
<symbol id="i-pass" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10"/><path d="M7.5 12.5l3 3 6-6.5"/></symbol>
<symbol id="i-fail" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10"/><path d="M8.5 8.5l7 7M15.5 8.5l-7 7"/></symbol>
<symbol id="i-warn" viewBox="0 0 24 24"><path d="M12 3L1.8 21h20.4z"/><path d="M12 10v5M12 18v.01"/></symbol>
<symbol id="i-info" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10"/><path d="M12 11v6M12 7.5v.01"/></symbol>
<symbol id="i-unsure" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10"/><path d="M9.3 9.5a2.8 2.8 0 1 1 4 2.6c-.9.5-1.3 1-1.3 2M12 17.3v.01"/></symbol>
<symbol id="i-mute" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10" stroke-dasharray="3.2 3.1"/><path d="M8 12h8"/></symbol>
<symbol id="i-us" viewBox="0 0 24 24"><path d="M21.5 2.5L10.5 13.5M21.5 2.5l-7 19-4-8-8-4z"/></symbol>
<symbol id="i-server" viewBox="0 0 24 24"><rect x="3" y="3" width="18" height="7.5" rx="2"/><rect x="3" y="13.5" width="18" height="7.5" rx="2"/><path d="M7 6.8v.01M7 17.2v.01"/></symbol>
<symbol id="i-mailbox" viewBox="0 0 24 24"><path d="M3 13l3-8.5h12L21 13v6.5H3zM3 13h5.5l1.5 2.5h4l1.5-2.5H21"/></symbol>
<symbol id="i-junk" viewBox="0 0 24 24"><path d="M4 6.5h16M9 6.5V4h6v2.5M6 6.5l1 14h10l1-14M10 10.5v6M14 10.5v6"/></symbol>
<symbol id="i-stop" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9"/><path d="M5.8 5.8l12.4 12.4"/></symbol>
<symbol id="i-unknown" viewBox="0 0 24 24"><path d="M8.6 9a3.4 3.4 0 1 1 5 3c-1.1.6-1.6 1.3-1.6 2.6M12 19v.01"/></symbol>
<symbol id="i-lock" viewBox="0 0 24 24"><rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/></symbol>
<symbol id="i-open" viewBox="0 0 24 24"><rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 7.6-1.7"/></symbol>
<symbol id="i-cross" viewBox="0 0 24 24"><path d="M6 6l12 12M18 6L6 18"/></symbol>
</svg>
)html";

/// Verdict badges everywhere: a sign and a word, coloured.
inline constexpr std::string_view template_badge =
    R"html(<span class="badge t-{{tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg>{{label}}</span>)html";

/// A session, folded: its terms and its transcript.
inline constexpr std::string_view template_session =
    R"html(<details><summary>{{>badge}}<span>{{title}}</span><span class="soft">{{took}}</span></summary>
<div class="inside"><dl class="terms">
{{#terms}}<dt>{{name}}</dt><dd>{{value}}</dd>
{{/terms}}
</dl>
<ol class="talk" aria-label="Transcript, times in milliseconds">
{{#events}}<li class="dir-{{dir}}"><span class="t">{{t}} ms</span><span class="who">{{who}}</span><span class="text">{{text}}</span></li>
{{/events}}
</ol></div></details>
)html";

inline constexpr std::string_view template_masthead = R"html({{#masthead}}
<header class="masthead t-{{tone}}"><div class="wrap">
<p class="brand"><span><strong>mailprobe</strong> &nbsp;{{kind}}</span><span>{{when}}</span></p>
<div class="verdict">
<p class="stamp"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg>{{label}}</p>
<div>
<h1>{{sentence}}</h1>
<p class="meta">{{#target}}<span>{{whom}} <b>{{target}}</b></span>{{/target}}{{#took}}<span>took {{took}}</span>{{/took}}{{#counts}}<span>{{counts}}</span>{{/counts}}</p>
</div>
</div>
{{#has_facts}}<dl class="facts">
{{#facts}}
<div class="t-{{tone}}"><dt><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg>{{label}}</dt><dd>{{value}}{{#note}}<span>{{note}}</span>{{/note}}</dd></div>
{{/facts}}
</dl>{{/has_facts}}
</div></header>
{{/masthead}}
<nav class="contents" aria-label="Contents"><ul class="wrap">
{{#has_probes}}<li><a href="#way-1">The path</a></li>{{/has_probes}}
{{#has_servers}}<li><a href="#servers">Mail servers</a></li>{{/has_servers}}
{{#has_findings}}<li><a href="#findings">Findings</a></li>{{/has_findings}}
{{#has_since}}<li><a href="#since">Since last time</a></li>{{/has_since}}
{{#has_scores}}<li><a href="#scores">Scores</a></li>{{/has_scores}}
{{#contents}}<li><a href="#{{anchor}}">{{title}}</a></li>
{{/contents}}
{{#has_target}}<li><a href="#dns">DNS and policies</a></li>{{/has_target}}
{{#has_untested}}<li><a href="#untested">Not tested</a></li>{{/has_untested}}
<li><a href="#run">About this run</a></li>
</ul></nav>
<main class="wrap">
)html";

}  // namespace mailprobe::reporter
