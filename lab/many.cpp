#include "lab/many.h"

namespace mailprobe::lab {

namespace {

const std::string zone(many_zone);
constexpr std::size_t names_a_certificate = 10;  // a context each would take 100 MB for 10,000 domains

std::vector<Host> make_patterns() {
  return {
      {.domain = zone, .name = "good." + zone, .faults = {}},
      {.domain = zone, .name = "no-tls." + zone, .faults = {.starttls = false}},
      {.domain = zone, .name = "tls12." + zone, .faults = {.max_tls = tls::Version::tls1_2}},
      {.domain = zone, .name = "expired." + zone, .faults = {.certificate = CertificateKind::expired}},
  };
}

}  // namespace

const std::vector<Host>& pattern_hosts() {
  static const std::vector<Host> table = make_patterns();
  return table;
}

IpAddress pattern_address(const Host& pattern) {
  return IpAddress::v4({127, 53, 3, static_cast<std::uint8_t>(&pattern - pattern_hosts().data() + 1)});
}

std::string many_domain(std::size_t number) { return "d" + std::to_string(number) + "." + zone; }

const Host& pattern_of(std::size_t number) { return pattern_hosts().at((number - 1) % pattern_hosts().size()); }

bool many_has_policy(std::size_t number) { return &pattern_of(number) == &pattern_hosts().front(); }

const DomainPolicy& many_policy() {
  static const DomainPolicy policy{.domain = zone, .mx = {"*." + pattern_hosts().front().name}};
  return policy;
}

std::vector<std::vector<std::string>> many_policy_names(std::size_t domains) {
  std::vector<std::vector<std::string>> all;
  for (std::size_t number = 1; number <= domains; ++number) {
    if (!many_has_policy(number)) continue;
    if (all.empty() || all.back().size() == names_a_certificate) all.emplace_back();
    all.back().push_back("mta-sts." + many_domain(number));
  }
  return all;
}

std::string many_host(std::size_t number) { return "d" + std::to_string(number) + "." + pattern_of(number).name; }

}  // namespace mailprobe::lab
