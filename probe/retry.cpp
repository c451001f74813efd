#include "probe/retry.h"

#include "base/text.h"

namespace mailprobe::probe {

namespace {

constexpr auto first_wait = std::chrono::minutes(1);  // greylisting mostly wants one to five
constexpr auto longest_wait = std::chrono::minutes(15);
constexpr unsigned long long most_asked = 24 * 60 * 60;  // seconds; more is no honest wish

std::chrono::seconds in_unit(unsigned long long count, std::string_view unit) {
  const auto number = static_cast<std::chrono::seconds::rep>(count);
  if (istarts_with(unit, "min")) return std::chrono::minutes(number);
  if (istarts_with(unit, "h")) return std::chrono::hours(number);
  return std::chrono::seconds(number);
}

/// "5", "300s", "00:04:59" of postgrey: a clock's parts, else one number.
std::optional<std::chrono::seconds> duration_at(std::string_view word, std::string_view next) {
  unsigned long long total = 0;
  const auto parts = split(word, ':');
  for (const auto part : parts) {
    std::size_t digits = 0;
    while (digits < part.size() && is_digit(part[digits])) ++digits;
    const auto number = parse_number(part.substr(0, digits));
    if (!number || *number > most_asked) return std::nullopt;
    total = total * 60 + *number;
    if (parts.size() == 1 && digits < part.size()) next = part.substr(digits);
  }
  if (total > most_asked) return std::nullopt;
  return parts.size() == 1 ? in_unit(total, next) : std::chrono::seconds(static_cast<long>(total));
}

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

std::optional<std::chrono::seconds> asked_for(std::string_view text) {
  const auto words = split(text, ' ');
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (!iequals(words[i], "in") && !iequals(words[i], "after") && !iequals(words[i], "for")) continue;
    if (words[i + 1].empty() || !is_digit(words[i + 1].front())) continue;
    const auto next = i + 2 < words.size() ? words[i + 2] : std::string_view{};
    if (auto found = duration_at(words[i + 1], next)) return found;
  }
  return std::nullopt;
}

std::chrono::milliseconds back_off(const Tried& tried, int round) {
  using std::chrono::milliseconds;
  const auto& reply = tried.attempt.reply;
  if (reply)
    if (const auto asked = asked_for(reply->text)) return *asked + std::chrono::milliseconds(250);  // clocks differ
  milliseconds wait = first_wait;
  for (int i = 0; i < round && wait < longest_wait; ++i) wait *= 2;
  return std::min<milliseconds>(wait, longest_wait);
}

}  // namespace mailprobe::probe
