// Which folders are watched: by name or by special use, out of what LIST said. Pure. RFC 6154, RFC 3501 §5.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "imap/response.h"
#include "imap/watcher.h"

namespace mailprobe::imap {

struct Folder {
  std::string name;         // UTF-8
  std::string wire;         // as the server spells it
  std::string special_use;  // "\\Junk", or empty
  FolderMark mark;
  std::uint32_t checked = 1;  // messages below were looked at
  bool asked_for = false;     // by its name or use; not chosen by default
};

/// INBOX first, then in the order of `wanted`, each once. Empty `wanted`: INBOX, and \Junk and \All where there are
/// such; where no folder is marked \Junk, one that has a usual name. A special use that is asked for and missing is
/// Failure::usage; a name that LIST does not have is believed, and opening it tells. `more` come after them.
Result<std::vector<Folder>> choose_folders(const std::vector<ListData>& listed, const std::vector<std::string>& wanted,
                                           bool utf8_names, const std::vector<std::string>& more = {});

/// "the mail server has no folder "Spma": did you mean "Spam"?", or what it has instead.
std::string no_such_folder(const std::string& name, const std::vector<ListData>& listed, bool utf8_names);

}  // namespace mailprobe::imap
