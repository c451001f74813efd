// Who may be sent the reports that a DMARC record asks for: a destination in another organisation must agree.
// Not what reports hold or how they are sent. RFC 9990 §4 (RFC 7489 §7.1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/dmarc_record.h"
#include "base/task.h"
#include "dns/resolver.h"

namespace mailprobe::auth {

enum class ReportConsent { internal, given, missing, unknown };  // unknown: a look-up failed

struct ReportDestination {
  std::string uri, host;
  ReportConsent consent = ReportConsent::unknown;
  std::string name;         // that was asked for an agreement: example.org._report._dmarc.example.net
  std::string agreement;    // the record there
  std::string replacement;  // the destination's own rua= or ruf= for it, on the same host
  std::string reason;       // why it is missing or unknown
};

/// Where a host has to agree to reports about `domain`, which published the record.
std::string consent_name(const std::string& domain, const std::string& host);

/// The host of a mailto: or https: URI, lower case; empty where it has none.
std::string report_host(const ReportUri& uri);

/// Each destination of a record found at `domain`, in its order; `failures`: those of ruf=, else of rua=.
/// At most limits::report_uris are asked about.
Task<std::vector<ReportDestination>> check_report_destinations(std::string domain, DmarcRecord record, bool failures,
                                                               dns::Resolver& resolver);

}  // namespace mailprobe::auth
