#include "lab/validating_resolver.h"

#include "base/text.h"

namespace mailprobe::lab {

namespace {

class ValidatingResolver final : public dns::Resolver {
 public:
  ValidatingResolver(dns::Resolver& records, ZoneStates states) : records_(records), states_(std::move(states)) {}

  Task<dns::Answer> query(std::string name, dns::Type type) override {
    const auto state = state_of(name);
    if (state == Dnssec::bogus) co_return bogus();
    auto answer = co_await records_.query(std::move(name), type);
    if (answer.found() || answer.absent()) answer.dnssec = state;
    co_return answer;
  }

 private:
  static dns::Answer bogus() {
    dns::Answer answer;  // SERVFAIL
    answer.dnssec = Dnssec::bogus;
    answer.why = "the keys do not fit";
    return answer;
  }

  [[nodiscard]] Dnssec state_of(std::string_view name) const {
    for (auto zone = to_lower(name);; zone.erase(0, zone.find('.') + 1)) {
      if (const auto known = states_.find(zone); known != states_.end()) return known->second;
      if (!zone.contains('.')) return Dnssec::insecure;
    }
  }

  dns::Resolver& records_;
  ZoneStates states_;
};

}  // namespace

std::unique_ptr<dns::Resolver> validating_resolver(dns::Resolver& records, ZoneStates states) {
  return std::make_unique<ValidatingResolver>(records, std::move(states));
}

}  // namespace mailprobe::lab
