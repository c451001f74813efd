#include "receiver/dnstap.h"

#include <algorithm>
#include <optional>

#include "base/ip.h"
#include "dns/reply.h"

namespace mailprobe::receiver {

namespace {

constexpr std::size_t max_frame = 128 * 1024;  // a DNS message has at most 64 KiB
constexpr unsigned message_field = 14;         // of Dnstap
constexpr unsigned type_field = 1, protocol_field = 3, address_field = 4, seconds_field = 8, nanoseconds_field = 9,
                   query_field = 10;  // of Message
constexpr std::uint64_t auth_query = 1, over_tcp = 2;

std::optional<std::uint32_t> big_endian(std::string_view bytes, std::size_t at) {
  if (bytes.size() < 4 || at > bytes.size() - 4) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// One field of a protocol buffer: a number or bytes.
struct Field {
  unsigned number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
};

class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}
  /// nullopt: the end, or nothing that can be read on from.
  std::optional<Field> next();

 private:
  std::optional<std::uint64_t> varint();
  std::optional<std::uint64_t> fixed(std::size_t size);
  std::string_view rest_;
};

std::optional<std::uint64_t> Fields::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Fields::fixed(std::size_t size) {
  if (rest_.size() < size) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)  // little-endian
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
  rest_.remove_prefix(size);
  return value;
}

std::optional<Field> Fields::next() {
  constexpr unsigned number_type = 0, eight_bytes = 1, bytes_type = 2, four_bytes = 5;
  const auto key = varint();
  if (!key) return std::nullopt;
  Field field;
  field.number = static_cast<unsigned>(*key >> 3);
  const auto type = static_cast<unsigned>(*key & 7U);
  const auto value = type == eight_bytes  ? fixed(8)
                     : type == four_bytes ? fixed(4)
                     : type <= bytes_type ? varint()
                                          : std::nullopt;
  if (!value || (type != number_type && type != eight_bytes && type != bytes_type && type != four_bytes))
    return std::nullopt;
  field.value = *value;
  if (type != bytes_type) return field;
  if (*value > rest_.size()) return std::nullopt;
  field.bytes = rest_.substr(0, static_cast<std::size_t>(*value));
  rest_.remove_prefix(field.bytes.size());
  return field;
}

std::string address_text(std::string_view bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  IpAddress address;
  address.v6 = bytes.size() == 16;
  std::ranges::copy(bytes, address.bytes.begin());
  return address.text();
}

std::optional<SeenQuery> query_of(std::string_view message) {
  SeenQuery query;
  std::uint64_t type = 0, seconds = 0, nanoseconds = 0;
  std::string_view packet;
  Fields fields(message);
  while (const auto field = fields.next()) {
    if (field->number == type_field) type = field->value;
    if (field->number == protocol_field) query.transport = field->value == over_tcp ? "tcp" : "udp";
    if (field->number == address_field) query.from = address_text(field->bytes);
    if (field->number == seconds_field) seconds = field->value;
    if (field->number == nanoseconds_field) nanoseconds = field->value;
    if (field->number == query_field) packet = field->bytes;
  }
  constexpr std::uint64_t last_second = 253'402'300'799;  // of the year 9999
  const auto asked = type == auth_query ? dns::asked_by(packet) : std::nullopt;
  if (!asked || query.from.empty() || seconds > last_second || nanoseconds >= 1'000'000'000) return std::nullopt;
  // Each by itself: nanoseconds since 1970 end in 2262.
  query.time = Time(std::chrono::duration_cast<Time::duration>(std::chrono::seconds(seconds)) +
                    std::chrono::duration_cast<Time::duration>(std::chrono::nanoseconds(nanoseconds)));
  query.name = asked->name;
  query.type = dns::type_text(asked->type);
  if (asked->client_subnet) query.client_subnet = asked->client_subnet->text();
  return query;
}

std::optional<SeenQuery> query_in_frame(std::string_view frame) {
  Fields fields(frame);
  while (const auto field = fields.next())
    if (field->number == message_field) return query_of(field->bytes);
  return std::nullopt;
}

}  // namespace

bool is_dnstap(std::string_view bytes) {
  // Frame Streams: an escape of four zero bytes, the length of a control frame, and what kind it is: START is 2.
  constexpr std::uint32_t start_frame = 2;
  return big_endian(bytes, 0) == 0U && big_endian(bytes, 8) == start_frame;
}

std::size_t take_dnstap(std::string_view bytes, const std::function<void(SeenQuery query)>& found) {
  for (std::size_t taken = 0;;) {
    auto at = taken;
    auto length = big_endian(bytes, at);
    const bool control = length == 0U;
    if (control) length = big_endian(bytes, at += 4);
    if (!length || *length > max_frame || bytes.size() - at - 4 < *length) return taken;
    taken = at + 4 + *length;
    if (control) continue;
    if (auto query = query_in_frame(bytes.substr(at + 4, *length))) found(std::move(*query));
  }
}

}  // namespace mailprobe::receiver
