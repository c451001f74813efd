// The hosts behind the trap identities (evidence/traps.h): a door for each, with what is wrong with it, and the
// greylisting of one. Holds no protocol and judges nothing. What their DNS has to say is receiver/trap_zone.h.
// RFC 3207, RFC 6647, RFC 7672, RFC 8461.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "receiver/server.h"
#include "receiver/settings.h"
#include "receiver/trap_key.h"
#include "tls/context.h"

namespace mailprobe::receiver {

/// "trap-dane-wrong.example.org": mail domain, its MX host and that host's name at once, so that one wildcard
/// certificate fits them all.
std::string trap_domain(std::string_view name, std::string_view domain);

/// "probe@trap-dane-wrong.example.org" of probe@example.org.
Result<Mailbox> trap_address(const Mailbox& address, std::string_view name);

/// Whether that trap shows the receiver's certificate, and not one that no CA vouches for.
bool shows_receivers_certificate(std::string_view name);

class Traps {
 public:
  /// `shown` is what the receiver shows, valid for *.domain; `own` what no CA vouches for. Failure::usage: a
  /// certificate cannot be used.
  static Result<std::shared_ptr<Traps>> make(std::string domain, const tls::ServerOptions& shown, const TrapKey& own);
  /// For the sessions to come; where it fails all stays as it was.
  Result<void> show(const tls::ServerOptions& shown, const TrapKey& own);

  ~Traps();

  /// They keep the traps alive.
  static std::vector<Door> doors(const std::shared_ptr<Traps>& traps, const std::vector<TrapHost>& hosts);
  /// Greylisting: 451 to the first RCPT of each address at that trap; nullopt: nothing is against it. Who gets so far
  /// where STARTTLS is hidden the first time has done what it does: its next session is a first one again.
  std::optional<smtp::Reply> objection(const evidence::Session& session, const Path& recipient);
  /// Who did not get as far as EHLO has not seen what is hidden: our own look at the door, say.
  void ended(const evidence::Session& session);

 private:
  struct Impl;
  explicit Traps(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mailprobe::receiver
