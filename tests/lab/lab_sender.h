// Who sends to the lab in tests: the settings for a run against it.
#pragma once

#include <filesystem>

#include "probe/settings.h"
#include "tests/lab/running_lab.h"

namespace mailprobe::lab {

inline probe::Settings settings_for(const Access& access, const std::filesystem::path& folder) {
  using auth::Canon;
  const std::vector<std::pair<Canon, Canon>> both{{Canon::relaxed, Canon::relaxed}, {Canon::simple, Canon::simple}};
  probe::Settings settings;
  settings.source = "the lab";
  probe::Identity identity{
      .name = "default", .domain = access.domain, .address = need(Mailbox::parse(access.address)), .dkim = {}};
  for (const auto& [selector, pem] : access.dkim_keys)
    identity.dkim.push_back({selector, need(auth::SigningKey::from_pem(Secret(pem))), both});
  settings.identities.emplace("default", std::move(identity));
  settings.helo = access.helo;
  settings.source_ips = {*IpAddress::parse(access.source_ip)};
  probe::MailboxAccount account{.name = "lab",
                                .url = {"imaps", access.imap_host, access.imaps_port},
                                .user = access.imap_user,
                                .address = need(Mailbox::parse("reflector@target.test")),
                                .secret = {},
                                .folders = {},
                                .authserv_ids = {}};
  account.secret.value = Secret(access.imap_password);
  settings.mailboxes.emplace("lab", std::move(account));
  probe::Submission relay{.name = "relay",
                          .url = {"smtp", access.submission_host, access.submission_port},
                          .user = access.submission_user,
                          .secret = {}};
  relay.secret.value = Secret(access.submission_password);
  settings.submission.emplace("relay", std::move(relay));
  settings.ports = {{25, access.smtp_port}};
  settings.ca_pem = access.ca_pem;
  settings.runs = (folder / "runs").string();
  settings.limits.wait = std::chrono::seconds(20);
  for (const auto& zone : access.zones)
    settings.resolver.stubs[zone] = access.dns_address + "@" + std::to_string(access.dns_port);
  settings.resolver.trust_anchors = access.trust_anchors;
  return settings;
}

}  // namespace mailprobe::lab
