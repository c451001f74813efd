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
                       .set("after", duration(lookup.t_ms))
                       .set("times", lookup.times > 1 ? "×" + std::to_string(lookup.times) : ""));
  probe.set("has_lookups", of.dns_witness.has_value())
      .set("lookup_zone", of.dns_witness ? of.dns_witness->domain : "")
      .set("no_lookups", rows.empty())
      .set("some_lookups", !rows.empty())
      .set("lookups", std::move(rows));
}

}  // namespace mailprobe::reporter
