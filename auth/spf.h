// SPF: is this address allowed to use that domain (RFC 7208)? No I/O besides DNS.
// Each DNS failure is `temperror` with the name that failed; each limit is `permerror` that names the limit.
#pragma once

#include <string>
#include <vector>

#include "auth/results.h"
#include "base/ip.h"
#include "base/task.h"
#include "dns/resolver.h"

namespace mailprobe::auth {

struct SpfQuestion {
  IpAddress client;
  std::string helo;
  std::string mail_from;             // empty: the null reverse-path, so postmaster@helo (RFC 7208 §2.4)
  Time time;                         // for %{t}
  std::string receiver = "unknown";  // for %{r}
};

/// One thing that happened, in the order of evaluation: a record found, or a term and what it came to.
struct SpfEvent {
  std::size_t depth = 0;
  std::string text,
      outcome;  // "example.org", "v=spf1 …"; "ip4:192.0.2.1", "no match"; an include before it is followed
};

/// The MAIL FROM identity, or HELO's where the reverse-path is null. Notes its `steps` where they are asked for.
Task<Spf> check_spf(SpfQuestion question, dns::Resolver& resolver, std::vector<SpfEvent>* steps = nullptr);

}  // namespace mailprobe::auth
