// What stands behind something that does not hold: the finding that says what is wrong, with advice and an owner. Of a
// chain of consequences its beginning: no answer came because nothing was sent, because the server offers no STARTTLS.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

/// Of a pass and of what was not tested: no.
bool is_open(evidence::Verdict verdict);
/// A fault, and not what could not be determined.
bool is_wrong(evidence::Verdict verdict);

/// nullptr: it is about several, or about none that is there.
const evidence::Probe* probe_of(const evidence::Document& document, const evidence::Expectation& expectation);

/// Which of a document's findings stands behind what. The document outlives it.
class Causes {
 public:
  explicit Causes(const evidence::Document& document);

  /// Of the findings that it names the worst, else the one that is closest to what it looked at, else what kept its
  /// message from arriving; and of that the beginning. nullptr: no finding says it. What could not be determined is no
  /// cause of a failure.
  [[nodiscard]] const evidence::Finding* behind(const evidence::Expectation& expectation) const;
  /// What a finding is a consequence of; itself, where it is none.
  [[nodiscard]] const evidence::Finding& root_of(const evidence::Finding& finding) const;

 private:
  using Finding = evidence::Finding;

  /// What is not as it should be with a message, in the order of its way.
  struct Way {
    const evidence::Probe* probe = nullptr;
    const Finding *accepted = nullptr, *delivered = nullptr, *unanswered = nullptr;
  };

  void note(const Finding& finding);
  void note_way(const Finding& finding);
  [[nodiscard]] const Way* way_of(const evidence::Probe& probe) const;
  [[nodiscard]] const Finding* worst_named(const evidence::Expectation& expectation) const;
  [[nodiscard]] const Finding* closest(const evidence::Expectation& expectation) const;
  [[nodiscard]] const Finding* missing(const evidence::Expectation& expectation) const;
  [[nodiscard]] const Finding* at_server(const evidence::Attempt& attempt) const;
  [[nodiscard]] const Finding* before_at_server(const Finding& finding) const;
  [[nodiscard]] const Finding* obstacle(const evidence::Probe& probe) const;
  [[nodiscard]] const Finding* obstacle_of_control(const evidence::Probe& probe) const;
  [[nodiscard]] const Finding* earlier(const Finding& finding) const;

  const evidence::Document& document_;
  std::map<std::string_view, Way> ways_;                              // by the probe's name
  std::map<std::string_view, std::vector<const Finding*>> at_place_;  // by "HOST IP"
  std::map<std::string_view, std::vector<const Finding*>> about_;     // by the pointer to what they are about
  const Finding* no_server_ = nullptr;                                // the domain has none that mail could go to
};

/// A message that is wrong on purpose, and was not treated as such: no finding says it, and the receiving side can mend
/// it.
bool is_let_pass(const evidence::Expectation& expectation, const evidence::Probe& probe);
inline constexpr auto let_pass_fix_by = evidence::FixBy::provider;
inline constexpr std::string_view let_pass_advice =
    "Let the receiving server look at what is wrong with such a message, and act upon it.";

}  // namespace mailprobe::reporter
