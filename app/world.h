// What a command that looks things up needs: settings and a resolver, from the configuration file or out of the
// embedded lab, which then lives here.
#pragma once

#include <memory>

#include "app/config.h"
#include "app/options.h"
#include "app/private_folder.h"
#include "dns/resolver.h"
#include "lab/lab.h"

namespace mailprobe::app {

struct World {
  std::unique_ptr<PrivateFolder> folder;  // of the lab, where its receiver keeps what comes
  std::unique_ptr<lab::Lab> lab;
  std::unique_ptr<dns::Resolver> resolver;  // goes before the lab that it asks
  probe::Settings settings;
  bool configured = false;
};

/// Without a file the defaults, `configured` false: whether that will do is the command's business. No resolver yet.
Task<Result<World>> open_world(const CommonOptions& common, Needs needs, const Environment& environment);
Task<Result<void>> open_resolver(World& world);

/// Of a command that cannot do without: where a configuration comes from.
Error not_configured();

}  // namespace mailprobe::app
