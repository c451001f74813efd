#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX's

#include "app/private_folder.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

Result<PrivateFolder> PrivateFolder::make(const Environment& environment) {
  const auto parent = environment.get("XDG_RUNTIME_DIR").value_or(environment.get("TMPDIR").value_or("/tmp"));
  auto name = (fs::path(parent) / "mailprobe-lab-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return fail(Failure::ours, "cannot make a folder in " + safe_text(parent));
  return PrivateFolder(name);
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace mailprobe::app
