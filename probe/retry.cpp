#include "probe/retry.h"

#include "base/come_back.h"

namespace mailprobe::probe {

namespace {

constexpr auto first_wait = std::chrono::minutes(1);  // greylisting mostly wants one to five
constexpr auto longest_wait = std::chrono::minutes(15);

}  // namespace

Next next_after(const Tried& tried) {
  switch (tried.attempt.outcome) {
    case mailprobe::Outcome::accepted:
    case mailprobe::Outcome::rejected:
    case mailprobe::Outcome::unknown: return Next::stop;  // after the dot without a reply: never sent again
    case mailprobe::Outcome::temporary: return Next::host;
    case mailprobe::Outcome::not_sent: break;
  }
  if (!tried.error) return Next::stop;
  switch (tried.error->kind) {
    case Failure::connection:
    case Failure::timeout:
    case Failure::protocol: return Next::address;
    case Failure::unsupported: return Next::host;
    case Failure::refused: return tried.attempt.phase == "starttls" ? Next::host : Next::stop;
    case Failure::ours:
    case Failure::usage:
    case Failure::interrupted: return Next::stop;
  }
  return Next::stop;
}

bool worth_waiting(const Tried& tried) {
  const auto& attempt = tried.attempt;
  if (attempt.outcome == mailprobe::Outcome::temporary) return true;
  // RFC 3207 §4: 454, TLS not available due to temporary reason; nothing was sent in plain text.
  return attempt.outcome == mailprobe::Outcome::not_sent && attempt.phase == "starttls" && attempt.reply &&
         attempt.reply->code / 100 == 4;
}

std::chrono::milliseconds back_off(const Tried& tried, int round) {
  using std::chrono::milliseconds;
  const auto& reply = tried.attempt.reply;
  if (reply)
    if (const auto asked = come_back_in(reply->text)) return *asked + std::chrono::milliseconds(250);  // clocks differ
  milliseconds wait = first_wait;
  for (int i = 0; i < round && wait < longest_wait; ++i) wait *= 2;
  return std::min<milliseconds>(wait, longest_wait);
}

}  // namespace mailprobe::probe
