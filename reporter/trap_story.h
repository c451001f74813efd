// What became of mail to our traps, for people: a row for each, the same for the terminal and the page. Judges nothing
// (evidence/checks_traps.cpp does): where a check speaks of a trap, its finding's verdict is what the row shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct TrapRow {
  std::string name, what;  // "dane-wrong", "its TLSA record is of another key"
  std::string address;     // that an answer was asked for at
  std::string control;     // "control: dane-right, which came"; empty: it is one itself
  std::string came, when;  // "came", "after 2.1 s"; "did not come"
  /// "mx1.target.test", "192.0.2.1", "TLS 1.3", "TLS_AES_256_GCM_SHA384, x25519"; empty where nobody called,
  /// or called without TLS and brought nothing.
  std::string from, client, over, cipher;
  evidence::Verdict verdict = evidence::Verdict::inconclusive;  // of what it means
  std::string meaning;                                          // "It obeys DANE: …"
  std::vector<const evidence::Session*> sessions;               // in the order in which they began
};

struct TrapLeft {
  std::string name, why;
};

struct TrapStory {
  std::string sentence;  // what was asked for, and how long it was waited for
  std::vector<TrapRow> rows;
  std::vector<TrapLeft> left;  // not asked for
};

/// Of a probe that asked for answers at traps (`traps` is there).
TrapStory trap_story(const evidence::Document& document, const evidence::Probe& probe);

}  // namespace mailprobe::reporter
