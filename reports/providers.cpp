#include "reports/providers.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "auth/public_suffix.h"

namespace mailprobe::reports {

namespace {

struct Provider {
  std::string_view reporter, host;  // organisational domains: of the report's contact, of the MX hosts
};
constexpr std::array<Provider, 9> providers{{{"google.com", "googlemail.com"},
                                             {"google.com", "gmail.com"},
                                             {"microsoft.com", "outlook.com"},
                                             {"microsoft.com", "hotmail.com"},
                                             {"yahooinc.com", "yahoodns.net"},
                                             {"yahoo-inc.com", "yahoodns.net"},
                                             {"yahoo.com", "yahoodns.net"},
                                             {"fastmail.com", "messagingengine.com"},
                                             {"mimecast.org", "mimecast.com"}}};

}  // namespace

bool reports_for(const std::vector<std::string>& reporters, const std::vector<std::string>& targets) {
  const auto is_target = [&](std::string_view domain) { return std::ranges::find(targets, domain) != targets.end(); };
  return std::ranges::any_of(reporters, [&](const std::string& name) {
    const auto reporter = auth::registrable_domain(name);
    return is_target(reporter) || std::ranges::any_of(providers, [&](const Provider& each) {
             return each.reporter == reporter && is_target(each.host);
           });
  });
}

}  // namespace mailprobe::reports
