#include "app/own_zone.h"

#include <algorithm>

#include <fmt/format.h>

#include "dns/witness_names.h"
#include "evidence/negative_names.h"

namespace mailprobe::app {

namespace {

constexpr std::size_t max_string = 255;  // RFC 1035 §3.3.14

std::string quoted_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string line(const std::string& owner, std::string_view type, const std::string& data) {
  return fmt::format("{:<40} IN {:<4} {}\n", owner + ".", type, data);
}

}  // namespace

std::string txt_data(const std::string& text) {
  if (text.size() <= max_string) return quoted_string(text);
  std::string out = "(";
  for (std::size_t at = 0; at < text.size(); at += max_string)
    out += "\n    " + quoted_string(text.substr(at, max_string));
  return out + " )";
}

std::string zone_text(const OwnZone& zone) {
  std::string text;
  const auto add = [&](const std::string& owner, std::string_view type, const std::string& data) {
    text += line(owner, type, data);
  };
  for (const auto& ip : zone.ips) add(zone.helo, ip.v6 ? "AAAA" : "A", ip.text());
  if (zone.ips.empty()) add(zone.helo, "A", "YOUR.PUBLIC.IP.ADDRESS");
  add(zone.domain, "MX", "10 " + zone.helo + ".");
  // The host that sends is the MX: one look-up, and right whatever its addresses.
  add(zone.domain, "TXT", txt_data("v=spf1 mx -all"));
  add(zone.helo, "TXT", txt_data("v=spf1 a -all"));  // RFC 7208 §2.3: bounces are judged by the HELO name
  for (const auto& [selector, record] : zone.dkim_records)
    add(selector + "._domainkey." + zone.domain, "TXT", txt_data(record));
  add("_dmarc." + zone.domain, "TXT", txt_data("v=DMARC1; p=reject; rua=mailto:dmarc@" + zone.domain));
  // RFC 8460 §3: senders report to it how TLS to us went.
  add("_smtp._tls." + zone.domain, "TXT", txt_data("v=TLSRPTv1; rua=mailto:tlsrpt@" + zone.domain));
  return text;
}

std::string witness_text(const OwnZone& zone) {
  const auto own = dns::witness_zone(zone.domain);
  // The host has its address above already: that is the glue.
  return line(own, "NS", zone.helo + ".") +
         line(zone.domain, "TXT", txt_data("v=spf1 " + dns::witness_spf_term(own) + " mx -all"));
}

std::string negative_text(const OwnZone& zone) {
  auto text = line(std::string(evidence::revoked_selector) + "._domainkey." + zone.domain, "TXT",
                   txt_data(std::string(evidence::revoked_key)));
  for (const auto& [label, spf, dmarc] : evidence::negative_names(zone.domain)) {
    const auto name = label + "." + zone.domain;
    text += line(name, "TXT", txt_data(spf)) + line(name, "MX", "10 " + zone.helo + ".");
    if (!dmarc.empty()) text += line("_dmarc." + name, "TXT", txt_data(dmarc));
  }
  return text;
}

}  // namespace mailprobe::app
