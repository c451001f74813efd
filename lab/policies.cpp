#include "lab/policies.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"
#include "tls/mta_sts.h"

namespace mailprobe::lab {

namespace {

constexpr std::uint32_t week = 7 * 24 * 3600;

std::string text_of(const DomainPolicy& policy) {
  return tls::print_sts_policy({.mode = policy.mode, .mx = policy.mx, .max_age = week});
}

}  // namespace

const std::vector<DomainPolicy>& policies() {
  static const std::vector<DomainPolicy> table{
      {.domain = "target.test", .mx = {"mx.target.test"}},
      {.domain = "sts.test", .mx = {"*.sts.test"}},
      {.domain = "sts-cert.test", .mx = {"mx.sts-cert.test"}},
      {.domain = "sts-unlisted.test", .mx = {"mail.sts-unlisted.test"}},
      {.domain = "sts-testing.test", .mode = StsMode::testing, .mx = {"mx.sts-testing.test"}},
      {.domain = "sts-redirect.test", .mx = {"mx.sts-redirect.test"}, .redirected = true},
  };
  return table;
}

const DomainPolicy* policy_of(std::string_view domain) {
  const auto found =
      std::ranges::find_if(policies(), [&](const DomainPolicy& policy) { return iequals(policy.domain, domain); });
  return found == policies().end() ? nullptr : &*found;
}

IpAddress policy_host_address(const DomainPolicy& policy) {
  const auto number = static_cast<std::uint8_t>(&policy - policies().data() + 1);
  return IpAddress::v4({127, 53, 2, number});
}

// sts-id = %s"id=" 1*32(ALPHA / DIGIT)                                                               (RFC 8461 §3.1)
std::string id_of(const DomainPolicy& policy) { return hex(sha256(text_of(policy))).substr(0, 16); }

tls::HttpsPage page_of(const DomainPolicy& policy) {
  tls::HttpsPage page{.path = "/.well-known/mta-sts.txt", .body = text_of(policy)};
  if (!policy.redirected) return page;
  page.status = 301;
  page.location = "https://www." + policy.domain + "/mta-sts.txt";
  return page;
}

}  // namespace mailprobe::lab
