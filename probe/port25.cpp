#include "probe/port25.h"

#include "base/text.h"
#include "probe/route.h"

namespace mailprobe::probe {

namespace {

constexpr std::uint16_t smtp_port = 25;
constexpr auto connect_time = std::chrono::seconds(5);  // ours, and near: the user waits already

}  // namespace

std::pair<std::string, std::uint16_t> host_and_port(const std::string& text, std::uint16_t otherwise) {
  const auto colon = text.rfind(':');
  const bool bare_v6 = colon != text.find(':') && !text.starts_with('[');
  if (colon == std::string::npos || bare_v6 || text.ends_with(']')) return {text, otherwise};
  const auto port = parse_number(std::string_view(text).substr(colon + 1));
  if (!port || *port == 0 || *port > 65535) return {text, otherwise};
  return {text.substr(0, colon), static_cast<std::uint16_t>(*port)};
}

Task<std::string> examine_port25(std::string control, Network network, dns::Resolver& resolver) {
  if (control.empty()) co_return "presumed-closed";
  const auto [name, port] = host_and_port(control, smtp_port);
  const auto host = co_await look_up_host(name, resolver);
  for (const auto& address : host.addresses) {
    const auto deadline = network.steady() + connect_time;
    const auto stream = co_await network.connect(*IpAddress::parse(address.ip), port, std::nullopt, deadline);
    if (stream) co_return "open";
  }
  co_return "closed";
}

}  // namespace mailprobe::probe
