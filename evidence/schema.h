// The evidence document as a JSON Schema (draft 2020-12): for who reads it elsewhere. From the same lists of members
// that write and read it, so that it cannot say anything else.
#pragma once

#include <string>

namespace mailprobe::evidence {

/// Indented, with a line feed at its end. Members that earlier versions did not write are not required.
std::string schema_json();

}  // namespace mailprobe::evidence
