// Saved messages: a file, an mbox, or standard input, as messages with CRLF line endings. Bounded before anything is
// parsed. RFC 4155 (mbox), in its "mboxrd" reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::app {

constexpr std::size_t max_message = 10 * 1024 * 1024;
constexpr std::size_t max_input = 256 * 1024 * 1024;  // of a whole mbox

struct SavedMessage {
  std::string name;                  // "a.eml", "-", "box#3"
  std::optional<std::string> error;  // why it cannot be judged
  std::string bytes;                 // CRLF line endings
};

/// All that `file` holds: at least one entry, which may be its error.
std::vector<SavedMessage> read_messages(const std::string& file);

/// The bytes of a file, or of - for standard input. The error does not name it.
Result<std::string> read_input(const std::string& name);
/// The same of bytes that are read already.
std::vector<SavedMessage> split_messages(const std::string& name, std::string_view bytes);

}  // namespace mailprobe::app
