// Several domains in one page, as mustache templates: the index in front, a part for each domain. And the mail servers
// of one, address by address: what `inspect` has instead of a message's way.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_servers = R"html({{#has_servers}}
<section id="servers" aria-labelledby="servers-h">
<h2 id="servers-h">The mail servers, address by address</h2>
<p class="lead">One session with each, without a message.</p>
<div class="panel scroll"><table class="plain stack">
<thead><tr><th scope="col">Server</th><th scope="col">State</th><th scope="col">Encryption</th><th scope="col">Certificate</th><th scope="col">Extensions</th></tr></thead>
<tbody>
{{#servers}}
<tr><th scope="row">{{host}}<span class="detail code">{{address}}</span>{{#ptr}}<span class="detail">{{ptr}}</span>{{/ptr}}</th>
<td data-label="State">{{>badge}}{{#problem}}<span class="detail">{{problem}}</span>{{/problem}}</td>
<td data-label="Encryption">{{#version}}{{version}}<span class="detail">{{cipher}}</span>{{/version}}{{^version}}<span class="soft">none</span>{{/version}}</td>
<td data-label="Certificate">{{#certificate}}{{>badge}}{{#until}}<span class="detail">{{until}}</span>{{/until}}{{#key}}<span class="detail">{{key}}</span>{{/key}}{{/certificate}}</td>
<td data-label="Extensions"><span class="small">{{extensions}}</span></td></tr>
{{/servers}}
</tbody></table></div>
{{#servers}}
{{>session}}{{/servers}}
</section>
{{/has_servers}}
)html";

inline constexpr std::string_view template_index = R"html({{#masthead}}
<header class="masthead t-{{tone}}"><div class="wrap">
<p class="brand"><span><strong>mailprobe</strong> &nbsp;inspection</span><span>{{when}}</span></p>
<div class="verdict">
<p class="stamp"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg>{{label}}</p>
<div>
<h1>{{sentence}}</h1>
<p class="meta">{{#counts}}<span>{{text}}</span>{{/counts}}</p>
</div>
</div>
</div></header>
{{/masthead}}
<main class="wrap">
<section id="findings" aria-labelledby="domains-h">
<h2 id="domains-h">Domains</h2>
<div class="panel scroll"><table class="plain stack">
<thead><tr><th scope="col">Domain</th><th scope="col">Verdict</th><th scope="col">What it comes to</th></tr></thead>
<tbody>
{{#domains}}
<tr><th scope="row" class="domain-name"><a href="#{{at}}top">{{name}}</a></th><td>{{>badge}}</td><td>{{sentence}}{{#worst}}<span class="detail">{{text}}</span>{{/worst}}</td></tr>
{{/domains}}
</tbody></table></div>
</section>
)html";

/// Around the sections of one domain, whose anchors begin with its own.
inline constexpr std::string_view template_domain_head = R"html(
<article class="domain t-{{tone}}" id="{{at}}top" aria-labelledby="{{at}}name">
<header><p class="where"><a href="#findings">All domains</a>{{#previous}}<a href="#{{anchor}}top" rel="prev">{{name}}</a>{{/previous}}{{#next}}<a href="#{{anchor}}top" rel="next">{{name}}</a>{{/next}}</p>
<h2 id="{{at}}name">{{name}}</h2>
<p class="note">{{>badge}} <span>{{sentence}}</span></p>
<p class="soft small">{{counts}}</p>
<ul class="parts">{{#has_servers}}<li><a href="#{{at}}servers">Mail servers</a></li>{{/has_servers}}<li><a href="#{{at}}findings">Findings</a></li><li><a href="#{{at}}dns">DNS and policies</a></li>{{#has_untested}}<li><a href="#{{at}}untested">Not tested</a></li>{{/has_untested}}<li><a href="#{{at}}run">About this inspection</a></li></ul>
</header>
)html";

inline constexpr std::string_view template_run = R"html(
<section id="run" aria-labelledby="run-h">
<h2 id="run-h">About this run</h2>
<div class="two"><dl class="panel terms">
{{#run_terms}}<dt>{{name}}</dt><dd{{#code}} class="code"{{/code}}>{{value}}</dd>
{{/run_terms}}
</dl></div>
</section>
)html";

inline constexpr std::string_view template_close = R"html(</main>
<footer><div class="wrap">Made by mailprobe from its evidence document. This page is complete in itself: it loads nothing and runs no script.</div></footer>
</body>
</html>
)html";

}  // namespace mailprobe::reporter
