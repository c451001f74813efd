// What became of mail to our traps, as a mustache template: a row for each, those that were not asked for, the
// sessions.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_traps = R"html({{#has_traps}}
<section id="traps-{{n}}" aria-labelledby="traps-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="traps-{{n}}-h">Traps: what the target enforces when it sends</h2>
<p class="lead">{{trap_sentence}}</p>
<div class="panel scroll"><table class="plain stack traps">
<thead><tr><th scope="col">Trap</th><th scope="col">Mail</th><th scope="col">From</th><th scope="col">Over</th><th scope="col">What that means</th></tr></thead>
<tbody>
{{#trap_rows}}
<tr><th scope="row">{{name}}{{#what}}<span class="detail">{{what}}</span>{{/what}}{{#control}}<span class="detail">{{control}}</span>{{/control}}<span class="detail code">{{address}}</span></th>
<td data-label="Mail"><b>{{came}}</b>{{#when}}<span class="detail">{{when}}</span>{{/when}}</td>
<td data-label="From"><span>{{#from}}{{from}}{{/from}}{{^from}}–{{/from}}</span>{{#client}}<span class="detail">{{client}}</span>{{/client}}</td>
<td data-label="Over"><span>{{#over}}{{over}}{{/over}}{{^over}}–{{/over}}</span>{{#cipher}}<span class="detail">{{cipher}}</span>{{/cipher}}</td>
<td class="means">{{>badge}}<span>{{meaning}}</span></td></tr>
{{/trap_rows}}
</tbody></table></div>
{{#has_traps_left}}<h3 class="field">Not asked for</h3>
<dl class="terms field">
{{#traps_left}}<dt>{{name}}</dt><dd>{{why}}</dd>
{{/traps_left}}
</dl>{{/has_traps_left}}
{{#has_trap_sessions}}<details><summary>Word by word <span class="soft">{{trap_calls}}</span></summary><div class="inside">
{{#trap_sessions}}
{{>session}}{{/trap_sessions}}</div></details>{{/has_trap_sessions}}
</section>
{{/has_traps}}
)html";

}  // namespace mailprobe::reporter
