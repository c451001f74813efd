// Who may be sent reports: a record and what the world answers, in lines. Everything asked for is judged, nothing in
// the organisation itself is asked about, and an agreement's own address stays on its host.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/dmarc_reporting.h"
#include "auth/limits.h"
#include "base/text.h"
#include "dns/records.h"
#include "tests/support/run.h"

using namespace mailprobe;
using namespace mailprobe::auth;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

/// Every agreement that is asked for has that text; "!" fails, and nothing is no record. There is no other record.
class World : public dns::Resolver {
 public:
  explicit World(std::string_view agreement) : agreement_(agreement) {}
  Task<dns::Answer> query(std::string name, dns::Type type) override {
    ++asked;
    dns::Answer answer;
    answer.canonical = name;
    answer.status = dns::Status::nxdomain;
    if (type != dns::Type::txt || !name.contains("._report._dmarc.") || agreement_.empty()) co_return answer;
    answer.status = agreement_ == "!" ? dns::Status::servfail : dns::Status::ok;
    if (answer.found()) answer.rdata.push_back(dns::txt_to_wire(agreement_));
    co_return answer;
  }

  std::size_t asked = 0;

 private:
  std::string agreement_;
};

void check_one(const ReportDestination& to, const std::string& domain) {
  if (to.host == domain) check(to.consent == ReportConsent::internal);
  if (to.consent == ReportConsent::internal) check(to.name.empty() && to.agreement.empty());
  if (to.consent == ReportConsent::given) check(to.name == consent_name(domain, to.host) && !to.agreement.empty());
  if (to.consent == ReportConsent::missing || to.consent == ReportConsent::unknown) check(!to.reason.empty());
  if (!to.replacement.empty()) check(to.consent == ReportConsent::given && to_lower(to.replacement).contains(":"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(input.find('\n'), input.size());
  const auto record = parse_dmarc_record(input.substr(0, end));
  if (!record) return 0;
  const std::string domain = "mail.example.org";
  for (const bool failures : {false, true}) {
    World world(input.substr(std::min(end + 1, input.size())));
    const auto all = test::run(check_report_destinations(domain, *record, failures, world));
    check(all.size() == std::min((failures ? record->ruf : record->rua).size(), limits::report_uris));
    check(world.asked <= all.size() * (2 * static_cast<std::size_t>(limits::dmarc_queries) + 1));
    for (const auto& to : all) check_one(to, domain);
  }
  return 0;
}
