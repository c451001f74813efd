// Brings a connection to the point where TLS begins, again and again: connects within the limits towards strangers,
// reads the banner, says EHLO and STARTTLS. What the server says instead is the error, with its cause. RFC 5321 §3.1,
// 3207.
#pragma once

#include "probe/attempt.h"
#include "probe/progress.h"
#include "probe/sending_limits.h"
#include "probe/tls_enumeration.h"

namespace mailprobe::probe {

struct OpenerOptions {
  Place place;
  std::optional<IpAddress> source;
  std::string helo;
  const SendingLimits* limits = nullptr;  // outlives the opener; null, or a loopback address: no limits
  Steady deadline = Steady::max();        // a wait for the limits that would pass it is own-limit
  const Progress* progress = nullptr;     // outlives the opener; told of each wait
};

TlsOpener starttls_opener(Network network, OpenerOptions options);

}  // namespace mailprobe::probe
