// Which signatures of many messages survived, as a mustache template: a row a message, a column a signature.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_survival = R"html(
{{#has_survival}}
<section id="survival" aria-labelledby="survival-h">
<h2 id="survival-h">Which signatures survived</h2>
<p class="lead">{{survival_sentence}}</p>
<div class="panel scroll"><table class="plain">
<thead><tr><th scope="col">Message</th>{{#survival_columns}}<th scope="col">{{signature}}</th>{{/survival_columns}}</tr></thead>
<tbody>
{{#survival_rows}}
<tr><th scope="row">{{probe}}</th>{{#cells}}<td class="t-{{tone}}">{{>badge}}</td>{{/cells}}</tr>
{{/survival_rows}}
</tbody>
</table></div>
</section>
{{/has_survival}}
)html";

}  // namespace mailprobe::reporter
