#include "probe/target_survey.h"

#include <algorithm>

namespace mailprobe::probe {

namespace {

using evidence::Attempt;
using evidence::Target;

/// The last one counts: with what the server says now.
const Attempt* attempt_at(const std::vector<const Attempt*>& attempts, const std::string& host, const std::string& ip) {
  const auto found = std::find_if(attempts.rbegin(), attempts.rend(), [&](const Attempt* attempt) {
    return attempt->host == host && attempt->address == ip;
  });
  return found == attempts.rend() ? nullptr : *found;
}

/// As `inspect` would have it: the session that led to TLS stands at its address.
Target with_sessions(const Target& target, const std::vector<const Attempt*>& attempts) {
  auto out = target;
  for (auto& host : out.mx)
    for (auto& address : host.addresses)
      if (const auto* attempt = attempt_at(attempts, host.host, address.ip)) address.session = *attempt;
  return out;
}

}  // namespace

Task<void> survey_tried(Target& target, std::vector<const Attempt*> attempts, VisitMeans means, Steady until) {
  auto asked = with_sessions(target, attempts);
  Visits visits(std::move(means));
  co_await visits.survey(asked, false, until);
  for (std::size_t h = 0; h < target.mx.size(); ++h)
    for (std::size_t a = 0; a < target.mx[h].addresses.size(); ++a)
      target.mx[h].addresses[a].survey = std::move(asked.mx[h].addresses[a].survey);
}

}  // namespace mailprobe::probe
