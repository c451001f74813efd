// Our own DNS as a witness of a run: whether it is there, what only a probe of it has, and who asked for that. Serves
// itself where the configuration says so and no other process does; judges nothing. receiver/witness.h answers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/deliver.h"
#include "probe/settings.h"
#include "receiver/witness.h"

namespace mailprobe::probe {

/// The key whose record the witness zone answers with: the first RSA key, which every verifier knows (RFC 8301 §3.1).
/// nullptr: the identity has no key.
const DkimKey* witness_key(const Identity& identity);

/// All identities that have a key, for receiver::Witness.
std::vector<receiver::Witnessed> witnessed(const Settings& settings);

class DnsWitness {
 public:
  /// Where it cannot be one, `progress` is told why. Asks for a name that nobody else asks for: that the zone is
  /// delegated and answers is known then, and by its log which addresses our own resolver asks from. Looks up whether
  /// SPF leads there.
  static Task<DnsWitness> open(const Settings& settings, const Identity& identity, dns::Resolver& resolver,
                               Progress progress);

  /// A probe is given names of its own.
  [[nodiscard]] bool there() const { return wanted_ && !trouble_; }
  /// What a probe of that id is to be given, or why it has none; nullopt: it is not configured. That its log has not
  /// been read stands in it until it has.
  [[nodiscard]] std::optional<evidence::DnsWitness> of(const std::string& id) const;
  /// The message with the signature on top that only this probe has.
  [[nodiscard]] Result<std::string> sign(const std::string& message, const std::string& id, Time time) const;

 private:
  Task<void> start(const Settings& settings, const Progress& progress);
  Task<void> look_up(dns::Resolver& resolver);

  bool wanted_ = false;
  const Identity* identity_ = nullptr;
  std::string zone_;
  std::optional<std::string> control_;
  std::optional<Error> trouble_;
  bool spf_ = false;
  std::unique_ptr<receiver::Witness> serving_;
};

/// Ours: the names of the witness zones are answered here, so that no look-up of ours is taken for the target's. The
/// rest goes to `resolver`, which outlives it.
std::unique_ptr<dns::Resolver> unseen_by_witness(const Settings& settings, dns::Resolver& resolver);

}  // namespace mailprobe::probe
