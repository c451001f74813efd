// What a probe's witnesses saw, as mustache templates: authentication, signatures, certificate, sessions, messages.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view template_authentication = R"html({{#has_authentication}}
<section id="authentication-{{n}}" aria-labelledby="authentication-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="authentication-{{n}}-h">Authentication: ours beside the target’s</h2>
<p class="lead">Evaluated again from the bytes that arrived, beside what the target itself recorded{{#authserv}} as <b>{{authserv}}</b>{{/authserv}}{{^authserv}}: it recorded nothing that can be trusted{{/authserv}}.</p>
<div class="panel scroll"><table class="plain stack">
<thead><tr><th scope="col">Mechanism</th><th scope="col">Our evaluation</th><th scope="col">The target’s record</th><th scope="col">Compared</th></tr></thead>
<tbody>
{{#auth_rows}}
<tr><th scope="row">{{method}}<span class="detail">{{what}}</span></th>
<td data-label="Ours">{{#ours}}<span class="badge t-{{ours_tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{ours_tone}}"/></svg>{{ours}}</span>{{/ours}}{{^ours}}<span class="soft">not evaluated</span>{{/ours}}<span class="detail">{{ours_detail}}</span></td>
<td data-label="The target’s">{{#theirs}}<span class="badge t-{{theirs_tone}}"><svg class="icon" aria-hidden="true"><use href="#i-{{theirs_tone}}"/></svg>{{theirs}}</span>{{/theirs}}{{^theirs}}<span class="soft">not recorded</span>{{/theirs}}<span class="detail">{{theirs_detail}}</span></td>
<td data-label="Compared" class="nobreak">{{#agree}}agree{{/agree}}{{#differ}}<span class="badge t-warn"><svg class="icon" aria-hidden="true"><use href="#i-warn"/></svg>differ</span>{{/differ}}{{^agree}}{{^differ}}<span class="soft">–</span>{{/differ}}{{/agree}}</td></tr>
{{/auth_rows}}
</tbody></table></div>
{{#note7489}}<p class="small soft field">{{note7489}}</p>{{/note7489}}
{{#auth_fields}}
<details><summary>Authentication-Results of {{authserv}} <span class="soft">{{#trusted}}the target’s own{{/trusted}}{{^trusted}}not trusted: anybody could have written it{{/trusted}}</span></summary>
<div class="inside"><pre class="raw">{{raw}}</pre></div></details>
{{/auth_fields}}
</section>
{{/has_authentication}}
)html";

inline constexpr std::string_view template_signatures = R"html({{#has_authentication}}
<section id="dkim-{{n}}" aria-labelledby="dkim-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="dkim-{{n}}-h">Did the DKIM signatures survive?</h2>
<p class="lead">{{dkim_sentence}}{{#has_changes}} Why: see <a href="#changes-{{n}}">what changed on the way</a>.{{/has_changes}}</p>
<div class="signatures">
{{#signatures}}
<article class="panel signature t-{{tone}}">
<header><h3>{{selector}} <span class="soft">· {{canonicalization}}</span></h3>{{>badge}}</header>
<p class="small soft">{{algorithm}}{{#bits}}, {{bits}}{{/bits}}, of {{domain}}</p>
<p class="parts">{{#parts}}<span><span class="part">{{part}}</span> {{>badge}}</span>{{/parts}}</p>
{{#reason}}<p class="small field">{{reason}}</p>{{/reason}}
{{#partial}}<p class="small field">Partially signed: l= leaves a part of the body uncovered.</p>{{/partial}}
</article>
{{/signatures}}
</div>
</section>
{{/has_authentication}}
)html";

inline constexpr std::string_view template_changes = R"html({{#has_changes}}
<section id="changes-{{n}}" aria-labelledby="changes-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="changes-{{n}}-h">What changed on the way</h2>
{{#changes}}
<article class="panel change">
<h3>{{title}}</h3>
<p>{{meaning}}</p>
<figure class="diff"><figcaption>{{where}}: what was sent (−) and what arrived (+){{#received_range}} · {{received_range}}{{/received_range}}</figcaption>
{{#lines}}<div class="l {{kind}}"><span aria-hidden="true">{{sign}}</span><span><span class="hidden">{{said}}</span>{{text}}<span class="blanks">{{blanks}}</span></span></div>
{{/lines}}</figure>
<dl>
{{#broken}}<dt>Breaks</dt><dd>{{broken}}</dd>{{/broken}}
{{#survived}}<dt>Survived by</dt><dd>{{survived}}</dd>{{/survived}}
{{#sent_range}}<dt>Concerns</dt><dd>{{sent_range}}</dd>{{/sent_range}}
{{#remedy}}<dt>What helps</dt><dd>{{remedy}}</dd>{{/remedy}}
</dl>
</article>
{{/changes}}
</section>
{{/has_changes}}
)html";

inline constexpr std::string_view template_certificate = R"html({{#has_tls}}
<section id="tls-{{n}}" aria-labelledby="tls-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="tls-{{n}}-h">Encryption and certificate</h2>
<p class="lead">Of the connection that we made to {{tls_server}}.</p>
<div class="two">
<div class="panel"><h3 class="note">Session</h3><dl class="terms">
{{#tls_terms}}<dt>{{name}}</dt><dd>{{value}}</dd>
{{/tls_terms}}
</dl></div>
<div class="panel">
{{#verification}}<div class="note">{{>badge}}<span>{{#why}}{{why}}{{/why}}{{#detail}} <span class="soft">{{detail}}</span>{{/detail}}</span></div>{{/verification}}
{{#chain}}
<div class="cert t-{{left_tone}}"><p class="small soft">{{role}}</p><h3>{{name}}</h3>
<svg class="life" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="1000" height="8" rx="4"/><rect class="gone" width="{{elapsed}}" height="8" rx="4"/></svg>
<p class="dates"><span>{{from_day}}</span><b>{{left}}</b><span>{{to_day}}</span></p>
<dl class="terms">
{{#terms}}<dt>{{name}}</dt><dd{{#code}} class="code"{{/code}}>{{value}}</dd>
{{/terms}}
</dl></div>
{{/chain}}
</div>
</div>
</section>
{{/has_tls}}
)html";

inline constexpr std::string_view template_sessions = R"html({{#has_sessions}}
<section id="sessions-{{n}}" aria-labelledby="sessions-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="sessions-{{n}}-h">Every session, word by word</h2>
{{#sessions}}
{{>session}}{{/sessions}}
</section>
{{/has_sessions}}
)html";

inline constexpr std::string_view template_messages = R"html({{#has_messages}}
<section id="message-{{n}}" aria-labelledby="message-{{n}}-h{{#several}} probe-{{n}}{{/several}}">
<h2 id="message-{{n}}-h">The message itself</h2>
{{#messages}}
<details><summary>{{title}} <span class="soft">{{#size}}{{size}}{{/size}}{{#absent}}not included{{/absent}}</span></summary>
<div class="inside"><dl class="terms"><dt>SHA-256</dt><dd class="code">{{sha256}}</dd></dl>
{{#absent}}<p class="field soft">Its bytes are not part of this report.</p>{{/absent}}
{{#marks}}<p class="small soft field"><mark>Marked</mark>: what differs between the two.</p>{{/marks}}
{{#size}}<pre class="raw">{{#pieces}}{{#changed}}<mark>{{text}}</mark>{{/changed}}{{^changed}}{{text}}{{/changed}}{{/pieces}}</pre>{{/size}}
{{#cut}}<p class="small soft field">Cut after {{cut}}; the evidence document has all of it.</p>{{/cut}}
</div></details>
{{/messages}}
</section>
{{/has_messages}}
)html";

}  // namespace mailprobe::reporter
