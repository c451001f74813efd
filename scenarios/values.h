// What stands at a path in the evidence of one probe, and what it is called in words. Pure; on the JSON that others
// read too, so that a pointer leads to what was judged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/expression.h"

namespace boost::json {
class value;
}

namespace mailprobe::scenarios {

struct Value {
  const boost::json::value* value;
  std::string pointer;
};

/// Of a list every element, or those of the step's key; nothing where there is none, or null. `pointer` is the probe's.
std::vector<Value> values_at(const boost::json::value& probe, const Path& way, const std::string& pointer);

/// Whether dkim[key] means the signature "r1 rsa-sha256 relaxed/relaxed": by its selector, or "r1 relaxed/relaxed".
bool is_signature(std::string_view name, std::string_view key);

/// Where nothing stands there: it is known that there is none. Else it is null because it is not known.
bool is_known_to_be_missing(const boost::json::value& probe, const Path& way);

/// Milliseconds, where numbers at that path are.
bool is_time(const Path& path);
std::string text_of(const boost::json::value& value, bool time);
/// Each once, the first few.
std::string found_text(const std::vector<Value>& values, bool time);

}  // namespace mailprobe::scenarios
