#include "app/message_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "app/maildir.h"
#include "base/files.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

constexpr std::string_view separator = "From ";
constexpr std::size_t max_piece = 64UL * 1024;

SavedMessage unreadable(const std::string& name, std::string why) {
  return {.name = name, .error = std::move(why), .bytes = {}};
}

/// A line that the mailbox quoted because it looks like a separator: ">From ", ">>From ".
bool is_quoted(std::string_view line) {
  const auto marks = line.find_first_not_of('>');
  return marks != 0 && marks != std::string_view::npos && line.substr(marks).starts_with(separator);
}

bool blank(std::string_view line) { return line == "\n" || line == "\r\n"; }

/// The blank line before a separator belongs to the mailbox, not to the message.
void drop_last_blank(std::string& bytes) {
  if (bytes.ends_with("\r\n\r\n")) bytes.resize(bytes.size() - 2);
  if (bytes.ends_with("\n\n")) bytes.resize(bytes.size() - 1);
}

Result<std::string> read_some(const File& file) {
  std::string bytes(max_piece, '\0');
  for (;;) {
    const auto count = ::read(file.descriptor(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Failure::usage, "it cannot be read: " + std::generic_category().message(errno));
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
  }
}

Result<File> open_input(const std::string& name) {
  const int descriptor = name == "-" ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  const int error = errno;
  File file(descriptor);
  if (descriptor < 0) return fail(Failure::usage, std::generic_category().message(error));
  struct stat facts{};
  if (::fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode)) return fail(Failure::usage, "it is a folder");
  return file;
}

Result<MessageReader> open_reader(const std::string& name) {
  auto opened = open_input(name);
  if (!opened) return std::unexpected(opened.error());
  const auto file = std::make_shared<File>(std::move(*opened));
  return MessageReader(name, [file] { return read_some(*file); });
}

}  // namespace

MessageReader::MessageReader(std::string name, NextBytes next_bytes)
    : name_(std::move(name)), next_bytes_(std::move(next_bytes)) {}

std::optional<SavedMessage> MessageReader::next() {
  if (!begun_) {
    begun_ = true;
    fill(separator.size());
    mbox_ = held_.starts_with(separator);
    if (!mbox_) return whole_input();
    (void)next_piece();  // the first separator
    separated_ = true;
  }
  if (!separated_) return std::nullopt;
  return next_of_mbox();
}

/// Holds at least so many bytes more than were given out, if there are.
void MessageReader::fill(std::size_t wanted) {
  while (!ended_ && held_.size() - at_ < wanted) {
    auto more = next_bytes_();
    if (!more) error_ = more.error().message;
    ended_ = !more || more->empty();
    if (ended_) return;
    held_.erase(0, at_);
    at_ = 0;
    held_ += *more;
  }
}

MessageReader::Piece MessageReader::next_piece() {
  auto end = held_.find('\n', at_);
  while (end == std::string::npos && !ended_ && held_.size() - at_ < max_piece) {
    const auto looked_at = held_.size() - at_;
    fill(looked_at + 1);
    end = held_.find('\n', at_ + looked_at);
  }
  const auto to = end == std::string::npos ? held_.size() : end + 1;
  Piece piece{held_.substr(at_, to - at_), at_line_start_};
  at_line_start_ = end != std::string::npos;
  at_ = to;
  return piece;
}

SavedMessage MessageReader::whole_input() {
  fill(max_message + 1);
  const bool too_large = held_.size() > max_message;
  return finished(std::move(held_), too_large);
}

/// From after one separator to the next, which is taken too. What is too large is passed over.
SavedMessage MessageReader::next_of_mbox() {
  std::string bytes;
  bool too_large = false, after_blank = false;
  separated_ = false;
  for (auto piece = next_piece(); !piece.text.empty(); piece = next_piece()) {
    separated_ = piece.begins && after_blank && piece.text.starts_with(separator);
    if (separated_) break;
    after_blank = piece.begins && blank(piece.text);
    bytes += piece.begins && is_quoted(piece.text) ? std::string_view(piece.text).substr(1) : piece.text;
    too_large = too_large || bytes.size() > max_message + 2;
    if (too_large) bytes.clear();
  }
  drop_last_blank(bytes);
  too_large = too_large || bytes.size() > max_message;
  return finished(std::move(bytes), too_large);
}

SavedMessage MessageReader::finished(std::string bytes, bool too_large) {
  const auto name = mbox_ ? name_ + "#" + std::to_string(++count_) : name_;
  if (error_) return unreadable(name, *error_);
  if (too_large) return unreadable(name, "the message is larger than 10 MiB");
  if (trim(bytes).empty()) return unreadable(name, "there is no message in it");
  return {.name = name, .error = {}, .bytes = to_crlf(bytes), .lf = !bytes.contains("\r\n")};
}

MessageFiles::MessageFiles(const std::string& name) {
  files_.push_back(name);
  if (name == "-" || !is_folder(name)) return;
  auto inside = maildir_messages(name);
  if (!inside) {
    error_ = unreadable(name, inside.error().message);
    files_.clear();
  } else {
    files_ = std::move(*inside);
    std::ranges::reverse(files_);
  }
}

std::optional<SavedMessage> MessageFiles::next() {
  for (;;) {
    if (error_) return std::exchange(error_, std::nullopt);
    if (reader_)
      if (auto message = reader_->next()) return message;
    reader_.reset();
    if (files_.empty()) return std::nullopt;
    const auto name = std::move(files_.back());
    files_.pop_back();
    auto opened = open_reader(name);
    if (opened)
      reader_ = std::move(*opened);
    else
      error_ = unreadable(name, opened.error().message);
  }
}

}  // namespace mailprobe::app
