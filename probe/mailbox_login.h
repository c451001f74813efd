// The way into a configured mailbox: an address of its host that answers, and what the login is made with. Looks at no
// message: probe/mailbox_witness.h and reflector/mailbox_source.h do.
#pragma once

#include <memory>

#include "dns/resolver.h"
#include "imap/watcher.h"
#include "probe/network.h"
#include "probe/settings.h"
#include "tls/context.h"

namespace mailprobe::probe {

/// Every address of the host in turn, the first that answers.
Task<Result<std::unique_ptr<tls::Stream>>> reach(Url url, Network network, dns::Resolver& resolver);

imap::Account login_of(const MailboxAccount& account, const sasl::Credentials& credentials,
                       std::shared_ptr<const tls::Context> context);

}  // namespace mailprobe::probe
