// The reports that speak of a run, as a mustache template.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_reports = R"html({{#has_reports}}
<section id="reports-{{n}}" aria-labelledby="reports-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="reports-{{n}}-h">Reports about this run</h2>
<p class="lead">What others wrote to us of how they judged mail from our domain, and how TLS to us went.</p>
{{#reports}}
<article class="panel change">
<h3>{{title}}</h3>
<p class="small soft field">{{facts}}</p>
{{#origin}}<p class="small soft field">{{origin}}</p>{{/origin}}
{{#has_rows}}<div class="scroll"><table class="plain stack">
<thead><tr><th scope="col">What</th><th scope="col">Result</th></tr></thead>
<tbody>
{{#rows}}
<tr><th scope="row">{{what}}</th><td data-label="Result"><span class="badge t-{{tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg>{{result}}</span>{{#detail}}<span class="detail">{{detail}}</span>{{/detail}}</td></tr>
{{/rows}}
</tbody></table></div>{{/has_rows}}
{{#notes}}<p class="small soft field">{{text}}</p>{{/notes}}
</article>
{{/reports}}
</section>
{{/has_reports}}
)html";

}  // namespace mailprobe::reporter
