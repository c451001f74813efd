#include "dns/witness_names.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "dns/records.h"

namespace mailprobe::dns {

namespace {

constexpr std::size_t token_size = 26;  // of base32: 128 bits
constexpr std::string_view spf_label = "_spf", key_label = "_domainkey", dmarc_label = "_dmarc";
constexpr std::string_view v4_label = "in-addr", v6_label = "ip6";  // RFC 7208 §7.3: %{v}
constexpr std::size_t v4_labels = 4, v6_labels = 32;

bool is_token(std::string_view label) {
  const auto base32 = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); };
  return label.size() == token_size && std::ranges::all_of(label, base32);
}

/// How many labels a whole address has; 0: no such family.
std::size_t labels_of_family(std::string_view family) {
  return family == v4_label ? v4_labels : family == v6_label ? v6_labels : 0;
}

bool is_nibble(std::string_view label) {
  return label.size() == 1 && std::string_view("0123456789abcdef").contains(label.front());
}

bool is_octet(std::string_view label) {
  const auto number = label.size() <= 3 ? parse_number(label) : std::nullopt;
  return number && *number <= 255;
}

/// A part of `%{i}`, read from its end as resolvers ask for it.
bool is_address_part(const Labels& below, std::string_view family) {
  const bool v6 = family == v6_label;
  return std::all_of(below.begin() + 3, below.end(),
                     [&](const std::string& label) { return v6 ? is_nibble(label) : is_octet(label); });
}

/// An empty non-terminal: nothing is there, but something may be below.
bool is_between(const Labels& below) {
  if (below.size() == 1) return true;
  if (below.size() == 2) return below[1] == spf_label || below[1] == key_label;
  const auto family = labels_of_family(below[2]);
  return below[1] == spf_label && family != 0 && below.size() < 3 + family && is_address_part(below, below[2]);
}

/// `%{i}`: dotted as it is written, IPv6 as 32 nibbles; its leftmost label comes last here.
std::optional<IpAddress> address_of(const Labels& below) {
  const auto family = labels_of_family(below[2]);
  if (family == 0 || below.size() != 3 + family || !is_address_part(below, below[2])) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < family; ++i) {
    const auto& label = below[below.size() - 1 - i];
    if (i > 0 && family == v4_labels) text += '.';
    if (i > 0 && family == v6_labels && i % 4 == 0) text += ':';
    text += label;
  }
  return IpAddress::parse(text);
}

}  // namespace

std::string witness_zone(std::string_view domain) { return std::string(witness_label) + "." + std::string(domain); }

std::string witness_domain(std::string_view token, std::string_view zone) {
  return to_lower(token) + "." + std::string(zone);
}

std::string witness_spf_term(std::string_view zone) {
  // RFC 7208 §7.1: of the local part, split at "+", the rightmost part; §7.3: %{v} is "in-addr" or "ip6".
  return "exists:%{i}.%{v}." + std::string(spf_label) + ".%{l1+}." + std::string(zone);
}

Zone::Made witness_names(std::string dkim_record) {
  return [record = std::move(dkim_record)](const Labels& below) -> std::optional<Zone::Node> {
    if (below.empty() || !is_token(below.front())) return std::nullopt;
    if (is_between(below)) return Zone::Node{};
    if (below.size() != 3 || below[1] != key_label || below[2] != witness_selector) return std::nullopt;
    RrSet set{.ttl = witness_ttl, .rdata = {txt_to_wire(record)}, .signatures = {}};
    return Zone::Node{{static_cast<std::uint16_t>(Type::txt), std::move(set)}};
  };
}

std::string witness_records(std::string_view server) {
  // RFC 2308 §5: the last number and the TTL of the SOA say how long a denial is kept.
  return "@ 1 IN SOA " + std::string(server) + ". hostmaster 1 3600 600 86400 1\n@ 1 IN NS " + std::string(server) +
         ".\n";
}

std::optional<WitnessName> parse_witness_name(std::string_view name, std::string_view zone) {
  const auto labels = labels_from_text(name), origin = labels_from_text(zone);
  if (!labels || !origin || !within(*labels, *origin) || labels->size() == origin->size()) return std::nullopt;
  const Labels below(labels->begin() + static_cast<std::ptrdiff_t>(origin->size()), labels->end());
  if (!is_token(below.front())) return std::nullopt;
  WitnessName found{.token = below.front(), .use = WitnessUse::other, .seen = {}};
  if (below.size() == 2 && below[1] == dmarc_label) found.use = WitnessUse::dmarc;
  if (below.size() == 3 && below[1] == key_label) found.use = WitnessUse::dkim;
  if (below.size() > 3 && below[1] == spf_label) found.seen = address_of(below);
  if (found.seen) found.use = WitnessUse::spf;
  return found;
}

}  // namespace mailprobe::dns
