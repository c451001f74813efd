#include "app/message_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "probe/files.h"

namespace mailprobe::app {

namespace {

constexpr std::string_view separator = "From ";

SavedMessage unreadable(const std::string& name, std::string why) {
  return {.name = name, .error = std::move(why), .bytes = {}};
}

SavedMessage message(const std::string& name, std::string_view bytes) {
  if (bytes.size() > max_message) return unreadable(name, "the message is larger than 10 MiB");
  if (trim(bytes).empty()) return unreadable(name, "there is no message in it");
  return {.name = name, .error = {}, .bytes = to_crlf(bytes)};
}

std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
  rest.remove_prefix(line.size());
  return line;
}

/// A line that the mailbox quoted because it looks like a separator: ">From ", ">>From ".
bool quoted(std::string_view line) {
  const auto marks = line.find_first_not_of('>');
  return marks != 0 && marks != std::string_view::npos && line.substr(marks).starts_with(separator);
}

bool blank(std::string_view line) { return line == "\n" || line == "\r\n"; }

/// The blank line before a separator belongs to the mailbox, not to the message.
void drop_last_blank(std::string& bytes) {
  if (bytes.ends_with("\r\n\r\n")) bytes.resize(bytes.size() - 2);
  if (bytes.ends_with("\n\n")) bytes.resize(bytes.size() - 1);
}

std::vector<std::string> split_mbox(std::string_view rest) {
  std::vector<std::string> messages;
  bool after_blank = true;
  while (!rest.empty()) {
    const auto line = next_line(rest);
    if (after_blank && line.starts_with(separator)) {
      if (!messages.empty()) drop_last_blank(messages.back());
      messages.emplace_back();
    } else {
      messages.back() += quoted(line) ? line.substr(1) : line;
    }
    after_blank = blank(line);
  }
  if (!messages.empty()) drop_last_blank(messages.back());
  return messages;
}

}  // namespace

Result<std::string> read_input(const std::string& name) {
  const bool standard_input = name == "-";
  const int descriptor = standard_input ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  const int error = errno;
  probe::File file(descriptor);
  if (descriptor < 0) return fail(Failure::usage, std::generic_category().message(error));
  struct stat facts{};
  if (::fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode)) return fail(Failure::usage, "it is a folder");
  auto bytes = probe::read_all(file, max_input, name);
  if (!bytes) return fail(Failure::usage, "it cannot be read, or is larger than 256 MiB");
  return bytes;
}

std::vector<SavedMessage> split_messages(const std::string& name, std::string_view bytes) {
  if (!bytes.starts_with(separator)) return {message(name, bytes)};
  std::vector<SavedMessage> saved;
  for (const auto& each : split_mbox(bytes)) {
    const auto number = std::to_string(saved.size() + 1);
    saved.push_back(message(name + "#" + number, each));
  }
  return saved;
}

std::vector<SavedMessage> read_messages(const std::string& file) {
  const auto bytes = read_input(file);
  if (!bytes) return {unreadable(file, bytes.error().message)};
  return split_messages(file, *bytes);
}

}  // namespace mailprobe::app
