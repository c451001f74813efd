// What became of messages that are wrong on purpose, as a table: a row a message, with what is wrong with it, whether
// its control arrived, how far the target is seen to judge it, what it recorded and where the message went. Of runs
// with such probes. Pure; the grades are the findings' (evidence/checks_evaluated.cpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/assess.h"

namespace mailprobe::reporter {

struct EnforcementRow {
  std::size_t probe = 0;                                // its place in the document
  std::string set;                                      // "enforcement", "enforcement, identity second": whose it is
  std::string name, wrong;                              // "dkim/body-hash", "the signature is of another body"
  evidence::Verdict verdict = evidence::Verdict::info;  // of what was expected of it, else of what was found
  std::string control;  // "dkim-right: INBOX", "dkim-right: refused 5.7.1"; empty: it has none
  bool control_arrived = false, control_sought = true;
  std::optional<evidence::Grade> grade;
  evidence::Verdict judged = evidence::Verdict::not_tested;  // of the check that graded it
  std::string summary;                                       // that check's
  std::string recorded;                                      // "dkim=fail"; empty: nothing
  std::string icon, went;                                    // mailbox, junk, stop, unknown; "INBOX", "refused 5.7.1"
};

struct EnforcementGrid {
  std::vector<EnforcementRow> rows;  // those of a set stand together
  bool several_sets = false;
};

/// nullopt: nothing in it is wrong on purpose.
std::optional<EnforcementGrid> enforcement_grid(const evidence::Document& document);

/// "14 messages were wrong on purpose: 9 were refused or filed as junk, …".
std::string enforcement_sentence(const EnforcementGrid& grid);

/// "dkim-body-hash" in words; one that is not known is shown as it is.
std::string fault_phrase(std::string_view fault);

/// "taken for right", "enforced", "inconclusive": the grade, else what stands in its place.
std::string_view grade_phrase(const EnforcementRow& row);

}  // namespace mailprobe::reporter
