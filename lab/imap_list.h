// The arguments of LIST, STATUS and STORE, and what they come to. Pure.
// RFC 3501 §6.3.8, §6.3.10, §6.4.6; the forms of LIST that SPECIAL-USE brings, RFC 6154 §2.
#pragma once

#include <string>
#include <vector>

#include "lab/imap_command.h"
#include "lab/mailbox.h"

namespace mailprobe::lab {

struct ListRequest {
  bool special_only = false;  // (SPECIAL-USE)
  std::string pattern;        // reference and name; empty: only the delimiter is asked for
};
Result<ListRequest> parse_list(const std::vector<Argument>& arguments);
/// `keyword`: LIST or LSUB.
std::string list_lines(const ListRequest& request, std::string_view keyword,
                       const std::vector<MailStore::Folder>& folders);

/// "MESSAGES 2 UIDNEXT 3"
Result<std::string> status_items(const std::vector<Argument>& items, const MailStore::Folder& folder);

struct FlagChange {
  enum class Mode { replace, add, remove };
  Mode mode = Mode::replace;
  bool silent = false, seen = false, deleted = false;  // other flags are not kept

  void apply(MailStore::Message& message) const;
};
/// `arguments`: the set, the data item, the flags.
Result<FlagChange> parse_store(const std::vector<Argument>& arguments);

}  // namespace mailprobe::lab
