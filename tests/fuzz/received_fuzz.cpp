// Received fields, and a whole header block of them: bounds; nothing that a field says is longer than the field.
#include <cstdint>
#include <cstdlib>

#include "auth/limits.h"
#include "auth/received.h"

using namespace mailprobe::auth;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto received = parse_received(text);
  for (const auto& part : {received.from, received.helo, received.client_name, received.by, received.protocol,
                           received.id, received.recipient, received.envelope_from.value_or("")})
    require(part.size() <= size && part.size() <= limits::received_bytes);
  require(!received.client || !received.client->v6 || received.client == received.client->unmapped());
  require(!received.tls || received.tls->size() <= size + 4);

  const auto all = received_of(split_message(text));
  require(all.size() <= limits::hops && hops_of(all).size() == all.size());
  return 0;
}
