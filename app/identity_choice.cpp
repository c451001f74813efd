#include "app/identity_choice.h"

#include "base/safe_text.h"

namespace mailprobe::app {

Result<const probe::Identity*> identity_of(const probe::Settings& settings, const std::optional<std::string>& wanted) {
  const auto& all = settings.identities;
  if (const auto found = all.find(wanted.value_or("default")); found != all.end()) return &found->second;
  if (!wanted && all.size() == 1) return &all.begin()->second;
  std::string names;
  for (const auto& [name, identity] : all) names += (names.empty() ? "" : ", ") + name;
  return fail(Failure::usage, (wanted ? "there is no identity \"" + safe_text(*wanted) + "\""
                                      : std::string("several identities: choose one with --identity")) +
                                  "; configured: " + names);
}

}  // namespace mailprobe::app
