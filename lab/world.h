// What the lab's servers share: the mailbox behind all of them, the names that they look up, their background tasks.
#pragma once

#include <memory>

#include "base/tasks.h"
#include "dns/resolver.h"
#include "lab/mailbox.h"

namespace mailprobe::lab {

struct World {
  explicit World(Tasks of) : tasks(std::move(of)) {}

  Tasks tasks;
  std::unique_ptr<dns::Resolver> resolver;  // answers out of the lab's own zones, without a round trip
  MailStore store;
};

}  // namespace mailprobe::lab
