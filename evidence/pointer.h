// JSON Pointers into the evidence document (RFC 6901): made of steps, each escaped. Resolves nothing.
#pragma once

#include <string>
#include <string_view>

namespace mailprobe::evidence {

/// "/" and the step, with ~ and / escaped (RFC 6901 §3).
std::string pointer_step(std::string_view step);

inline std::string pointer_part(std::string_view step) { return pointer_step(step); }
inline std::string pointer_part(const char* step) { return pointer_step(step); }
inline std::string pointer_part(const std::string& step) { return pointer_step(step); }
inline std::string pointer_part(std::size_t index) { return "/" + std::to_string(index); }

/// pointer("probes", 0UL, "smtp") is "/probes/0/smtp".
template <class... Steps>
std::string pointer(const Steps&... steps) {
  return (std::string{} + ... + pointer_part(steps));
}

}  // namespace mailprobe::evidence
