#include "reporter/phrases.h"

#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "evidence/dane_match.h"
#include "reporter/escape.h"

namespace mailprobe::reporter {

namespace {

using std::chrono::days;
using std::chrono::floor;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string two_units(std::int64_t whole, std::int64_t part, std::string_view unit, std::string_view part_unit) {
  return part == 0 ? fmt::format("{} {}", whole, unit) : fmt::format("{} {} {} {}", whole, unit, part, part_unit);
}

}  // namespace

std::string duration(std::int64_t ms) {
  if (ms < 0) return "-" + duration(-std::max<std::int64_t>(ms, -INT64_MAX));
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000.0);
  const auto seconds = ms / 1000;
  if (seconds < 3600) return two_units(seconds / 60, seconds % 60, "min", "s");
  if (seconds < 86'400) return two_units(seconds / 3600, seconds % 3600 / 60, "h", "min");
  return two_units(seconds / 86'400, seconds % 86'400 / 3600, "d", "h");
}

std::string day(Time time) {
  const std::chrono::year_month_day date(floor<days>(time));
  return fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                     months.at((static_cast<unsigned>(date.month()) + 11U) % 12U), static_cast<int>(date.year()));
}

std::string clock_time(Time time) {
  const std::chrono::hh_mm_ss clock(floor<std::chrono::seconds>(time - floor<days>(time)));
  return fmt::format("{:02}:{:02}:{:02}", clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string moment(Time time) { return day(time) + ", " + clock_time(time) + " UTC"; }

std::int64_t days_between(Time from, Time to) { return std::chrono::duration_cast<days>(to - from).count(); }

std::string distance_phrase(Time from, Time to) {
  const auto whole = days_between(from, to);
  const auto length = whole == 0 ? "less than a day" : count_of(static_cast<std::size_t>(std::abs(whole)), "day");
  return length + (to < from ? " ago" : " left");
}

std::string size_text(std::size_t bytes) {
  if (bytes == 1) return "1 byte";
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  if (bytes < 10'000) return fmt::format("{},{:03} bytes", bytes / 1000, bytes % 1000);
  if (bytes < 1'000'000) return fmt::format("{} kB", bytes / 1000);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string tls_name(std::string_view version) {
  if (version.starts_with("TLSv")) return "TLS " + one_line(version == "TLSv1" ? "1.0" : version.substr(4));
  return one_line(version);
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  if (count == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

std::string_view verdict_label(evidence::Verdict verdict) {
  using enum evidence::Verdict;
  switch (verdict) {
    case pass: return "Pass";
    case warn: return "Warning";
    case fail: return "Fail";
    case info: return "Info";
    case inconclusive: return "Inconclusive";
    case not_applicable: return "Not applicable";
    case not_tested: return "Not tested";
    case error: return "Our error";
  }
  return "?";
}

std::string_view cause_phrase(Cause cause) {
  using enum Cause;
  switch (cause) {
    case greylisted: return "asked to come back later (greylisting)";
    case rate_limited: return "too many connections or messages for the other side";
    case blocked: return "our address is on a block list there";
    case refused: return "refused";
    case timed_out: return "no answer in time";
    case unreachable: return "could not be reached";
    case unsupported: return "not supported there";
    case protocol_error: return "the other side broke the protocol";
    case dns_failure: return "the DNS look-up failed";
    case bogus: return "DNSSEC validation failed";
    case expired: return "expired";
    case wrong_name: return "made out to another name";
    case self_signed: return "self-signed";
    case unknown_ca: return "from an unknown authority";
    case policy: return "forbidden by a policy";
    case possibly_delivered: return "handed over whole, but the answer never came";
    case interrupted: return "the run was interrupted";
    case no_control: return "there is no control to compare with";
    case no_mailbox: return "no mailbox was looked at";
    case no_consent: return "the domain's consent is not on record";
    case no_ipv6: return "we have no IPv6 route here";
    case our_port_25: return "port 25 seems to be closed where we are";
    case own_limit: return "a limit of our own";
    case via_relay: return "the relay delivers, so we did not see it";
  }
  return "";
}

std::string dane_text(const DaneFacts& dane) {
  if (dane.result != "pass") return dane.result + ": " + dane.detail;
  const auto whose = dane.depth.value_or(0) == 0 ? evidence::matched_words(dane)
                                                 : "the CA at depth " + std::to_string(*dane.depth) + " of the chain";
  return "pass: " + dane.matched.value_or("a TLSA record") + " matches " + whose;
}

std::string_view fix_by_phrase(evidence::FixBy who) {
  using enum evidence::FixBy;
  switch (who) {
    case domain_owner: return "the domain's owner";
    case provider: return "the mail provider";
    case us: return "us, who run this test";
    case nobody: return "";
  }
  return "";
}

std::string direction_title(std::string_view direction) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> titles{{
      {"path", "What became of the message"},
      {"inbound", "How the target receives"},
      {"published", "What the target publishes"},
      {"outbound", "How the target sends"},
      {"self", "Our own standing"},
  }};
  for (const auto& [name, title] : titles)
    if (name == direction) return std::string(title);
  return one_line(direction);
}

}  // namespace mailprobe::reporter
