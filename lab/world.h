// What the lab's servers share: the mailbox behind all of them, the names that they look up, their background tasks.
#pragma once

#include <memory>

#include "auth/dkim_sign.h"
#include "base/tasks.h"
#include "dns/resolver.h"
#include "lab/mailbox.h"
#include "tls/context.h"

namespace mailprobe::lab {

struct World {
  explicit World(Tasks of) : tasks(std::move(of)) {}

  Tasks tasks;
  std::unique_ptr<dns::Resolver> resolver;  // answers out of the lab's own zones, without a round trip
  MailStore store;

  // What answering takes (lab/responder.h).
  std::uint16_t smtp_port = 0, https_port = 0;  // of every mail server but the next, of every policy host
  std::uint16_t ipv6_trap_port = 0;             // of the trap on [::1] (lab/trap_hosts.h); 0: there is no IPv6
  std::unique_ptr<dns::Resolver> validating;    // the same names; says what is secure and what is bogus
  std::shared_ptr<const tls::Context> client;   // trusts the lab's authority
  std::optional<auth::SigningKey> answer_key;   // of target.test
};

}  // namespace mailprobe::lab
