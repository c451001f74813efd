// A query off the wire against the replier: whatever it is, the reply parses, fits and is no longer than it may be.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dns/master_file.h"
#include "dns/reply.h"
#include "dns/witness_names.h"

using namespace mailprobe::dns;

namespace {

std::vector<Zone> make_zones() {
  constexpr std::string_view text =
      "@ 60 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nns IN A 192.0.2.53\nw IN NS ns\nalias IN CNAME ns\nloop IN CNAME loop\n"
      "*.wild IN TXT \"any\"\n";
  Zone own(*labels_from_text("p.test")), witness(*labels_from_text("w.p.test"));
  own.cut_at_delegations();
  const auto sealed = sign_zone(parse_master_file(text, "p.test").value(), "p.test");
  for (const auto& record : sealed.value().records) own.add(record);
  const auto records = parse_master_file(witness_records("ns.p.test"), "w.p.test");
  for (const auto& record : records.value()) witness.add(record);
  witness.make_up(witness_names("v=DKIM1; p=AAAA"));
  return {own, witness};
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto zones = make_zones();
  const std::string query(reinterpret_cast<const char*>(data), size);
  for (const auto transport : {Transport::udp, Transport::tcp}) {
    const auto reply = reply_to(query, zones, transport);
    if (!reply) continue;
    check(reply->size() <= (transport == Transport::udp ? 1232U : 65535U));
    const auto message = parse_message(*reply);
    check(message && (message->flags & flag::response) != 0 && (message->flags & flag::recursion_available) == 0);
  }
  if (const auto cut = truncated_reply_to(query)) check(cut->size() <= size + 11);  // no more out than in, OPT apart
  if (const auto asked = asked_by(query)) {
    const auto name = parse_witness_name(asked->name, "w.p.test");
    check(!name || name->token.size() == 26);
    check(!name || name->seen.has_value() == (name->use == WitnessUse::spf));
  }
  return 0;
}
