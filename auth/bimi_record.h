// A BIMI assertion record as published: where a domain's logo is, and who vouches for it
// (draft-brand-indicators-for-message-identification §4.3). Pure and bounded. Fetches nothing and shows no logo.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::auth {

struct BimiRecord {
  std::string location;               // l=: an https URI of an SVG; empty: none
  std::string authority;              // a=: an https URI of a mark certificate; empty: none
  bool declines = false;              // both are empty: the domain wants no logo shown (§4.3.1)
  std::vector<std::string> problems;  // what is wrong though the record can be read, in words
};

/// v=BIMI1 in front; all others are ignored.
bool is_bimi_record(std::string_view text);

/// The error says in words why the record cannot be used.
Result<BimiRecord> parse_bimi_record(std::string_view text);

}  // namespace mailprobe::auth
