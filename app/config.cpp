#include "app/config.h"

#include <fcntl.h>

#include "app/config_files.h"
#include "app/config_sections.h"
#include "auth/public_suffix.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "probe/report_source.h"

namespace mailprobe::app {

namespace {

constexpr std::string_view file_name = "mailprobe.yaml";

std::filesystem::path user_config(const Environment& environment) {
  const auto folder = environment.get("XDG_CONFIG_HOME");
  const bool usable = folder && folder->starts_with('/');  // a relative one is to be ignored
  return (usable ? std::filesystem::path(*folder) : environment.home / ".config") / "mailprobe" / file_name;
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

/// Only what nobody else can have written may run programs; a checkout never.
Result<void> may_run_commands(const ConfigFile& file) {
  if (file.named) return {};
  if (file.here)
    return fail(Failure::usage, "a file found in the working directory runs no commands: name it with --config " +
                                    safe_text(file.path.string()));
  if (auto ok = check_nobody_else_writes(file.path); !ok)
    return fail(Failure::usage, "no commands run from this file: " + ok.error().message);
  return {};
}

Result<std::string> read_file(const ConfigFile& file) {
  const auto name = safe_text(file.path.string());
  if (auto ok = check_file(file.path, "configuration file"); !ok) {
    const auto hint = is_there(file.path) ? "" : "; \"mailprobe init DOMAIN\" writes one";
    return fail(Failure::usage, ok.error().message + hint);
  }
  const auto opened = File::open(file.path, O_RDONLY);
  if (!opened) return fail(Failure::usage, opened.error().message);
  auto text = read_all(*opened, yaml::max_bytes, name);
  if (!text) return fail(Failure::usage, name + ":1: the file cannot be read, or is larger than 256 KiB");
  return text;
}

std::string folder_text(Fields& file, const std::string& key, const std::filesystem::path& otherwise,
                        const ConfigContext& context) {
  const auto word = file.word(key);
  return word ? context.path(*word).string() : otherwise.string();
}

std::string read_contact(Fields& file, ConfigContext& context, const probe::Settings& settings) {
  if (const auto word = file.word("contact")) {
    const auto address = read_address(*word, context);
    return address ? address->text() : "";
  }
  // RFC 5321 §4.5.1: every domain that takes mail has a postmaster.
  return settings.identities.empty() ? "" : "postmaster@" + settings.identities.begin()->second.domain;
}

/// Who works out a weak key can sign for its whole organisational domain (RFC 9989 §4.10): none that mail is sent from.
void check_weak_domain(Fields& file, ConfigContext& context, const probe::Settings& settings) {
  const auto& weak = settings.receiver.dns.weak_domain;
  if (!weak) return;
  for (const auto& [name, identity] : settings.identities)
    if (auth::registrable_domain(identity.domain) == auth::registrable_domain(*weak))
      context.problems.add(file.node("receiver")->line,
                           "receiver.dns.weak_domain: " + *weak + " belongs to " + identity.domain +
                               ", which mail is sent from: register one that has nothing else");
}

void read_sections(Fields& file, ConfigContext& context, probe::Settings& settings) {
  settings.identities = read_identities(file, context);
  read_network(file, context, settings);
  settings.mailboxes = read_mailboxes(file, context);
  settings.submission = read_submission(file, context);
  settings.contact = read_contact(file, context, settings);
  settings.resolver = read_resolver(file, context);
  settings.limits = read_limits(file, context);
  settings.receiver = read_receiver(file, context, settings.helo);
  check_weak_domain(file, context, settings);
  settings.receiver.reports = probe::report_addresses(settings);
  if (!settings.identities.empty()) settings.receiver.trap_domain = settings.identities.begin()->second.domain;
  const auto data = data_folder(context.environment);
  settings.store = folder_text(file, "store", data / "history.db", context);
  settings.runs = folder_text(file, "runs", data / "runs", context);
  file.finish();
}

}  // namespace

std::optional<ConfigFile> find_config(const std::optional<std::string>& named, const Environment& environment) {
  if (named) return ConfigFile{*named, true, false};
  if (const auto variable = environment.get("MAILPROBE_CONFIG")) return ConfigFile{*variable, true, false};
  if (is_there(environment.working_directory / file_name)) return ConfigFile{file_name, false, true};
  for (const auto& path : {user_config(environment), std::filesystem::path("/etc/mailprobe") / file_name})
    if (is_there(path)) return ConfigFile{path, false, false};
  return std::nullopt;
}

Result<probe::Settings> load_config(const ConfigFile& file, const Needs& needs, const Environment& environment) {
  const auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  const auto name = safe_text(file.path.string());
  const auto tree = yaml::parse(*text, name);
  if (!tree) return std::unexpected(tree.error());

  Problems problems(name);
  ConfigContext context{.environment = environment,
                        .folder = (environment.working_directory / file.path).parent_path(),
                        .needs = needs,
                        .may_run_commands = may_run_commands(file),
                        .problems = problems};
  probe::Settings settings;
  settings.source = name;
  Fields fields(*tree, "", problems);
  read_sections(fields, context, settings);
  if (!problems.none()) return std::unexpected(problems.error());
  return settings;
}

probe::Settings default_settings(const Environment& environment) {
  probe::Settings settings;
  settings.source = "no configuration";
  settings.store = (data_folder(environment) / "history.db").string();
  settings.runs = (data_folder(environment) / "runs").string();
  if (is_there(default_anchor)) settings.resolver.trust_anchor_file = default_anchor;
  return settings;
}

}  // namespace mailprobe::app
