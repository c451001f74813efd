#include "reporter/lookups.h"

#include <algorithm>

#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

std::string phrase(const evidence::DnsQuery& query) {
  if (query.use == "spf") return query.seen ? "SPF for " + *query.seen : "SPF record";
  if (query.use == "dkim") return "DKIM key";
  return "DMARC policy";
}

}  // namespace

std::string unanswered_text(const evidence::DnsWitness& witness) {
  return count_of(static_cast<std::size_t>(witness.dropped), "question") + (witness.dropped == 1 ? " was" : " were") +
         " over our rate limit and got no answer";
}

std::vector<Lookup> lookups(const evidence::Probe& probe) {
  std::vector<Lookup> rows;
  for (const auto& query : probe.dns) {
    if (!query.use) continue;
    const auto known = std::ranges::find_if(rows, [&](const Lookup& row) {
      return row.name == query.name && row.type == query.type && row.from == query.from &&
             row.subnet == query.client_subnet.value_or("");
    });
    if (known != rows.end())
      ++known->times;
    else
      rows.push_back({.what = phrase(query),
                      .name = query.name,
                      .type = query.type,
                      .from = query.from,
                      .subnet = query.client_subnet.value_or(""),
                      .t_ms = query.t_ms,
                      .times = 1});
  }
  return rows;
}

}  // namespace mailprobe::reporter
