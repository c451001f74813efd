// One session that somebody opens to us: whom it may write to, SPF when MAIL is given, the message safe on disk before
// it is answered, the whole of it recorded, also where it ends early. Holds no protocol (that is smtp/server.h) and
// refuses nobody for what SPF says: what the other side does is the evidence.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "auth/header_block.h"
#include "dns/resolver.h"
#include "evidence/document.h"
#include "receiver/disk.h"
#include "receiver/envelopes.h"
#include "receiver/recipients.h"
#include "receiver/spool.h"
#include "receiver/spool_room.h"
#include "smtp/server.h"

namespace mailprobe::receiver {

/// What all sessions share; outlives them.
struct Office {
  std::string host;  // ours, for SPF's %{r}
  const Recipients& recipients;
  const Spool& spool;
  Disk& disk;
  dns::Resolver& resolver;
  /// Asked at RCPT about a recipient of ours, once a session: what it says then, instead of 250, it says until the
  /// session is over (receiver/traps.h).
  std::function<std::optional<smtp::Reply>(const evidence::Session& session, const Path& recipient)> objection =
      [](const evidence::Session&, const Path&) { return std::nullopt; };
  /// Whether answers to the probe of that id are waited for (receiver/waiting.h).
  std::function<bool(const std::string& token)> waited_for = [](const std::string&) { return false; };
  /// Asked before a message of so many octets is kept; false: 452.
  std::function<bool(std::size_t octets, AwaitedBy whom)> room = [](std::size_t, AwaitedBy) { return true; };
  /// On disk under `name`, and answered 250: one call a message.
  std::function<void(const std::string& name)> kept = [](const std::string&) {};
  /// A session is over, early ends and refused ones too: a call for each probe that it was for, and one at least.
  std::function<void(evidence::Session session)> ended = [](const evidence::Session&) {};
};

class Reception final : public smtp::Handler {
 public:
  /// The references outlive it. `trap` is the case of the host that was connected to, where it is one. `refusal` is
  /// said instead of the banner.
  Reception(const Office& office, const Transcript& transcript, std::optional<std::string> trap = {},
            std::optional<smtp::Reply> refusal = {});

  Task<smtp::Reply> connected(const smtp::ServerState& state) override;
  void greeted(const smtp::ServerState& state) override;
  Task<smtp::Reply> mail(const smtp::ServerState& state) override;
  Task<smtp::Reply> rcpt(const smtp::ServerState& state, const Path& recipient) override;
  Task<smtp::Reply> message(const smtp::ServerState& state, std::string raw) override;
  void ended(const smtp::ServerState& state, smtp::ServerEnd end) override;

  /// The whole of it, once it is over: a record for each probe that it was for (receiver/envelopes.h).
  Task<std::vector<evidence::Session>> records();

 private:
  void note(const smtp::ServerState& state);
  [[nodiscard]] bool tell_probe(const smtp::ServerState& state, const auth::Message& message);
  std::optional<smtp::Reply> objection(const Path& recipient);
  [[nodiscard]] AwaitedBy awaited_by(const smtp::ServerState& state, std::string_view raw);
  Task<void> look_up_name();

  const Office& office_;
  const Transcript& transcript_;
  std::optional<smtp::Reply> refusal_;
  evidence::Session session_;  // but for what is of one transaction
  Envelopes envelopes_;
  std::map<std::string, smtp::Reply> objections_;  // by recipient
  bool name_looked_up_ = false;
  bool to_probe_ = false, to_others_ = false;  // of this transaction's recipients; the reflector is neither
  bool for_people_ = false;  // all of them are: no probe is named, no report and no reflector is meant
};

}  // namespace mailprobe::receiver
