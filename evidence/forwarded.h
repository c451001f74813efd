// Whether a message that came to us is a probe of ours, sent on by a forwarder, and how it was: by SRS, or under which
// reverse-path else. Not what became of its signatures: evidence/checks_forward.cpp. RFC 5321 §3.9. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailprobe::evidence {

/// Letters and digits, no more of them than any id of ours has.
bool is_id(std::string_view text);

/// The id of the probe that it is; nullopt: it is none. By its own field, which answers to it have not.
std::optional<std::string> forwarded_id(std::string_view raw);

/// How the envelope's sender came about.
enum class Rewriting {
  srs,    // "SRS0=HASH=TT=probe.example.org=probe@forwarder.example", or SRS1
  other,  // an address of somebody else than us: the forwarder's own, or VERP
  null,   // <>
  none    // still ours
};
Rewriting rewriting_of(std::string_view reverse_path, std::string_view ours);

}  // namespace mailprobe::evidence
