// SPF: is this address allowed to use that domain (RFC 7208)? No I/O besides DNS.
// Each DNS failure is `temperror` with the name that failed; each limit is `permerror` that names the limit.
#pragma once

#include <string>

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

/// The MAIL FROM identity, or HELO's where the reverse-path is null.
Task<Spf> check_spf(SpfQuestion question, dns::Resolver& resolver);

}  // namespace mailprobe::auth
