#include "tests/support/fake_resolver.h"

#include "base/text.h"

namespace mailprobe::test {

std::string FakeResolver::key(const std::string& name) {
  auto lowered = to_lower(name);
  if (lowered.ends_with('.')) lowered.pop_back();
  return lowered;
}

void FakeResolver::add(const std::string& name, dns::Type type, std::string rdata) {
  records_[{key(name), type}].push_back(std::move(rdata));
  exists_.insert(key(name));
}

void FakeResolver::a(const std::string& name, const std::string& address) {
  const auto parsed = IpAddress::parse(address).value();
  add(name, parsed.v6 ? dns::Type::aaaa : dns::Type::a, dns::address_to_wire(parsed));
}

void FakeResolver::mx(const std::string& name, unsigned preference, const std::string& exchange) {
  add(name, dns::Type::mx, dns::mx_to_wire({preference, exchange}));
}

void FakeResolver::ptr(const std::string& name, const std::string& host) {
  add(name, dns::Type::ptr, dns::name_to_wire(host));
}

dns::Answer FakeResolver::answer(const std::string& name, dns::Type type) const {
  dns::Answer answer;
  answer.canonical = key(name);
  for (int hops = 0; hops < 10 && cnames_.contains(answer.canonical); ++hops)
    answer.canonical = cnames_.at(answer.canonical);
  answer.dnssec = secure_.contains(key(name)) ? Dnssec::secure : Dnssec::insecure;
  if (bogus_.contains(key(name))) {
    answer.dnssec = Dnssec::bogus;
    answer.why = "the signature does not verify";
    return answer;
  }
  if (const auto failure = failing_.find(key(name)); failure != failing_.end()) {
    answer.status = failure->second;
    answer.dnssec = Dnssec::unknown;
    answer.why = "made to fail";
    return answer;
  }
  if (const auto found = records_.find({answer.canonical, type}); found != records_.end()) {
    answer.status = dns::Status::ok;
    answer.rdata = found->second;
    answer.ttl = 300;
  } else {
    answer.status = exists_.contains(answer.canonical) ? dns::Status::nodata : dns::Status::nxdomain;
  }
  return answer;
}

Task<dns::Answer> FakeResolver::query(std::string name, dns::Type type) {
  asked.push_back(key(name) + "/" + std::to_string(static_cast<int>(type)));
  co_return answer(name, type);
}

}  // namespace mailprobe::test
