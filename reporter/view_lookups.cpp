#include "reporter/lookups.h"
#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

void view_lookups(View& probe, const Page&, const evidence::Probe& of) {
  Views rows;
  for (const auto& lookup : lookups(of))
    rows.push_back(View()
                       .set("what", lookup.what)
                       .set("name", lookup.name)
                       .set("type", lookup.type)
                       .set("from", lookup.from)
                       .set("subnet", lookup.subnet.empty() ? "" : "on behalf of " + lookup.subnet)
                       .set("after", duration(lookup.t_ms))
                       .set("times", lookup.times > 1 ? "×" + std::to_string(lookup.times) : ""));
  const auto& witness = of.dns_witness;
  probe.set("has_lookups", witness.has_value())
      .set("lookup_zone", witness ? witness->domain : "")
      .set("has_lookup_zone", witness && !witness->domain.empty())
      .set("lookup_problem", witness ? witness->problem.value_or("") : "")
      .set("has_lookup_problem", witness && witness->problem)
      .set("lookup_dropped", witness && witness->dropped > 0 ? unanswered_text(*witness) : "")
      .set("has_lookup_dropped", witness && witness->dropped > 0)
      .set("no_lookups", rows.empty() && witness && !witness->problem && witness->dropped == 0)
      .set("some_lookups", !rows.empty())
      .set("lookups", std::move(rows));
}

}  // namespace mailprobe::reporter
