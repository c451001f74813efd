#include "app/world.h"

#include <boost/asio/this_coro.hpp>

#include "app/lab_settings.h"
#include "receiver/folder.h"

namespace mailprobe::app {

namespace {

Task<Result<World>> lab_world(const Environment& environment) {
  auto folder = PrivateFolder::make(environment);
  if (!folder) co_return std::unexpected(folder.error());
  const receiver::Folder receiver{folder->path() / "receiver"};
  auto options = lab_options(environment);
  options.trap_key = receiver.trap_key();
  auto lab = co_await lab::Lab::start(std::move(options));
  if (!lab) co_return std::unexpected(lab.error());
  auto settings = lab_settings((*lab)->access(), environment);
  if (!settings) co_return std::unexpected(settings.error());
  World world;
  world.folder = std::make_unique<PrivateFolder>(std::move(*folder));
  settings->receiver_folder = receiver.path.string();
  world.lab = std::move(*lab);
  world.settings = std::move(*settings);
  world.configured = true;
  co_return world;
}

}  // namespace

Task<Result<World>> open_world(const CommonOptions& common, Needs needs, const Environment& environment) {
  if (common.lab) co_return co_await lab_world(environment);
  World world;
  const auto file = find_config(common.config, environment);
  if (!file) {
    world.settings = default_settings(environment);
    co_return world;
  }
  auto settings = load_config(*file, needs, environment);
  if (!settings) co_return std::unexpected(settings.error());
  world.settings = std::move(*settings);
  world.configured = true;
  co_return world;
}

Task<Result<void>> open_resolver(World& world) {
  auto executor = co_await boost::asio::this_coro::executor;
  auto resolver = dns::unbound_resolver(executor, world.settings.resolver);
  if (!resolver) co_return std::unexpected(resolver.error());
  world.resolver = std::move(*resolver);
  co_return Result<void>{};
}

Error not_configured() {
  return {.kind = Failure::usage,
          .message =
              "no configuration: \"mailprobe init DOMAIN\" writes one; to try the program without, put --lab "
              "before the command",
          .cause = {},
          .peer = {}};
}

}  // namespace mailprobe::app
