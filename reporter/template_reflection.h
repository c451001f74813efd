// What a reflector says it saw of the probe, as a mustache template.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_reflection = R"html({{#has_reflection}}
<section id="reflection-{{n}}" aria-labelledby="reflection-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="reflection-{{n}}-h">As seen by the other side</h2>
<p class="lead">What the reflector says that it saw of this message: its claims, beside what we know ourselves. <span class="soft">{{reflector}}</span></p>
<div class="panel scroll"><table class="plain stack">
<thead><tr><th scope="col">Of</th><th scope="col">The other side says</th><th scope="col">We</th><th scope="col">Compared</th></tr></thead>
<tbody>
{{#seen}}
<tr><th scope="row">{{what}}</th>
<td data-label="The other side says">{{#result}}<span class="badge t-{{result_tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{result_tone}}"/></svg>{{result}}</span><span class="detail">{{theirs}}</span>{{/result}}{{^result}}{{theirs}}{{/result}}</td>
<td data-label="We">{{#ours}}{{ours}}{{/ours}}{{^ours}}<span class="soft">–</span>{{/ours}}</td>
<td data-label="Compared" class="nobreak">{{#agree}}agree{{/agree}}{{#differ}}<span class="badge t-warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg>differ</span>{{/differ}}{{^agree}}{{^differ}}<span class="soft">–</span>{{/differ}}{{/agree}}</td></tr>
{{/seen}}
</tbody></table></div>
{{#seen_headers}}<details><summary>The header as it arrived there</summary><div class="inside"><pre class="raw">{{seen_headers}}</pre></div></details>{{/seen_headers}}
</section>
{{/has_reflection}}
)html";

}  // namespace mailprobe::reporter
