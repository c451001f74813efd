#include "evidence/findings.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/safe_text.h"
#include "base/text.h"
#include "evidence/compare.h"

namespace mailprobe::evidence {

namespace {

/// What lies with us: where we send from, what we were told to do, and what we have no time, mailbox or consent for.
bool is_ours(Cause cause) {
  switch (cause) {
    case Cause::blocked:
    case Cause::interrupted:
    case Cause::no_mailbox:
    case Cause::no_consent:
    case Cause::no_ipv6:
    case Cause::our_port_25:
    case Cause::own_limit:
    case Cause::via_relay: return true;
    default: return false;
  }
}

FixBy fixer(const Check& check, const Judgement& judgement) {
  switch (judgement.verdict) {
    case Verdict::warn:
    case Verdict::fail: return check.fix_by;
    case Verdict::inconclusive: return judgement.cause && is_ours(*judgement.cause) ? FixBy::us : check.fix_by;
    case Verdict::error: return FixBy::us;
    default: return FixBy::nobody;
  }
}

}  // namespace

/// The first word that is one: what follows it may be anything.
std::string_view command_of(const Document& document) {
  constexpr std::array<std::string_view, 4> commands{"send", "run", "inspect", "doctor"};
  for (std::string_view rest(document.run.command); !rest.empty();) {
    const auto word = rest.substr(0, rest.find(' '));
    if (const auto* known = std::ranges::find(commands, word); known != commands.end()) return *known;
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return {};
}

const Check& check_of(std::string_view id) {
  const auto* found = find_check(id);
  if (found == nullptr) throw std::logic_error("not in the catalogue: " + std::string(id));
  return *found;
}

bool of_doctor(const Document& document) { return document.probes.empty() && command_of(document) == "doctor"; }

bool of_inspect(const Document& document) { return document.probes.empty() && command_of(document) == "inspect"; }

bool of_run(const Document& document) { return document.run.scenario && command_of(document) == "run"; }

Finding& Findings::add(std::string_view check, std::string subject, Judgement judgement) {
  const auto& row = check_of(check);
  judgement.summary = ended(std::move(judgement.summary));
  const auto same = std::ranges::find_if(findings_, [&](const Finding& each) {  // of a host at two preferences
    return each.check == check && each.subject == subject && each.verdict == judgement.verdict &&
           each.cause == judgement.cause && each.summary == judgement.summary;
  });
  if (same != findings_.end()) return *same;
  findings_.push_back({.check = std::string(check),
                       .subject = std::move(subject),
                       .probe = {},
                       .verdict = judgement.verdict,
                       .grade = judgement.grade,
                       .cause = judgement.cause,
                       .summary = std::move(judgement.summary),
                       .evidence = std::move(judgement.evidence),
                       .advice = ended(std::move(judgement.advice)),
                       .reference = std::string(row.reference),
                       .fix_by = fixer(row, judgement)});
  return findings_.back();
}

bool Findings::has(std::string_view check, std::string_view subject) const {
  return std::ranges::any_of(
      findings_, [&](const Finding& finding) { return finding.check == check && finding.subject == subject; });
}

/// In the catalogue's order; what is of one check stays as it was added.
std::vector<Finding> Findings::take() {
  std::vector<std::pair<const Check*, std::size_t>> order;
  order.reserve(findings_.size());
  for (std::size_t i = 0; i < findings_.size(); ++i) order.emplace_back(&check_of(findings_[i].check), i);
  std::ranges::sort(order);
  std::vector<Finding> sorted;
  sorted.reserve(findings_.size());
  for (const auto& [check, place] : order) sorted.push_back(std::move(findings_[place]));
  findings_.clear();
  return sorted;
}

const Attempt& deciding(const Probe& probe) {
  const auto routed = [](const Attempt& attempt) { return attempt.cause != Cause::no_ipv6; };
  const auto last = std::find_if(probe.attempts.rbegin(), probe.attempts.rend(), routed);
  return last == probe.attempts.rend() ? *probe.smtp : *last;
}

std::string domain_subject(std::string_view domain) { return "domain " + safe_text(domain, 300); }
std::string mx_subject(std::string_view host) { return "mx " + safe_text(host, 300); }
std::string probe_subject(const Probe& probe) { return "probe " + safe_text(probe.name, 300); }
std::string trap_subject(std::string_view name) { return "trap " + safe_text(name, 60); }
bool of_trap(const Finding& finding) { return finding.subject.starts_with(trap_subject({})); }
std::string self_subject(const Self& self) { return domain_subject(self.helo.value_or("localhost")); }

std::string address_subject(std::string_view host, std::string_view ip) {
  return "address " + safe_text(host, 300) + " " + safe_text(ip, 60);
}

std::string address_subject(const Attempt& attempt) { return address_subject(attempt.host, attempt.address); }

std::string certificate_subject(const Attempt& attempt) {
  std::string kind;
  if (attempt.tls && !attempt.tls->certificates.empty()) {
    const auto& key = attempt.tls->certificates.front().key;
    kind = key.starts_with("EC ") ? "ecdsa" : to_lower(plain(key.substr(0, key.find(' ')), 20));
  }
  const auto address = address_subject(attempt);
  return "cert" + address.substr(address.find(' ')) + (kind.empty() ? "" : " " + kind);
}

std::string plain(std::string_view text, std::size_t max) {
  std::string line;  // line ends are readable, other control characters are escaped
  for (const char c : trim(text)) {
    if (c == '\n')
      line += "\\n";
    else if (c == '\t')
      line += ' ';
    else if (c != '\r')
      line += c;
  }
  return safe_text(line, max);
}

std::string quoted(std::string_view text, std::size_t max) { return '"' + plain(text, max) + '"'; }

const FailedLookUp* failure_of(const Target& target, std::string_view what) {
  const auto found = std::ranges::find(target.failed, what, &FailedLookUp::what);
  return found == target.failed.end() ? nullptr : &*found;
}

std::string count_of(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string ended(std::string sentence) {
  if (!sentence.empty() && !sentence.ends_with('.')) sentence += '.';
  return sentence;
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace mailprobe::evidence
