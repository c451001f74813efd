#include "app/common_words.h"

#include <algorithm>
#include <array>

#include "base/suggest.h"
#include "base/text.h"

namespace mailprobe::app {

namespace {

bool truth(const std::string& value) {
  return std::ranges::any_of(std::array{"1", "true", "yes", "on"}, [&](auto word) { return iequals(value, word); });
}

Result<ColorChoice> color_of(const std::optional<std::string>& word) {
  if (!word || *word == "auto") return ColorChoice::automatic;
  if (*word == "always") return ColorChoice::always;
  if (*word == "never") return ColorChoice::never;
  return usage("--color " + in_quotes(*word) + ": auto, always or never");
}

Result<OutputPaths> paths_of(const Words& words) {
  OutputPaths paths{words.html, words.json, words.junit, words.tap, words.csv, words.markdown, words.prometheus};
  if (!words.out_all) return paths;
  const auto all = [&](std::optional<std::string>& path, const char* extension) {
    if (!path) path = *words.out_all + extension;
  };
  all(paths.html, ".html");
  all(paths.json, ".json");
  all(paths.junit, ".xml");
  all(paths.tap, ".tap");
  all(paths.csv, ".csv");
  all(paths.markdown, ".md");
  all(paths.prometheus, ".prom");
  return paths;
}

Result<void> check_paths(const OutputPaths& paths, bool nagios) {
  auto given = paths.given();
  std::ranges::sort(given);
  if (const auto twice = std::ranges::adjacent_find(given); twice != given.end())
    return usage("two reports are to go to " + in_quotes(*twice) + ": give each a name of its own");
  if (nagios && std::ranges::find(given, "-") != given.end())
    return usage("--nagios prints its line where - is to go: give the report a file's name");
  return {};
}

}  // namespace

Result<void> settle_source(Words& words, const Environment& environment) {
  if (words.lab && words.config) return usage("--lab reads no configuration file: leave out either --lab or --config");
  if (!words.config && !words.lab)
    if (const auto lab = environment.get("MAILPROBE_LAB")) words.lab = truth(*lab);
  return {};
}

Result<CommonOptions> common_of(const Words& words) {
  const auto color = color_of(words.color);
  if (!color) return std::unexpected(color.error());
  if (words.quiet && words.verbose) return usage("--quiet and --verbose exclude each other");
  if (words.fail_on && *words.fail_on != "warn")
    return usage("--fail-on " + in_quotes(*words.fail_on) + ": write warn");
  std::optional<Mailbox> mail_to;
  if (words.mail_to) {
    auto mailbox = Mailbox::parse(*words.mail_to);
    if (!mailbox)
      return usage("--mail-to " + in_quotes(*words.mail_to) + " is no mail address: " + mailbox.error().message);
    mail_to = std::move(*mailbox);
  }
  auto paths = paths_of(words);
  if (auto ok = check_paths(*paths, words.nagios); !ok) return std::unexpected(ok.error());
  return CommonOptions{.config = words.config,
                       .lab = words.lab,
                       .files = std::move(*paths),
                       .nagios = words.nagios,
                       .fail_on_warn = words.fail_on.has_value(),
                       .redact = words.redact,
                       .history = !words.no_history,
                       .template_folder = words.templates,
                       .mail_to = std::move(mail_to),
                       .shown_probes = words.probes,
                       .quiet = words.quiet,
                       .verbose = words.verbose,
                       .color = *color,
                       .command = {}};
}

}  // namespace mailprobe::app
