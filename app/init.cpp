// init: a configuration and keys to begin with, and the records to publish. Overwrites nothing, looks nothing up.
#include <fcntl.h>

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/config.h"
#include "app/exit_status.h"
#include "app/init_traps.h"
#include "app/own_zone.h"
#include "auth/crypto.h"
#include "auth/dkim_sign.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "probe/public_address.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

struct NewKey {
  std::string selector;
  auth::KeyType type;
  std::string canonicalization;
};

const std::vector<NewKey>& new_keys() {
  static const std::vector<NewKey> keys{{"r1", auth::KeyType::rsa, "[relaxed/relaxed, simple/simple]"},
                                        {"e1", auth::KeyType::ed25519, "[relaxed/relaxed]"}};
  return keys;
}

std::string list_of(const std::vector<IpAddress>& ips, std::string_view between, std::string_view around) {
  std::string text;
  for (const auto& ip : ips)
    text += fmt::format("{}{}{}{}", text.empty() ? std::string_view{} : between, around, ip.text(), around);
  return text;
}

/// Those of the command: what this host can bind a connection to, and what it is seen as from outside.
struct Places {
  std::vector<IpAddress> ours, outside;
};

Places places_of(const std::vector<IpAddress>& ips) {
  Places places;
  for (const auto& ip : ips) (is_of_this_host(ip) ? places.ours : places.outside).push_back(ip);
  return places;
}

/// Empty: there is none.
std::string nat_text(const Places& places) {
  if (places.outside.empty()) return {};
  return fmt::format("{} {} of this host (is it behind NAT?): no connection can be bound to {}, so that {}",
                     list_of(places.outside, " and ", ""),
                     places.outside.size() > 1 ? "are no addresses" : "is no address",
                     places.outside.size() > 1 ? "them" : "it",
                     places.ours.empty() ? "source_ips is left out, and mail is sent from whatever address fits"
                                         : "source_ips has the others only");
}

/// Empty: all of them can be reached from everywhere.
std::string special_text(const std::vector<IpAddress>& ips) {
  std::vector<IpAddress> special;
  std::ranges::copy_if(ips, std::back_inserter(special), [](const IpAddress& ip) { return !probe::is_public(ip); });
  if (special.empty()) return {};
  const bool several = special.size() > 1;
  return fmt::format(
      "{} {} (RFC 6890): nobody outside can reach {}, so the records that name {} are of no use in the "
      "public DNS; give the address that this host is seen as from outside (--ip)",
      list_of(special, " and ", ""), several ? "are not public" : "is not public", several ? "them" : "it",
      several ? "them" : "it");
}

/// Without it `doctor` cannot tell whether SPF and PTR fit.
std::string source_ips_text(const Places& places) {
  const auto& ips = places.ours;
  auto meaning = std::string(
      "# The addresses of this host that mail is sent from: connections are bound to them, and doctor looks at their\n"
      "# SPF, PTR and block lists.\n");
  if (const auto nat = nat_text(places); !nat.empty()) meaning += "# " + nat + ".\n";
  return meaning + (ips.empty() ? "# source_ips: [192.0.2.10]\n" : "source_ips: [" + list_of(ips, ", ", "\"") + "]\n");
}

std::string config_text(const std::string& domain, const Places& places) {
  auto text = fmt::format(
      "# mailprobe's configuration; every key: docs/configuration.md\n"
      "identities:\n  default:\n    domain: {0}\n    address: probe@{0}\n    dkim:\n",
      domain);
  for (const auto& key : new_keys())
    text += fmt::format("      - {{selector: {0}, key: keys/{0}.pem, canonicalization: {1}}}\n", key.selector,
                        key.canonicalization);
  return text +
         fmt::format(
             "# This host's name: its A record and its PTR lead to each other.\n"
             "helo: mx.{0}\n"
             "{1}"
             "# Whom to write to; stands in every probe.\n"
             "contact: postmaster@{0}\n",
             domain, source_ips_text(places)) +
         "\n"
         "# A mailbox at the target, to find the delivered copy in:\n"
         "# mailboxes:\n"
         "#   target:\n"
         "#     url: imaps://imap.example.net\n"
         "#     user: reflector@example.net\n"
         "#     address: reflector@example.net\n"
         "#     password_file: imap.password     # mode 0600\n"
         "\n"
         "# A submission server, where port 25 is closed (--via relay):\n"
         "# submission:\n"
         "#   relay: {url: \"smtp://relay.example.org:587\", user: probe, password_file: relay.password}\n"
         "\n" +
         receiver_section(domain, places.ours);
}

Result<void> nothing_there(const std::vector<fs::path>& files) {
  std::error_code ignored;
  for (const auto& file : files)
    if (fs::exists(fs::symlink_status(file, ignored)))
      return fail(Failure::usage, safe_text(file.string()) +
                                      " is there already, and nothing is overwritten: move it away, or write elsewhere "
                                      "with --config FILE");
  return {};
}

Result<void> write_new(const fs::path& path, std::string_view text) {
  const auto file = File::open(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file) return fail(Failure::usage, file.error().message);
  return write_all(*file, text, path);
}

fs::path key_path(const fs::path& config, const NewKey& key) {
  return config.parent_path() / "keys" / (key.selector + ".pem");
}

/// The record to publish.
Result<std::string> make_key(const fs::path& path, auth::KeyType type) {
  const auto pem = auth::PrivateKey::generate(type);
  if (!pem) return std::unexpected(pem.error());
  const auto key = auth::SigningKey::from_pem(*pem);
  if (!key) return std::unexpected(key.error());
  if (auto ok = write_new(path, pem->reveal()); !ok) return std::unexpected(ok.error());
  return key->dns_record();
}

Result<OwnZone> write_files(const InitCommand& command, const Places& places, const fs::path& config) {
  std::vector<fs::path> files{config};
  for (const auto& key : new_keys()) files.push_back(key_path(config, key));
  if (auto ok = nothing_there(files); !ok) return std::unexpected(ok.error());
  if (auto ok = make_directory(files.back().parent_path()); !ok) return fail(Failure::usage, ok.error().message);
  OwnZone zone{.domain = command.domain, .helo = "mx." + command.domain, .ips = command.ips, .dkim_records = {}};
  for (const auto& key : new_keys()) {
    auto record = make_key(key_path(config, key), key.type);
    if (!record) return std::unexpected(record.error());
    zone.dkim_records[key.selector] = std::move(*record);
  }
  if (auto ok = write_new(config, config_text(command.domain, places)); !ok) return std::unexpected(ok.error());
  return zone;
}

std::string dns_listen(const std::vector<IpAddress>& ips) {
  std::string text;
  for (const auto& ip : ips)
    text += (text.empty() ? "\"" : ", \"") + (ip.v6 ? "[" + ip.text() + "]" : ip.text()) + ":53\"";
  return text;
}

std::string note(const std::string& text) { return text.empty() ? text : "\nNote: " + text + ".\n"; }

std::string next_steps(const OwnZone& zone, const Places& places, const fs::path& config) {
  const auto ips = zone.ips.empty() ? "that address" : list_of(zone.ips, " and ", "");
  const auto listen = places.ours.empty() ? "\"ADDRESS:53\"" : dns_listen(places.ours);
  return note(special_text(zone.ips)) + note(nat_text(places)) +
         fmt::format(
             "\nNext:\n"
             "  1. Publish the records above in the zone of {}{}.\n"
             "  2. Ask whoever gave you {} for {} PTR record: {}.\n"
             "  3. mailprobe doctor                           until it is content\n"
             "  4. mailprobe send --to somebody@example.net   with their mailbox in {}, so that the copy is found\n"
             "\nTo see what a target does about mail that is wrong (\"mailprobe run enforcement\", docs/scenarios.md), "
             "these "
             "too:\n\n{}"
             "\nTo see what a target looks up (docs/witness.md), afterwards and in this order:\n"
             "  1. receiver: {{dns: {{listen: [{}]}}}} in {}, and mailprobe reflect running for good.\n"
             "  2. Publish the delegation, and when doctor finds it, SPF in place of the record above:\n\n{}",
             zone.domain, zone.ips.empty() ? ", with this host's public address (--ip puts it in)" : "", ips,
             zone.ips.size() > 1 ? "each its" : "its", zone.helo, config.filename().string(), negative_text(zone),
             listen, config.filename().string(), witness_text(zone));
}

}  // namespace

int run(const InitCommand& command, const Setting& setting) {
  const fs::path config = setting.common.config.value_or("mailprobe.yaml");
  const auto places = places_of(command.ips);
  const auto zone = write_files(command, places, setting.environment.working_directory / config);
  if (!zone) return complain(zone.error());
  if (!setting.common.quiet)
    write_out(fmt::format("Wrote {} and two keys in {}/.\n\nRecords to publish:\n\n", config.string(),
                          (config.parent_path() / "keys").string()));
  write_out(zone_text(*zone));
  if (setting.common.quiet) return exit_ok;
  const auto runs = default_settings(setting.environment).runs;
  const auto traps = trap_steps(zone->domain, receiver::Folder::beside(runs));
  write_out(next_steps(*zone, places, config) + (traps ? *traps : std::string{}));
  return traps ? exit_ok : complain(traps.error());
}

}  // namespace mailprobe::app
