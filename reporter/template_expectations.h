// What the scenario expected and what was found, as a mustache template: a row each, the worst first.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_expectations = R"html(
{{#has_expectations}}
<section id="expectations" aria-labelledby="expectations-h">
<h2 id="expectations-h">What was expected</h2>
<p class="lead">{{expectation_counts}}</p>
<div class="panel scroll"><table class="plain stack">
<thead><tr><th scope="col">Verdict</th><th scope="col">Probe</th><th scope="col">Expected</th><th scope="col">Found</th></tr></thead>
<tbody>
{{#expectations}}
<tr class="t-{{tone}}"><td>{{>badge}}</td><td>{{probe}}</td><td><span class="code">{{text}}</span></td><td>{{found}}{{#cause}} <span class="soft">({{cause}})</span>{{/cause}}{{#evidence}}<br><span class="code soft">{{evidence}}</span>{{/evidence}}</td></tr>
{{/expectations}}
</tbody>
</table></div>
</section>
{{/has_expectations}}
)html";

}  // namespace mailprobe::reporter
