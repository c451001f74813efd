// A received message judged whole, with a DNS that answers what stands behind the message: SPF, DKIM, ARC, DMARC,
// recorded results and hops, from one input. Up to a NUL it is the message; each line behind it is a TXT record.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/evaluate.h"
#include "auth/limits.h"
#include "base/ip.h"
#include "base/text.h"
#include "base/time.h"
#include "dns/records.h"
#include "tests/support/run.h"

using namespace mailprobe;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

/// Every name has the same records.
class Everywhere final : public dns::Resolver {
 public:
  explicit Everywhere(std::string_view records) {
    for (const auto line : split(records, '\n')) texts_.push_back(dns::txt_to_wire(line));
  }

  Task<dns::Answer> query(std::string name, dns::Type type) override {
    ++asked;
    dns::Answer answer;
    answer.canonical = std::move(name);
    answer.dnssec = Dnssec::insecure;
    answer.rdata = records_of(type);
    answer.status = answer.rdata.empty() ? dns::Status::nodata : dns::Status::ok;
    co_return answer;
  }
  std::size_t asked = 0;

 private:
  [[nodiscard]] std::vector<std::string> records_of(dns::Type type) const {
    if (type == dns::Type::txt) return texts_;
    if (type == dns::Type::a) return {dns::address_to_wire(*IpAddress::parse("192.0.2.1"))};
    if (type == dns::Type::mx) return {dns::mx_to_wire({10, "mx.example.org"})};
    if (type == dns::Type::ptr) return {dns::name_to_wire("mx.example.org")};
    return {};
  }
  std::vector<std::string> texts_;
};

constexpr std::size_t most_questions = 1000;  // of one message, whatever it holds: docs/threats.md bounds the DNS work

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(all.find('\0'), all.size());
  Everywhere resolver(all.substr(std::min(end + 1, all.size())));
  auth::Context context;
  context.envelope = {
      .client = IpAddress::parse("192.0.2.1"), .helo = "mx.example.org", .mail_from = "someone@example.org"};
  context.time = *parse_rfc3339("2026-01-31T12:00:00Z");
  const auto message = all.substr(0, end);
  const auto judged = test::run(auth::evaluate(message, context, resolver));
  check(judged.spf.has_value());
  check(resolver.asked < most_questions);
  for (const auto& dkim : judged.dkim) check(dkim.result == auth::DkimOutcome::pass || !dkim.reason.empty());
  check(judged.dmarc.result.has_value() || !judged.dmarc.reason.empty());
  return 0;
}
