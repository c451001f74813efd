#include "app/lab_settings.h"

#include <fcntl.h>

#include <fmt/format.h>

#include "base/files.h"
#include "receiver/folder.h"

namespace mailprobe::app {

namespace {

constexpr std::chrono::milliseconds lab_wait = std::chrono::seconds(30);      // its slowest target takes a few
constexpr std::chrono::milliseconds lab_trap_wait = std::chrono::seconds(5);  // all is answered within two
constexpr std::string_view mailbox_name = "lab", relay_name = "relay";
constexpr std::string_view mailbox_address = "reflector@lab.test";  // all targets deliver there

/// A path in a YAML file (YAML 1.2 §7.3.1): in the double quotes that any character can stand in.
std::string quoted(const std::filesystem::path& path) {
  std::string text = "\"";
  for (const char c : path.string()) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

std::string stub_of(const lab::Access& access) { return access.dns_address + "@" + std::to_string(access.dns_port); }

using auth::Canon;
const std::vector<std::pair<Canon, Canon>> both{{Canon::relaxed, Canon::relaxed}, {Canon::simple, Canon::simple}};

Result<probe::Identity> identity(const lab::Access& access) {
  auto address = Mailbox::parse(access.address);
  if (!address) return std::unexpected(address.error());
  probe::Identity identity{.name = "default", .domain = access.domain, .address = std::move(*address), .dkim = {}};
  for (const auto& [selector, pem] : access.dkim_keys) {
    auto key = auth::SigningKey::from_pem(Secret(pem));
    if (!key) return std::unexpected(key.error());
    identity.dkim.push_back({.selector = selector, .key = std::move(*key), .canonicalizations = both});
  }
  return identity;
}

Result<probe::MailboxAccount> mailbox(const lab::Access& access) {
  auto address = Mailbox::parse(mailbox_address);
  if (!address) return std::unexpected(address.error());
  return probe::MailboxAccount{
      .name = std::string(mailbox_name),
      .url = {.scheme = "imaps", .host = access.imap_host, .port = access.imaps_port},
      .user = access.imap_user,
      .address = std::move(*address),
      .secret = {.command = {}, .token_command = {}, .file = {}, .value = Secret(access.imap_password)},
      .folders = {},
      .authserv_ids = {}};
}

probe::Submission relay(const lab::Access& access) {
  return {.name = std::string(relay_name),
          .url = {.scheme = "smtp", .host = access.submission_host, .port = access.submission_port},
          .user = access.submission_user,
          .secret = {.command = {}, .token_command = {}, .file = {}, .value = Secret(access.submission_password)},
          .reverse_path = {}};
}

dns::ResolverOptions resolver(const lab::Access& access) {
  dns::ResolverOptions options;
  for (const auto& zone : access.zones) options.stubs[zone] = stub_of(access);
  options.trust_anchors = access.trust_anchors;
  return options;
}

void set_traps(const lab::Access& access, receiver::Settings& receiver) {
  receiver.traps = access.traps;
  receiver.trap_domain = access.domain;
  if (const auto ip = IpAddress::parse(access.policy_address)) receiver.policy_host = {*ip, access.https_port};
}

std::string identity_text(const lab::Access& access) {
  auto text = fmt::format("identities:\n  default:\n    domain: {}\n    address: {}\n    dkim:\n", access.domain,
                          access.address);
  for (const auto& [selector, pem] : access.dkim_keys)
    text += fmt::format("      - {{selector: {0}, key: {0}.pem, canonicalization: [relaxed/relaxed, simple/simple]}}\n",
                        selector);
  return text;
}

std::string accounts_text(const lab::Access& access) {
  return fmt::format(
      "mailboxes:\n  {}:\n    url: imaps://{}:{}\n    user: {}\n    address: {}\n    password_file: imap.password\n"
      "submission:\n  {}:\n    url: smtp://{}:{}\n    user: {}\n    password_file: submission.password\n",
      mailbox_name, access.imap_host, access.imaps_port, access.imap_user, mailbox_address, relay_name,
      access.submission_host, access.submission_port, access.submission_user);
}

std::string traps_text(const lab::Access& access) {
  std::string all;
  for (const auto& host : access.traps) {
    const auto address = host.address.v6 ? "[" + host.address.text() + "]" : host.address.text();
    all += fmt::format("{}{}: \"{}:{}\"", all.empty() ? "" : ", ", host.name, address, host.port);
  }
  if (all.empty()) return all;
  return fmt::format(",\n           traps: {{{}}},\n           policy_host: \"{}:{}\"", all, access.policy_address,
                     access.https_port);
}

std::string receiver_text(const lab::Access& access) {
  const auto witness = access.questions.empty()
                           ? std::string{}
                           : fmt::format(", dns: {{log: {}, weak_domain: {}}}",
                                         quoted(std::filesystem::path(access.questions)), access.weak_domain);
  return fmt::format("receiver: {{listen: \"{}:{}\", host: {}, certificate: receiver.pem, key: receiver.key{}{}}}\n",
                     access.receiver_address, access.smtp_port, access.receiver_host, witness, traps_text(access));
}

std::string resolver_text(const lab::Access& access) {
  std::string text = "resolver:\n  trust_anchor_file: anchors.ds\n  stubs:\n";
  for (const auto& zone : access.zones) text += fmt::format("    {}: {}\n", zone.empty() ? "." : zone, stub_of(access));
  return text;
}

Result<void> write_private(const std::filesystem::path& path, const std::string& text) {
  const auto file = File::open(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file) return std::unexpected(file.error());
  return write_all(*file, text, path);
}

}  // namespace

std::filesystem::path lab_folder(const Environment& environment) { return data_folder(environment) / "lab"; }

lab::LabOptions lab_options(const Environment& environment) {
  const auto receiver = receiver::Folder::beside(lab_folder(environment) / "runs");
  return {
      .many = 0, .questions = receiver.queries(), .trap_key = receiver.trap_key(), .weak_keys = receiver.weak_keys()};
}

Result<probe::Settings> lab_settings(const lab::Access& access, const Environment& environment) {
  auto sender = identity(access);
  if (!sender) return std::unexpected(sender.error());
  auto account = mailbox(access);
  if (!account) return std::unexpected(account.error());
  probe::Settings settings;
  settings.source = "the embedded lab";
  settings.identities.emplace("default", std::move(*sender));
  settings.helo = access.helo;
  if (const auto ip = IpAddress::parse(access.source_ip)) settings.source_ips.push_back(*ip);
  settings.mailboxes.emplace(mailbox_name, std::move(*account));
  settings.submission.emplace(relay_name, relay(access));
  settings.ports[25] = access.smtp_port;
  settings.ports[443] = access.https_port;
  settings.contact = "postmaster@" + access.domain;
  settings.resolver = resolver(access);
  settings.ca_pem = access.ca_pem;
  if (const auto ip = IpAddress::parse(access.receiver_address)) settings.receiver.listen = {{*ip, access.smtp_port}};
  settings.receiver.host = access.receiver_host;
  set_traps(access, settings.receiver);
  settings.receiver.certificate_texts = {{access.receiver_chain, Secret(access.receiver_key)}};
  settings.store = (lab_folder(environment) / "history.db").string();
  settings.runs = (lab_folder(environment) / "runs").string();
  settings.limits.wait = lab_wait;
  settings.limits.trap_wait = lab_trap_wait;
  if (!access.questions.empty()) settings.receiver.dns.log = access.questions;
  if (!access.weak_domain.empty()) settings.receiver.dns.weak_domain = access.weak_domain;
  return settings;
}

std::string lab_config(const lab::Access& access, const Environment& environment) {
  const auto folder = lab_folder(environment);
  return "# The embedded lab of a running \"mailprobe lab\"; gone when that ends.\n" + identity_text(access) +
         fmt::format("helo: {}\nsource_ips: [{}]\ncontact: postmaster@{}\n", access.helo, access.source_ip,
                     access.domain) +
         accounts_text(access) + fmt::format("ports: {{25: {}, 443: {}}}\n", access.smtp_port, access.https_port) +
         receiver_text(access) + resolver_text(access) + "tls: {ca_file: ca.pem}\n" +
         fmt::format("store: {}\nruns: {}\nlimits: {{wait: 30s, trap_wait: 5s}}\n", quoted(folder / "history.db"),
                     quoted(folder / "runs"));
}

Result<std::filesystem::path> write_lab_files(const std::filesystem::path& folder, const lab::Access& access,
                                              const Environment& environment) {
  std::string anchors;
  for (const auto& anchor : access.trust_anchors) anchors += anchor + "\n";
  std::vector<std::pair<std::string, std::string>> files{{"mailprobe.yaml", lab_config(access, environment)},
                                                         {"ca.pem", access.ca_pem},
                                                         {"anchors.ds", std::move(anchors)},
                                                         {"receiver.pem", access.receiver_chain},
                                                         {"receiver.key", access.receiver_key},
                                                         {"imap.password", access.imap_password},
                                                         {"submission.password", access.submission_password}};
  for (const auto& [selector, pem] : access.dkim_keys) files.emplace_back(selector + ".pem", pem);
  for (const auto& [name, text] : files)
    if (auto ok = write_private(folder / name, text); !ok) return std::unexpected(ok.error());
  return folder / "mailprobe.yaml";
}

}  // namespace mailprobe::app
