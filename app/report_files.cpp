#include "app/report_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "app/maildir.h"
#include "app/message_files.h"
#include "base/files.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace {

constexpr std::size_t max_file = 64UL * 1024 * 1024;  // twice what is read of a report's mail; an mbox has no limit

using probe::ReportFile;
using Next = std::optional<Result<ReportFile>>;

bool is_mbox(const std::string& name) {
  constexpr std::string_view separator = "From ";
  const auto file = File::open(name, O_RDONLY);
  if (!file) return false;
  std::string begin(separator.size(), '\0');
  const auto count = ::read(file->descriptor(), begin.data(), begin.size());
  return count == static_cast<ssize_t>(separator.size()) && begin == separator;
}

Result<ReportFile> read_file(const std::string& name, bool meant) {
  auto file = name == "-" ? Result<File>(File(::dup(STDIN_FILENO))) : File::open(name, O_RDONLY);
  if (!file) return fail(Failure::usage, file.error().message);
  auto bytes = read_all(*file, max_file, name);
  if (!bytes) return fail(Failure::usage, safe_text(name, 300) + " cannot be read, or is larger than 64 MiB");
  return ReportFile{.name = name, .bytes = std::move(*bytes), .session = {}, .meant = meant};
}

class Files {
 public:
  explicit Files(std::vector<std::string> names) : names_(std::move(names)) { std::ranges::reverse(names_); }

  Next next() {
    for (;;) {
      if (messages_) {
        if (auto message = messages_->next()) return of_message(std::move(*message));
        messages_.reset();
      }
      if (!inside_.empty()) return read_file(taken(inside_), false);
      if (names_.empty()) return std::nullopt;
      const auto name = taken(names_);
      if (!is_folder(name) && !is_mbox(name)) return read_file(name, true);
      if (auto opened = open_many(name); !opened) return std::unexpected(opened.error());
    }
  }

 private:
  static std::string taken(std::vector<std::string>& from) {
    auto last = std::move(from.back());
    from.pop_back();
    return last;
  }

  static Next of_message(SavedMessage message) {
    if (message.error) return fail(Failure::usage, safe_text(message.name, 300) + ": " + *message.error);
    return ReportFile{.name = std::move(message.name), .bytes = std::move(message.bytes), .session = {}};
  }

  Result<void> open_many(const std::string& name) {
    if (!is_folder(name) || maildir_messages(name)) {
      messages_.emplace(name);
      return {};
    }
    auto files = files_in(name);
    if (!files) return fail(Failure::usage, safe_text(name, 300) + ": " + files.error().message);
    if (files->empty()) return fail(Failure::usage, safe_text(name, 300) + " is a folder with no file in it");
    inside_ = std::move(*files);
    std::ranges::reverse(inside_);
    return {};
  }

  std::vector<std::string> names_, inside_;  // the last is the next
  std::optional<MessageFiles> messages_;
};

}  // namespace

probe::ReportSource report_files(std::vector<std::string> names) {
  return [files = std::make_shared<Files>(std::move(names))] { return files->next(); };
}

}  // namespace mailprobe::app
