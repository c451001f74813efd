// Saved messages, one at a time: of a file, an mbox, standard input or a Maildir, with CRLF line endings. Bounded
// before anything is parsed: no more than one message is held. RFC 4155 (mbox), in its "mboxrd" reading.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::app {

constexpr std::size_t max_message = 10 * 1024 * 1024;

struct SavedMessage {
  std::string name;                  // "a.eml", "-", "box#3", "Maildir/cur/1:2,S"
  std::optional<std::string> error;  // why it cannot be judged
  std::string bytes;                 // CRLF line endings
  bool lf = false;                   // as they are now; they came as LF
};

/// The next bytes of an input, as many as come; none at its end.
using NextBytes = std::function<Result<std::string>()>;

/// One message, or the messages of an mbox, which begins with "From ".
class MessageReader {
 public:
  MessageReader(std::string name, NextBytes next_bytes);
  /// Nothing after the last. At least one comes, which may be an error.
  std::optional<SavedMessage> next();

 private:
  /// A line with its ending, or as much of a long one as is held.
  struct Piece {
    std::string text;
    bool begins = true;  // at the start of a line
  };

  void fill(std::size_t wanted);
  Piece next_piece();
  SavedMessage whole_input();
  SavedMessage next_of_mbox();
  SavedMessage finished(std::string bytes, bool too_large);

  std::string name_;
  NextBytes next_bytes_;
  std::string held_;
  std::size_t at_ = 0;  // what is before it in held_ was given out
  bool at_line_start_ = true, ended_ = false, begun_ = false;
  bool mbox_ = false, separated_ = false;  // a separator was taken: a message follows
  std::size_t count_ = 0;
  std::optional<std::string> error_;
};

/// The messages of what the command line names, in its order.
class MessageFiles {
 public:
  explicit MessageFiles(const std::string& name);
  std::optional<SavedMessage> next();

 private:
  std::vector<std::string> files_;  // of a Maildir; the last is the next
  std::optional<MessageReader> reader_;
  std::optional<SavedMessage> error_;
};

}  // namespace mailprobe::app
