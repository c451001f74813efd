// A run's probes as rows: what each came to, the worst first, and which of them the page shows in full. Two or three
// are the page; of hundreds nobody reads every session.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

constexpr std::size_t most_open_probes = 3;     // laid out one after the other; more are folded, a row each
constexpr std::size_t most_whole_probes = 100;  // of those that are folded; the rest are rows alone

struct ProbeRow {
  std::size_t index = 0;  // in the document
  evidence::Verdict verdict = evidence::Verdict::info;
  std::string name, facts;  // "inbox · 45 ms · TLS 1.3"
  bool whole = false;
};

/// Those of `first`, by their names, then the worst first, otherwise in the document's order.
std::vector<ProbeRow> probe_rows(const evidence::Document& document, const std::vector<std::string>& first);

}  // namespace mailprobe::reporter
