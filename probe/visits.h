// The sessions of `inspect`: one with each address of each MX host, no message. Domains of one run that share a host
// share its visit. Judges nothing; what is looked up is probe/inspect.h's.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "evidence/document.h"
#include "probe/attempt.h"
#include "probe/gate.h"
#include "probe/progress.h"
#include "probe/sending_limits.h"
#include "probe/settings.h"
#include "probe/survey_cache.h"
#include "probe/tls_enumeration.h"

namespace mailprobe::probe {

/// What all visits of a run share. The references outlive it.
struct VisitMeans {
  const Settings& settings;
  const InspectOptions& options;
  Network network;
  Progress progress;
  std::shared_ptr<const tls::Context> context;
};

class Visits {
 public:
  explicit Visits(VisitMeans means);

  /// The session that the verdict is about, with every address of the host, one after the other. The policy's TLSA
  /// records are compared; nothing else of it counts, because no mail goes.
  Task<void> look(evidence::MxHost& host, HostPolicy policy, Steady until);
  /// What only an attacker does, to a domain whose owner was asked: one more connection an address.
  Task<void> intrude(evidence::MxHost& host, Steady until);
  /// What the TLS of its hosts accepts, where a session came to TLS: as many connections as the limits and the time
  /// permit. `intrusive`: what only an attacker asks, too.
  Task<void> survey(evidence::Target& target, bool intrusive, Steady until);

  /// A connection to port 25 of the Internet came about in this run. A refusal may have been our own firewall's.
  [[nodiscard]] bool answered() const { return answered_; }

 private:
  struct Visit {
    std::shared_ptr<Gate> looked, surveyed;  // the second: null until somebody begins
    evidence::MxAddress seen;
  };
  using Key = std::array<std::string, 3>;  // host, address, what DANE has to compare

  [[nodiscard]] std::optional<Place> place_of(const evidence::MxHost& host, const evidence::MxAddress& address,
                                              HostPolicy policy) const;
  Task<void> look(Place place, evidence::MxAddress& address, Steady until);
  Task<void> make(Place place, evidence::MxAddress& address, Steady until);
  /// What a survey may do. `sharers`: the addresses, with its own, that are to share what the host has left.
  struct Allowance {
    bool intrusive = false;
    Steady until;
    int sharers = 1;
  };
  Task<void> survey(Place place, evidence::MxAddress& address, Allowance allowance);
  Task<void> make_survey(Place place, evidence::MxAddress& address, Allowance allowance);
  /// Those that an earlier run was cut off in come first, or others never would be done; last, those that were done
  /// within a day.
  enum class Turn { begun, unknown, known };
  [[nodiscard]] Turn turn_of(const Place& place) const;
  [[nodiscard]] bool is_due(const evidence::MxAddress& address, const std::optional<Place>& place, Turn turn) const;
  Task<void> survey(evidence::MxHost& host, HostPolicy policy, Turn turn, Allowance allowance);
  Task<TlsSurvey> ask_on(Place place, TlsSurvey begun, EnumerationOptions options, int sharers);
  Task<void> inject(Place place, evidence::MxAddress& address, Steady until);
  Task<std::optional<Error>> admitted(Place place, Steady until, File& held);
  Task<bool> share(std::shared_ptr<Visit> other, evidence::MxAddress& address);
  [[nodiscard]] std::shared_ptr<Visit> known(const Key& key) const;
  void forget(const Key& key, const std::shared_ptr<Visit>& visit);
  void keep(const Key& key);
  [[nodiscard]] std::optional<Error> excluded(const IpAddress& address) const;
  [[nodiscard]] smtp::Delivery conditions() const;
  [[nodiscard]] std::optional<IpAddress> source(const IpAddress& address) const;

  VisitMeans means_;
  SendingLimits limits_;
  SurveyCache surveys_;
  std::shared_ptr<SurveyContexts> contexts_;
  std::map<std::string, int> spent_;  // connections of surveys, by host
  std::map<Key, std::shared_ptr<Visit>> visits_;
  std::deque<Key> kept_;  // the oldest first
  bool answered_ = false;
};

/// `ports` of the configuration: for loopback only, so that nobody's mail goes elsewhere by a setting.
std::uint16_t smtp_port_of(const Settings& settings, const IpAddress& address);

/// The session came so far that TLS can be asked about.
bool came_to_tls(const evidence::Attempt& attempt);

/// Nothing of it was asked, and why.
TlsSurvey not_surveyed(bool full, const Error& error);

/// Whether it is our time that was over, or our run: the target has no part in it.
bool cut_short(const evidence::Attempt& attempt);

}  // namespace mailprobe::probe
