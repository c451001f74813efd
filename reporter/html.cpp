#include <algorithm>
#include <array>
#include <ranges>

#include <kainjow/mustache.hpp>

#include "base/encoding.h"
#include "reporter/answers.h"
#include "reporter/escape.h"
#include "reporter/headline.h"
#include "reporter/phrases.h"
#include "reporter/reporter.h"
#include "reporter/summary.h"
#include "reporter/templates.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

namespace mustache = kainjow::mustache;

mustache::data to_data(const View& view);

mustache::data to_data(const View::Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* text = std::get_if<std::string>(&value))
    return text->empty() ? mustache::data(false) : mustache::data(*text);
  mustache::data list(mustache::data::type::list);
  for (const auto& item : std::get<Views>(value)) list << to_data(item);
  return list;
}

mustache::data to_data(const View& view) {
  mustache::data object;
  for (const auto& [name, value] : view.values()) object[name] = to_data(value);
  return object;
}

std::string render(std::string_view text, const mustache::data& data) {
  mustache::mustache page{std::string(text)};
  page.set_custom_escape([](const std::string& value) { return markup_text(value); });
  mustache::context<std::string> context;
  context.push(&data);
  return page.render(context);
}

std::string replaced(std::string_view text, std::string_view mark, std::string_view by) {
  std::string out;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
    out.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + mark.size());
  }
  return out.append(text);
}

/// `{{>session}}` and `{{>badge}}` in place: as partials they would be parsed anew for each of a hundred uses.
std::string with_parts(std::string_view text, const Templates& by) {
  return replaced(replaced(text, "{{>session}}", by.text("session")), "{{>badge}}", by.text("badge"));
}

/// With `named` the parts of several are told apart by the line above them.
std::string each_probe(std::initializer_list<std::string_view> parts, bool named, const Templates& by) {
  std::string text = "{{#probes}}\n{{#several}}<p class=\"probe\"";
  if (named) text += " id=\"probe-{{n}}\"";
  text += ">Probe {{n}}: <b>{{probe_name}}</b></p>{{/several}}\n";
  for (const auto part : parts) text += by.text(part);
  return text + "{{/probes}}\n";
}

/// In the order of the page.
std::string body_template(const Templates& by) {
  std::string body;
  const auto add = [&](std::initializer_list<std::string_view> names) {
    for (const auto name : names) body += by.text(name);
  };
  add({"masthead", "expectations", "survival"});
  body += each_probe({"way", "changes"}, true, by);
  add({"servers", "surveys", "findings", "since", "scores"});
  body += each_probe({"signatures", "authentication", "certificate", "lookups", "answers", "traps", "reflection",
                      "reports", "sessions", "messages"},
                     false, by);
  add({"dns", "untested", "run", "close"});
  return with_parts(body, by);
}

/// The contents list names the first probe's sections.
Views contents(const evidence::Document& document) {
  Views views;
  const auto add = [&](const char* anchor, const char* title) {
    views.push_back(View().set("anchor", anchor).set("title", title));
  };
  if (document.probes.empty()) return views;
  const auto& probe = document.probes.front();
  if (probe.mailbox) add("dkim-1", "DKIM");
  if (probe.mailbox) add("authentication-1", "Authentication");
  if (probe.smtp && probe.smtp->tls) add("tls-1", "Certificate");
  if (probe.dns_witness) add("lookups-1", "Look-ups");
  if (has_answers_section(probe)) add("answers-1", "Answers");
  if (probe.traps) add("traps-1", "Traps");
  if (probe.reflection) add("reflection-1", "The other side");
  if (!probe.reports.empty()) add("reports-1", "Reports");
  if (!probe.attempts.empty() || probe.watch) add("sessions-1", "Sessions");
  if (probe.mailbox || probe.sent) add("message-1", "Message");
  return views;
}

mustache::data page_data(const evidence::Document& document, const evidence::RawReader& raw) {
  const Page from{document, raw};
  View page;
  Views probes;
  for (std::size_t i = 0; i < document.probes.size(); ++i) probes.push_back(view_probe(from, i));
  page.set("has_probes", !probes.empty()).set("probes", std::move(probes)).set("contents", contents(document));
  view_masthead(page, from);
  view_expectations(page, from);
  view_survival(page, from);
  view_findings(page, from);
  view_since(page, from);
  view_scores(page, from);
  view_servers(page, from);
  view_surveys(page, from);
  view_dns(page, from);
  view_run(page, from);
  return to_data(page);
}

std::string head(const std::string& whom, const Templates& by) {
  const auto& style = by.text("style");
  View view;
  view.set("title", "mailprobe" + (whom.empty() ? "" : ": " + whom)).set("style_hash", base64(sha256(style)));
  return render(by.text("head"), to_data(view)) + style + by.text("symbols");
}

// --- several domains ------------------------------------------------------------------------------------------------

void insert_after(std::string& text, std::string_view mark, std::string_view what) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + mark.size()))
    text.insert(at + mark.size(), what);
}

/// The same sections once more: their anchors need a name of their own, and they are told apart by their domain's.
std::string with_own_anchors(std::string text) {
  insert_after(text, " id=\"", "{{at}}");
  insert_after(text, " aria-labelledby=\"", "{{at}}name {{at}}");
  return text;
}

std::string domain_template(const Templates& by) {
  std::string sections;
  for (const auto* name : {"servers", "surveys", "findings", "since", "scores", "dns", "untested", "run"})
    sections += by.text(name);
  return with_parts(by.text("domain") + with_own_anchors(std::move(sections)) + "</article>\n", by);
}

std::string anchor_of(std::size_t index) { return "d" + std::to_string(index + 1) + "-"; }

View neighbour(const Documents& documents, std::size_t index) {
  return View().set("anchor", anchor_of(index)).set("name", documents[index].run.target);
}

View domain_row(const evidence::Document& document, std::size_t index) {
  const auto verdict = headline(document);
  View view;
  badge(view, verdict.verdict)
      .set("at", anchor_of(index))
      .set("name", document.run.target)
      .set("sentence", verdict.sentence)
      .set("counts", verdict.counts);
  Views worst;
  for (const auto& each : merged(document)) {
    const evidence::Finding& finding = each.worst;
    if (finding.verdict != evidence::Verdict::fail && finding.verdict != evidence::Verdict::inconclusive) continue;
    const auto whose = finding.subject.starts_with("domain ") ? "" : " (" + finding.subject + ")";
    worst.push_back(View().set("text", finding.check + ": " + finding.summary + whose));
  }
  return view.set("worst", std::move(worst));
}

mustache::data domain_data(const Documents& documents, std::size_t index) {
  const auto& document = documents[index];
  const evidence::RawReader raw = evidence::embedded;
  const Page from{document, raw};
  auto view = domain_row(document, index);
  if (index > 0) view.set("previous", neighbour(documents, index - 1));
  if (index + 1 < documents.size()) view.set("next", neighbour(documents, index + 1));
  view_servers(view, from);
  view_surveys(view, from);
  view_findings(view, from);
  view_since(view, from);
  view_scores(view, from);
  view_dns(view, from);
  view_run(view, from);
  return to_data(view);
}

evidence::Verdict worst_of(const Documents& documents) {
  using enum evidence::Verdict;
  constexpr std::array order{fail, error, inconclusive, warn, pass};
  const auto rank = [&](const evidence::Document& document) {
    return std::ranges::find(order, overall_verdict(document));
  };
  return *std::ranges::min(std::views::transform(documents, rank));
}

mustache::data index_data(const Documents& documents) {
  Views domains, counts;
  for (std::size_t i = 0; i < documents.size(); ++i) domains.push_back(domain_row(documents[i], i));
  using enum evidence::Verdict;
  constexpr std::array<std::pair<evidence::Verdict, std::string_view>, 5> words{{{fail, "failed"},
                                                                                 {error, "with a fault of ours"},
                                                                                 {inconclusive, "inconclusive"},
                                                                                 {warn, "with warnings"},
                                                                                 {pass, "good"}}};
  for (const auto& [verdict, word] : words) {
    const auto count = std::ranges::count(documents, verdict, overall_verdict);
    if (count > 0) counts.push_back(View().set("text", std::to_string(count) + " " + std::string(word)));
  }
  View masthead;
  badge(masthead, worst_of(documents))
      .set("sentence", "How " + count_of(documents.size(), "domain") + " receive mail")
      .set("when", moment(documents.front().run.started))
      .set("counts", std::move(counts));
  View page;
  page.set("masthead", std::move(masthead)).set("domains", std::move(domains));
  return to_data(page);
}

}  // namespace

std::string html(const evidence::Document& document, const evidence::RawReader& raw, const Templates& by) {
  return head(addressee(document), by) + render(body_template(by), page_data(document, raw));
}

std::string html(const Documents& documents, const Templates& by) {
  if (documents.size() == 1) return html(documents.front(), evidence::embedded, by);
  if (documents.empty()) return html(evidence::Document{}, evidence::embedded, by);
  auto page =
      head(count_of(documents.size(), "domain"), by) + render(with_parts(by.text("index"), by), index_data(documents));
  const auto one = domain_template(by);
  for (std::size_t i = 0; i < documents.size(); ++i) page += render(one, domain_data(documents, i));
  return page + by.text("close");
}

std::string html(const evidence::Document& document, const evidence::RawReader& raw) {
  return html(document, raw, Templates{});
}

std::string html(const Documents& documents) { return html(documents, Templates{}); }

}  // namespace mailprobe::reporter
