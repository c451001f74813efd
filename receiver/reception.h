// One session that somebody opens to us: whom it may write to, SPF when MAIL is given, the message safe on disk before
// it is answered, the whole of it recorded, also where it ends early. Holds no protocol (that is smtp/server.h) and
// refuses nobody for what SPF says: what the other side does is the evidence.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/ip.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "receiver/recipients.h"
#include "receiver/spool.h"
#include "smtp/server.h"

namespace mailprobe::receiver {

/// What all sessions share; outlives them.
struct Office {
  std::string host;  // ours, for SPF's %{r}
  const Recipients& recipients;
  Spool& spool;
  dns::Resolver& resolver;
  /// On disk under `name`, and answered 250: one call a message.
  std::function<void(const std::string& name)> kept = [](const std::string&) {};
};

class Reception final : public smtp::Handler {
 public:
  /// The references outlive it. `trap` is the case of the host that was connected to, where it is one.
  Reception(Office& office, const Transcript& transcript, std::optional<std::string> trap = {});

  Task<smtp::Reply> connected(const smtp::ServerState& state) override;
  Task<smtp::Reply> mail(const smtp::ServerState& state) override;
  Task<smtp::Reply> rcpt(const smtp::ServerState& state, const Path& recipient) override;
  Task<smtp::Reply> message(const smtp::ServerState& state, std::string raw) override;
  void ended(const smtp::ServerState& state, smtp::ServerEnd end) override;

  /// The whole of it, once it is over.
  [[nodiscard]] const evidence::Session& session() const { return session_; }

 private:
  void note(const smtp::ServerState& state);

  Office& office_;
  const Transcript& transcript_;
  evidence::Session session_;
};

/// The name of `address` that leads back to it (RFC 8601 §2.7.3, FCrDNS); nullopt: there is none, or it is not known.
Task<std::optional<std::string>> confirmed_name(IpAddress address, dns::Resolver& resolver);

}  // namespace mailprobe::receiver
