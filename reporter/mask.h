// Masking within text: the local part of every mailbox address, and given words where they stand alone. Not redaction
// of a document: that is redact.cpp. RFC 5321 §4.1.2 (Local-part), RFC 5322 §3.4.1 (addr-spec).
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace mailprobe::reporter {

inline constexpr std::string_view masked = "***";

/// "alice.smith@example.org" is "***@example.org"; quoted local parts and those encoded (%40, =40) too. What is no
/// address ("@media") stays.
std::string mask_addresses(std::string_view text);

/// Each word where it is not part of a longer one or of a host name, without regard to ASCII case.
std::string mask_words(std::string_view text, const std::set<std::string>& words);

/// Each absolute path of a file, as our own words name them: "/home/anna/x.jsonl cannot be read" is "*** cannot be
/// read".
std::string mask_paths(std::string_view text);

}  // namespace mailprobe::reporter
