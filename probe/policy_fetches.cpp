#include "probe/policy_fetches.h"

#include <algorithm>
#include <map>

#include "base/sort_stably.h"
#include "evidence/traps.h"
#include "probe/reply_witness.h"
#include "receiver/folder.h"
#include "receiver/policy_log.h"

namespace mailprobe::probe {

using evidence::PolicyFetch;

namespace {

constexpr std::size_t max_of_kind = 50;   // one is enough for a verdict
constexpr std::size_t max_of_client = 3;  // of one kind

enum class Kind { in_vain, had, had_before };

std::optional<Kind> kind_of(const PolicyFetch& fetch, Time sent) {
  const bool late = fetch.time >= sent;
  if (fetch.outcome == "served" || fetch.outcome == "not-found") return late ? Kind::had : Kind::had_before;
  const bool in_vain = fetch.outcome == "refused" || fetch.outcome == "failed" || fetch.outcome == "started";
  return late && in_vain ? std::optional(Kind::in_vain) : std::nullopt;
}

bool same(const PolicyFetch& a, const PolicyFetch& b) {
  return a.time == b.time && a.address == b.address && a.name == b.name && a.outcome == b.outcome;
}

}  // namespace

std::vector<PolicyFetch> telling(const std::vector<PolicyFetch>& all, Time sent) {
  std::map<Kind, std::size_t> kinds;
  std::map<std::tuple<Kind, std::string, std::optional<std::string>>, std::size_t> clients;
  std::vector<PolicyFetch> those;
  for (const auto& fetch : all) {
    const auto kind = kind_of(fetch, sent);
    if (!kind || kinds[*kind] == max_of_kind) continue;
    if (++clients[{*kind, fetch.address, fetch.name}] > max_of_client) continue;
    ++kinds[*kind];
    those.push_back(fetch);
  }
  return those;
}

void note_policy_fetches(const Settings& settings, evidence::Probe& probe) {
  if (!probe.traps || !probe.sent || !probe.sent->at) return;
  const auto sent = *probe.sent->at;
  const receiver::Folder folder{receiver_folder(settings)};
  auto all = std::move(probe.traps->policy_fetches);
  for (auto& fetch : receiver::policy_fetches_since(folder.policy_fetches(), sent - evidence::policy_age)) {
    const auto is_it = [&](const PolicyFetch& known) { return same(known, fetch); };
    if (std::ranges::none_of(all, is_it)) all.push_back(std::move(fetch));
  }
  sort_stably(all, &PolicyFetch::time);
  probe.traps->policy_fetches = telling(all, sent);
}

}  // namespace mailprobe::probe
