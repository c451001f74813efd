// A Maildir as a list of files: a folder with cur/ and new/, each file in them a message. Reads no message.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace mailprobe::app {

bool is_folder(const std::string& path);

/// The messages of cur/ and new/, by their names, which begin with the time of delivery; tmp/ holds none yet.
/// An error for any other folder, and for one without a message.
Result<std::vector<std::string>> maildir_messages(const std::string& folder);

/// The files of any folder, by their names; not those in folders within.
Result<std::vector<std::string>> files_in(const std::string& folder);

}  // namespace mailprobe::app
