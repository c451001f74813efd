// What became of each message of a run, as far as its journal tells: for who goes on with the run. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/vocabulary.h"
#include "probe/journal.h"

namespace mailprobe::probe {

struct Fate {
  std::string probe, name;
  std::optional<Time> dot, replied;           // the last of each
  std::optional<mailprobe::Outcome> outcome;  // of the last reply
  std::optional<int> code;
  std::string text;
  bool open = false;   // the final dot went out, and no reply is known: possibly delivered
  bool found = false;  // its copy was stored

  /// It is not sent again: taken, refused for good, or possibly delivered. What got 4xx is (RFC 5321 §4.5.4.1).
  [[nodiscard]] bool decided() const;
};

/// In the order in which they were planned.
std::vector<Fate> fates_of(const std::vector<JournalLine>& lines);

}  // namespace mailprobe::probe
