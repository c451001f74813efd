// The parts of one run, each with its own state: what is looked up and tried before anything is sent (Preflight), and
// one message from its bytes to its delivered copy (Dispatch). run.cpp puts them in order.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/hidden.h"
#include "probe/beside.h"
#include "probe/compose.h"
#include "probe/deliver.h"
#include "probe/dns_witness.h"
#include "probe/fates.h"
#include "probe/gate.h"
#include "probe/mailbox_witness.h"
#include "probe/run_directory.h"
#include "probe/settings.h"
#include "receiver/weak_keys.h"
#include "scenarios/plan.h"

namespace mailprobe::probe {

/// What all parts of a run share. The references outlive it.
struct Surroundings {
  const Settings& settings;
  const SendOptions& options;
  dns::Resolver& resolver;
  Progress progress;
  Network network;
  std::shared_ptr<const tls::Context> context;
  Hidden hidden;                                      // the secrets that messages of the run hold
  std::map<std::string, DnsWitness> dns_witnesses;    // by identity; of a run without one none is there
  std::vector<evidence::TrapLeftOut> traps_left_out;  // that are not in place

  [[nodiscard]] std::chrono::milliseconds wait() const { return options.wait.value_or(settings.limits.wait); }
  [[nodiscard]] std::chrono::milliseconds wait(const scenarios::PlannedProbe& planned) const {
    return planned.wait.value_or(wait());
  }
  [[nodiscard]] const Identity& identity(const scenarios::PlannedProbe& planned) const {
    return settings.identities.at(planned.identity);
  }
  [[nodiscard]] const Submission* submission() const {
    return options.via ? &settings.submission.at(*options.via) : nullptr;
  }
};

/// All at once: our own key records, the route, the relay's addresses, the mailbox's login, the relay's password.
struct Preflight {
  std::vector<evidence::OwnRecord> keys;
  evidence::Target target;
  std::optional<std::optional<std::string>> sts_record;  // for target.policies; null inside: there is none
  evidence::MxHost relay;
  std::optional<sasl::Credentials> relay_credentials;
  std::unique_ptr<MailboxWitness> mailbox;
  std::optional<Error> usage;  // the first: nothing may be sent
};
Task<void> prepare(const Surroundings& around, const scenarios::Plan& plan, Preflight& into);

/// Where the messages go, in the order of trying: the relay, the given server, or the MX hosts' addresses.
std::vector<Place> places_of(const Surroundings& around, const scenarios::PlannedProbe& planned,
                             const Preflight& preflight);

/// One message: what the evidence says of it, and what is needed on the way.
struct Dispatch {
  const scenarios::PlannedProbe* planned = nullptr;  // the plan's
  std::size_t number = 0;                            // tells raw files of one run apart
  evidence::Probe probe;
  std::string sent;  // the bytes
  std::vector<Place> places;
  Delivered delivered;
  Steady deadline;                   // for the copy
  bool looked_late = false;          // others were searched for before
  std::optional<imap::Copy> copy;    // found
  std::optional<imap::Copy> second;  // of a message that is smuggled: found as one of its own
  std::vector<imap::Answer> answers;
  bool awaited = false;                            // its answers are taken
  bool withdrawn = false;                          // refused after the final dot: no copy will come
  bool answered = false;                           // the final dot
  bool decided = false;                            // by an earlier life of the run: it is not sent again
  bool found_before = false;                       // its copy was, by an earlier life of the run
  bool examining = false;                          // its copy is looked after, or was
  bool examined = false, collected = false;        // its copy and its answers were looked after
  std::vector<evidence::Attempt> before;           // of an earlier life of the run
  std::optional<receiver::PublishedKey> weak_key;  // as long as the run lives
  std::shared_ptr<Gate> searched;  // open when its copy was found or will not be; null: nobody waits for that
  std::function<void()> settled;   // called when it is answered and the copy is found, while the session goes on

  void settle() const {
    if (answered && copy && settled) settled();
  }
  void end_search() const {
    if (searched) searched->open();
  }
};

/// Composed, signed and stored; or with the id and the bytes that it was given before, by an earlier life of the run.
/// `number` tells raw files of one run apart.
Result<Dispatch> make_dispatch(const Surroundings& around, const RunDirectory& directory,
                               const scenarios::PlannedProbe& planned, std::vector<Place> places, std::size_t number,
                               const Fate* fate);

/// What goes to the places.
Result<Consignment> consignment_of(const Surroundings& around, const Preflight& preflight, const Dispatch& dispatch);

/// A copy that waited for its turn came when the mailbox says that it did, which is a matter of whole seconds.
void correct_arrival(Dispatch& dispatch);

/// Looks for the copies while messages still go out: one mailbox connection, one copy after the other.
class CopySearch {
 public:
  CopySearch(Beside beside, MailboxWitness* mailbox) : beside_(std::move(beside)), mailbox_(mailbox) {}

  /// From the moment of the final dot; nothing without a mailbox.
  void expect(Dispatch& dispatch);
  /// No copy will come.
  Task<void> withdraw(Dispatch& dispatch);
  /// Every copy was found, or its deadline has passed.
  Task<void> finish();

 private:
  static Task<void> search(CopySearch& self);
  Task<void> search_second(Dispatch& dispatch);
  void start();

  Beside beside_;
  MailboxWitness* mailbox_;
  std::deque<Dispatch*> queue_;
  bool searching_ = false;
};

}  // namespace mailprobe::probe
