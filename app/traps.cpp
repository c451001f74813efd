// traps: the records that our trap identities need, to paste into our zone. Looks nothing up.
#include "app/commands.h"
#include "app/exit_status.h"
#include "app/runtime.h"
#include "app/world.h"
#include "probe/reply_witness.h"
#include "receiver/trap_zone.h"

namespace mailprobe::app {

namespace {

Task<int> print_traps(const Setting& setting) {
  const Needs needs{.keys = false, .secrets = false, .session = false};
  const auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  const auto& settings = world->settings;
  if (settings.receiver.traps.empty())
    co_return complain(
        {Failure::usage, "no traps are configured: \"receiver.traps\" names no case and address", {}, {}});
  const auto zone = receiver::trap_zone_of(settings.receiver, {probe::receiver_folder(settings)});
  if (!zone) co_return complain(zone.error());
  write_out(receiver::trap_records(*zone));
  const auto bogus = receiver::bogus_zone(*zone);
  if (!bogus.empty())
    write_out("\n; a zone of its own, not signed: its DS above belongs to no key, so that it does not validate\n" +
              (settings.receiver.dns.listen.empty() ? bogus : "; \"mailprobe reflect\" serves it\n"));
  co_return exit_ok;
}

}  // namespace

int run(const TrapsCommand&, const Setting& setting) {
  return run_command([&] { return print_traps(setting); });
}

}  // namespace mailprobe::app
