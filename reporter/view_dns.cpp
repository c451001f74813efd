#include <array>

#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::MxHost;
using evidence::OwnRecord;
using evidence::Target;

View dnssec_badge(Dnssec dnssec) {
  View view;
  return badge(view, tone_of(dnssec), word(dnssec));
}

View host_view(const MxHost& host, bool mx) {
  Views addresses, tlsa;
  for (const auto& address : host.addresses)
    addresses.push_back(
        View().set("ip", address.ip).set("ptr", address.ptr).set("dnssec", dnssec_badge(address.dnssec)));
  for (const auto& record : host.tlsa) tlsa.push_back(View().set("record", record));
  return View()
      .set("host", host.host)
      .set("preference", mx ? std::to_string(host.preference) : "")
      .set("dnssec", dnssec_badge(host.dnssec))
      .set("problem", host.problem)
      .set("addresses", std::move(addresses))
      .set("tlsa", std::move(tlsa));
}

std::string_view shape_phrase(evidence::MxShape shape) {
  using enum evidence::MxShape;
  switch (shape) {
    case mx: return "MX records name the mail servers.";
    case implicit: return "No MX record: the domain’s own address is its mail server.";
    case null_mx: return "A null MX: the domain takes no mail.";
    case none: return "Neither an MX record nor an address.";
    case nxdomain: return "The domain does not exist.";
    case failed: return "The look-up failed.";
    case server: return "The server was given by hand; MX records were not asked for.";
  }
  return {};
}

std::string policy_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names{
      {{"spf", "SPF"}, {"dmarc", "DMARC"}, {"mta_sts", "MTA-STS"}, {"tlsrpt", "TLS reports"}}};
  for (const auto& [key, title] : names)
    if (key == name) return std::string(title);
  return std::string(name);
}

Views policy_views(const Target& target) {
  Views views;
  for (const auto& [name, record] : target.policies)
    views.push_back(View().set("name", policy_name(name)).set("record", record).set("absent", !record));
  return views;
}

View record_view(const OwnRecord& record) {
  Views found;
  for (const auto& text : record.found) found.push_back(View().set("text", text));
  View view;
  badge(view,
        record.holds   ? "pass"
        : record.cause ? "unsure"
                       : "fail",
        record.holds   ? "holds"
        : record.cause ? "unknown"
                       : "wrong")
      .set("what", record.what)
      .set("name", record.name)
      .set("type", record.type)
      .set("wanted", record.wanted)
      .set("found", std::move(found))
      .set("problem", record.problem ? *record.problem
                      : record.cause ? std::string(cause_phrase(*record.cause))
                                     : "");
  return view;
}

}  // namespace

void view_dns(View& page, const Page& from) {
  const auto& target = from.document.target;
  Views hosts, records;
  for (const auto& host : target.mx) hosts.push_back(host_view(host, target.shape == evidence::MxShape::mx));
  for (const auto& record : from.document.self.records) records.push_back(record_view(record));
  page.set("has_target", !target.domain.empty())
      .set("domain", target.domain)
      .set("shape", shape_phrase(target.shape))
      .set("mx_dnssec", dnssec_badge(target.dnssec))
      .set("dns_problem", target.problem)
      .set("has_hosts", !hosts.empty())
      .set("hosts", std::move(hosts))
      .set("policies", policy_views(target))
      .set("has_records", !records.empty())
      .set("records", std::move(records));
}

}  // namespace mailprobe::reporter
