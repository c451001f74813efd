// The JSON Schema (2020-12) of scenario files, made from the same list of keys that reads them: for editors and CI.
// It says what a key may hold; what fits together is scenarios/load's to say.
#pragma once

#include <string>

namespace mailprobe::scenarios {

std::string schema_json();

}  // namespace mailprobe::scenarios
