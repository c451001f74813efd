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
  /// Where there is none, and why, `progress` is told. Looks up that the zone is delegated, and whether SPF leads
  /// there.
  static Task<DnsWitness> open(const Settings& settings, const Identity& identity, dns::Resolver& resolver,
                               Progress progress);

  [[nodiscard]] bool there() const { return zone_.has_value(); }
  /// What a probe of that id is to be given; nullopt: there is no witness.
  [[nodiscard]] std::optional<evidence::DnsWitness> of(const std::string& id) const;
  /// The message with the signature on top that only this probe has.
  [[nodiscard]] Result<std::string> sign(const std::string& message, const std::string& id, Time time) const;

 private:
  const Identity* identity_ = nullptr;
  std::optional<std::string> zone_;
  bool spf_ = false;
  std::unique_ptr<receiver::Witness> serving_;
};

/// What was asked for because of that probe, since its first attempt began: its own names, and, while the run waits,
/// the records of its domain by those who also asked for its own, unless our resolver is theirs. Empty where the
/// witness was not there.
std::vector<evidence::DnsQuery> dns_questions(const Settings& settings, const evidence::Probe& probe);

/// They become the probe's, where there are more than it had: true. Where they cannot be read it has no witness.
bool note_dns_questions(const Settings& settings, const Progress& progress, evidence::Probe& probe);

/// Ours: the names of the witness zones are answered here, so that no look-up of ours is taken for the target's. The
/// rest goes to `resolver`, which outlives it.
std::unique_ptr<dns::Resolver> unseen_by_witness(const Settings& settings, dns::Resolver& resolver);

}  // namespace mailprobe::probe
