// What FETCH asks for and what a message gives. Pure; no body structure and no envelope: a client of the lab reads raw
// messages. RFC 3501 §6.4.5, §7.4.2.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/imap_command.h"
#include "lab/mailbox.h"

namespace mailprobe::lab {

struct FetchItem {
  enum class Kind { flags, uid, internal_date, size, content };
  enum class Part { whole, header, text, fields, fields_not };
  struct Partial {
    std::size_t first = 0, count = 0;
  };

  Kind kind = Kind::flags;
  std::string label;  // under which the answer gives it: "BODY[HEADER]<0>"
  Part part = Part::whole;
  std::vector<std::string> fields;
  std::optional<Partial> partial;
  bool peek = true;  // does not set \Seen
};

/// An atom or a list of them. An error's message is for BAD.
Result<std::vector<FetchItem>> parse_fetch(const Argument& argument);

/// "FLAGS (\Seen)", "BODY[] {12}…"
std::string render(const FetchItem& item, const MailStore::Message& message);
std::string flags_of(const MailStore::Message& message);  // "(\Seen)"

}  // namespace mailprobe::lab
