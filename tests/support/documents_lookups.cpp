// Runs whose target asked our DNS.
#include "tests/support/documents.h"

namespace mailprobe::test {

using namespace evidence;

Document looked_up() {
  auto document = good_delivery();
  auto& probe = document.probes.front();
  const std::string zone = "w.probe.test";
  probe.dns_witness = DnsWitness{.zone = zone,
                                 .domain = probe.id + "." + zone,
                                 .spf = true,
                                 .control = "zyxwvutsrqponmlkjihgfedcba." + zone,
                                 .our_resolvers = {"192.0.2.53"},
                                 .cause = {},
                                 .problem = {}};
  const auto asked = [&](std::int64_t after, std::string name, std::string type, std::string use) {
    return DnsQuery{.t_ms = after,
                    .name = std::move(name) + "." + probe.dns_witness->domain,
                    .type = std::move(type),
                    .from = "198.51.100.53",
                    .use = std::move(use),
                    .seen = {},
                    .client_subnet = {}};
  };
  probe.dns = {asked(40, "192.0.2.10.in-addr._spf", "A", "spf"), asked(90, "probe._domainkey", "TXT", "dkim"),
               asked(95, "probe._domainkey", "TXT", "dkim")};
  probe.dns[0].seen = "192.0.2.10";
  probe.dns[1].client_subnet = probe.dns[2].client_subnet = "203.0.113.0/24";
  return document;
}

Document unread_lookups() {
  auto document = looked_up();
  auto& probe = document.probes.front();
  probe.dns.clear();
  probe.mailbox->authentication_results.clear();
  probe.dns_witness->cause = Cause::own_limit;
  probe.dns_witness->problem = "w.probe.tap cannot be read: Permission denied";
  return document;
}

}  // namespace mailprobe::test
