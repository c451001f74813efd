#include <array>

#include "evidence/optional_dane.h"
#include "reporter/phrases.h"
#include "reporter/senders.h"
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

/// What records mean that are not signed, or come by a name that is not.
std::string insecure_note(const Target& target, const MxHost& host) {
  if (evidence::dane_is_optional(target, host)) return "signed, but a sender need not use them";
  if (!host.tlsa.empty()) return "without DNSSEC: they do not count";
  return host.tlsa_lookup->cause ? "not known, and no DNSSEC" : "none, and no DNSSEC";
}

/// What the TLSA records mean, where that is not plain from them.
std::string tlsa_note(const Target& target, const MxHost& host) {
  if (!host.tlsa_lookup) return host.tlsa.empty() ? "not looked up" : "";
  const auto& lookup = *host.tlsa_lookup;
  using enum evidence::TlsaState;
  std::string note;
  switch (lookup.state) {
    case usable: note = lookup.base == host.host ? "" : "at " + lookup.base; break;
    case unusable: note = "not one of them is usable for mail"; break;
    case absent: return "none";
    case insecure: note = insecure_note(target, host); break;
    case failed: note = "the look-up failed, so no mail may go here"; break;
  }
  return note + (lookup.problem ? (note.empty() ? "" : ": ") + *lookup.problem : std::string{});
}

View host_view(const Target& target, const MxHost& host) {
  Views addresses, tlsa;
  for (const auto& address : host.addresses)
    addresses.push_back(
        View().set("ip", address.ip).set("ptr", address.ptr).set("dnssec", dnssec_badge(address.dnssec)));
  for (const auto& record : host.tlsa) tlsa.push_back(View().set("record", record));
  return View()
      .set("host", host.host)
      .set("preference", target.shape == evidence::MxShape::mx ? std::to_string(host.preference) : "")
      .set("dnssec", dnssec_badge(host.dnssec))
      .set("problem", host.problem)
      .set("addresses", std::move(addresses))
      .set("tlsa", std::move(tlsa))
      .set("tlsa_note", tlsa_note(target, host));
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

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& each : words) text += (text.empty() ? "" : ", ") + each;
  return text;
}

/// The policy behind the record, and how it was come by.
std::string sts_text(const evidence::MtaSts& sts) {
  std::string text;
  if (sts.mode) {
    text = "mode " + std::string(word(*sts.mode)) + "; mx " + joined(sts.mx);
    if (sts.max_age) text += "; max_age " + std::to_string(*sts.max_age);
    if (sts.source == "cache") text += sts.fetched ? "; kept since " + moment(*sts.fetched) : "; kept";
    if (sts.source == "fetched" && sts.fetched_from) text += "; fetched from " + *sts.fetched_from;
    if (!sts.unlisted.empty()) text += "; not listed: " + joined(sts.unlisted);
  }
  if (sts.problem) text += (text.empty() ? "" : ". ") + *sts.problem;
  return text;
}

Views policy_views(const Target& target) {
  Views views;
  for (const auto& [name, record] : target.policies) {
    const bool sts = name == "mta_sts" && target.mta_sts;
    views.push_back(View()
                        .set("name", policy_name(name))
                        .set("record", record)
                        .set("absent", !record)
                        .set("detail", sts ? sts_text(*target.mta_sts) : std::string{}));
  }
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

void view_senders(View& page, const Target& target) {
  constexpr std::size_t most = 200;
  const auto senders = sender_rows(target, most);
  Views rows;
  for (const auto& row : senders.rows)
    rows.push_back(
        View().set("term", row.term).set("whose", row.whose).set("who", row.who).set("outcome", row.outcome));
  page.set("has_senders", !senders.rest.empty())
      .set("senders", std::move(rows))
      .set("senders_left",
           senders.left == 0 ? std::string() : std::to_string(senders.left) + " more stand in the evidence.")
      .set("senders_rest", senders.rest);
}

}  // namespace

void view_dns(View& page, const Page& from) {
  const auto& target = from.document.target;
  Views hosts, records;
  for (const auto& host : target.mx) hosts.push_back(host_view(target, host));
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
  view_senders(page, target);
}

}  // namespace mailprobe::reporter
