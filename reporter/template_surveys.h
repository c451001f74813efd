// What the TLS of each address accepts, as a mustache template: a table an address, and the questions behind it.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_surveys = R"html({{#has_surveys}}
<section id="tls-accepted" aria-labelledby="tls-accepted-h">
<h2 id="tls-accepted-h">What their TLS accepts</h2>
<p class="lead">Offered option by option, over as few connections as it takes. The sign is the IETF’s advice (RFC 9325); the last line has the levels of the Dutch NCSC, which internet.nl uses.</p>
{{#surveys}}
<div class="panel scroll field"><table class="plain stack">
<thead><tr><th scope="col">{{host}}</th><th scope="col"><span class="code">{{address}}</span></th></tr></thead>
<tbody>
<tr class="only-narrow"><th scope="row">{{host}}</th><td><span class="code">{{address}}</span></td></tr>
{{#lines}}
<tr><th scope="row" class="nobreak">{{label}}</th><td><ul class="words">{{#words}}<li class="t-{{tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg>{{text}}</li>{{/words}}</ul></td></tr>
{{/lines}}
</tbody></table></div>
<details><summary><span>What was asked of {{host}}, {{address}}</span><span class="soft">{{count}}, {{refused}}</span></summary>
<div class="inside"><dl class="terms">
{{#steps}}<dt>{{asked}}</dt><dd>{{answer}}</dd>
{{/steps}}
</dl></div></details>
{{/surveys}}
</section>
{{/has_surveys}}
)html";

}  // namespace mailprobe::reporter
