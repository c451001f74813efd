#include "probe/standing.h"

#include "probe/beside.h"
#include "probe/own_blocklists.h"
#include "probe/own_certificates.h"
#include "probe/own_clock.h"
#include "probe/own_records.h"
#include "probe/own_spool.h"
#include "probe/own_traps.h"
#include "probe/port25.h"
#include "tls/context.h"

namespace mailprobe::probe {

using evidence::OwnRecord;

namespace {

Task<void> put(Task<OwnRecord> check, OwnRecord& into) { into = co_await std::move(check); }

/// All at once, in the given order.
Task<std::vector<OwnRecord>> all_of(std::vector<Task<OwnRecord>> checks) {
  std::vector<OwnRecord> records(checks.size());
  auto beside = co_await Beside::make();
  for (std::size_t i = 0; i < checks.size(); ++i) beside.start(put(std::move(checks[i]), records[i]));
  co_await beside.join();
  co_return records;
}

std::vector<Task<OwnRecord>> key_checks(const Identity& identity, dns::Resolver& resolver) {
  std::vector<Task<OwnRecord>> checks;
  checks.reserve(identity.dkim.size());
  for (const auto& key : identity.dkim) checks.push_back(check_dkim_record(key, identity.domain, resolver));
  return checks;
}

/// What a user has to do about it.
std::string remedy(const OwnRecord& record) {
  return "the DKIM key record " + record.name + " " + record.problem.value_or("is wrong") + "; publish:\n  " +
         record.name + ". IN TXT \"" + record.wanted + "\"";
}

Reception reception_of(const receiver::Settings& receiver) {
  Reception reception{.host = receiver.host, .listen = {}};
  for (const auto& at : receiver.listen) reception.listen.push_back(at.address);
  return reception;
}

Task<void> examine(std::string control, Network network, dns::Resolver& resolver, std::optional<std::string>& into) {
  into = co_await examine_port25(std::move(control), std::move(network), resolver);
}

Task<void> examine_clock(std::string server, dns::Resolver& resolver, std::optional<ClockFound>& into) {
  auto means = real_clock();
  into = co_await check_clock(std::move(server), std::move(means), resolver);
}

void append(std::vector<OwnRecord>& records, const std::vector<OwnRecord>& more) {
  records.insert(records.end(), more.begin(), more.end());
}

OwnRecord no_trust(std::string what, std::string name, const Error& error) {
  auto record = own_record(std::move(what), std::move(name), {}, "Mend tls.ca_file");
  record.problem = "cannot be looked at: " + error.message;
  return record;
}

std::vector<OwnRecord> certificates_of(const Settings& settings) {
  const auto trust = tls::Context::client({.ca_file = settings.ca_file, .ca_pem = settings.ca_pem});
  if (!trust) return {no_trust("certificate", settings.receiver.host, trust.error())};
  return check_certificates(settings.receiver, **trust, now());
}

/// What stands in the configuration, and what it is too short for.
std::vector<OwnRecord> without_look_up(const Settings& settings) {
  std::vector<OwnRecord> records{check_helo_name(settings.helo)};
  append(records, certificates_of(settings));
  if (auto spool = check_spool(settings)) records.push_back(std::move(*spool));
  if (!settings.source_ips.empty()) return records;
  records.push_back(unknown_ptr(settings.helo));
  for (const auto& zone : settings.blocklists) records.push_back(unasked_blocklist(zone));
  return records;
}

Task<std::vector<OwnRecord>> examine_traps(const Settings& settings, dns::Resolver& resolver) {
  std::vector<OwnRecord> records;
  if (settings.receiver.traps.empty()) co_return records;
  auto context = tls::Context::client({.ca_file = settings.ca_file, .ca_pem = settings.ca_pem});
  if (!context) {
    records.push_back(no_trust("traps", settings.receiver.trap_domain, context.error()));
    co_return records;
  }
  TrapMeans means{
      .settings = settings, .resolver = resolver, .network = real_network(), .context = std::move(*context)};
  co_return co_await check_traps(std::move(means));
}

/// A look-up that we cut short is no failure of the DNS.
void blame_interruption(std::vector<OwnRecord>& records) {
  for (auto& record : records)
    if (record.cause && record.cause != Cause::own_limit) record.cause = Cause::interrupted;
}

}  // namespace

Task<Result<std::vector<OwnRecord>>> check_keys(const Identity& identity, dns::Resolver& resolver) {
  auto records = co_await all_of(key_checks(identity, resolver));
  if (co_await cancelled()) blame_interruption(records);
  std::string wrong;
  for (const auto& record : records)
    if (!record.holds && !record.cause) wrong += (wrong.empty() ? "" : "\n") + remedy(record);
  if (!wrong.empty()) co_return fail(Failure::usage, wrong);
  co_return records;
}

Task<evidence::Self> examine_self(const Settings& settings, const Identity& identity, dns::Resolver& resolver) {
  evidence::Self self;
  self.helo = settings.helo;
  auto beside = co_await Beside::make();
  if (!settings.control.empty()) beside.start(examine(settings.control, real_network(), resolver, self.port25));
  std::optional<ClockFound> clock;
  if (!settings.clock.empty()) beside.start(examine_clock(settings.clock, resolver, clock));

  auto checks = key_checks(identity, resolver);
  checks.push_back(check_spf_record(identity, settings.helo, settings.source_ips, resolver));
  checks.push_back(check_helo_spf(settings.helo, settings.source_ips, resolver));
  checks.push_back(check_dmarc_record(identity.domain, resolver));
  checks.push_back(check_tlsrpt_record(identity.domain, resolver));
  auto reception = reception_of(settings.receiver);
  checks.push_back(check_mx_record(identity.domain, std::move(reception), resolver));
  checks.push_back(check_helo_address(settings.helo, settings.source_ips, resolver));
  if (settings.receiver.dns.wanted()) {
    const auto& named = settings.receiver.dns.host.empty() ? settings.receiver.host : settings.receiver.dns.host;
    checks.push_back(check_witness_zone(identity, named, resolver));
    checks.push_back(check_witness_spf(identity, resolver));
    checks.push_back(check_witness_log(settings, identity.domain, resolver, real_network()));
  }
  if (settings.receiver.dns.weak_domain) checks.push_back(check_weak_domain(settings, resolver));
  for (const auto& source : settings.source_ips) {
    checks.push_back(check_ptr_record(source, resolver));
    for (const auto& zone : settings.blocklists) checks.push_back(check_blocklist(zone, source, resolver));
  }
  self.records = co_await all_of(std::move(checks));
  const auto traps = co_await examine_traps(settings, resolver);
  append(self.records, traps);
  if (co_await cancelled()) blame_interruption(self.records);
  append(self.records, without_look_up(settings));
  co_await beside.join();
  if (clock) {
    self.clock_skew = clock->skew;
    self.records.push_back(std::move(clock->record));
  }

  if (!settings.source_ips.empty()) self.address = settings.source_ips.front().text();
  for (const auto& record : self.records)
    if (record.what == "ptr" && !record.found.empty() && !self.ptr) self.ptr = record.found.front();
  co_return self;
}

}  // namespace mailprobe::probe
