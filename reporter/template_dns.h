// What DNS publishes, as a mustache template: the target's mail servers and policies, our own records.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_dns = R"html({{#has_target}}
<section id="dns" aria-labelledby="dns-h">
<h2 id="dns-h">DNS and policies of {{domain}}</h2>
<p class="lead">{{shape}} DNSSEC of the answer: {{#mx_dnssec}}{{>badge}}{{/mx_dnssec}}{{#dns_problem}} {{dns_problem}}{{/dns_problem}}</p>
{{#has_hosts}}
<div class="panel scroll"><table class="plain stack">
<thead><tr><th scope="col">Mail server</th><th scope="col">Preference</th><th scope="col">Addresses</th><th scope="col">DNSSEC</th><th scope="col">TLSA (DANE)</th></tr></thead>
<tbody>
{{#hosts}}
<tr><th scope="row">{{host}}{{#problem}}<span class="detail">{{problem}}</span>{{/problem}}</th><td data-label="Preference">{{preference}}</td>
<td data-label="Addresses">{{#addresses}}<span class="code">{{ip}}</span>{{#ptr}} <span class="soft small">{{ptr}}</span>{{/ptr}}<br>{{/addresses}}</td>
<td data-label="DNSSEC">{{#dnssec}}{{>badge}}{{/dnssec}}</td>
<td data-label="TLSA">{{#tlsa}}<span class="code">{{record}}</span><br>{{/tlsa}}{{#tlsa_note}}<span class="soft small">{{tlsa_note}}</span>{{/tlsa_note}}</td></tr>
{{/hosts}}
</tbody></table></div>
{{/has_hosts}}
<div class="panel scroll field"><table class="plain stack">
<thead><tr><th scope="col">Policy</th><th scope="col">Record</th></tr></thead>
<tbody>
{{#policies}}<tr><th scope="row" class="nobreak">{{name}}</th><td>{{#record}}<span class="code">{{record}}</span>{{/record}}{{#absent}}<span class="soft">none found</span>{{/absent}}{{#detail}}<span class="detail">{{detail}}</span>{{/detail}}</td></tr>
{{/policies}}
{{^policies}}<tr><td colspan="2" class="soft">Not looked up.</td></tr>{{/policies}}
</tbody></table></div>
{{#has_senders}}
<h3 class="below">Who may send for {{domain}}, by its SPF record</h3>
<div class="panel scroll field"><table class="plain stack">
<thead><tr><th scope="col">Term</th><th scope="col">Networks</th><th scope="col">In the record of</th></tr></thead>
<tbody>
{{#senders}}<tr><th scope="row"><span class="code">{{term}}</span></th><td data-label="Networks">{{who}}{{#outcome}} <span class="soft">({{outcome}})</span>{{/outcome}}</td><td data-label="In the record of">{{whose}}</td></tr>
{{/senders}}
<tr><th scope="row" colspan="3">{{senders_rest}}{{#senders_left}} <span class="soft small">{{senders_left}}</span>{{/senders_left}}</th></tr>
</tbody></table></div>
{{/has_senders}}
</section>
{{/has_target}}
{{#has_records}}
<section id="records" aria-labelledby="records-h">
<h2 id="records-h">Our own records</h2>
<p class="lead">What should stand in the DNS for our mail, and what does.</p>
<div class="panel scroll"><table class="plain stack">
<thead><tr><th scope="col">Record</th><th scope="col">State</th><th scope="col">Name</th><th scope="col">Wanted and found</th></tr></thead>
<tbody>
{{#records}}
<tr><th scope="row" class="nobreak">{{what}}</th><td>{{>badge}}</td><td><span class="code">{{name}}</span> <span class="soft small">{{type}}</span></td>
<td><span class="code">{{wanted}}</span>{{#problem}}<span class="detail">{{problem}}</span>{{/problem}}{{#found}}<span class="detail">found: {{text}}</span>{{/found}}</td></tr>
{{/records}}
</tbody></table></div>
</section>
{{/has_records}}
)html";

}  // namespace mailprobe::reporter
