// A file of lines that several processes may append to at once. What is older than two files' worth goes. Knows
// nothing of what the lines say.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/files.h"

namespace mailprobe::receiver {

/// "…/dns.jsonl" → "…/dns.jsonl.1": the one before.
std::filesystem::path put_aside_as(const std::filesystem::path& path);

class LineLog {
 public:
  /// `max` is the size of one of the two files.
  static Result<LineLog> open(const std::filesystem::path& path, std::size_t max);

  /// An error: it was not kept, or it was and the full file cannot be put aside, which is tried again; at eight times
  /// its size nothing more is kept.
  Result<void> add(const std::string& text);

 private:
  LineLog(std::filesystem::path path, std::size_t max, File file, std::size_t size)
      : path_(std::move(path)), max_(max), turn_at_(max), file_(std::move(file)), size_(size) {}
  Result<void> turn();

  std::filesystem::path path_;
  std::size_t max_, turn_at_;  // what is tried next at that size
  File file_;
  std::size_t size_;
  bool torn_ = false;  // the last line has no end
};

}  // namespace mailprobe::receiver
