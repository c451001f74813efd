#include "probe/own_blocklists.h"

#include <algorithm>
#include <array>

#include "dns/records.h"
#include "probe/own_records.h"
#include "probe/public_address.h"
#include "probe/route.h"

namespace mailprobe::probe {

using evidence::OwnRecord;

namespace {

constexpr std::uint8_t listed_octet = 2,
                       unlisted_octet = 1;  // RFC 5782 §5: 127.0.0.2 is on every list, 127.0.0.1 on none

/// What lists answer that will not answer: 127.255.255.0/24, as Spamhaus began it.
struct Refusal {
  std::uint8_t octet;
  Cause cause;
  std::string_view text;
};
constexpr std::array refusals{
    Refusal{252, Cause::refused, "there is no such list: the name is mistyped"},
    Refusal{254, Cause::refused, "it answers nobody who asks through a public resolver"},
    Refusal{255, Cause::rate_limited, "it was asked too often from there"},
};

/// "10.2.0.192." of 192.0.2.10 (RFC 5782 §2.1); of IPv6 its nibbles (§2.4).
std::string query_name(const IpAddress& address, const std::string& zone) {
  const auto reverse = address.reverse_name();
  const std::string_view suffix = address.v6 ? "ip6.arpa" : "in-addr.arpa";
  return reverse.substr(0, reverse.size() - suffix.size()) + zone;
}

IpAddress test_address(bool v6, std::uint8_t last) {
  if (!v6) return IpAddress::v4({127, 0, 0, last});
  IpAddress mapped{.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, last}, .v6 = true};  // RFC 5782 §5
  return mapped;
}

std::string codes_of(const dns::Answer& answer) {
  std::string text;
  for (const auto& code : dns::addresses(answer)) text += (text.empty() ? "" : ", ") + code.text();
  return text;
}

void unclear(OwnRecord& record, Cause cause, std::string problem) {
  record.cause = cause;
  record.problem = std::move(problem);
}

/// True where the answer is none of a list: it failed, was refused, or is no code at all.
bool no_answer(OwnRecord& record, const dns::Answer& answer) {
  if (!answer.found()) {
    if (answer.absent()) return false;
    unclear(record, failure_cause(answer), "could not be asked: " + failure_text(answer));
    return true;
  }
  for (const auto& code : dns::addresses(answer)) {
    const auto& bytes = code.bytes;
    if (bytes[0] == 127 && bytes[1] == 255 && bytes[2] == 255) {
      const auto known = std::ranges::find(refusals, bytes[3], &Refusal::octet);
      const bool named = known != refusals.end();
      unclear(record, named ? known->cause : Cause::refused,
              "refused to answer (" + code.text() + ")" + (named ? ": " + std::string(known->text) : ""));
      return true;
    }
    if (bytes[0] == 127) continue;  // RFC 5782 §2.1
    unclear(record, Cause::protocol_error, "answers " + code.text() + ", which is no code of a block list");
    return true;
  }
  return false;
}

/// RFC 5782 §5: a list that is no more lists nobody, or everybody.
Task<bool> works(OwnRecord& record, std::string zone, bool v6, dns::Resolver& resolver) {
  const auto on_it = query_name(test_address(v6, listed_octet), zone);
  const auto listed = co_await resolver.query(on_it, dns::Type::a);
  if (no_answer(record, listed)) co_return false;
  if (!listed.found()) {
    unclear(record, v6 ? Cause::unsupported : Cause::protocol_error,
            "has no test entry " + on_it + (v6 ? ": it does not list IPv6" : ": it is no list, or answers us nothing"));
    co_return false;
  }
  const auto off_it = query_name(test_address(v6, unlisted_octet), zone);
  const auto unlisted = co_await resolver.query(off_it, dns::Type::a);
  if (no_answer(record, unlisted)) co_return false;
  if (unlisted.found()) unclear(record, Cause::protocol_error, "lists everybody, " + off_it + " too");
  co_return !unlisted.found();
}

}  // namespace

OwnRecord unasked_blocklist(const std::string& zone) {
  auto record = own_record("blocklist", zone, "A", "no entry for an address that we send from");
  unclear(record, Cause::own_limit, "is not asked: source_ips names no address that we send from");
  return record;
}

Task<OwnRecord> check_blocklist(std::string zone, IpAddress source, dns::Resolver& resolver) {
  const auto name = query_name(source, zone);
  auto record = own_record("blocklist", name, "A", "no entry for " + source.text());
  if (!source.loopback() && !is_public(source)) {  // loopback: the lab's
    unclear(record, Cause::own_limit, "is not asked: " + source.text() + " is not the address that others see");
    co_return record;
  }
  const bool able = co_await works(record, zone, source.v6, resolver);
  if (!able) co_return record;
  const auto answer = co_await resolver.query(name, dns::Type::a);
  if (no_answer(record, answer)) co_return record;
  record.holds = answer.absent();
  if (record.holds) co_return record;
  const auto reason =
      co_await resolver.query(name, dns::Type::txt);  // RFC 5782 §2.1: why, often with an address to go to
  record.found = dns::txt(reason);
  record.problem = "lists " + source.text() + " (" + codes_of(answer) + ")" +
                   (record.found.empty() ? std::string{} : ": " + record.found.front());
  record.found.insert(record.found.begin(), codes_of(answer));
  co_return record;
}

}  // namespace mailprobe::probe
