#include "tls/client_hello.h"

#include <algorithm>

namespace mailprobe::tls {

namespace {

constexpr std::size_t max_record = 1U << 14U;  // RFC 8446 §5.1
constexpr std::size_t max_vector = 0xffff;
constexpr std::size_t random_size = 32;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xffU);
}

/// The bytes behind their length.
void put_vector(std::string& out, std::string_view bytes, int length_bytes) {
  put(out, bytes.size(), length_bytes);
  out += bytes;
}

std::string numbers(const std::vector<std::uint16_t>& values) {
  std::string out;
  for (const auto value : values) put(out, value, 2);
  return out;
}

std::string listed(const std::vector<std::uint16_t>& values, int length_bytes = 2) {
  std::string out;
  put_vector(out, numbers(values), length_bytes);
  return out;
}

// RFC 6066 §3: ServerNameList of one host_name.
std::string server_name(std::string_view name) {
  std::string entry(1, '\0');
  put_vector(entry, name, 2);
  std::string out;
  put_vector(out, entry, 2);
  return out;
}

// RFC 6066 §8: OCSP, no responders, no extensions.
std::string status_request() { return {1, 0, 0, 0, 0}; }

std::string key_shares(const ClientHello& hello) {  // RFC 8446 §4.2.8
  std::string entries;
  for (const auto& [group, share] : hello.shares) {
    put(entries, group, 2);
    put_vector(entries, share, 2);
  }
  std::string out;
  put_vector(out, entries, 2);
  return out;
}

std::string extensions(const ClientHello& hello) {
  std::string out;
  const auto add = [&out](std::uint16_t type, std::string_view body) {
    put(out, type, 2);
    put_vector(out, body, 2);
  };
  if (!hello.server_name.empty()) add(0, server_name(hello.server_name));
  if (hello.extended_master_secret) add(23, "");                                   // RFC 7627 §5.1
  if (hello.encrypt_then_mac) add(22, "");                                         // RFC 7366 §2
  if (hello.renegotiation_info) add(0xff01, std::string_view("\0", 1));            // RFC 5746 §3.4
  if (!hello.groups.empty()) add(10, listed(hello.groups));                        // RFC 8422 §5.1.1
  if (!hello.groups.empty()) add(11, std::string_view("\1\0", 2));                 // RFC 8422 §5.1.2: uncompressed
  if (hello.session_ticket) add(35, "");                                           // RFC 5077 §3.2
  if (hello.status_request) add(5, status_request());                              // RFC 6066 §8
  if (!hello.signature_schemes.empty()) add(13, listed(hello.signature_schemes));  // RFC 8446 §4.2.3
  if (!hello.versions.empty()) add(43, listed(hello.versions, 1));                 // RFC 8446 §4.2.1
  if (!hello.versions.empty()) add(45, std::string_view("\1\1", 2));               // RFC 8446 §4.2.9: psk_dhe_ke
  if (hello.key_share) add(51, key_shares(hello));
  return out;
}

bool fits(const ClientHello& hello) {
  const auto shares_fit = std::ranges::all_of(hello.shares, [](const auto& one) { return one.second.size() < 0x4000; });
  return hello.random.size() == random_size && hello.session_id.size() <= 32 && !hello.suites.empty() &&
         hello.suites.size() * 2 < max_vector && hello.versions.size() * 2 < 256 && hello.groups.size() < 0x4000 &&
         hello.signature_schemes.size() < 0x4000 && hello.server_name.size() < 0x4000 && shares_fit;
}

std::string body_of(const ClientHello& hello, std::string_view extension_bytes) {
  std::string body;
  put(body, hello.version, 2);
  body += hello.random;
  put_vector(body, hello.session_id, 1);
  put_vector(body, numbers(hello.suites), 2);
  put_vector(body, hello.deflate ? std::string_view("\1\0", 2) : std::string_view("\0", 1), 1);  // RFC 3749 §2
  if (hello.extensions) put_vector(body, extension_bytes, 2);
  return body;
}

}  // namespace

Result<std::string> write(const ClientHello& hello) {
  const auto extension_bytes = fits(hello) && hello.extensions ? extensions(hello) : std::string{};
  if (!fits(hello) || extension_bytes.size() > max_vector)
    return fail(Failure::ours, "a ClientHello cannot be written: a part of it has the wrong size");
  std::string message(1, '\1');
  put_vector(message, body_of(hello, extension_bytes), 3);
  std::string records;
  for (std::string_view rest = message; !rest.empty(); rest.remove_prefix(std::min(rest.size(), max_record))) {
    records += '\x16';
    put(records, hello.record_version, 2);
    put_vector(records, rest.substr(0, max_record), 2);
  }
  return records;
}

}  // namespace mailprobe::tls
