#include "probe/own_negative.h"

#include <algorithm>

#include "dns/records.h"
#include "evidence/negative_names.h"
#include "probe/beside.h"
#include "probe/own_records.h"

namespace mailprobe::probe {

using evidence::OwnRecord;

namespace {

/// It is there as it is wanted, whatever else is: other TXT records are nobody's business.
Task<void> look(OwnRecord& record, dns::Resolver& resolver) {
  const auto answer = co_await resolver.query(record.name, dns::Type::txt);
  if (settled(record, answer)) co_return;
  record.found = dns::txt(answer);
  record.holds = std::ranges::find(record.found, record.wanted) != record.found.end();
  if (!record.holds) record.problem = "holds another text";
}

}  // namespace

Task<std::vector<OwnRecord>> check_negative_records(std::string domain, dns::Resolver& resolver) {
  std::vector<OwnRecord> records;
  records.push_back(own_record(std::string(evidence::revoked_selector),
                               std::string(evidence::revoked_selector) + "._domainkey." + domain, "TXT",
                               std::string(evidence::revoked_key)));
  for (const auto& [label, spf, dmarc] : evidence::negative_names(domain)) {
    const auto name = label + "." + domain;
    records.push_back(own_record(label, name, "TXT", spf));
    if (!dmarc.empty()) records.push_back(own_record(label, "_dmarc." + name, "TXT", dmarc));
  }
  auto all = co_await Beside::make();
  for (auto& record : records) all.start(look(record, resolver));
  co_await all.join();
  co_return records;
}

}  // namespace mailprobe::probe
