// A DMARC Policy Record as published (RFC 9989 §4.7, §4.8). Pure; who finds it is auth/dmarc_lookup.
// Has pct= too, which RFC 9989 dropped and RFC 7489 §6.3 had.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/results.h"
#include "base/error.h"

namespace mailprobe::auth {

enum class PublicSuffix { yes, no, unknown };  // psd=

struct ReportUri {
  std::string uri;      // without the obsolete "!10m"
  std::string address;  // of a mailto:, percent-decoded; else empty
};

struct DmarcRecord {
  DmarcPolicy policy = DmarcPolicy::none;               // p=
  std::optional<DmarcPolicy> subdomains, non_existent;  // sp=, np=
  bool strict_dkim = false, strict_spf = false;         // adkim=s, aspf=s
  PublicSuffix psd = PublicSuffix::unknown;
  bool testing = false;  // t=y
  std::vector<ReportUri> rua, ruf;
  std::string failure_options = "0";  // fo=
  unsigned percent = 100;             // pct= (RFC 7489)
  std::vector<std::string> problems;  // what was ignored or replaced by a default, in words

  /// The policy for the domain of the record itself, or for a subdomain that exists or does not (RFC 9989 §4.10.1).
  [[nodiscard]] DmarcPolicy for_subdomain(bool exists) const;
};

/// Whether a TXT record is one of DMARC: v=DMARC1 in front, as RFC 9989 §4.7 asks. All others are ignored.
bool is_dmarc_record(std::string_view text);

/// The error says in words why the record cannot be used: no usable p= and nobody to report to (RFC 9989 §4.10.1).
Result<DmarcRecord> parse_dmarc_record(std::string_view text);

/// One level below (RFC 9989 §4.7, t=y): reject → quarantine → none.
DmarcPolicy one_level_milder(DmarcPolicy policy);

}  // namespace mailprobe::auth
