#include "app/scenario_files.h"

#include <fcntl.h>

#include <algorithm>

#include "app/config_files.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "base/suggest.h"
#include "scenarios/load.h"
#include "scenarios/suites.h"
#include "yaml/tree.h"

namespace mailprobe::app {

namespace {

namespace fs = std::filesystem;

Result<std::string> text_of(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error))
    return fail(Failure::usage, safe_text(path.string()) + " is a folder: name the files in it, like " +
                                    safe_text((path / "*.yaml").string()));
  const auto file = File::open(path, O_RDONLY | O_CLOEXEC);
  if (!file) return fail(Failure::usage, file.error().message);
  auto text = mailprobe::read_all(*file, yaml::max_bytes + 1, path);
  if (!text) return fail(Failure::usage, text.error().message);
  return text;
}

/// A scenario that came from elsewhere is not to send what it likes of this machine: only what lies beside it.
Result<Secret> secret_beside(const fs::path& scenario, const std::string& name) {
  const auto path = fs::path(name).lexically_normal();
  if (path.is_absolute() || path.empty() || *path.begin() == "..")
    return fail(Failure::usage, in_quotes(name) + " is not beside the scenario: put it there");
  std::error_code error;
  const auto folder = fs::weakly_canonical(scenario.parent_path(), error);
  const auto real = fs::weakly_canonical(scenario.parent_path() / path, error);
  if (const auto way = real.lexically_relative(folder); way.empty() || *way.begin() == "..")
    return fail(Failure::usage, in_quotes(name) + " is a link that leads away from the scenario: put the file there");
  return read_private_file(real, "file of a secret");
}

/// A word, where no file is of that name.
bool is_suite_name(const std::string& name, const fs::path& path) {
  std::error_code error;
  return name.find_first_of("/.") == std::string::npos && !fs::exists(path, error);
}

Result<std::string> suite(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& each : scenarios::suites()) {
    if (each.name == name) return std::string(each.text);
    names.emplace_back(each.name);
  }
  auto hint = did_you_mean(name, names);
  if (hint.empty()) hint = ": suites are " + any_of(names);
  return fail(Failure::usage, "there is no file and no suite " + in_quotes(name) + hint);
}

Secret shown(Secret value, const char* kind, const std::string& name, Secrets secrets) {
  return secrets == Secrets::read ? std::move(value) : Secret(std::string("<") + kind + " " + name + ">");
}

Result<scenarios::Scenario> read_one(const std::string& name, const std::map<std::string, std::string>& given,
                                     const Environment& environment, Secrets secrets) {
  const fs::path path = environment.working_directory / name;
  const auto text = is_suite_name(name, path) ? suite(name) : text_of(path);
  if (!text) return std::unexpected(text.error());
  const scenarios::Outside outside{.given = given,
                                   .environment = [&](const std::string& variable) -> std::optional<Secret> {
                                     auto value = environment.get(variable);
                                     if (!value) return std::nullopt;
                                     return shown(Secret(std::move(*value)), "env", variable, secrets);
                                   },
                                   .file = [&](const std::string& file) -> Result<Secret> {
                                     auto value = secret_beside(path, file);
                                     if (!value) return value;
                                     return shown(std::move(*value), "file", file, secrets);
                                   }};
  return scenarios::load(*text, safe_text(name), outside);
}

/// A value that nobody asks for is a slip of the pen, and the one that was meant keeps another.
Result<void> check_given(const std::map<std::string, std::string>& given,
                         const std::vector<scenarios::Scenario>& scenarios) {
  std::vector<std::string> known;
  for (const auto& each : scenarios) known.insert(known.end(), each.uses.begin(), each.uses.end());
  std::erase(known, "target");
  for (const auto& [name, value] : given) {
    if (name == "target" || std::ranges::find(known, name) != known.end()) continue;
    return fail(Failure::usage, "--set " + in_quotes(name) + ": no file has such a variable" +
                                    (known.empty() ? ": there is none" : did_you_mean(name, known)));
  }
  return {};
}

}  // namespace

Result<std::vector<scenarios::Scenario>> read_scenarios(const std::vector<std::string>& files,
                                                        const std::map<std::string, std::string>& given,
                                                        const Environment& environment, Secrets secrets) {
  std::vector<scenarios::Scenario> all;
  all.reserve(files.size());
  for (const auto& name : files) {
    auto scenario = read_one(name, given, environment, secrets);
    if (!scenario) return std::unexpected(scenario.error());
    const auto same = std::ranges::find(all, scenario->name, &scenarios::Scenario::name);
    if (same != all.end())
      return fail(Failure::usage, scenario->file + " and " + same->file + " are both called " +
                                      in_quotes(scenario->name) + ": give each a name of its own");
    all.push_back(std::move(*scenario));
  }
  if (auto ok = check_given(given, all); !ok) return std::unexpected(ok.error());
  return all;
}

}  // namespace mailprobe::app
