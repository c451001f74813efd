#include "dns/records.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace mailprobe::dns {

namespace {

constexpr std::size_t max_name = 255;  // RFC 1035 §2.3.4
constexpr std::size_t max_label = 63;  // RFC 1035 §2.3.4; above are compression pointers, which rdata here has not
constexpr std::size_t max_string = 255;

std::size_t octet(std::string_view wire, std::size_t at) { return static_cast<unsigned char>(wire[at]); }

// RFC 1035 §5.1: what a master file would need quoted.
void append_escaped(std::string& out, char c) {
  constexpr std::string_view special = ".\\\"();@$";
  if (special.find(c) != std::string_view::npos) {
    (out += '\\') += c;
  } else if (c > 0x20 && c < 0x7f) {
    out += lower(c);
  } else {
    std::array<char, 5> text{};
    std::snprintf(text.data(), text.size(), "\\%03u", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += text.data();
  }
}

/// One character of a name: itself, \X or \DDD. Advances `at`; nullopt where the escape is broken.
std::optional<char> unescape(std::string_view name, std::size_t& at) {
  if (name[at] != '\\') return name[at++];
  if (++at == name.size()) return std::nullopt;
  if (!is_digit(name[at])) return name[at++];
  const auto value = parse_number(name.substr(at, 3));
  if (name.size() - at < 3 || !value || *value > 255) return std::nullopt;
  at += 3;
  return static_cast<char>(static_cast<unsigned char>(*value));
}

template <class T>
std::vector<T> each(const Answer& answer, std::optional<T> (*read)(std::string_view)) {
  std::vector<T> out;
  for (const auto& rdata : answer.rdata)
    if (auto value = read(rdata)) out.push_back(std::move(*value));
  return out;
}

}  // namespace

std::optional<std::string> name_from_wire(std::string_view wire) {
  std::string out;
  if (wire.size() > max_name) return std::nullopt;
  for (std::size_t at = 0; at < wire.size();) {
    const auto length = octet(wire, at++);
    if (length == 0) return at == wire.size() ? std::optional(out) : std::nullopt;
    if (length > max_label || length > wire.size() - at) return std::nullopt;
    if (!out.empty()) out += '.';
    for (const char c : wire.substr(at, length)) append_escaped(out, c);
    at += length;
  }
  return std::nullopt;
}

std::optional<std::string> txt_from_wire(std::string_view wire) {
  std::string out;
  if (wire.empty()) return std::nullopt;  // RFC 1035 §3.3.14: one or more
  while (!wire.empty()) {
    const auto length = octet(wire, 0);
    if (length > wire.size() - 1) return std::nullopt;
    out += wire.substr(1, length);
    wire.remove_prefix(1 + length);
  }
  return out;
}

std::optional<Mx> mx_from_wire(std::string_view wire) {
  if (wire.size() < 3) return std::nullopt;
  auto exchange = name_from_wire(wire.substr(2));
  if (!exchange) return std::nullopt;
  return Mx{static_cast<unsigned>(octet(wire, 0) << 8 | octet(wire, 1)), std::move(*exchange)};
}

std::optional<IpAddress> address_from_wire(std::string_view wire) {
  if (wire.size() != 4 && wire.size() != 16) return std::nullopt;
  IpAddress address;
  address.v6 = wire.size() == 16;
  std::ranges::transform(wire, address.bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return address;
}

std::vector<std::string> txt(const Answer& answer) { return each(answer, txt_from_wire); }

std::vector<Mx> mx(const Answer& answer) {
  std::vector<Mx> out;
  for (auto& one : each(answer, mx_from_wire))
    out.insert(std::ranges::upper_bound(out, one.preference, {}, &Mx::preference), std::move(one));
  return out;
}

std::vector<IpAddress> addresses(const Answer& answer) { return each(answer, address_from_wire); }

std::vector<std::string> names(const Answer& answer) { return each(answer, name_from_wire); }

std::string name_to_wire(std::string_view name) {
  std::string out, label;
  const auto end_label = [&] {
    const bool fits = !label.empty() && label.size() <= max_label;
    (out += static_cast<char>(label.size())) += label;
    label.clear();
    return fits;
  };
  if (name == ".") name = {};
  for (std::size_t at = 0; at < name.size();) {
    if (name[at] == '.') {
      ++at;
      if (!end_label()) return {};
      continue;
    }
    const auto c = unescape(name, at);
    if (!c) return {};
    label += *c;
  }
  if (!label.empty() && !end_label()) return {};
  out += '\0';
  return out.size() <= max_name ? out : std::string{};
}

std::string txt_to_wire(std::string_view text) {
  std::string out;
  do {
    const auto part = text.substr(0, max_string);
    (out += static_cast<char>(part.size())) += part;
    text.remove_prefix(part.size());
  } while (!text.empty());
  return out;
}

std::string mx_to_wire(const Mx& mx) {
  std::string out;
  out += static_cast<char>(mx.preference >> 8 & 0xff);
  out += static_cast<char>(mx.preference & 0xff);
  return out + name_to_wire(mx.exchange);
}

std::string address_to_wire(const IpAddress& address) {
  return {address.bytes.begin(), address.bytes.begin() + (address.v6 ? 16 : 4)};
}

}  // namespace mailprobe::dns
