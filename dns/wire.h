// DNS messages and names as bytes: what both ends of a conversation need. Pure, bounded; follows compression pointers
// backwards only. RFC 1035 §4, RFC 6891 (EDNS).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/client_subnet.h"

namespace mailprobe::dns {

/// Lower-case labels from the root downwards: their order is the canonical order of RFC 4034 §6.1.
using Labels = std::vector<std::string>;

std::optional<Labels> labels_from_wire(std::string_view wire);
std::string labels_to_wire(const Labels& labels);
std::optional<Labels> labels_from_text(std::string_view name);
/// True for `name` itself and everything below it.
bool within(const Labels& name, const Labels& zone);

namespace flag {  // RFC 1035 §4.1.1, RFC 4035 §3
constexpr std::uint16_t response = 0x8000, opcode = 0x7800, authoritative = 0x0400, truncated = 0x0200,
                        recursion_desired = 0x0100, recursion_available = 0x0080, authentic = 0x0020,
                        checking_disabled = 0x0010, rcode = 0x000f;
}

enum class Rcode : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,
  not_implemented = 4,
  refused = 5,
};

constexpr std::uint16_t type_opt = 41, type_rrsig = 46, type_nsec = 47, class_in = 1;

struct Edns {
  std::uint16_t udp_size = 512;
  std::uint8_t extended_rcode = 0;  // the upper eight bits
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  std::optional<ClientSubnet> client_subnet{};  // read, never written
};

struct Question {
  std::string name;  // wire format, case as asked
  std::uint16_t type = 0, klass = 0;
};

struct Record {
  std::string owner;  // wire format, uncompressed
  std::uint16_t type = 0, klass = class_in;
  std::uint32_t ttl = 0;
  std::string rdata;  // uncompressed where it was read; CNAME, NS, PTR, MX and SOA hold names
};

struct Message {
  std::uint16_t id = 0, flags = 0;
  std::vector<Question> questions;
  std::vector<Record> answers, authority, additional;  // without OPT
  std::optional<Edns> edns;
};

/// The whole message or nothing.
std::optional<Message> parse_message(std::string_view bytes);
/// Within `max` bytes; else without records and with TC set (RFC 2181 §9).
std::string print_message(const Message& message, std::size_t max);

}  // namespace mailprobe::dns
