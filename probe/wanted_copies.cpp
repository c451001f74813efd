#include "probe/wanted_copies.h"

#include <fcntl.h>

#include "base/files.h"
#include "scenarios/plan.h"

namespace mailprobe::probe {

namespace {

constexpr std::size_t max_plan = 128 * 1024 * 1024;

}  // namespace

WantedCopies::WantedCopies(const std::filesystem::path& run) {
  const auto file = File::open(run / "plan.json", O_RDONLY);
  if (!file) return;
  if (const auto plan = read_all(*file, max_plan, run / "plan.json")) by_name_ = scenarios::wanted_copies(*plan);
}

/// With --each-mx the name of a planned probe is followed by where the message went (suffix_of).
bool WantedCopies::of(const evidence::Probe& probe) const {
  auto name = probe.name;
  for (auto end = name.size(); end != std::string::npos; end = name.rfind(' ')) {
    name.resize(end);
    if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  }
  return !(probe.reply_watch && probe.reply_watch->forward);
}

}  // namespace mailprobe::probe
