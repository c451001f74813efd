#include "probe/policies.h"

#include "auth/dmarc_lookup.h"
#include "auth/dmarc_record.h"
#include "auth/spf_record.h"
#include "dns/records.h"

namespace mailprobe::probe {

namespace {

using Found = std::optional<std::string>;

/// The records that are meant; nullopt: the look-up failed.
template <class Predicate>
std::optional<Found> select(const dns::Answer& answer, Predicate wanted) {
  if (!answer.found() && !answer.absent()) return std::nullopt;
  Found joined;
  for (const auto& text : dns::txt(answer))
    if (wanted(text)) joined = joined ? *joined + "\n" + text : text;
  return joined;
}

Task<std::optional<Found>> find_dmarc(std::string domain, dns::Resolver& resolver) {
  for (const auto& name : auth::walk_targets(domain)) {
    const auto answer = co_await resolver.query("_dmarc." + name, dns::Type::txt);
    auto found = select(answer, auth::is_dmarc_record);
    if (!found || *found) co_return found;
  }
  co_return std::optional(Found{});
}

}  // namespace

Task<std::map<std::string, Found>> look_up_policies(std::string domain, dns::Resolver& resolver) {
  std::map<std::string, Found> policies;
  const auto spf = co_await resolver.query(domain, dns::Type::txt);
  if (auto found = select(spf, auth::is_spf)) policies["spf"] = std::move(*found);
  if (auto found = co_await find_dmarc(domain, resolver)) policies["dmarc"] = std::move(*found);
  co_return policies;
}

}  // namespace mailprobe::probe
