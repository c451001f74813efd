// What the delivered copy shows: the checks of path.* that need it. For the sources of this room.
#pragma once

#include <string>

#include "evidence/findings.h"

namespace mailprobe::evidence {

/// The copy of one probe, with the bytes sent and received where they could be read.
struct Copy {
  const Probe& probe;
  const MailboxCopy& copy;
  std::string at;  // the probe's pointer
  std::optional<std::string> sent, received;

  /// A finding about the probe, with `member` of the copy as its evidence.
  Finding& add(Findings& findings, std::string_view check, Verdict verdict, std::string summary,
               std::string_view member) const;
};

/// Where there is no copy, each of them is not-tested. `at` is the probe's pointer.
void judge_copy(const Probe& probe, const std::string& at, const RawReader& raw, Findings& findings);

void judge_survival(const Copy& it, Findings& findings);  // path.dkim-survival
void judge_intact(const Copy& it, Findings& findings);    // path.body-intact, path.header-intact
void judge_filter(const Copy& it, Findings& findings);    // path.filter-verdict
void judge_arc(const Copy& it, Findings& findings);       // path.arc

/// What the target's filter wrote, explained.
struct FilterVerdict {
  bool spam = false;   // it took the message for spam
  bool clean = false;  // it says that it did not
  std::string words;
};
FilterVerdict read_filter(const std::vector<std::string>& fields);
/// What of a field's value read_filter() goes by: words of a known vocabulary, and nothing of the message.
std::string deciding_part(std::string_view field);

/// How the target's trusted results compare with ours.
void judge_recorded(const Probe& probe, const std::string& at, Findings& findings);

}  // namespace mailprobe::evidence
