// What a report was packed in: gzip by zlib, zip by minizip, both from memory and bounded in what they unpack to. One
// entry only, never an archive within an archive; names within are not looked at, nothing is written. RFC 1952,
// PKWARE's APPNOTE. RFC 9990 §8.1: decompressors are at risk.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace mailprobe::reports {

enum class Packing { none, gzip, zip };

/// By the first bytes.
Packing packing_of(std::string_view bytes);

/// The one thing within, or `bytes` themselves where they are not packed. Failure::protocol: damaged, encrypted, too
/// large, too good a ratio, more than one entry, packed twice.
Result<std::string> unpack(std::string_view bytes);

}  // namespace mailprobe::reports
