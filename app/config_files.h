// Files that a configuration names: there, small enough, and where they are secret, nobody else's to read.
// Errors say what to do; the caller adds file and line.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace mailprobe::app {

/// A key or a password: a regular file of ours or root's that neither group nor others can read. `what` names it in
/// messages: "key file".
Result<Secret> read_private_file(const std::filesystem::path& path, const std::string& what);
/// The same check without the reading.
Result<void> check_private_file(const std::filesystem::path& path, const std::string& what);
/// There, a regular file, and readable.
Result<void> check_file(const std::filesystem::path& path, const std::string& what);
/// The same, and one of `words` is in it. `otherwise` says what belongs there.
Result<void> check_content(const std::filesystem::path& path, const std::string& what,
                           std::initializer_list<std::string_view> words, const std::string& otherwise);

/// Certificates in PEM.
Result<void> check_certificates(const std::filesystem::path& path, const std::string& what);

/// What a file may be trusted with: commands, only where nobody but us and root can have written them.
Result<void> check_nobody_else_writes(const std::filesystem::path& path);

}  // namespace mailprobe::app
