// The scores as a mustache template: a panel a profile, a bar a category, and under it what it is made of.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_scores = R"html({{#has_scores}}
<section id="scores" aria-labelledby="scores-h">
<h2 id="scores-h">Scores</h2>
<p class="lead">What the findings come to by other people’s scales. What was not determined is not counted as in place: how the target signs and sends, for one, is known from an answer only.</p>
<div class="scores">
{{#profiles}}
<div class="panel score"><h3>{{title}}</h3><p class="soft small">{{about}}</p>
{{#levels}}
{{#categories}}
<div class="category t-{{tone}}"><p class="named"><span>{{name}}</span><b>{{#stars}}<span class="stars" aria-hidden="true">{{stars}}</span> {{/stars}}{{value}}</b></p>
<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="stretch" width="{{percent}}" height="8"/></svg>
<ul class="words">
{{#why}}<li class="t-{{tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg>{{text}}</li>
{{/why}}
</ul></div>
{{/categories}}
{{/levels}}
{{#rules}}
<ul class="rules">
{{#categories}}<li class="t-{{tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg><span>{{name}}</span><b>{{value}}</b></li>
{{/categories}}
</ul>
{{/rules}}
</div>
{{/profiles}}
</div>
</section>
{{/has_scores}}
)html";

}  // namespace mailprobe::reporter
