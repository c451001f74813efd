#include "probe/own_certificates.h"

#include <algorithm>

#include <fmt/format.h>

#include "evidence/traps.h"
#include "probe/own_records.h"
#include "receiver/certificates.h"
#include "receiver/traps.h"
#include "tls/chain.h"

namespace mailprobe::probe {

using evidence::OwnRecord;

namespace {

/// Time enough to renew it: a sixth of its life, and two weeks at most. (ACME clients renew after two thirds.)
constexpr int life_parts = 6;
constexpr auto most_notice = std::chrono::days(14);
constexpr std::size_t max_named = 5;  // in one sentence

struct Trouble {
  std::optional<Cause> cause;
  std::string text;
};

std::string day(Time time) { return rfc3339(time).substr(0, 10); }

std::optional<Trouble> trouble_with_dates(const std::vector<Certificate>& chain, Time now) {
  for (const auto& one : chain) {
    const std::string whose = &one == &chain.front() ? "" : " (" + one.subject + " in the chain)";
    if (one.not_after <= now) return Trouble{Cause::expired, "expired on " + day(one.not_after) + whose};
    if (one.not_before > now) return Trouble{Cause::expired, "is not valid before " + day(one.not_before) + whose};
  }
  return std::nullopt;
}

std::optional<Trouble> ends_soon(const Certificate& leaf, Time now) {
  const auto life = leaf.not_after - leaf.not_before;
  const auto notice = std::min<std::chrono::milliseconds>(life / life_parts, most_notice);
  if (leaf.not_after - now > notice) return std::nullopt;
  return Trouble{{}, "expires on " + day(leaf.not_after) + ": renew it"};
}

/// Dates first: OpenSSL tells but one thing, and another name would hide that it is over.
std::optional<Trouble> trouble_with(const tls::Chain& chain, Time now) {
  if (chain.certificates.empty()) return Trouble{Cause::unsupported, "holds no certificate"};
  if (auto dates = trouble_with_dates(chain.certificates, now)) return dates;
  if (chain.verified.result != "pass")
    return Trouble{chain.verified.cause.value_or(Cause::unknown_ca), "does not verify: " + chain.verified.detail};
  return ends_soon(chain.certificates.front(), now);
}

std::string facts_of(const Certificate& leaf) {
  std::string names;
  for (const auto& name : leaf.names) names += (names.empty() ? "" : ", ") + name;
  return fmt::format("{}; {}; until {}; of {}", names.empty() ? "no names" : names, leaf.key, rfc3339(leaf.not_after),
                     leaf.issuer);
}

/// Everything that is configured, each with what it shows.
class Shown {
 public:
  Shown(const tls::ServerOptions& options, const tls::Context& trust, Time now) : trust_(trust), now_(now) {
    for (const auto& pair : options.by_name) chains_.push_back(tls::der_of_pem(pair.chain_pem));
  }

  [[nodiscard]] std::size_t size() const { return chains_.size(); }
  [[nodiscard]] tls::Chain at(std::size_t index, const std::string& name) const {
    return tls::read_chain(chains_[index], trust_, name);
  }
  [[nodiscard]] std::optional<Trouble> trouble(const tls::Chain& chain) const { return trouble_with(chain, now_); }

  /// What a client that asks for this name gets (RFC 6066 §3): one that has it, else the first.
  [[nodiscard]] tls::Chain chosen_for(const std::string& name) const {
    for (std::size_t i = 0; i < size(); ++i) {
      auto chain = at(i, name);
      if (!chain.certificates.empty() && chain.verified.cause != Cause::wrong_name) return chain;
    }
    return at(0, name);
  }

 private:
  std::vector<std::vector<std::string>> chains_;
  const tls::Context& trust_;
  Time now_;
};

void settle(OwnRecord& record, const tls::Chain& chain, const std::optional<Trouble>& trouble) {
  if (!chain.certificates.empty()) record.found = {facts_of(chain.certificates.front())};
  record.holds = !trouble;
  if (!trouble) return;
  record.cause = trouble->cause;
  record.problem = trouble->text;
}

OwnRecord of_host(const std::string& host, const Shown& shown) {
  auto record = own_record("certificate", host, {},
                           "Put into receiver.certificate a chain, leaf first, that is valid for " + host);
  const auto chain = shown.chosen_for(host);
  settle(record, chain, shown.trouble(chain));
  return record;
}

/// The names under which traps show what the receiver shows, and under which their policy is fetched (RFC 8461 §3.3).
std::vector<std::string> trap_names(const receiver::Settings& receiver) {
  std::vector<std::string> names;
  for (const auto& host : receiver.traps) {
    const auto domain = receiver::trap_domain(host.name, receiver.trap_domain);
    if (receiver::shows_receivers_certificate(host.name)) names.push_back(domain);
    const bool has_policy = host.name == evidence::trap::sts_right || host.name == evidence::trap::sts_wrong;
    if (has_policy && receiver.policy_host) names.push_back("mta-sts." + domain);
  }
  return names;
}

std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < max_named; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return text + (names.size() > max_named ? fmt::format(" and {} others", names.size() - max_named) : std::string{});
}

OwnRecord of_traps(const receiver::Settings& receiver, const std::vector<std::string>& names, const Shown& shown) {
  const auto label = "*." + receiver.trap_domain;
  auto record = own_record("certificate of the traps", label, {}, "Have a certificate for ");
  std::vector<std::string> missing;
  for (const auto& name : names) {
    record.wanted += (&name == &names.front() ? "" : ", ") + name;
    const auto chain = shown.chosen_for(name);
    const auto trouble = shown.trouble(chain);
    const bool worse = trouble && (record.holds || (!record.cause && trouble->cause));
    if (&name == &names.front() || worse) settle(record, chain, trouble);
    if (trouble && trouble->cause == Cause::wrong_name) missing.push_back(name);
  }
  if (record.cause == Cause::wrong_name) record.problem = "is not valid for " + some_of(missing);
  return record;
}

OwnRecord of_name(std::size_t index, const Shown& shown) {
  const auto first = shown.at(index, {}).certificates;
  const auto name = first.empty() || first.front().names.empty() ? std::string{} : first.front().names.front();
  auto record = own_record(fmt::format("certificate {}", index + 1), name, {},
                           "Renew it, or take it out of receiver.certificates");
  // A wildcard certificate has no name of its own that could be asked for.
  const auto chain = shown.at(index, name.starts_with("*.") ? "any" + name.substr(1) : name);
  settle(record, chain, shown.trouble(chain));
  return record;
}

std::vector<OwnRecord> alone(const receiver::Settings& receiver, std::optional<Cause> cause, std::string problem,
                             std::string wanted) {
  std::vector<OwnRecord> records{own_record("certificate", receiver.host, {}, std::move(wanted))};
  records.front().cause = cause;
  records.front().problem = std::move(problem);
  return records;
}

}  // namespace

std::vector<OwnRecord> check_certificates(const receiver::Settings& receiver, const tls::Context& trust, Time now) {
  const auto options = receiver::certificate_options(receiver);
  const std::string wanted = "Set receiver.certificate and receiver.key: without them there is no STARTTLS";
  if (options && !*options)
    return alone(receiver, Cause::own_limit,
                 receiver.listen.empty() ? "is not wanted: nothing is received" : "is not configured", wanted);
  const auto usable = receiver::read_certificates(receiver);  // the key is the certificate's, for one
  if (!usable) return alone(receiver, Cause::unsupported, "cannot be used: " + usable.error().message, wanted);
  const Shown shown(**options, trust, now);
  std::vector<OwnRecord> records{of_host(receiver.host, shown)};
  if (const auto names = trap_names(receiver); !names.empty()) records.push_back(of_traps(receiver, names, shown));
  for (std::size_t i = 1; i < shown.size(); ++i) records.push_back(of_name(i, shown));
  return records;
}

}  // namespace mailprobe::probe
