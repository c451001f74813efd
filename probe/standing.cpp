#include "probe/standing.h"

#include "probe/beside.h"
#include "probe/own_records.h"
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

Task<void> examine(std::string control, Network network, dns::Resolver& resolver, std::optional<std::string>& into) {
  into = co_await examine_port25(std::move(control), std::move(network), resolver);
}

Task<std::vector<OwnRecord>> examine_traps(const Settings& settings, dns::Resolver& resolver) {
  std::vector<OwnRecord> records;
  if (settings.receiver.traps.empty()) co_return records;
  auto context = tls::Context::client({.ca_file = settings.ca_file, .ca_pem = settings.ca_pem});
  if (!context) {
    records.push_back(own_record("traps", settings.receiver.trap_domain, {}, "Mend tls.ca_file"));
    records.back().problem = "cannot be looked at: " + context.error().message;
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

  auto checks = key_checks(identity, resolver);
  checks.push_back(check_spf_record(identity, settings.helo, settings.source_ips, resolver));
  checks.push_back(check_helo_spf(settings.helo, settings.source_ips, resolver));
  checks.push_back(check_dmarc_record(identity.domain, resolver));
  checks.push_back(check_tlsrpt_record(identity.domain, resolver));
  checks.push_back(check_mx_record(identity.domain, resolver));
  checks.push_back(check_helo_address(settings.helo, settings.source_ips, resolver));
  if (settings.receiver.dns.wanted()) {
    const auto& named = settings.receiver.dns.host.empty() ? settings.receiver.host : settings.receiver.dns.host;
    checks.push_back(check_witness_zone(identity, named, resolver));
    checks.push_back(check_witness_spf(identity, resolver));
    checks.push_back(check_witness_log(settings, identity.domain, resolver, real_network()));
  }
  for (const auto& source : settings.source_ips) checks.push_back(check_ptr_record(source, resolver));
  self.records = co_await all_of(std::move(checks));
  auto traps = co_await examine_traps(settings, resolver);
  self.records.insert(self.records.end(), traps.begin(), traps.end());
  if (co_await cancelled()) blame_interruption(self.records);
  self.records.push_back(check_helo_name(settings.helo));
  co_await beside.join();

  if (!settings.source_ips.empty()) self.address = settings.source_ips.front().text();
  for (const auto& record : self.records)
    if (record.what == "ptr" && !record.found.empty() && !self.ptr) self.ptr = record.found.front();
  co_return self;
}

}  // namespace mailprobe::probe
