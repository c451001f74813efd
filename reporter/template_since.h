// What has changed since the last run of the kind, and charts of the runs before, as a mustache template.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_since = R"html({{#has_since}}
<section id="since" aria-labelledby="since-h">
<h2 id="since-h">Since last time</h2>
<p class="lead">Compared with {{since_with}}: {{since_counts}}.</p>
{{#since_groups}}
<div class="group">
<h3>{{title}} <small>{{count}}</small></h3>
<ul class="held turns">
{{#rows}}
<li class="t-{{tone}}"><span class="turn"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg><span class="code">{{name}}</span></span><span class="summary">{{text}}{{#subject}}<span class="code soft detail">{{subject}}</span>{{/subject}}{{#before}}<span class="code detail"><span class="hidden">before: </span>{{before}} <span aria-hidden="true">→</span><span class="hidden">; now: </span> {{after}}</span>{{/before}}</span></li>
{{/rows}}
</ul>
{{#quiet}}<details><summary>{{quiet_count}} with nothing wrong</summary><ul class="held turns inside">
{{#quiet_rows}}
<li class="t-{{tone}}"><span class="turn"><svg class="icon" aria-hidden="true"><use href="#i-{{tone}}"/></svg><span class="code">{{name}}</span></span><span class="summary">{{text}}{{#subject}}<span class="code soft detail">{{subject}}</span>{{/subject}}</span></li>
{{/quiet_rows}}
</ul></details>{{/quiet}}
</div>
{{/since_groups}}
{{#has_charts}}
<h3 class="below">The last {{chart_runs}} runs</h3>
<div class="charts">
{{#charts}}
<figure class="panel chart"><figcaption>{{title}}</figcaption>
<svg viewBox="0 0 360 152" role="img" aria-label="{{label}}">
{{#ticks}}<path class="grid" d="M20 {{y}}H352"/><text class="fine" x="{{#ground}}14{{/ground}}{{^ground}}20{{/ground}}" y="{{text_y}}" text-anchor="{{#ground}}end{{/ground}}{{^ground}}start{{/ground}}">{{text}}</text>
{{/ticks}}
{{#bars}}<g class="t-{{tone}}"><title>{{text}}</title><rect class="part" x="{{x}}" y="{{y}}" width="{{width}}" height="{{height}}"/></g>
{{/bars}}
{{#lines}}<polyline class="curve" points="{{points}}"/>
{{/lines}}
{{#dots}}<g><title>{{text}}</title><circle class="dot" cx="{{x}}" cy="{{y}}" r="3.5"/></g>
{{/dots}}
<text class="fine" x="20" y="146">{{first}}</text><text class="fine" x="352" y="146" text-anchor="end">{{last}}</text>
</svg>
{{#has_legend}}<ul class="words legend">{{#legend}}<li class="t-{{tone}}"><svg class="swatch" viewBox="0 0 14 14" aria-hidden="true"><rect class="part" x="1" y="1" width="12" height="12"/></svg>{{text}}</li>{{/legend}}</ul>{{/has_legend}}
</figure>
{{/charts}}
</div>
<details><summary>The numbers</summary><div class="inside scroll"><table class="plain stack">
<thead><tr><th scope="col">Run</th><th scope="col">Exit status</th><th scope="col">Findings</th><th scope="col">Into the mailbox</th><th scope="col">A session</th></tr></thead>
<tbody>
{{#trend_rows}}
<tr><th scope="row">{{when}}{{#id}}<span class="detail code">{{id}}</span>{{/id}}</th><td data-label="Exit status">{{exit}}</td><td data-label="Findings">{{counts}}</td><td data-label="Mailbox">{{latency}}</td><td data-label="Session">{{session}}</td></tr>
{{/trend_rows}}
</tbody></table></div></details>
{{/has_charts}}
</section>
{{/has_since}}
)html";

}  // namespace mailprobe::reporter
