// The transactions of one session, and what its record says of each: one for every probe that mail was given for, since
// a client that keeps its connection brings the mail of several (RFC 5321 §3.3). Decides nothing. No I/O.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/document.h"
#include "smtp/server.h"

namespace mailprobe::receiver {

class Envelopes {
 public:
  static constexpr std::size_t max_records = 100;  // of one session
  static constexpr std::size_t max_listed = 100;   // recipients of one record; the transcript names the others

  /// MAIL: nothing of the transaction before holds for this one (RFC 5321 §4.1.1.2).
  void begin(const smtp::ServerState& state);
  void judged(auth::Spf spf) { common_.spf = std::move(spf); }
  /// RCPT of an address of ours: the probe it answers, none where it is another kind. False: too many in this session.
  bool name(const std::optional<std::string>& probe);
  /// It was named, and let in: once, however often it is named.
  void accept(const std::optional<std::string>& probe, std::string recipient);
  /// What it brings for none of them answers that probe: by what the message says, and not its address.
  void answers(const std::string& probe);

  /// `session` with the transaction that is under way: all its recipients, and the probe that it answers, the first
  /// one where it is for several.
  [[nodiscard]] evidence::Session current(evidence::Session session) const;
  /// `session` for each probe that it was for, with what it brought for it, and for what named none: one at least.
  [[nodiscard]] std::vector<evidence::Session> records(const evidence::Session& session) const;

 private:
  struct Common {
    std::string helo;
    std::optional<TlsFacts> tls;
    std::string mail_from;
    bool require_tls = false;
    std::optional<auth::Spf> spf;
  };
  struct Named {
    std::optional<std::string> probe;
    std::vector<std::string> recipients;  // accepted
  };
  struct Past {
    Common common;
    Named named;
  };
  static void put(const Common& common, evidence::Session& session);
  static void fold(const Common& common, const std::vector<Named>& named, std::vector<Past>& past);

  bool begun_ = false;
  Common common_;
  std::vector<Named> named_;  // of this transaction
  std::vector<Past> past_;    // of those before it
};

}  // namespace mailprobe::receiver
