#include "evidence/findings.h"

#include <algorithm>
#include <stdexcept>

#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::evidence {

const Check& check_of(std::string_view id) {
  const auto& all = catalogue();
  const auto found = std::ranges::find(all, id, &Check::id);
  if (found == all.end()) throw std::logic_error("not in the catalogue: " + std::string(id));
  return *found;
}

Finding& Findings::add(std::string_view check, std::string subject, Verdict verdict, std::string summary) {
  const auto& row = check_of(check);
  Finding finding;
  finding.check = check;
  finding.subject = std::move(subject);
  finding.verdict = verdict;
  finding.summary = std::move(summary);
  finding.reference = row.reference;
  finding.fix_by = verdict == Verdict::pass || verdict == Verdict::info ? FixBy::nobody : row.fix_by;
  findings_.push_back(std::move(finding));
  return findings_.back();
}

/// In the catalogue's order; what is of one check stays as it was added.
std::vector<Finding> Findings::take() {
  const auto& all = catalogue();
  std::vector<Finding> sorted;
  sorted.reserve(findings_.size());
  for (const auto& row : all)
    for (auto& finding : findings_)
      if (finding.check == row.id) sorted.push_back(std::move(finding));
  findings_.clear();
  return sorted;
}

std::string domain_subject(const Document& document) { return "domain " + document.target.domain; }
std::string mx_subject(const MxHost& host) { return "mx " + host.host; }
std::string address_subject(const Attempt& attempt) { return "address " + attempt.host + " " + attempt.address; }
std::string probe_subject(const Probe& probe) { return "probe " + probe.name; }

std::string certificate_subject(const Attempt& attempt) {
  std::string kind;
  if (attempt.tls && !attempt.tls->certificates.empty()) {
    const auto& key = attempt.tls->certificates.front().key;
    kind = key.starts_with("EC ") ? "ecdsa" : to_lower(key.substr(0, key.find(' ')));
  }
  return "cert " + attempt.host + " " + attempt.address + (kind.empty() ? "" : " " + kind);
}

std::string quoted(std::string_view text, std::size_t max) {
  std::string line(text);
  std::ranges::replace_if(line, [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
  return "“" + safe_text(trim(line), max) + "”";
}

std::string count_of(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace mailprobe::evidence
