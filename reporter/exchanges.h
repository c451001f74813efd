// A transcript of SMTP as commands with their replies: what was asked, when, what came back. Pipelined commands are
// answered in their order (RFC 2920 §3.1). Reads what was recorded and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/transcript.h"

namespace mailprobe::reporter {

struct Exchange {
  std::string_view command;               // as sent; "connect" before the banner; "final dot"
  std::int64_t begin_ms = 0, end_ms = 0;  // from the attempt's start; alike where no reply came
  std::vector<std::string_view> replies;  // its lines
  std::size_t event = 0;                  // the command's place in the transcript

  [[nodiscard]] bool answered() const { return !replies.empty(); }
};

constexpr std::string_view connect_command = "connect", final_dot = "final dot";

/// In the order in which they were sent.
std::vector<Exchange> exchanges(const std::vector<Event>& events);

}  // namespace mailprobe::reporter
