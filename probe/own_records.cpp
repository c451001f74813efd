#include "probe/own_records.h"

#include <algorithm>

#include "auth/dkim_key.h"
#include "auth/dmarc_record.h"
#include "auth/spf.h"
#include "auth/spf_record.h"
#include "auth/tlsrpt_record.h"
#include "base/text.h"
#include "dns/records.h"
#include "probe/policies.h"
#include "probe/public_address.h"
#include "probe/route.h"

namespace mailprobe::probe {

using evidence::OwnRecord;

namespace {

/// RSA keys are published as SubjectPublicKeyInfo, and by some as the PKCS#1 key at its end (RFC 6376 erratum 3758).
bool same_key(const auth::DkimKeyRecord& published, const auth::DkimKeyRecord& ours) {
  constexpr std::size_t least = 100;
  if (published.type != ours.type) return false;
  if (published.key == ours.key) return true;
  return ours.type == auth::KeyType::rsa && published.key.size() > least && ours.key.ends_with(published.key);
}

std::string addresses_text(const std::vector<IpAddress>& addresses) {
  std::string text;
  for (const auto& address : addresses) text += (text.empty() ? "" : ", ") + address.text();
  return text;
}

}  // namespace

OwnRecord own_record(std::string what, std::string name, std::string type, std::string wanted) {
  return {.what = std::move(what),
          .name = std::move(name),
          .type = std::move(type),
          .wanted = std::move(wanted),
          .found = {},
          .cause = {},
          .problem = {}};
}

bool settled(OwnRecord& record, const dns::Answer& answer) {
  if (answer.found()) return false;
  if (answer.absent()) {
    record.problem = "is not published";
  } else {
    record.cause = failure_cause(answer);
    record.problem = "could not be looked up: " + failure_text(answer);
  }
  return true;
}

Task<OwnRecord> check_dkim_record(DkimKey key, std::string domain, dns::Resolver& resolver) {
  auto record = own_record("dkim " + key.selector, key.selector + "._domainkey." + domain, "TXT", key.key.dns_record());
  const auto answer = co_await resolver.query(record.name, dns::Type::txt);
  if (settled(record, answer)) co_return record;
  record.found = dns::txt(answer);
  const auto ours = auth::parse_dkim_key(record.wanted);
  record.problem = "holds another key than ours";
  for (const auto& text : record.found) {
    const auto published = auth::parse_dkim_key(text);
    if (!published) {
      record.problem = published.error().message;
    } else if (ours && same_key(*published, *ours)) {
      record.holds = true;
      record.problem.reset();
      break;
    }
  }
  co_return record;
}

namespace {

/// What depends on the addresses that we send from, and they are not known.
void name_no_source(OwnRecord& record) {
  record.cause = Cause::own_limit;
  record.problem = "is there; whether it fits is not known: source_ips names no address that we send from";
}

/// Wrong whoever asks (RFC 7208 §4.5, §4.6).
std::optional<std::string> spf_fault(const std::vector<std::string>& records) {
  if (records.size() > 1) return "are several records: permerror (RFC 7208 §4.5)";
  const auto parsed = auth::parse_spf(records.front());
  if (!parsed) return "gives permerror: " + parsed.error().message;
  return std::nullopt;
}

struct SpfOf {
  std::string what, name;       // of the record
  std::string helo, mail_from;  // of the sessions that it judges
};

/// It is there, and gives a pass to every source.
Task<OwnRecord> check_spf_of(SpfOf of, std::vector<IpAddress> sources, dns::Resolver& resolver) {
  auto record = own_record(of.what, of.name, "TXT",
                           sources.empty() ? "v=spf1 … -all, with the addresses that mail is sent from"
                                           : "v=spf1 … -all, with a pass for " + addresses_text(sources));
  const auto answer = co_await resolver.query(record.name, dns::Type::txt);
  if (settled(record, answer)) co_return record;
  for (const auto& text : dns::txt(answer))
    if (auth::is_spf(text)) record.found.push_back(text);
  if (record.found.empty()) {
    record.problem = "is not published";
    co_return record;
  }
  record.problem = spf_fault(record.found);
  if (!record.problem && sources.empty()) name_no_source(record);
  record.holds = !record.problem;
  for (const auto& source : sources) {
    if (!record.holds) break;
    auth::SpfQuestion question{.client = source, .helo = of.helo, .mail_from = of.mail_from, .time = now()};
    const auto spf = co_await auth::check_spf(std::move(question), resolver);
    if (spf.result == auth::SpfOutcome::pass) continue;
    record.holds = false;
    record.problem = "gives " + std::string(word(spf.result)) + " for " + source.text() +
                     (spf.reason.empty() ? "" : ": " + spf.reason);
    if (spf.result == auth::SpfOutcome::temperror) record.cause = Cause::dns_failure;
  }
  co_return record;
}

}  // namespace

Task<OwnRecord> check_spf_record(Identity identity, std::string helo, std::vector<IpAddress> sources,
                                 dns::Resolver& resolver) {
  SpfOf of{.what = "spf", .name = identity.domain, .helo = std::move(helo), .mail_from = identity.address.text()};
  return check_spf_of(std::move(of), std::move(sources), resolver);
}

Task<OwnRecord> check_helo_spf(std::string helo, std::vector<IpAddress> sources, dns::Resolver& resolver) {
  SpfOf of{.what = "helo spf", .name = helo, .helo = helo, .mail_from = {}};
  return check_spf_of(std::move(of), std::move(sources), resolver);
}

Task<OwnRecord> check_tlsrpt_record(std::string domain, dns::Resolver& resolver) {
  auto record = own_record("tlsrpt", "_smtp._tls." + domain, "TXT", "v=TLSRPTv1; rua=mailto:tlsrpt@" + domain);
  const auto answer = co_await resolver.query(record.name, dns::Type::txt);
  if (settled(record, answer)) co_return record;
  for (const auto& text : dns::txt(answer))
    if (auth::is_tlsrpt_record(text)) record.found.push_back(text);
  if (record.found.size() == 1) {
    const auto parsed = auth::parse_tlsrpt_record(record.found.front());
    record.holds = parsed.has_value();
    if (!parsed) record.problem = parsed.error().message;
  } else {
    record.problem = record.found.empty() ? "is not published" : "several records: all are ignored (RFC 8460 §3)";
  }
  co_return record;
}

Task<OwnRecord> check_dmarc_record(std::string domain, dns::Resolver& resolver) {
  auto record = own_record("dmarc", "_dmarc." + domain, "TXT", "v=DMARC1; p=reject; rua=mailto:…");
  const auto answer = co_await resolver.query(record.name, dns::Type::txt);
  if (settled(record, answer)) co_return record;
  for (const auto& text : dns::txt(answer))
    if (auth::is_dmarc_record(text)) record.found.push_back(text);
  if (record.found.size() == 1) {
    const auto parsed = auth::parse_dmarc_record(record.found.front());
    record.holds = parsed.has_value();
    if (!parsed) record.problem = parsed.error().message;
  } else {
    record.problem = record.found.empty() ? "is not published" : "several records: all are ignored (RFC 9989 §4.10)";
  }
  co_return record;
}

namespace {

/// Behind NAT or on every interface, what we listen on is not what others connect to.
bool comparable(const Reception& reception) {
  return std::ranges::all_of(reception.listen, [](const IpAddress& at) { return at.loopback() || is_public(at); });
}

/// Into the record, what is wrong with one host of the MX.
Task<void> check_exchange(OwnRecord& record, std::string exchange, const Reception& reception,
                          dns::Resolver& resolver) {
  const bool named = iequals(exchange, reception.host);
  if (!comparable(reception)) {
    if (!named) record.problem = "leads to " + exchange + ", and we receive as " + reception.host;
    co_return;
  }
  const auto host = co_await look_up_host(exchange, resolver);
  if (host.dnssec == Dnssec::bogus) record.cause = Cause::bogus;
  if (host.dnssec == Dnssec::unknown) record.cause = Cause::dns_failure;
  if (host.addresses.empty()) {
    record.problem = "leads to " + exchange + ", which has no address: " + host.problem.value_or("none is published");
    co_return;
  }
  std::string elsewhere;
  for (const auto& address : host.addresses) {
    if (std::ranges::any_of(reception.listen, [&](const IpAddress& at) { return at.text() == address.ip; })) co_return;
    elsewhere += (elsewhere.empty() ? "" : ", ") + address.ip;
  }
  record.problem = "leads to " + exchange + " (" + elsewhere + "), where receiver.listen does not listen";
}

}  // namespace

Task<OwnRecord> check_mx_record(std::string domain, Reception reception, dns::Resolver& resolver) {
  const bool ours = !reception.listen.empty();
  auto record = own_record("mx", domain, "MX",
                           ours ? "10 " + reception.host : "a host that takes bounces and answers for " + domain);
  const auto answer = co_await resolver.query(domain, dns::Type::mx);
  if (settled(record, answer)) co_return record;
  const auto all = dns::mx(answer);
  for (const auto& mx : all) record.found.push_back(std::to_string(mx.preference) + " " + mx.exchange);
  const auto best = std::ranges::min(all, {}, &dns::Mx::preference).preference;  // RFC 5321 §5.1: tried first
  for (const auto& mx : all) {
    if (mx.preference != best || record.problem) continue;
    if (mx.exchange.empty())
      record.problem = "says that the domain takes no mail (null MX)";
    else if (ours)
      co_await check_exchange(record, mx.exchange, reception, resolver);
  }
  record.holds = !record.problem;
  co_return record;
}

Task<OwnRecord> check_helo_address(std::string helo, std::vector<IpAddress> sources, dns::Resolver& resolver) {
  auto record = own_record("address", helo, "A/AAAA",
                           sources.empty() ? "the address that mail is sent from" : addresses_text(sources));
  const auto host = co_await look_up_host(std::move(helo), resolver);
  for (const auto& address : host.addresses) record.found.push_back(address.ip);
  if (record.found.empty()) {
    record.problem = host.problem.value_or("is not published");
    if (host.dnssec == Dnssec::bogus) record.cause = Cause::bogus;
    if (host.dnssec == Dnssec::unknown) record.cause = Cause::dns_failure;
    co_return record;
  }
  if (sources.empty()) {
    name_no_source(record);
    co_return record;
  }
  record.holds = std::ranges::all_of(
      sources, [&](const IpAddress& source) { return std::ranges::count(record.found, source.text()) > 0; });
  if (!record.holds) record.problem = "does not lead to every address that we send from";
  co_return record;
}

OwnRecord unknown_ptr(const std::string& helo) {
  auto record = own_record("ptr", helo, "PTR", "of each address that we send from, a name that leads back to it");
  record.cause = Cause::own_limit;
  record.problem = "is not looked at: source_ips names no address that we send from";
  return record;
}

Task<OwnRecord> check_ptr_record(IpAddress source, dns::Resolver& resolver) {
  auto record = own_record("ptr", source.reverse_name(), "PTR", "a name that leads back to " + source.text());
  const auto answer = co_await resolver.query(record.name, dns::Type::ptr);
  if (settled(record, answer)) co_return record;
  record.found = dns::names(answer);
  record.problem = "no name leads back to " + source.text();
  for (const auto& name : record.found) {
    const auto host = co_await look_up_host(name, resolver);
    if (host.dnssec == Dnssec::unknown) {  // it may well be the one
      record.cause = Cause::dns_failure;
      record.problem = name + ": " + host.problem.value_or("could not be looked up");
    }
    if (std::ranges::none_of(host.addresses, [&](const auto& address) { return address.ip == source.text(); }))
      continue;
    record.holds = true;
    record.problem.reset();
    record.cause.reset();
    break;
  }
  co_return record;
}

OwnRecord check_helo_name(const std::string& helo) {
  auto record = own_record("helo", helo, "HELO", "a host name with a dot in it, that others can look up");
  record.found = {helo};
  record.holds = helo.find('.') != std::string::npos && DomainName::parse(helo).has_value();
  if (!record.holds) record.problem = "is not a full host name (RFC 5321 §4.1.1.1)";
  return record;
}

}  // namespace mailprobe::probe
