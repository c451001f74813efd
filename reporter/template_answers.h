// How the target sends, as a mustache template: each answer with its session, and the sessions that brought none.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_answers = R"html({{#has_answers}}
<section id="answers-{{n}}" aria-labelledby="answers-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="answers-{{n}}-h">How the target sends: its answer</h2>
<p class="lead">{{#silence}}{{silence}}{{/silence}}{{^silence}}What came to our own receiver for this message, judged when it arrived.{{/silence}}</p>
{{#answers}}
<article class="panel answer t-{{tone}}">
<header><h3>{{title}}</h3>{{>badge}}</header>
{{#cause}}<p class="field cause">{{cause}}</p>{{/cause}}
<dl class="terms">
{{#terms}}<dt>{{name}}</dt><dd>{{value}}</dd>
{{/terms}}
</dl>
<table class="plain stack">
<thead><tr><th scope="col">Mechanism</th><th scope="col">Result</th><th scope="col">Of</th></tr></thead>
<tbody>
{{#results}}<tr><th scope="row">{{method}}</th><td data-label="Result"><span class="badge t-{{result_tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{result_tone}}"/></svg>{{result}}</span></td><td data-label="Of">{{detail}}</td></tr>
{{/results}}
</tbody></table>
{{#answer_sessions}}
{{>session}}{{/answer_sessions}}
</article>
{{/answers}}
{{#has_other_sessions}}<h3>Sessions that brought no message</h3>
{{#other_sessions}}
{{>session}}{{/other_sessions}}{{/has_other_sessions}}
</section>
{{/has_answers}}
)html";

}  // namespace mailprobe::reporter
