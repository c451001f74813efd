// What an IMAP client says, as a value: tag, command, arguments, and where a literal is announced. Pure; bounded.
// Not the commands' meaning (lab/mailbox_commands.h) and not a server's responses (imap/response.h).
// RFC 3501 §2.2, §9; RFC 7888 for {n+}.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::lab {

struct Argument {
  enum class Kind { atom, string, list };
  Kind kind = Kind::atom;
  std::string text;  // of an atom or a string; an atom with a section is one: "BODY.PEEK[HEADER.FIELDS (DATE)]<0.10>"
  std::vector<Argument> items;

  [[nodiscard]] bool atom() const { return kind == Kind::atom; }
  [[nodiscard]] bool list() const { return kind == Kind::list; }
  [[nodiscard]] bool is(std::string_view word) const;  // an atom, whatever its case
};

struct ImapCommand {
  std::string tag, name;  // the name in upper case; of "UID FETCH" it is "FETCH" …
  bool uid = false;       // … and this is set
  std::vector<Argument> arguments;
};

/// `frame`: lines joined by CRLF with their literals in place, without the last CRLF. Error::message is for BAD.
Result<ImapCommand> parse_imap_command(std::string_view frame);
/// The tag of what may be malformed; "*" where it has none.
std::string tag_of(std::string_view frame);
/// Values separated by spaces.
Result<std::vector<Argument>> parse_arguments(std::string_view text);

struct Announced {
  std::size_t size = 0;
  bool waits = true;  // for a continuation request; {n+} does not
};
/// The literal that a line ends with.
std::optional<Announced> announced(std::string_view line);

}  // namespace mailprobe::lab
