// A dnstap file of somebody else's name server: bounded, and what is read of it can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "receiver/dnstap.h"

using namespace mailprobe::receiver;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto taken = take_dnstap(bytes, [](const SeenQuery& query) {
    const auto again = query_from_json(to_json(query));
    if (!again || again->name != query.name || again->from != query.from) std::abort();
    if (again->client_subnet != query.client_subnet) std::abort();
  });
  if (taken > bytes.size()) std::abort();
  (void)query_from_json(bytes);
  return 0;
}
