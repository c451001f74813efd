// What our own DNS was asked because of a probe, as a mustache template.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_lookups = R"html({{#has_lookups}}
<section id="lookups-{{n}}" aria-labelledby="lookups-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="lookups-{{n}}-h">What the target looked up</h2>
<p class="lead">{{#has_lookup_zone}}Names that only this probe has stand below <span class="code">{{lookup_zone}}</span>: who asks our DNS for one evaluates this message.{{/has_lookup_zone}}{{#no_lookups}} Nobody has asked.{{/no_lookups}}{{#has_lookup_problem}} Questions may be missing here: {{lookup_problem}}.{{/has_lookup_problem}}{{#has_lookup_dropped}} {{lookup_dropped}}.{{/has_lookup_dropped}}</p>
{{#some_lookups}}
<div class="panel scroll"><table class="plain stack">
<thead><tr><th scope="col">What for</th><th scope="col">After</th><th scope="col">Name</th><th scope="col">By the resolver</th></tr></thead>
<tbody>
{{#lookups}}
<tr><th scope="row">{{what}}</th><td data-label="After" class="nobreak">{{after}} {{times}}</td><td data-label="Name" class="code">{{name}} {{type}}</td><td data-label="By" class="code">{{from}} {{subnet}}</td></tr>
{{/lookups}}
</tbody></table></div>
{{/some_lookups}}
</section>
{{/has_lookups}}
)html";

}  // namespace mailprobe::reporter
