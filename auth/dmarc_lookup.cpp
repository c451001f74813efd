#include "auth/dmarc_lookup.h"

#include <algorithm>

#include "auth/limits.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"

namespace mailprobe::auth {

namespace {

/// Nobody needs more TXT records at one name; the rest is not looked at.
constexpr std::size_t max_records = 100;

PolicyAt read_answer(const std::string& domain, const dns::Answer& answer) {
  PolicyAt at;
  at.domain = domain;
  if (!answer.found()) {
    if (!answer.absent())
      at.failure = "look-up of _dmarc." + safe_text(domain, 256) +
                   " failed: " + (answer.why.empty() ? "no usable answer" : answer.why);
    return at;
  }
  auto texts = dns::txt(answer);
  if (texts.size() > max_records) texts.resize(max_records);
  std::erase_if(texts, [](const auto& text) { return !is_dmarc_record(text); });  // RFC 9989 §4.10, step 2
  at.several = texts.size() > 1;
  if (texts.size() != 1) return at;
  auto record = parse_dmarc_record(texts.front());
  if (record)
    at.record = std::move(*record);
  else
    at.bad = record.error().message;
  return at;
}

PublicSuffix psd_of(const PolicyAt& at) { return at.record ? at.record->psd : PublicSuffix::unknown; }

std::size_t labels(const std::string& domain) { return static_cast<std::size_t>(std::ranges::count(domain, '.')) + 1; }

std::string last_labels(std::string_view domain, std::size_t count) {
  auto at = domain.size();
  for (; count > 0 && at != 0; --count) {
    const auto dot = domain.rfind('.', at - 1);
    if (dot == std::string_view::npos) return std::string(domain);
    at = dot;
  }
  return std::string(domain.substr(at + 1));
}

/// RFC 9989 §4.10.2: of the records found, the longest name first.
std::string organisational_domain(const std::string& start, const std::vector<PolicyAt>& found) {
  for (const auto& at : found) {
    if (psd_of(at) == PublicSuffix::no) return at.domain;
    if (psd_of(at) == PublicSuffix::yes && at.domain != start) return last_labels(start, labels(at.domain) + 1);
  }
  return found.empty() ? start : found.back().domain;
}

}  // namespace

std::vector<std::string> walk_targets(const std::string& domain) {
  constexpr std::size_t longest_parent = limits::dmarc_queries - 1;
  std::vector<std::string> targets{domain};
  for (auto count = std::min(labels(domain) - 1, longest_parent); count > 0; --count)
    targets.push_back(last_labels(domain, count));
  return targets;
}

Task<PolicyAt> DmarcLookup::at(std::string domain) {
  if (const auto known = known_.find(domain); known != known_.end()) co_return known->second;
  const auto name = "_dmarc." + domain;
  const auto answer = co_await resolver_.query(name, dns::Type::txt);
  auto found = read_answer(domain, answer);
  known_.emplace(domain, found);
  co_return found;
}

Task<TreeWalk> DmarcLookup::walk(std::string domain) {
  TreeWalk walk;
  std::vector<PolicyAt> found;
  const auto targets = walk_targets(domain);
  for (const auto& target : targets) {
    auto policy = co_await at(target);
    if (!policy.failure.empty()) {
      walk.failure = std::move(policy.failure);
      co_return walk;
    }
    if (!policy.present()) continue;
    found.push_back(std::move(policy));
    if (psd_of(found.back()) != PublicSuffix::unknown) break;  // RFC 9989 §4.10, steps 2 and 6
  }
  walk.organisational_domain = organisational_domain(domain, found);
  const auto own = std::ranges::find(found, walk.organisational_domain, &PolicyAt::domain);
  if (own != found.end())
    walk.policy = *own;
  else if (!found.empty())
    walk.policy = found.back();  // the public suffix domain's: the walk stopped there
  co_return walk;
}

}  // namespace mailprobe::auth
