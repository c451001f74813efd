#include "reporter/domain_table.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "base/text.h"
#include "base/u_labels.h"
#include "reporter/phrases.h"
#include "reporter/summary.h"
#include "reporter/terminal_page.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Finding;
using evidence::Verdict;

constexpr std::size_t narrowest = 18, widest = 40, mark_width = 2, most_lines = 4;

struct Column {
  std::string_view title;
  std::size_t width;
  std::vector<std::string_view> checks;  // the worst of them colours the cell
  std::string (*text)(const Document&);
};

// --- what a cell says -----------------------------------------------------------------------------------------------

bool came_beyond_greeting(const evidence::Attempt& session) {
  return session.phase != "connect" && session.phase != "banner";
}

std::string mx_text(const Document& document) {
  using enum evidence::MxShape;
  switch (document.target.shape) {
    case null_mx: return "null";
    case none: return "none";
    case nxdomain: return "gone";
    case failed: return "?";
    default: break;
  }
  std::size_t greeted = 0, all = 0;
  for (const auto& host : document.target.mx)
    for (const auto& address : host.addresses) {
      ++all;
      if (address.session && came_beyond_greeting(*address.session)) ++greeted;
    }
  return fmt::format("{}/{}", greeted, all);
}

std::string dnssec_text(const Document& document) {
  switch (document.target.dnssec) {
    case Dnssec::secure: return "yes";
    case Dnssec::insecure: return "no";
    case Dnssec::bogus: return "bogus";
    case Dnssec::unknown: break;
  }
  return "?";
}

std::optional<std::string> record_of(const Document& document, const char* policy) {
  const auto found = document.target.policies.find(policy);
  return found == document.target.policies.end() ? std::nullopt : std::optional(found->second.value_or(""));
}

std::string spf_text(const Document& document) {
  const auto record = record_of(document, "spf");
  if (!record) return "?";
  if (record->empty()) return "none";
  for (const auto term : split(*record, ' ')) {
    if (iequals(term, "all")) return "+all";
    if (term.size() == 4 && iequals(term.substr(1), "all")) return std::string(term);
    if (istarts_with(term, "redirect=")) return "redir";
  }
  return "open";
}

std::string dmarc_text(const Document& document) {
  const auto record = record_of(document, "dmarc");
  if (!record) return "?";
  for (const auto part : split(*record, ';')) {
    const auto tag = trim(part);
    if (!istarts_with(tag, "p=")) continue;
    const auto policy = to_lower(trim(tag.substr(2)));
    return policy.starts_with("quar") ? "quarant" : policy.substr(0, 7);
  }
  return "none";
}

std::vector<const evidence::Attempt*> sessions(const Document& document) {
  std::vector<const evidence::Attempt*> all;
  for (const auto& host : document.target.mx)
    for (const auto& address : host.addresses)
      if (address.session) all.push_back(&*address.session);
  return all;
}

/// The lowest of the addresses': "1.2".
std::string tls_text(const Document& document) {
  std::string lowest;
  for (const auto* session : sessions(document)) {
    if (session->phase == "starttls" || session->phase == "tls") return "none";
    if (!session->tls) continue;
    const auto version = session->tls->version.substr(std::min<std::size_t>(4, session->tls->version.size()));
    if (lowest.empty() || version < lowest) lowest = version;
  }
  return lowest.empty() ? "" : lowest.substr(lowest.starts_with('v') ? 1 : 0);
}

struct Shown {
  const std::optional<Verification>& verified;
  const std::vector<Certificate>& chain;
  Time at;
};

/// What the sessions showed, and with it a second certificate for the other kind of key.
std::vector<Shown> certificates(const Document& document) {
  std::vector<Shown> all;
  for (const auto& host : document.target.mx)
    for (const auto& address : host.addresses) {
      if (address.session && address.session->tls)
        all.push_back({address.session->tls->verified, address.session->tls->certificates, address.session->started});
      if (!address.survey) continue;
      for (const auto& chain : address.survey->chains)
        all.push_back({chain.verified, chain.certificates, address.survey->started});
    }
  return all;
}

/// What is wrong with the worst, else the days that the first to expire has left.
std::string certificate_text(const Document& document) {
  std::optional<std::int64_t> days;
  for (const auto& [verified, chain, at] : certificates(document)) {
    if (!verified) continue;
    if (verified->result != "pass") {
      switch (verified->cause.value_or(Cause::unknown_ca)) {
        case Cause::expired: return "old";
        case Cause::wrong_name: return "name";
        case Cause::self_signed: return "self";
        default: return "CA";
      }
    }
    if (chain.empty()) continue;
    const auto left = days_between(at, chain.front().not_after);
    if (!days || left < *days) days = left;
  }
  return days ? fmt::format("{}d", *days) : "";
}

std::string no_text(const Document&) { return {}; }

const std::vector<Column>& table_columns() {
  static const std::vector<Column> all{
      {"MX", 7, {"published.mx", "inbound.connect"}, mx_text},
      {"DNSSEC", 8, {"published.dnssec"}, dnssec_text},
      {"SPF", 8, {"published.spf"}, spf_text},
      {"DMARC", 10, {"published.dmarc"}, dmarc_text},
      {"TLS", 7, {"inbound.starttls", "inbound.tls-version", "inbound.tls-cipher"}, tls_text},
      {"CERT", 8, {"inbound.certificate"}, certificate_text},
      {"DANE", 5, {"published.dane", "inbound.dane"}, no_text},
      {"STS", 4, {"published.mta-sts", "inbound.mta-sts"}, no_text},
  };
  return all;
}

std::size_t width_of(std::size_t columns) {
  std::size_t width = mark_width;
  for (std::size_t i = 0; i < columns; ++i) width += table_columns()[i].width;
  return width;
}

/// The last ones are left out of a terminal that has no room for them.
std::size_t fitting(std::size_t room) {
  auto columns = table_columns().size();
  while (columns > 0 && width_of(columns) + narrowest > room) --columns;
  return columns;
}

/// As people write it; what must be escaped stays in A-labels.
std::string shown(const std::string& domain) {
  auto name = with_u_labels(domain);
  return safe_text(name) == name ? name : domain;
}

// --- lines ----------------------------------------------------------------------------------------------------------

/// Severe before mild; nullptr: none of these checks was made.
const Finding* worst_of(const std::vector<Merged>& all, const std::vector<std::string_view>& checks) {
  constexpr std::array order{Verdict::fail, Verdict::error, Verdict::inconclusive, Verdict::warn,
                             Verdict::pass, Verdict::info,  Verdict::not_tested,   Verdict::not_applicable};
  const Finding* worst = nullptr;
  const auto rank = [&](const Finding& finding) { return std::ranges::find(order, finding.verdict); };
  for (const auto& [finding, subjects, as_bad] : all)
    if (std::ranges::find(checks, finding.get().check) != checks.end())
      if (worst == nullptr || rank(finding) < rank(*worst)) worst = &finding.get();
  return worst;
}

std::string padded(std::string text, std::size_t width) {
  const auto taken = display_width(text);
  if (taken < width) text.append(width - taken, ' ');
  return text;
}

Span cell(const TerminalPage& page, const Column& column, const Document& document, const std::vector<Merged>& all) {
  const auto* worst = worst_of(all, column.checks);
  if (worst == nullptr) return {padded("", column.width)};
  const auto text = column.text(document);
  return {padded(std::string(page.mark(worst->verdict)) + (text.empty() ? "" : " " + text), column.width),
          ink_of(worst->verdict)};
}

bool loud(const Finding& finding) {
  return finding.verdict == Verdict::fail || finding.verdict == Verdict::inconclusive ||
         finding.verdict == Verdict::error;
}

/// "address mx.example.org 192.0.2.1, and 2 more"; the domain is named by its row.
std::string whose(const Merged& merged) {
  const auto& subject = merged.worst.get().subject;
  if (subject.starts_with("domain ")) return {};
  return "  " + subject + (merged.as_bad > 1 ? fmt::format(", and {} more", merged.as_bad - 1) : "");
}

/// Where nobody greeted, that STARTTLS is not known either is no news.
bool follows(const std::vector<Merged>& all, const Finding& finding) {
  const bool unknown = finding.verdict == Verdict::inconclusive || finding.verdict == Verdict::error;
  if (finding.check != "inbound.starttls" || !unknown) return false;
  return std::ranges::any_of(
      all, [](const Merged& each) { return each.worst.get().check == "inbound.connect" && loud(each.worst.get()); });
}

void show_faults(TerminalPage& page, const std::vector<Merged>& all) {
  std::size_t shown = 0, left = 0;
  for (const auto& each : all) {
    const Finding& finding = each.worst;
    if (!loud(finding) || follows(all, finding)) continue;
    if (shown == most_lines) {
      ++left;
      continue;
    }
    ++shown;
    page.line({{std::string(page.mark(finding.verdict)), ink_of(finding.verdict)},
               {" " + finding.check + "  ", Ink::plain},
               {finding.summary, Ink::plain},
               {whose(each), Ink::dim}},
              4, 2);
  }
  if (left > 0) page.line({{fmt::format("and {} more", left), Ink::dim}}, 6);
}

}  // namespace

DomainTable::DomainTable(TerminalStyle style, const std::vector<std::string>& domains)
    : style_(std::move(style)), first_(narrowest) {
  const auto room = TerminalPage(style_).width();
  columns_ = fitting(room);
  const auto most = std::clamp(room - std::min(room, width_of(columns_)), narrowest, widest);
  for (const auto& domain : domains) first_ = std::clamp(display_width(shown(domain)) + 1, first_, most);
}

std::string DomainTable::head() const {
  TerminalPage page(style_);
  std::vector<Span> spans{{padded("", mark_width) + padded("DOMAIN", first_), Ink::bold}};
  for (std::size_t i = 0; i < columns_; ++i) {
    const auto& column = table_columns()[i];
    spans.push_back({padded(std::string(column.title), column.width), Ink::bold});
  }
  page.line(spans, 0, mark_width);
  return page.text();
}

std::string DomainTable::row(const Document& document) {
  TerminalPage page(style_);
  const auto verdict = overall_verdict(document);
  const auto all = merged(document);
  auto name = shown(document.run.target);
  if (display_width(name) >= first_) name = document.run.target;  // A-labels: a byte is a column, and may be cut
  if (display_width(name) >= first_) name = name.substr(0, first_ - 2) + "…";
  std::vector<Span> spans{{std::string(page.mark(verdict)), ink_of(verdict)}, {" " + padded(name, first_)}};
  for (std::size_t i = 0; i < columns_; ++i) spans.push_back(cell(page, table_columns()[i], document, all));
  page.line(spans, 0, mark_width);
  show_faults(page, all);
  ++counts_.at(verdict == Verdict::pass ? 0 : verdict == Verdict::warn ? 1 : verdict == Verdict::fail ? 2 : 3);
  return page.text();
}

std::string DomainTable::foot() const {
  TerminalPage page(style_);
  page.blank();
  std::string text = count_of(counts_[0] + counts_[1] + counts_[2] + counts_[3], "domain") + ":";
  constexpr std::array<std::string_view, 4> names{"good", "with warnings", "failed", "inconclusive"};
  bool first = true;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_.at(i) == 0) continue;
    text += fmt::format("{} {} {}", first ? "" : ",", counts_.at(i), names.at(i));
    first = false;
  }
  page.line({{text}});
  return page.text();
}

}  // namespace mailprobe::reporter
