// "v=STSv1; id=…": the one grammar that MTA-STS and TLSRPT records have, in which order, case and every character
// count. Not DKIM's and DMARC's, which are more lenient (auth/tag_list). Pure. RFC 8461 §3.1, RFC 8460 §3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe {

struct RecordField {
  std::string name, value;
};

/// Whether it is a record of that version ("v=STSv1") at all, good or not; all others at the same name are ignored.
bool has_version(std::string_view text, std::string_view version);

/// The fields behind the version, in order. Names are checked, values are not. The error is in words.
Result<std::vector<RecordField>> record_fields(std::string_view text, std::string_view version);

/// sts-ext-value, tlsrpt-ext-value: visible characters but "=" and ";".
bool is_extension_value(std::string_view value);

}  // namespace mailprobe
