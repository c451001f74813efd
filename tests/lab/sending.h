// A whole send against a lab of its own, for tests: settings for it, and the evidence that comes of it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include <boost/asio/this_coro.hpp>

#include "dns/unbound_resolver.h"
#include "probe/planning.h"
#include "probe/run.h"
#include "receiver/folder.h"
#include "tests/lab/running_lab.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::lab {

using RunResult = Result<probe::Outcome>;

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
  settings.ports = {{25, access.smtp_port}, {443, access.https_port}};
  settings.ca_pem = access.ca_pem;
  settings.receiver.listen = {{*IpAddress::parse(access.receiver_address), access.smtp_port}};
  settings.receiver.host = access.receiver_host;
  settings.receiver.certificate_texts = {{access.receiver_chain, Secret(access.receiver_key)}};
  settings.receiver.trap_domain = access.domain;
  settings.receiver.traps = access.traps;
  if (const auto ip = IpAddress::parse(access.policy_address)) settings.receiver.policy_host = {*ip, access.https_port};
  settings.runs = (folder / "runs").string();
  settings.limits.wait = std::chrono::seconds(20);
  for (const auto& zone : access.zones)
    settings.resolver.stubs[zone] = access.dns_address + "@" + std::to_string(access.dns_port);
  settings.resolver.trust_anchors = access.trust_anchors;
  return settings;
}

/// A lab, settings for it, and what a test changes in them.
struct Trial {
  std::string to = "reflector@target.test";
  std::function<void(probe::Settings&, probe::SendOptions&)> change = [](auto&, auto&) {};
  probe::Progress progress = {};
  bool dns_witness = false;  // the lab's DNS says who asked it
  bool traps = false;        // of the probe, with their records in the lab's DNS
  std::function<void(probe::Network&)> network = [](auto&) {};
};

class Send : public testing::Test {
 protected:
  Task<RunResult> attempt(Trial trial) {
    auto questions = trial.dns_witness ? folder_.path() / "questions.jsonl" : std::filesystem::path{};
    LabOptions wanted{.many = 0, .questions = std::move(questions), .trap_key = trap_key_if(trial.traps)};
    auto lab = need(co_await Lab::start(std::move(wanted)));
    auto settings = settings_for(lab->access(), folder_.path());
    if (trial.dns_witness) settings.receiver.dns.log = lab->access().questions;
    probe::SendOptions options{.to = need(Mailbox::parse(trial.to))};
    trial.change(settings, options);
    auto network = probe::real_network();
    trial.network(network);
    const auto resolver = need(dns::unbound_resolver(co_await boost::asio::this_coro::executor, settings.resolver));
    const auto plan = need(probe::plan(settings, options));
    auto result = co_await probe::run(settings, plan, options, *resolver, trial.progress, std::move(network));
    lab->stop();
    co_return result;
  }

  [[nodiscard]] std::filesystem::path trap_key_if(bool traps) const {
    return traps ? receiver::Folder::beside(folder_.path() / "runs").trap_key() : std::filesystem::path{};
  }

  RunResult run(Trial trial) { return test::run(attempt(std::move(trial))); }

  evidence::Document send(Trial trial) {
    auto result = run(std::move(trial));
    if (!result) throw std::runtime_error(result.error().message);
    directory_ = result->directory;
    return std::move(result->document);
  }
  evidence::Document send(const std::string& to) { return send(Trial{.to = to}); }

  test::TemporaryFolder folder_;
  std::filesystem::path directory_;
};

}  // namespace mailprobe::lab
