// Stapled OCSP responses: whatever a server sends, nothing counts that the certificate's issuer did not sign.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "tls/authority.h"
#include "tls/ocsp.h"

using namespace mailprobe;
using namespace mailprobe::tls;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

struct World {
  std::vector<std::string> certificates;  // DER
  std::shared_ptr<const Context> trust;
};

std::vector<std::string> der_of(std::string_view pem) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
  std::vector<std::string> out;
  for (auto from = pem.find(begin); from != std::string_view::npos; from = pem.find(begin, from + 1)) {
    const auto body = from + begin.size();
    if (auto bytes = from_base64(pem.substr(body, pem.find(end, body) - body))) out.push_back(std::move(*bytes));
  }
  return out;
}

const World& world() {
  static const World made = [] {
    const auto authority = Authority::make("CA");
    check(authority.has_value());
    IssueOptions options;
    options.names = {"mx.test"};
    const auto issued = authority->issue(options);
    const auto trust = Context::client({"", authority->ca_pem()});
    check(issued && trust);
    return World{der_of(issued->chain_pem), *trust};
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto facts = read_ocsp({reinterpret_cast<const char*>(data), size}, world().certificates, *world().trust);
  check(facts.problem && !facts.problem->empty());
  check(facts.status.empty() && !facts.revoked && !facts.this_update);
  return 0;
}
