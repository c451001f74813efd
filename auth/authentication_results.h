// Authentication-Results: what receiving hosts recorded, read and printed (RFC 8601 §2.2). Pure; believes nothing:
// whom to trust is decided in auth/trust. Tolerant of what big providers write: no authserv-id (Microsoft), the id
// repeated, properties without a ptype, words and pairs behind the id (Yahoo).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/results.h"
#include "base/error.h"

namespace mailprobe::auth {

/// One field read. Methods, results and names of properties are in lower case; the rest is as written, unescaped.
struct RecordedResults {
  AuthenticationResults field;        // `trusted` is left false
  std::vector<std::string> comments;  // one for each of field.results, several joined by "; "
};

/// The field's value. What cannot be read in one result costs only that; a field without anything readable is an error.
Result<RecordedResults> parse_authentication_results(std::string_view value);

/// The value in one line, quoted where it must be; parsing it gives the same again.
std::string print_authentication_results(const RecordedResults& recorded);

}  // namespace mailprobe::auth
