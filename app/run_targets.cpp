#include "app/run_targets.h"

#include <algorithm>
#include <filesystem>

namespace mailprobe::app {

namespace {

constexpr std::string_view option = "--to", with_value = "--to=";

bool is(const Mailbox& target, const std::string& word) {
  const auto mailbox = Mailbox::parse(word);
  return mailbox && mailbox->text() == target.text();
}

std::string path_for(const std::string& part, const std::string& path) {
  const std::filesystem::path whole(path);
  const auto name = whole.stem().string() + "-" + part + whole.extension().string();
  return (whole.parent_path() / name).string();
}

}  // namespace

std::vector<std::string> arguments_for(const Mailbox& target, const std::vector<std::string>& arguments) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& word = arguments[i];
    const bool pair = word == option && i + 1 < arguments.size();
    if (pair && !is(target, arguments[i + 1])) {
      ++i;
      continue;
    }
    if (word.starts_with(with_value) && !is(target, word.substr(with_value.size()))) continue;
    kept.push_back(word);
  }
  return kept;
}

Result<OutputPaths> paths_for(std::string part, const OutputPaths& paths, const std::string& others) {
  if (paths.to_standard_output())
    return fail(Failure::usage,
                "standard output has room for one report, and there are several " + others + ": name a file");
  std::ranges::replace(part, '/', '_');  // a quoted local part may hold what no file name does
  auto out = paths;
  for (auto* path : {&out.html, &out.json, &out.junit, &out.tap, &out.csv, &out.markdown, &out.prometheus})
    if (*path) *path = path_for(part, **path);
  return out;
}

}  // namespace mailprobe::app
