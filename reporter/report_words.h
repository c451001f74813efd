// What a received report says, in words: shared by terminal and page. Escapes nothing.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

/// "DMARC aggregate report of google.com, 31 Jan 2026"
std::string report_title(const evidence::Report& report);
/// "about probe.test, published policy reject; joined by its reporter; id 829…"
std::string report_facts(const evidence::Report& report);
/// "vouched for: DMARC pass of google.com" and the like; "" for a bare file.
std::string report_origin(const evidence::Report& report);

struct RowWords {
  std::string what;    // "3 messages from 192.0.2.10"
  std::string result;  // "disposition none, DKIM pass, SPF pass"
  std::string tone;    // pass, fail or none: as of a result word
  std::string detail;  // "dkim=pass r1, spf=pass probe.test; local_policy: arc=pass"
};
std::vector<RowWords> report_rows(const evidence::Report& report);

}  // namespace mailprobe::reporter
