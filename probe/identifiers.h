// The names of a run and of a probe: the one sorts by time, the other cannot be guessed.
#pragma once

#include <string>

#include "base/time.h"

namespace mailprobe::probe {

/// 26 base32 characters, 128 bits: in Message-ID, header, body and reverse-path, so lower case letters and digits.
std::string new_probe_id();

/// "20260131T120000Z-" and six base32 characters.
std::string new_run_id(Time started);

}  // namespace mailprobe::probe
