#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "reporter/escape.h"
#include "reporter/expectations.h"
#include "reporter/phrases.h"
#include "reporter/reporter.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Finding;
using evidence::Verdict;

struct Case {
  std::string name, type;
  std::optional<Finding> finding;  // nullopt: the run itself
  Bearing bearing = Bearing::none;
  std::string problem;  // of the run itself
};

struct Suite {
  std::string name;
  const Document* of = nullptr;
  std::vector<Case> cases;
};

std::string attribute(std::string_view text) { return markup_text(one_line(text, 500)); }

bool is_skipped(const Case& test) {
  if (test.bearing != Bearing::none || !test.finding) return false;
  const auto v = test.finding->verdict;
  return v != Verdict::pass && v != Verdict::warn && v != Verdict::info;
}

std::size_t count(const std::vector<Suite>& suites, auto predicate) {
  std::ptrdiff_t sum = 0;
  for (const auto& suite : suites) sum += std::ranges::count_if(suite.cases, predicate);
  return static_cast<std::size_t>(sum);
}

std::string counters(const std::vector<Suite>& suites) {
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", count(suites, [](auto&) { return true; }),
                     count(suites, [](const Case& c) { return c.bearing == Bearing::failure; }),
                     count(suites, [](const Case& c) { return c.bearing == Bearing::error; }),
                     count(suites, is_skipped));
}

std::string body_text(const Finding& finding) {
  std::string text = fmt::format("{}: {}\n", word(finding.verdict), one_line(finding.summary));
  const auto line = [&](std::string_view label, std::string_view value) {
    if (!value.empty()) text += fmt::format("{}: {}\n", label, one_line(value));
  };
  line("subject", finding.subject);
  if (finding.cause) line("cause", word(*finding.cause));
  line("advice", finding.advice);
  line("reference", finding.reference);
  for (const auto& pointer : finding.explained_by) line("may come from us", pointer);
  for (const auto& pointer : finding.evidence) line("evidence", pointer);
  return text;
}

std::string element(std::string_view tag, const Finding& finding) {
  return fmt::format("      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n", tag, attribute(finding.summary),
                     finding.cause ? word(*finding.cause) : word(finding.verdict), markup_text(body_text(finding)));
}

/// A failure or an error is what counts for the exit status; what else is not a pass is skipped with its reason, or
/// stands in system-out.
std::string verdict_element(const Case& test) {
  if (!test.finding) return fmt::format("      <error message=\"{}\" type=\"run\"/>\n", attribute(test.problem));
  const auto& finding = *test.finding;
  if (test.bearing == Bearing::failure) return element("failure", finding);
  if (test.bearing == Bearing::error) return element("error", finding);
  if (is_skipped(test))
    return fmt::format("      <skipped message=\"{}: {}\"/>\n", word(finding.verdict), attribute(finding.summary));
  return fmt::format("      <system-out>{}</system-out>\n", markup_text(body_text(finding)));
}

std::string print(const Case& test) {
  return fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n{}    </testcase>\n", attribute(test.type),
                     attribute(test.name), verdict_element(test));
}

std::string print(const Suite& suite) {
  const auto& document = *suite.of;
  const auto started = rfc3339(std::chrono::floor<std::chrono::seconds>(document.run.started));
  auto out = fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n    <properties>\n", attribute(suite.name),
                         counters({suite}), started.substr(0, 19));
  const auto run = document.run.id.value_or("");
  for (const auto& [name, value] : {std::pair<std::string_view, std::string_view>{"run", run},
                                    {"version", document.run.version},
                                    {"target", document.run.target}})
    out += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, attribute(value));
  out += "    </properties>\n";
  for (const auto& test : suite.cases) out += print(test);
  return out + "  </testsuite>\n";
}

Suite& suite_named(std::vector<Suite>& suites, const Document& document, const std::string& name) {
  const auto found =
      std::ranges::find_if(suites, [&](const Suite& suite) { return suite.of == &document && suite.name == name; });
  if (found != suites.end()) return *found;
  return suites.emplace_back(Suite{name, &document, {}});
}

void add_expectations(const Document& document, Strictness strictness, std::vector<Suite>& suites) {
  auto findings = expectation_findings(document);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    auto& finding = findings[i];
    const auto probe = probe_name(document, finding);
    auto& suite = suite_named(suites, document, (probe.empty() ? "" : probe + ": ") + "expected");
    const auto bearing = bearing_of(finding.verdict, strictness);
    suite.cases.push_back({document.expectations[i].text, "mailprobe.expect", std::move(finding), bearing, {}});
  }
}

void add_suites(const Document& document, Strictness strictness, std::vector<Suite>& suites) {
  add_expectations(document, strictness, suites);
  const auto bearing = bearings(document, strictness);
  for (std::size_t i = 0; i < document.findings.size(); ++i) {
    const auto& finding = document.findings[i];
    const auto probe = probe_name(document, finding);
    const auto& whose = probe.empty() ? document.target.domain : probe;
    const std::string direction(direction_of(finding));
    auto& suite = suite_named(suites, document, (whose.empty() ? "" : whose + ": ") + direction);
    suite.cases.push_back({finding.check + (finding.subject.empty() ? "" : " (" + finding.subject + ")"),
                           "mailprobe." + direction,
                           finding,
                           bearing[i],
                           {}});
  }
  if (auto problem = run_problem(document, bearing); !problem.empty())
    suites.push_back({"run", &document, {{"run.completed", "mailprobe.run", {}, Bearing::error, std::move(problem)}}});
}

std::string print(const std::vector<Suite>& suites) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"mailprobe\" {}>\n", counters(suites));
  for (const auto& suite : suites) out += print(suite);
  return out + "</testsuites>\n";
}

}  // namespace

std::string junit(const Document& document, Strictness strictness) {
  std::vector<Suite> suites;
  add_suites(document, strictness, suites);
  return print(suites);
}

std::string junit(const Documents& documents, Strictness strictness) {
  std::vector<Suite> suites;
  for (const auto& document : documents) add_suites(document, strictness, suites);
  return print(suites);
}

}  // namespace mailprobe::reporter
