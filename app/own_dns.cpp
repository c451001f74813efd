#include "app/own_dns.h"

#include "app/logging.h"
#include "probe/dns_witness.h"
#include "receiver/trap_zone.h"

namespace mailprobe::app {

Task<Result<std::unique_ptr<receiver::Witness>>> open_own_dns(const probe::Settings& settings,
                                                              const receiver::Folder& folder) {
  if (settings.receiver.dns.listen.empty()) co_return std::unique_ptr<receiver::Witness>{};
  auto dns = settings.receiver.dns;
  if (!settings.receiver.traps.empty()) {
    const auto traps = receiver::trap_zone_of(settings.receiver, folder);
    if (!traps) co_return std::unexpected(traps.error());
    if (auto done = receiver::serve_bogus_zone(*traps, dns); !done) co_return std::unexpected(done.error());
  }
  auto host = settings.receiver.host;
  auto identities = probe::witnessed(settings);
  std::function<void(const Error&)> trouble = [](const Error& error) { log_error(describe(error)); };
  auto opened = co_await receiver::Witness::open(std::move(dns), std::move(host), folder, std::move(identities),
                                                 std::move(trouble));
  if (!opened) co_return std::unexpected(opened.error());
  for (const auto& place : (*opened)->places()) log_info("answering DNS on " + place);
  for (const auto& anchor : (*opened)->anchors()) log_info("to publish in the zone above: " + anchor);
  co_return std::move(*opened);
}

void reload(receiver::Witness* witness) {
  if (witness == nullptr) return;
  if (const auto done = witness->reload(); !done)
    log_error("the zones stay as they were: " + describe(done.error()));
  else
    log_info("the zones have been read and signed anew");
}

}  // namespace mailprobe::app
