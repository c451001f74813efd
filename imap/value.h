// The values that responses are made of: NIL, atoms, strings, parenthesised lists. Pure; nesting and number capped.
// Not their meaning: that is imap/response.h's. RFC 9051 §4 and §9.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::imap {

struct Value {
  enum class Kind { nil, atom, string, list };  // a number is an atom
  Kind kind = Kind::nil;
  std::string text;  // of an atom or a string; "NIL" as it was written, for where an astring stands
  std::vector<Value> items;

  [[nodiscard]] bool is_list() const { return kind == Kind::list; }
};

/// All values in `bytes`, in order. Spaces between them may be missing or too many: servers write both.
Result<std::vector<Value>> parse_values(std::string_view bytes);

}  // namespace mailprobe::imap
