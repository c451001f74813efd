#include <algorithm>
#include <array>
#include <ranges>

#include <kainjow/mustache.hpp>

#include "base/encoding.h"
#include "reporter/answers.h"
#include "reporter/escape.h"
#include "reporter/headline.h"
#include "reporter/phrases.h"
#include "reporter/probe_rows.h"
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

/// A template that is parsed once, however often it is filled.
class Sheet {
 public:
  explicit Sheet(const std::string& text) : page_(text) {
    page_.set_custom_escape([](const std::string& value) { return markup_text(value); });
  }
  void add_to(std::string& out, const mustache::data& data) {
    mustache::context<std::string> context;
    context.push(&data);
    out += page_.render(context);
  }

 private:
  mustache::mustache page_;
};

std::string render(const std::string& text, const mustache::data& data) {
  std::string out;
  Sheet(text).add_to(out, data);
  return out;
}

std::string replaced(std::string_view text, std::string_view mark, std::string_view by) {
  std::string out;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
    out.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + mark.size());
  }
  return out.append(text);
}

/// `{{>session}}`, `{{>chain}}`, `{{>first}}` and `{{>badge}}` in place: as partials they would be parsed anew for each
/// of a hundred uses. The last one stands in the others too.
std::string with_parts(std::string_view text, const Templates& by) {
  std::string whole(text);
  for (const std::string name : {"session", "chain", "first", "badge"})
    whole = replaced(whole, "{{>" + name + "}}", by.text(name));
  return whole;
}

using Names = std::initializer_list<std::string_view>;

std::string joined(Names names, const Templates& by) {
  std::string text;
  for (const auto name : names) text += by.text(name);
  return with_parts(text, by);
}

std::string of_a_way(const Templates& by) { return joined({"way", "changes"}, by); }

std::string of_a_probe(const Templates& by) {
  return joined({"signatures", "authentication", "certificate", "lookups", "answers", "traps", "reflection", "reports",
                 "sessions", "messages"},
                by);
}

/// The contents list names the first probe's sections.
Views contents(const evidence::Document& document) {
  Views views;
  const auto add = [&](const char* anchor, const char* title) {
    views.push_back(View().set("anchor", anchor).set("title", title));
  };
  if (document.probes.size() > most_open_probes) add("probes", "Probe by probe");
  if (document.probes.empty() || document.probes.size() > most_open_probes) return views;
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

/// All but its probes.
View page_view(const Page& from) {
  View page;
  const auto count = from.document.probes.size();
  page.set("has_probes", count > 0)
      .set("has_way", count > 0 && count <= most_open_probes)
      .set("contents", contents(from.document));
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
  return page;
}

// --- the probes, a few: one after the other, their ways before what was found ----------------------------------------

void add_each(std::string& out, const std::string& sections, bool named, const std::vector<mustache::data>& probes) {
  std::string text = "{{#several}}<p class=\"probe\"";
  if (named) text += " id=\"probe-{{n}}-name\"";
  text += ">Probe {{n}}: <b>{{probe_name}}</b></p>{{/several}}\n";
  Sheet sheet(text + sections);
  for (const auto& probe : probes) sheet.add_to(out, probe);
}

std::string with_a_few(const Page& from, const Templates& by) {
  const auto page = to_data(page_view(from));
  std::vector<mustache::data> probes;
  probes.reserve(from.document.probes.size());
  for (std::size_t i = 0; i < from.document.probes.size(); ++i) probes.push_back(to_data(view_probe(from, i)));
  auto out = render(joined({"masthead", "expectations", "survival"}, by), page);
  add_each(out, of_a_way(by), true, probes);
  out += render(joined({"servers", "surveys", "findings", "since", "scores"}, by), page);
  add_each(out, of_a_probe(by), false, probes);
  return out + render(joined({"dns", "untested", "run", "close"}, by), page);
}

// --- or many: folded, the worst first, and only so many in full ------------------------------------------------------

/// Sections that stand within one: their headings are two levels further down.
std::string lowered(std::string text) {
  for (const std::string_view level : {"4", "3", "2"}) {
    const auto to = std::to_string(level.front() - '0' + 2);
    for (const std::string_view tag : {"<h", "</h"})
      text = replaced(text, std::string(tag) + std::string(level), std::string(tag) + to);
  }
  return text;
}

void add_rows(View& page, const std::vector<ProbeRow>& rows) {
  Views rest;
  for (const auto& row : rows)
    if (!row.whole) rest.push_back(badge(View().set("name", row.name).set("facts", row.facts), row.verdict));
  const auto whole = rows.size() - rest.size();
  page.set("probes_lead", count_of(rows.size(), "probe") + ", what is wrong first" +
                              (rest.empty() ? ". Each unfolds." : "; the first " + std::to_string(whole) + " unfold."))
      .set("rows_note",
           "Their sessions, signatures and messages are in the evidence; mailprobe report RUN --probe NAME shows one "
           "here.")
      .set("has_rows", !rest.empty())
      .set("rows", std::move(rest));
}

void add_folds(std::string& out, const Page& from, const std::vector<ProbeRow>& rows, const Templates& by) {
  auto sections = of_a_way(by) + of_a_probe(by);
  Sheet sheet(replaced(with_parts(by.text("probe"), by), "{{>sections}}", lowered(std::move(sections))));
  for (const auto& row : rows) {
    if (!row.whole) continue;
    auto probe = view_probe(from, row.index);
    badge(probe.set("facts", row.facts), row.verdict);
    sheet.add_to(out, to_data(probe));
  }
}

std::string with_many(const Page& from, const Templates& by, const Shown& shown) {
  const auto rows = probe_rows(from.document, shown.probes);
  auto view = page_view(from);
  add_rows(view, rows);
  const auto page = to_data(view);
  constexpr std::string_view here = "{{>probes}}";
  const auto text = joined({"probes"}, by);
  const auto at = std::min(text.find(here), text.size());
  auto out =
      render(joined({"masthead", "expectations", "survival", "servers", "surveys", "findings", "since", "scores"}, by) +
                 text.substr(0, at),
             page);
  add_folds(out, from, rows, by);
  return out +
         render(text.substr(std::min(at + here.size(), text.size())) + joined({"dns", "untested", "run", "close"}, by),
                page);
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
    const auto more = each.as_bad > 1 ? ", and " + std::to_string(each.as_bad - 1) + " more" : std::string{};
    const auto whose = finding.subject.starts_with("domain ") ? "" : " (" + finding.subject + more + ")";
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
  view_first(view, from);
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

std::string html(const evidence::Document& document, const evidence::RawReader& raw, const Templates& by,
                 const Shown& shown) {
  const Page from{document, raw};
  const bool many = document.probes.size() > most_open_probes;
  return head(addressee(document), by) + (many ? with_many(from, by, shown) : with_a_few(from, by));
}

std::string html(const Documents& documents, const Templates& by) {
  if (documents.size() == 1) return html(documents.front(), evidence::embedded, by, {});
  if (documents.empty()) return html(evidence::Document{}, evidence::embedded, by, {});
  auto page =
      head(count_of(documents.size(), "domain"), by) + render(with_parts(by.text("index"), by), index_data(documents));
  Sheet one(domain_template(by));
  for (std::size_t i = 0; i < documents.size(); ++i) one.add_to(page, domain_data(documents, i));
  return page + by.text("close");
}

std::string html(const evidence::Document& document, const evidence::RawReader& raw) {
  return html(document, raw, Templates{}, {});
}

std::string html(const Documents& documents) { return html(documents, Templates{}); }

}  // namespace mailprobe::reporter
