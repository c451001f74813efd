#include <algorithm>

#include "auth/evaluate.h"
#include "auth/header_block.h"
#include "auth/received.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

bool named(std::string_view host, const std::vector<std::string>& hosts) {
  return std::ranges::any_of(hosts, [&](const std::string& known) {
    if (known.empty()) return false;
    return iequals(host, known) || (host.size() > known.size() && host[host.size() - known.size() - 1] == '.' &&
                                    iequals(host.substr(host.size() - known.size()), known));
  });
}

bool private_address(const IpAddress& address) {  // RFC 1918, RFC 4193
  const auto in = [&](std::string_view network, unsigned prefix) {
    return address.in(IpAddress::parse(network).value_or(IpAddress{}), prefix);
  };
  return address.loopback() || in("127.0.0.0", 8) || in("10.0.0.0", 8) || in("172.16.0.0", 12) ||
         in("192.168.0.0", 16) || in("fc00::", 7);
}

/// From one of the trusted hosts to another, or within one: LMTP, a filter, a relay inside. The name must be one that
/// the receiving host looked up, or the address one that nobody outside has: HELO is anybody's word.
bool inside(const Received& received, const std::vector<std::string>& hosts) {
  if (!received.client || named(received.client_name, hosts)) return true;
  return private_address(*received.client) && (named(received.from, hosts) || iequals(received.from, "localhost"));
}

std::optional<std::string> return_path_of(const Message& message) {
  for (const auto& field : message.fields) {
    if (iequals(field.name, "Received")) break;  // RFC 5321 §4.4: the final host puts Return-Path on top
    if (!iequals(field.name, "Return-Path")) continue;
    auto path = unfold(field.value);
    std::erase_if(path, [](char c) { return c == '<' || c == '>' || is_space(c); });
    return path;
  }
  return std::nullopt;
}

Envelope envelope_of(const Received& received, const Message& message) {
  return {received.client, received.helo, received.envelope_from ? received.envelope_from : return_path_of(message)};
}

}  // namespace

std::optional<Envelope> recorded_envelope(std::string_view raw, const std::vector<std::string>& trusted_hosts) {
  const auto message = split_message(raw);
  for (const auto& received : received_of(message)) {
    if (!named(received.by, trusted_hosts)) return std::nullopt;
    if (!inside(received, trusted_hosts)) return envelope_of(received, message);
  }
  return std::nullopt;
}

std::optional<Envelope> recorded_envelope(std::string_view raw, const IpAddress& handed_over_from) {
  const auto message = split_message(raw);
  for (const auto& received : received_of(message))
    if (received.client == handed_over_from.unmapped()) return envelope_of(received, message);
  return std::nullopt;
}

std::optional<std::string> recorded_return_path(std::string_view raw) { return return_path_of(split_message(raw)); }

}  // namespace mailprobe::auth
