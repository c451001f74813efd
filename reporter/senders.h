// Who may send for the target by its SPF record, as rows of words; shared by the terminal and the page. RFC 7208 §5.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct SenderRow {
  std::string term, whose;  // "mx", "ip4:192.0.2.0/24"; in whose record it stands
  std::string who;          // "192.0.2.1, 192.0.2.2 and 12 more"; "depends on the sender"
  std::string outcome;      // "softfail"; empty: pass, which is what it is for
};

struct SenderRows {
  std::vector<SenderRow> rows;
  std::size_t left = 0;  // that are not shown
  std::string rest;      // "Everybody else: fail"
};

/// Empty where no SPF record was surveyed. At most `most` rows.
SenderRows sender_rows(const evidence::Target& target, std::size_t most);

}  // namespace mailprobe::reporter
