#include "probe/own_clock.h"

#include <cmath>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/sntp.h"
#include "evidence/clock.h"
#include "probe/own_records.h"
#include "probe/port25.h"
#include "probe/route.h"
#include "tls/datagram.h"

namespace mailprobe::probe {

namespace {

constexpr std::uint16_t ntp_port = 123;
constexpr auto answer_time = std::chrono::seconds(2);
constexpr int tries = 2;                  // of each address: a datagram may be lost
constexpr std::size_t max_addresses = 2;  // the user waits
constexpr std::size_t nonce_size = 8;
constexpr double a_second = 1000.0;  // in milliseconds

std::int64_t whole_seconds(std::chrono::milliseconds offset) {
  return std::llround(static_cast<double>(offset.count()) / a_second);
}

std::string offset_text(const SntpAnswer& answer) {
  return fmt::format("ours is {:.3f} s {}, ± {:.3f} s", std::abs(static_cast<double>(answer.offset.count())) / a_second,
                     answer.offset.count() < 0 ? "behind" : "ahead",
                     static_cast<double>(answer.error.count()) / a_second);
}

Task<Result<SntpAnswer>> ask_once(IpAddress address, std::uint16_t port, const ClockMeans& means) {
  auto question = sntp_question(random_bytes(nonce_size));
  const auto asked = question;
  const auto deadline = means.steady() + answer_time;
  const auto sent = means.now();
  const auto answer = co_await means.ask(address, port, std::move(question), deadline);
  const auto received = means.now();
  if (!answer) co_return std::unexpected(answer.error());
  co_return read_sntp(*answer, asked, sent, received);
}

/// The first answer, else the last fault.
Task<Result<SntpAnswer>> ask_host(evidence::MxHost host, std::uint16_t port, const ClockMeans& means) {
  Result<SntpAnswer> answer = fail(Failure::connection, host.problem.value_or("has no address"), Cause::dns_failure);
  for (std::size_t i = 0; i < host.addresses.size() && i < max_addresses; ++i) {
    const auto address = IpAddress::parse(host.addresses[i].ip);
    for (int once = 0; address && once < tries; ++once) {
      answer = co_await ask_once(*address, port, means);
      // Who refuses is not asked again (RFC 4330 §8), and a port without a listener gets none meanwhile.
      if (answer || answer.error().kind == Failure::interrupted || answer.error().kind == Failure::refused)
        co_return answer;
      if (answer.error().kind != Failure::timeout) break;
    }
  }
  co_return answer;
}

}  // namespace

ClockMeans real_clock() {
  return {.ask = tls::ask_by_datagram, .now = mailprobe::now, .steady = std::chrono::steady_clock::now};
}

Task<ClockFound> check_clock(std::string server, ClockMeans means, dns::Resolver& resolver) {
  const auto [name, port] = host_and_port(server, ntp_port);
  ClockFound found{.record = own_record("clock", name, "NTP", "the time within some seconds"), .skew = {}};
  auto& record = found.record;
  auto host = co_await look_up_host(name, resolver);
  const auto answer = co_await ask_host(std::move(host), port, means);
  if (!answer) {
    record.cause = answer.error().cause.value_or(Cause::protocol_error);
    record.problem = "could not be asked: " + answer.error().message;
    co_return found;
  }
  found.skew = whole_seconds(answer->offset);
  record.found = {rfc3339(answer->time) + ", " + offset_text(*answer)};
  record.holds = std::chrono::abs(std::chrono::seconds(*found.skew)) <= evidence::right_clock;
  if (!record.holds) record.problem = "says that " + offset_text(*answer);
  co_return found;
}

}  // namespace mailprobe::probe
