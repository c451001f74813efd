// What happened and what it means, as mustache templates: the way as a picture, the time line, the findings.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_way = R"html(
<section id="way-{{n}}" aria-labelledby="way-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="way-{{n}}-h">The path of the message</h2>
{{#sentence}}<p class="lead">{{sentence}}</p>{{/sentence}}
<div class="panel way">
{{#pictures}}
<svg class="{{#across}}across{{/across}}{{^across}}down{{/across}}" viewBox="0 0 {{width}} {{height}}" role="img" aria-label="{{description}}">
{{#legs}}
<g class="k-{{kind}}"><path class="leg" d="M{{x1}} {{y1}}L{{x2}} {{y2}}"/>
{{#sign}}<circle class="knob" cx="{{sign_cx}}" cy="{{sign_cy}}" r="14"/><svg x="{{sign_x}}" y="{{sign_y}}" width="18" height="18"><use class="sign" href="#i-{{sign}}"/></svg>{{/sign}}
<text class="label" x="{{text_x}}" y="{{label_y}}" text-anchor="{{anchor}}">{{label}}</text>
<text class="fine" x="{{text_x}}" y="{{detail_y}}" text-anchor="{{anchor}}">{{detail}}</text>
{{#delay}}<text class="fine" x="{{text_x}}" y="{{delay_y}}" text-anchor="middle">{{delay}}</text>{{/delay}}</g>
{{/legs}}
{{#stations}}
<g class="t-{{tone}}"><circle class="spot" cx="{{x}}" cy="{{y}}" r="22"/><svg x="{{icon_x}}" y="{{icon_y}}" width="22" height="22"><use class="sign" href="#i-{{icon}}"/></svg>
<text class="name" x="{{text_x}}" y="{{name_y}}" text-anchor="{{anchor}}">{{name}}</text>
<text class="fine" x="{{text_x}}" y="{{detail_y}}" text-anchor="{{anchor}}">{{detail}}</text></g>
{{/stations}}
</svg>
{{/pictures}}
</div>
{{#has_timeline}}
<table class="time">
<thead class="hidden"><tr><th scope="col">What</th><th scope="col">Began after</th><th scope="col">Took</th><th scope="col">On a scale</th></tr></thead>
<tbody>
{{#timeline}}
<tr class="t-{{tone}}"><th scope="row">{{label}}</th><td class="num">{{from}}</td><td class="num took">{{took}}</td><td class="bar"><svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="1000" height="12" rx="2"/><rect class="stretch" x="{{x}}" width="{{bar}}" height="12" rx="2"/></svg></td></tr>
{{/timeline}}
</tbody>
</table>
{{/has_timeline}}
{{#has_filter}}
<h3 class="field">What the target’s filter wrote into the message</h3>
<pre class="raw">{{#filter}}{{line}}
{{/filter}}</pre>
{{/has_filter}}
</section>
)html";

inline constexpr std::string_view template_findings = R"html(
<section id="findings" aria-labelledby="findings-h">
<h2 id="findings-h">Findings</h2>
{{^has_findings}}<p class="lead">This document holds no findings.</p>{{/has_findings}}
{{#groups}}
<div class="group">
<h3>{{title}} <small>{{count}}</small></h3>
{{#loud_findings}}
<article class="finding t-{{tone}}">
<div>{{>badge}}</div>
<div>
<h4>{{summary}}</h4>
<p class="code check">{{check}}{{#subject}} · {{subject}}{{/subject}}{{#probe}} · {{probe}}{{/probe}}{{#grade}} · {{grade}}{{/grade}}</p>
<dl>
{{#cause}}<dt>Cause</dt><dd>{{cause}}{{#cause_word}} <span class="code soft">({{cause_word}})</span>{{/cause_word}}</dd>{{/cause}}
{{#own_part}}<dt>May come from us</dt><dd>{{own_part}}</dd>{{/own_part}}
{{#advice}}<dt>Advice</dt><dd>{{advice}}</dd>{{/advice}}
{{#fix_by}}<dt>To be fixed by</dt><dd>{{fix_by}}</dd>{{/fix_by}}
{{#reference}}<dt>Reference</dt><dd>{{reference}}</dd>{{/reference}}
</dl>
</div>
</article>
{{/loud_findings}}
<ul class="held">
{{#quiet_findings}}
<li><span>{{>badge}}</span><span class="code check" title="{{subject}}">{{check}}{{#times}} ×{{times}}{{/times}}</span><span class="summary">{{summary}}</span></li>
{{/quiet_findings}}
</ul>
</div>
{{/groups}}
</section>
)html";

inline constexpr std::string_view template_untested = R"html({{#has_untested}}
<section id="untested" aria-labelledby="untested-h">
<h2 id="untested-h">What this run did not test, and why</h2>
<p class="lead">None of these counts as passed.</p>
<ul class="held">
{{#untested}}
<li><span>{{>badge}}</span><span class="code check" title="{{subject}}">{{check}}</span><span class="summary">{{summary}}{{#cause}} <span class="soft">Cause: {{cause}}.</span>{{/cause}}</span></li>
{{/untested}}
</ul>
</section>
{{/has_untested}}
)html";

}  // namespace mailprobe::reporter
