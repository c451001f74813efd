// The questions at our own DNS as a reader wants them: one row for what was asked by whom, the steps on the way there
// left out. Pure.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct Lookup {
  std::string what;  // "SPF for 192.0.2.10", "DKIM key", "DMARC policy"
  std::string name, type, from;
  std::string subnet;     // whom the resolver says it asks for (RFC 7871); empty: it does not say
  std::int64_t t_ms = 0;  // of the first
  std::size_t times = 0;
};

/// In the order in which they came first.
std::vector<Lookup> lookups(const evidence::Probe& probe);

/// "3 questions were over our rate limit and got no answer".
std::string unanswered_text(const evidence::DnsWitness& witness);

}  // namespace mailprobe::reporter
