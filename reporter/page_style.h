// The page's style sheet: the whole of it, inline, named by its hash in the page's Content-Security-Policy. Colours are
// pairs that hold WCAG 2.1 AA contrast in light and dark; a state is never told by colour alone.
#pragma once

#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view page_style = R"css(
:root{color-scheme:light dark;
--paper:#fbfbf9;--raised:#fff;--ink:#1b2126;--soft:#545d66;--line:#dcdfda;--tint:#f2f3ef;
--pass:#17693a;--warn:#805000;--fail:#b1271f;--info:#235a97;--unsure:#66479a;--mute:#5b636b;
--pass-bg:#e4f2e7;--warn-bg:#fbeed3;--fail-bg:#fce8e5;--info-bg:#e5eef8;--unsure-bg:#efe9f8;--mute-bg:#ecedea;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{
--paper:#14181b;--raised:#1b2024;--ink:#e7eaec;--soft:#a3adb5;--line:#343b41;--tint:#20262b;
--pass:#70cf92;--warn:#e9b44c;--fail:#ff8f84;--info:#86b9f2;--unsure:#c1a5f0;--mute:#a3adb5;
--pass-bg:#17341f;--warn-bg:#3a2c0d;--fail-bg:#44201d;--info-bg:#182f48;--unsure-bg:#30264a;--mute-bg:#272d32}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);overflow-wrap:anywhere}
.wrap{max-width:1104px;margin:0 auto;padding:0 32px}
.t-pass{--tone:var(--pass);--tone-bg:var(--pass-bg)}.t-warn{--tone:var(--warn);--tone-bg:var(--warn-bg)}
.t-fail{--tone:var(--fail);--tone-bg:var(--fail-bg)}.t-info{--tone:var(--info);--tone-bg:var(--info-bg)}
.t-unsure{--tone:var(--unsure);--tone-bg:var(--unsure-bg)}.t-mute{--tone:var(--mute);--tone-bg:var(--mute-bg)}
.symbols{position:absolute;width:0;height:0;overflow:hidden}
.icon{width:1em;height:1em;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--raised);padding:8px 12px;z-index:1}
a{color:var(--info);text-underline-offset:3px}
:focus-visible{outline:2px solid var(--info);outline-offset:2px;border-radius:3px}
h1,h2,h3,h4,p,dl,dd,ul,ol,figure{margin:0;padding:0}
h2{font-size:1.375rem;line-height:1.25;font-weight:650;letter-spacing:-.012em}
h3{font-size:1.0625rem;line-height:1.35;font-weight:650}
h4{font-size:.9375rem;font-weight:650}
ul,ol{list-style:none}
code,pre,.code{font-family:var(--mono);font-size:.8125rem;line-height:1.5}
.soft{color:var(--soft)}.small{font-size:.875rem}
.badge{display:inline-flex;align-items:center;gap:.4em;padding:.12em .6em .12em .45em;border-radius:99px;background:var(--tone-bg);
color:var(--tone);font-size:.8125rem;line-height:1.5;font-weight:650;white-space:nowrap;max-width:64vw;overflow:hidden}
.badge .icon{width:1.05em;height:1.05em;stroke-width:2.4}

.masthead{border-top:6px solid var(--tone);background:var(--raised);border-bottom:1px solid var(--line);padding:24px 0 0}
.brand{display:flex;justify-content:space-between;flex-wrap:wrap;gap:4px 24px;font-size:.875rem;color:var(--soft)}
.brand strong{color:var(--ink);letter-spacing:-.01em}
.verdict{display:grid;grid-template-columns:auto 1fr;column-gap:22px;align-items:start;padding:34px 0 30px}
.stamp{display:flex;flex-direction:column;align-items:center;gap:6px;min-width:72px;padding-top:5px;color:var(--tone);font-weight:700;
font-size:.8125rem;letter-spacing:.05em;text-transform:uppercase;text-align:center}
.stamp .icon{width:48px;height:48px;stroke-width:1.7}
h1{font-size:clamp(1.5rem,1.05rem + 1.75vw,2.25rem);line-height:1.2;font-weight:650;letter-spacing:-.02em;max-width:26em;text-wrap:balance}
.meta{margin-top:12px;color:var(--soft)}.meta span+span::before{content:"·";margin:0 .6em}.meta b{color:var(--ink);font-weight:600}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(136px,1fr));border-top:1px solid var(--line)}
.facts div{padding:14px 14px 18px 0}
.facts dt{display:flex;align-items:center;gap:.45em;font-size:.8125rem;color:var(--soft)}
.facts dt .icon{color:var(--tone);stroke-width:2.4}
.facts dd{font-size:1.125rem;font-weight:650;line-height:1.35;margin-top:2px}
.facts dd span{display:block;font-size:.8125rem;font-weight:400;color:var(--soft)}
.contents{border-bottom:1px solid var(--line)}
.contents ul{display:flex;flex-wrap:wrap;gap:2px 22px;padding-top:8px;padding-bottom:8px;font-size:.875rem}
.contents a{color:var(--soft);text-decoration:none;display:inline-block;padding:4px 0}.contents a:hover{color:var(--ink);text-decoration:underline}

section{padding:44px 0 0}
section>h2{margin-bottom:6px}section>.lead{color:var(--soft);max-width:44em;margin-bottom:18px}
.probe{margin-top:44px;padding-bottom:4px;border-bottom:3px double var(--line);font-size:1rem;color:var(--soft)}
.panel{background:var(--raised);border:1px solid var(--line);border-radius:10px}

.way{padding:18px 20px 14px;margin-top:14px}.way svg{display:block;width:100%;height:auto}.way .down{display:none}
.way text{font-family:var(--sans);fill:var(--ink)}
.way .name{font:600 14px var(--mono)}.way .fine{font-size:13px;fill:var(--soft)}.way .label{font-size:15px;font-weight:650}
.way .spot{fill:var(--tone-bg);stroke:var(--tone);stroke-width:2}.way .sign{stroke:var(--tone);fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.leg{stroke-width:3;fill:none;stroke:var(--mute)}
.k-secure .leg,.k-claimed .leg{stroke:var(--pass)}.k-claimed .leg{stroke-dasharray:12 5}.k-unknown .leg{stroke-dasharray:2 7;stroke-linecap:round}
.k-plain .leg,.k-broken .leg{stroke:var(--fail);stroke-dasharray:7 6}.k-inside .leg{stroke:var(--info)}
.k-secure,.k-claimed{--tone:var(--pass)}.k-plain,.k-broken{--tone:var(--fail)}
.knob{fill:var(--raised)}
.time{width:100%;border-collapse:collapse;margin-top:14px;font-size:.875rem}
.time th,.time td{padding:5px 12px 5px 0;text-align:left;font-weight:400;vertical-align:middle}
.time td.num{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;width:6.5em;color:var(--soft)}
.time td.num.took{color:var(--ink);font-weight:600}
.time td.bar{width:50%;padding-right:0}.time svg{display:block;width:100%;height:12px}
.track{fill:var(--tint)}.stretch{fill:var(--tone)}

.group{margin-top:22px}.group>h3{display:flex;align-items:baseline;gap:10px;padding-bottom:8px}.group>h3 small{font-weight:400;color:var(--soft);font-size:.875rem}
.finding{display:grid;grid-template-columns:128px 1fr;gap:4px 16px;padding:16px 18px;border:1px solid var(--line);border-left:4px solid var(--tone);
border-radius:8px;background:var(--raised);margin-bottom:10px}
.finding h4{font-size:1rem;line-height:1.45}.finding .check{color:var(--soft)}
.finding dl{display:grid;grid-template-columns:auto 1fr;gap:3px 14px;margin-top:8px;font-size:.9375rem}
.finding dt{color:var(--soft)}
.held{border-top:1px solid var(--line)}
.held li{display:grid;grid-template-columns:128px minmax(0,15em) 1fr;gap:2px 16px;padding:8px 18px 8px 22px;border-bottom:1px solid var(--line);font-size:.9375rem}
.held .check{color:var(--soft);align-self:center}

.scores{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:12px;align-items:start}
.score{padding:18px 20px}.category{margin-top:16px}.named{display:flex;justify-content:space-between;align-items:baseline;gap:4px 12px;flex-wrap:wrap;margin-bottom:5px}
.named b{white-space:nowrap}.stars{color:var(--tone);letter-spacing:.08em;font-weight:400}
.meter{display:block;width:100%;height:8px;border-radius:4px}.score .words{margin-top:8px;font-size:.8125rem;color:var(--soft)}
.rules{margin-top:12px}.rules li{display:grid;grid-template-columns:1.2em 1fr auto;gap:8px;padding:6px 0;font-size:.9375rem;align-items:baseline}
.rules li+li{border-top:1px solid var(--line)}.rules .icon{color:var(--tone);align-self:center;stroke-width:2.4}.rules b{color:var(--tone);font-size:.8125rem}

.turns li{grid-template-columns:minmax(0,17em) 1fr}.turn{display:flex;gap:8px;align-items:baseline;color:var(--tone)}.turn .icon{align-self:flex-start;margin-top:.3em;stroke-width:2.4}
.detail{display:block;font-size:.8125rem;margin-top:2px}.group>details{margin-top:10px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:12px}
.chart{padding:14px 16px 12px}.chart figcaption{font-weight:650;font-size:.9375rem;margin-bottom:8px}.chart>svg{display:block;width:100%;height:auto}
.chart text{font-family:var(--sans);font-size:11px;fill:var(--soft)}.grid{stroke:var(--line);fill:none}
.curve{fill:none;stroke:var(--info);stroke-width:2;stroke-linejoin:round}.dot{fill:var(--info);stroke:var(--raised);stroke-width:1.5}
.chart .part{fill:var(--tone);stroke:var(--tone);stroke-width:1}.t-pass .part{fill-opacity:.3}.t-warn .part{fill-opacity:.55;stroke-dasharray:3 2}.t-unsure .part{fill-opacity:.15;stroke-dasharray:2 1}
.legend{margin-top:8px;font-size:.8125rem;color:var(--soft)}.swatch{width:12px;height:12px;align-self:center}

.scroll{overflow-x:auto}
table.plain{width:100%;border-collapse:collapse;font-size:.9375rem}
.plain th{text-align:left;font-weight:600;overflow-wrap:normal;color:var(--soft);font-size:.875rem;padding:11px 16px;border-bottom:1px solid var(--line)}
.plain td,.plain tbody th{padding:11px 16px;border-bottom:1px solid var(--line);vertical-align:top}
.plain tbody th{color:var(--ink);font-size:.9375rem}
.plain tbody tr:last-child>*{border-bottom:0}
.plain .detail{display:block;font-weight:400;color:var(--soft);font-size:.8125rem;margin-top:3px}
.nobreak{white-space:nowrap}

.signatures{display:grid;grid-template-columns:repeat(auto-fill,minmax(26rem,1fr));gap:12px}
.signature{padding:14px 16px;border-top:4px solid var(--tone)}
.signature header{display:flex;justify-content:space-between;align-items:center;gap:10px}
.parts{display:flex;gap:8px 16px;flex-wrap:wrap;margin-top:10px;font-size:.875rem}.parts span.part{color:var(--soft);margin-right:4px}
.change{margin-top:14px;padding:18px 20px}.change>p{max-width:48em}
.answer{margin-top:14px;padding:18px 20px;border-left:4px solid var(--tone)}.answer header{display:flex;justify-content:space-between;align-items:center;gap:10px;margin-bottom:10px}
.answer .cause{font-weight:600;margin-bottom:10px}.answer table{margin:12px 0 4px}.answer table.plain tr>:first-child{padding-left:0}
.traps td[data-label]{min-width:10.5em}.traps .means{min-width:15em}.traps tbody th{min-width:15em;overflow-wrap:anywhere}.means>.badge+span{display:block;margin-top:5px}
.change dl{display:grid;grid-template-columns:auto 1fr;gap:3px 16px;font-size:.9375rem;margin-top:12px}.change dt{color:var(--soft)}
.diff{margin:12px 0 0;border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--paper)}
.diff figcaption{padding:7px 14px;font-size:.8125rem;color:var(--soft);border-bottom:1px solid var(--line);background:var(--tint)}
.diff .l{display:grid;grid-template-columns:2.2em 1fr;font-family:var(--mono);font-size:.8125rem;line-height:1.7;white-space:pre-wrap}
.diff .l>span:first-child{text-align:center;user-select:none;color:var(--soft)}
.l.added{background:var(--pass-bg);box-shadow:inset 4px 0 var(--pass)}.l.removed{background:var(--fail-bg);box-shadow:inset 4px 0 var(--fail)}
.diff .l.added>span:first-child{color:var(--pass);font-weight:700}.diff .l.removed>span:first-child{color:var(--fail);font-weight:700}
.blanks{color:var(--warn);font-weight:700}

.words{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;padding:0;margin:0;overflow-wrap:anywhere}.words li{display:flex;gap:5px;align-items:baseline}.words .icon{color:var(--tone);flex:none;align-self:center}
.only-narrow{display:none}
.terms{display:grid;grid-template-columns:minmax(9em,auto) 1fr;gap:5px 20px;font-size:.9375rem}.terms dt{color:var(--soft)}
.two{display:grid;grid-template-columns:1fr 1fr;gap:12px;align-items:start}.two>*{padding:18px 20px;min-width:0}
.note{display:flex;gap:10px;align-items:baseline;flex-wrap:wrap;margin-bottom:14px}
.cert+.cert{margin-top:18px;padding-top:18px;border-top:1px solid var(--line)}
.life{display:block;width:100%;height:8px;margin:10px 0 4px}.life .track{fill:var(--mute-bg)}.life .gone{fill:var(--tone)}
.dates{display:flex;justify-content:space-between;gap:4px 12px;flex-wrap:wrap;font-size:.8125rem;color:var(--soft);margin-bottom:12px}.dates b{color:var(--tone)}

details{border:1px solid var(--line);border-radius:8px;background:var(--raised);margin-top:10px}
summary{cursor:pointer;padding:12px 18px;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center}
summary::before{content:"";width:.5em;height:.5em;border-right:2px solid var(--soft);border-bottom:2px solid var(--soft);transform:rotate(-45deg);flex:none}
details[open]>summary::before{transform:rotate(45deg)}
summary::-webkit-details-marker{display:none}
summary .soft{margin-left:auto;font-size:.875rem}
.inside{padding:4px 18px 18px}
.talk{margin-top:14px;border-top:1px solid var(--line);font-family:var(--mono);font-size:.8125rem;line-height:1.6}
.talk li{display:grid;grid-template-columns:4.6em 3.2em 1fr;gap:0 10px;padding:2px 0}
.talk .t{text-align:right;color:var(--soft);font-variant-numeric:tabular-nums}.talk .who{color:var(--soft)}
.talk .dir-in .who{color:var(--info)}.talk .dir-out .who{color:var(--pass)}.talk .dir-note .text{color:var(--soft);font-style:italic}
.talk .text{white-space:pre-wrap}
pre.raw{margin:12px 0 0;padding:14px 16px;background:var(--tint);border-radius:6px;white-space:pre-wrap}
mark{background:var(--warn-bg);color:inherit;box-shadow:inset 0 -2px var(--warn)}
h3.below{margin:22px 0 8px}.field{margin-top:10px}
.domain{margin-top:64px;border-top:6px solid var(--tone);padding-top:18px}.domain>header h2{font-size:1.75rem;margin:6px 0 10px}
.domain section{padding-top:30px}.domain .where{display:flex;flex-wrap:wrap;gap:2px 22px;font-size:.875rem}
th.domain-name{min-width:13em}
.where a[rel=prev]::before{content:"← "}.where a[rel=next]::after{content:" →"}
footer{margin-top:56px;border-top:1px solid var(--line);padding:20px 0 44px;color:var(--soft);font-size:.875rem}

@media (max-width:760px){
.wrap{padding:0 18px}.verdict{grid-template-columns:1fr;row-gap:10px;padding:22px 0 22px}.stamp{flex-direction:row;gap:10px;padding:0}.stamp .icon{width:30px;height:30px;stroke-width:2}
.facts{grid-template-columns:1fr 1fr;gap:0 16px}.facts div{padding:11px 0;border-bottom:1px solid var(--line)}
.contents ul{gap:0 18px}
.way{padding:12px 14px}.way .across{display:none}.way .down{display:block;max-width:440px;margin:0 auto}
.time thead{display:none}.time tr{display:grid;grid-template-columns:1fr auto auto;gap:0 12px;padding:7px 0}.time th{padding:0}.time td.num{width:auto;padding:0}
.time td.bar{grid-column:1/-1;width:100%;padding:5px 0 0}
.finding{grid-template-columns:1fr;padding:14px 16px}.finding dl,.change dl,.terms{grid-template-columns:1fr;gap:0}.finding dd,.change dd,.terms dd{margin-bottom:8px}
.held li{grid-template-columns:auto 1fr;padding:9px 0}.held .summary{grid-column:1/-1}
.two{grid-template-columns:1fr}.change,.answer,.two>*{padding:16px}
.signatures{grid-template-columns:1fr}
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.stack,.stack tbody,.stack tr,.stack td,.stack tbody th{display:block;width:100%}
.stack tr{padding:10px 16px;border-bottom:1px solid var(--line)}.stack tr:last-child{border-bottom:0}.stack td,.stack tbody th{border:0;padding:3px 0}
.stack td[data-label]::before{content:attr(data-label) " ";color:var(--soft);font-size:.8125rem;display:inline-block;min-width:7.5em}
.traps td[data-label]{display:grid;grid-template-columns:7.5em 1fr}.traps td[data-label],.traps .means,.traps tbody th{min-width:0}.traps td[data-label]>*{grid-column:2}
.stack .only-narrow{display:block;background:var(--tint)}
.talk li{grid-template-columns:auto 1fr}.talk .text{grid-column:1/-1;padding-left:12px}.talk .t{text-align:left}
summary .soft{margin-left:0;width:100%}}
@media print{
:root{--paper:#fff;--raised:#fff}body{font-size:10.5pt}.wrap{max-width:none;padding:0}.contents,.skip{display:none}
section{padding-top:22pt}.finding,.signature,.change,.answer header,.cert,tr{break-inside:avoid}h2,h3{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

}  // namespace mailprobe::reporter
