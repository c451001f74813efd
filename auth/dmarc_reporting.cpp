#include "auth/dmarc_reporting.h"

#include <algorithm>

#include "auth/dmarc_lookup.h"
#include "auth/limits.h"
#include "base/address.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"

// Order of events, RFC 9990 §4, for each URI:
//  1. its host; where that is of the record's own organisation, nothing is asked
//  2. TXT at RECORD-DOMAIN._report._dmarc.HOST
//  3. a record there that begins with v=DMARC1 is the agreement; an rua= or ruf= in it replaces the URI, on that host
//  only

namespace mailprobe::auth {

namespace {

/// An agreement's own address, which must be on the same host lest reports go round in circles (RFC 9990 §4).
std::string replacement_in(std::string_view text, bool failures, const std::string& host) {
  auto record = parse_dmarc_record(text);
  if (!record) record = parse_dmarc_record(std::string(text) + "; p=none");  // an agreement needs no policy
  if (!record) return {};
  for (const auto& uri : failures ? record->ruf : record->rua)
    if (report_host(uri) == host) return uri.uri;
  return {};
}

class Checker {
 public:
  Checker(std::string domain, bool failures, dns::Resolver& resolver)
      : domain_(std::move(domain)), failures_(failures), resolver_(resolver), lookup_(resolver) {}

  Task<ReportDestination> check(ReportUri uri) {
    ReportDestination to;
    to.uri = uri.uri;
    to.host = report_host(uri);
    if (to.host.empty()) co_return missing("the URI names no host", to);
    if (to.host == domain_) co_return internal(std::move(to));
    const auto ours = co_await lookup_.walk(domain_);
    const auto theirs = co_await lookup_.walk(to.host);
    if (!ours.failure.empty() || !theirs.failure.empty()) {
      to.reason = ours.failure.empty() ? theirs.failure : ours.failure;
      co_return to;
    }
    if (ours.organisational_domain == theirs.organisational_domain) co_return internal(std::move(to));
    co_return co_await ask(std::move(to));
  }

 private:
  static ReportDestination internal(ReportDestination to) {
    to.consent = ReportConsent::internal;
    return to;
  }
  static ReportDestination missing(std::string reason, ReportDestination to) {
    to.consent = ReportConsent::missing;
    to.reason = std::move(reason);
    return to;
  }

  Task<ReportDestination> ask(ReportDestination to) {
    to.name = consent_name(domain_, to.host);
    const auto answer = co_await resolver_.query(to.name, dns::Type::txt);
    if (!answer.found() && !answer.absent()) {
      to.reason = "look-up of " + safe_text(to.name, 256) + " failed: " + answer.why;
      co_return to;
    }
    auto texts = dns::txt(answer);
    std::erase_if(texts, [](const auto& text) { return !is_dmarc_record(text); });
    if (texts.empty()) co_return missing("no agreement at " + safe_text(to.name, 256), to);
    to.consent = ReportConsent::given;
    to.replacement = replacement_in(texts.front(), failures_, to.host);
    to.agreement = std::move(texts.front());
    co_return to;
  }

  std::string domain_;
  bool failures_;
  dns::Resolver& resolver_;
  DmarcLookup lookup_;
};

}  // namespace

std::string consent_name(const std::string& domain, const std::string& host) {
  return domain + "._report._dmarc." + host;
}

std::string report_host(const ReportUri& uri) {
  if (!uri.address.empty()) {
    const auto name = DomainName::parse(std::string_view(uri.address).substr(uri.address.rfind('@') + 1));
    return name ? name->text() : "";
  }
  // authority = [ userinfo "@" ] host [ ":" port ] (RFC 3986 §3.2)
  const auto start = uri.uri.find("://");
  if (start == std::string::npos) return {};
  auto authority = std::string_view(uri.uri).substr(start + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  authority = authority.substr(authority.rfind('@') + 1);  // npos + 1 is 0
  const auto name = DomainName::parse(authority.substr(0, authority.find(':')));
  return name ? name->text() : "";
}

Task<std::vector<ReportDestination>> check_report_destinations(std::string domain, DmarcRecord record, bool failures,
                                                               dns::Resolver& resolver) {
  auto uris = failures ? std::move(record.ruf) : std::move(record.rua);
  if (uris.size() > limits::report_uris) uris.resize(limits::report_uris);
  Checker checker(std::move(domain), failures, resolver);
  std::vector<ReportDestination> all;
  all.reserve(uris.size());
  for (const auto& uri : uris) {
    auto one = co_await checker.check(uri);
    all.push_back(std::move(one));
  }
  co_return all;
}

}  // namespace mailprobe::auth
