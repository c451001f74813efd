// Who wants no more mail of ours, by what comes to our receiver: a complaint (RFC 5965) or an opt-out that is tied to a
// message of ours puts that message's recipient on the suppression list. Answers nobody; what is tied to nothing does
// nothing. docs/threats.md, Manners.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "auth/results.h"
#include "evidence/document.h"
#include "probe/sent_to.h"
#include "probe/suppression.h"
#include "receiver/evaluator.h"

namespace mailprobe::probe {

/// A message as it came.
struct Objector {
  std::string_view raw;
  const evidence::Session& session;
  const auth::Dmarc& dmarc;
};

class Objections {
 public:
  explicit Objections(const std::filesystem::path& runs)
      : sent_(SentTo::beside(runs)), suppression_(Suppression::beside(runs)) {}

  /// What was done about it, in words that are safe to print; nullopt: it is neither. Again is fine. An error: of ours,
  /// whoever it is stays unsuppressed.
  [[nodiscard]] Result<std::optional<std::string>> heed(const Objector& objector, Time now) const;
  /// The same of one that came just now, and faults of ours in words too; "": there is nothing to say.
  [[nodiscard]] std::string heed(const receiver::Letter& letter) const;
  /// The same of one that lies in a mailbox.
  [[nodiscard]] std::string heed_of_mailbox(const Objector& objector) const;

 private:
  struct Tie;
  [[nodiscard]] Result<std::optional<Tie>> by_id(const std::vector<std::string>& ids) const;
  [[nodiscard]] Result<std::optional<Tie>> by_address(const std::vector<std::string>& addresses,
                                                      const auth::Dmarc& dmarc) const;

  SentTo sent_;
  Suppression suppression_;
};

}  // namespace mailprobe::probe
