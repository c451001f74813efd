#include "dns/reply.h"

#include <algorithm>
#include <map>

#include "dns/records.h"

namespace mailprobe::dns {

namespace {

constexpr std::uint16_t our_udp_size = 1232;  // what no path fragments
constexpr std::size_t plain_udp_size = 512;   // RFC 1035 §4.2.1
constexpr std::size_t max_tcp_size = 65535;
constexpr int max_cnames = 8;
constexpr std::uint16_t first_meta_type = 128, last_meta_type = 255;  // RFC 6895 §3.1: AXFR, ANY and the like

void set_rcode(Message& reply, Rcode code) {
  reply.flags = static_cast<std::uint16_t>((reply.flags & ~flag::rcode) | static_cast<std::uint16_t>(code));
}

void append(std::vector<Record>& to, std::vector<Record> from) { std::ranges::move(from, std::back_inserter(to)); }

/// RFC 1034 §4.3.2: step by step along CNAMEs, as far as our own zones reach.
void answer(Message& reply, Labels name, std::uint16_t type, const std::vector<Zone>& zones, bool dnssec) {
  const auto* zone = zone_for(zones, name, type);
  if (zone == nullptr) return set_rcode(reply, Rcode::refused);
  for (int i = 0; zone != nullptr && i < max_cnames; ++i, zone = zone_for(zones, name, type)) {
    auto step = zone->look_up(name, type, dnssec);
    if (step.kind != Zone::Kind::referral) reply.flags |= flag::authoritative;
    if (step.kind == Zone::Kind::nxdomain) set_rcode(reply, Rcode::name_error);  // RFC 6604 §3: of the last name
    const auto target =
        step.kind == Zone::Kind::cname ? labels_from_wire(step.answers.front().rdata) : std::optional<Labels>{};
    append(reply.answers, std::move(step.answers));
    append(reply.authority, std::move(step.authority));
    append(reply.additional, std::move(step.additional));
    if (!target) return;
    name = *target;
  }
}

std::optional<Rcode> objection(const Message& query) {
  if ((query.flags & flag::opcode) != 0) return Rcode::not_implemented;
  if (query.questions.size() != 1 || !query.answers.empty() || !query.authority.empty()) return Rcode::format_error;
  const auto& question = query.questions.front();
  if (question.klass != class_in) return Rcode::refused;
  if (question.type >= first_meta_type && question.type <= last_meta_type) return Rcode::not_implemented;
  return std::nullopt;
}

std::size_t limit_of(const Message& query, Transport transport) {
  if (transport == Transport::tcp) return max_tcp_size;
  if (!query.edns) return plain_udp_size;
  return std::clamp<std::size_t>(query.edns->udp_size, plain_udp_size, our_udp_size);
}

/// RFC 1035 §4.1.4: a pointer leads to a name that came before, and none has. One into the header would make more go
/// out than came in.
bool points_nowhere(std::string_view query) {
  constexpr std::size_t header = 12;
  constexpr unsigned char pointer = 0xc0;
  for (auto at = header; at < query.size();) {
    const auto length = static_cast<unsigned char>(query[at]);
    if (length == 0) return false;
    if ((length & pointer) != 0) return true;
    at += std::size_t{1} + length;
  }
  return false;
}

/// The reply before there is an answer; nullopt: not to a reply (RFC 1035 §4.1.1), nor to what is no question.
std::optional<Message> begin_reply(const Message& query, std::string_view bytes) {
  if ((query.flags & flag::response) != 0) return std::nullopt;
  if (!query.questions.empty() && points_nowhere(bytes)) return std::nullopt;
  Message reply;
  reply.id = query.id;
  reply.flags = static_cast<std::uint16_t>(
      flag::response | (query.flags & (flag::opcode | flag::recursion_desired | flag::checking_disabled)));
  if (query.questions.size() == 1) reply.questions = query.questions;
  if (query.edns) reply.edns = Edns{.udp_size = our_udp_size, .dnssec_ok = query.edns->dnssec_ok};
  return reply;
}

}  // namespace

std::optional<Asked> asked_by(std::string_view bytes) {
  const auto query = parse_message(bytes);
  if (!query || (query->flags & flag::response) != 0 || objection(*query)) return std::nullopt;
  const auto& question = query->questions.front();
  auto name = name_from_wire(question.name);
  if (!name) return std::nullopt;
  return Asked{.name = std::move(*name),
               .type = question.type,
               .client_subnet = query->edns ? query->edns->client_subnet : std::nullopt};
}

std::string type_text(std::uint16_t type) {
  static const std::map<std::uint16_t, std::string> names{
      {1, "A"},    {2, "NS"},  {5, "CNAME"},   {6, "SOA"},   {12, "PTR"},   {15, "MX"},  {16, "TXT"},  {28, "AAAA"},
      {33, "SRV"}, {43, "DS"}, {48, "DNSKEY"}, {52, "TLSA"}, {65, "HTTPS"}, {99, "SPF"}, {255, "ANY"}, {257, "CAA"}};
  const auto known = names.find(type);
  return known != names.end() ? known->second : "TYPE" + std::to_string(type);
}

std::optional<std::string> truncated_reply_to(std::string_view bytes) {
  const auto query = parse_message(bytes);
  auto reply = query ? begin_reply(*query, bytes) : std::nullopt;
  if (!reply) return std::nullopt;
  reply->flags |= flag::truncated;
  return print_message(*reply, plain_udp_size);
}

std::optional<std::string> reply_to(std::string_view bytes, const std::vector<Zone>& zones, Transport transport) {
  const auto query = parse_message(bytes);
  auto reply = query ? begin_reply(*query, bytes) : std::nullopt;
  if (!reply) return std::nullopt;
  if (query->edns && query->edns->version != 0) {
    reply->edns->extended_rcode = 1;  // BADVERS is 16 (RFC 6891 §6.1.3)
  } else if (const auto code = objection(*query)) {
    set_rcode(*reply, *code);
  } else if (const auto name = labels_from_wire(query->questions.front().name)) {
    answer(*reply, *name, query->questions.front().type, zones, reply->edns && reply->edns->dnssec_ok);
  }
  return print_message(*reply, limit_of(*query, transport));
}

}  // namespace mailprobe::dns
