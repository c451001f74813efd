// The sections of the configuration, each read by a function of its own into what probe/ takes.
// All note what is wrong in the context's problems and go on. What each key means: docs/configuration.md.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "app/config.h"
#include "app/environment.h"
#include "probe/settings.h"
#include "yaml/fields.h"

namespace mailprobe::app {

using yaml::Fields;
using yaml::Problems;
using yaml::Word;
using YamlNode = yaml::Node;

/// Where Debian's dns-root-data has the root's trust anchor.
constexpr std::string_view default_anchor = "/usr/share/dns/root.key";

struct ConfigContext {
  const Environment& environment;
  std::filesystem::path folder;  // that relative paths start from
  Needs needs;
  Result<void> may_run_commands;  // or why not
  Problems& problems;

  [[nodiscard]] std::filesystem::path path(const Word& word) const { return expand(word.text, folder, environment); }
  /// Adds the problem of a step that has no line of its own.
  void note(int line, const Error& error) { problems.add(line, error.message); }
};

std::map<std::string, probe::Identity> read_identities(Fields& file, ConfigContext& context);
std::map<std::string, probe::MailboxAccount> read_mailboxes(Fields& file, ConfigContext& context);
std::map<std::string, probe::Submission> read_submission(Fields& file, ConfigContext& context);
dns::ResolverOptions read_resolver(Fields& file, ConfigContext& context);
probe::Limits read_limits(Fields& file, ConfigContext& context);
/// helo, source_ips, control, clock, blocklists, ports, tls, mta_sts.
void read_network(Fields& file, ConfigContext& context, probe::Settings& settings);
/// `helo` is the host's name where it says no other.
receiver::Settings read_receiver(Fields& file, ConfigContext& context, const std::string& helo);

/// The password or token of an account: exactly one source, a MAILPROBE_… variable before what the file says.
/// `kind` is "MAILBOX" or "SUBMISSION".
probe::SecretSource read_secret(Fields& account, const std::string& kind, const std::string& name,
                                ConfigContext& context);
/// The variable that holds the password: MAILPROBE_MAILBOX_TARGET_PASSWORD.
std::string password_variable(const std::string& kind, const std::string& name);

/// `scheme://host:port`; `default_ports` are the schemes there are.
std::optional<probe::Url> read_url(const Word& word, const std::map<std::string, std::uint16_t>& default_ports,
                                   ConfigContext& context);
std::optional<Mailbox> read_address(const Word& word, ConfigContext& context);
/// Letters, digits, "-" and "_": what can stand on a command line and in a variable's name.
bool good_name(const YamlNode::Member& member, const std::string& section, ConfigContext& context);

}  // namespace mailprobe::app
