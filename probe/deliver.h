// One message to one of several places: every address in turn, 4xx to the next host and later again, 5xx the end.
// After the final dot without a reply the outcome is unknown, and nothing is sent again. Connecting takes at most 10 s
// an address and 30 s a round.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probe/attempt.h"
#include "probe/journal.h"
#include "probe/progress.h"
#include "probe/sending_limits.h"

namespace mailprobe::probe {

struct Consignment {
  std::string id;             // the probe's
  std::string recipient;      // for the limits
  std::vector<Place> places;  // in the order of trying; addresses of one host adjoin
  std::vector<IpAddress> sources;
  bool source_asked = false;  // --source-ip: from the one source or not at all
  smtp::Delivery delivery;
  std::chrono::milliseconds wait{0};                    // until our own limits let us
  std::optional<std::chrono::milliseconds> retry = {};  // for coming back after a 4xx; else the same
  bool limited = true;                                  // false: --via, where the relay's limits hold
  bool wrong = false;                                   // on purpose: who refuses it does as is to be hoped
};

/// What delivering needs beside the message. The pointers outlive the call.
struct Means {
  Network network;
  Journal* journal = nullptr;
  SendingLimits* limits = nullptr;
  const Progress* progress = nullptr;
  /// Until the next try, without a connection; returns early when cancelled. Time spent beyond that counts for nothing:
  /// others were let past. Empty: the network's pause.
  std::function<Task<void>(std::chrono::milliseconds)> rest;
  /// What has been tried so far, before the journal says more: before the final dot, and after each attempt.
  std::function<Result<void>(const std::vector<evidence::Attempt>&)> keep;
  std::function<void()> at_dot;               // the final dot is about to go out
  std::function<void()> at_reply;             // … and is answered
  std::function<Task<std::string>()> port25;  // "open", "closed", "presumed-closed"
};

struct Delivered {
  std::vector<evidence::Attempt> attempts;
  std::optional<Time> at;                     // of the final dot's reply; of the dot itself where no reply came
  std::string local_address;                  // ours, of the last session
  std::optional<std::string> port25;          // where it was in doubt
  std::optional<Error> error;                 // of the last attempt
  std::vector<evidence::ReplyFacts> further;  // of the last session: smtp::Session's

  [[nodiscard]] mailprobe::Outcome outcome() const {
    return attempts.empty() ? mailprobe::Outcome::not_sent : attempts.back().outcome;
  }
  /// A copy may turn up.
  [[nodiscard]] bool on_its_way() const {
    return outcome() == mailprobe::Outcome::accepted || outcome() == mailprobe::Outcome::unknown || !further.empty();
  }
};

Task<Delivered> deliver(Consignment consignment, Means means);

/// The address to send from: of the destination's family, and loopback only to loopback. nullopt: the system's choice.
std::optional<IpAddress> source_for(const IpAddress& destination, const std::vector<IpAddress>& sources);

}  // namespace mailprobe::probe
