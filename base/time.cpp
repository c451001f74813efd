#include "base/time.h"

#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace mailprobe {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  year_month_day date;
  hh_mm_ss<milliseconds> clock;
};

Parts parts(Time time) {
  const auto day = floor<days>(time);
  return {year_month_day(day), hh_mm_ss<milliseconds>(time - day)};
}

std::optional<int> number(std::string_view digits, std::size_t min, std::size_t max) {
  if (digits.size() < min || digits.size() > max) return std::nullopt;
  const auto value = parse_number(digits);
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::optional<Time> make(int y, int m, int d, int hour, int minute, int second, minutes offset) {
  const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return Time(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) - offset;
}

/// "+0130" or "-01:30".
std::optional<minutes> numeric_zone(std::string_view text) {
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto h = number(text.substr(1, 2), 2, 2), m = number(text.substr(text[3] == ':' ? 4 : 3), 2, 2);
  if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
  const minutes offset = hours(*h) + minutes(*m);
  return text[0] == '-' ? -offset : offset;
}

/// RFC 5322 §4.3: obsolete names; what is not known counts as -0000.
minutes zone(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int>, 8> names{
      {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}}};
  if (const auto offset = numeric_zone(text)) return *offset;
  for (const auto& [name, offset] : names)
    if (iequals(text, name)) return hours(offset);
  return minutes(0);
}

/// White space and commas between words, comments (nested) left out.
std::vector<std::string> words_without_comments(std::string_view text) {
  std::vector<std::string> words(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (depth == 0 && (is_space(c) || c == ',')) {
      if (!words.back().empty()) words.emplace_back();
    } else if (depth == 0) {
      words.back() += c;
    }
    if (c == ')' && depth > 0) --depth;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::optional<int> month_number(std::string_view name) {
  for (std::size_t i = 0; i < month_names.size(); ++i)
    if (iequals(name, month_names[i])) return static_cast<int>(i) + 1;
  return std::nullopt;
}

std::optional<int> full_year(std::string_view text) {
  const auto value = number(text, 2, 4);
  if (!value) return std::nullopt;
  if (text.size() == 2) return *value < 50 ? *value + 2000 : *value + 1900;  // RFC 5322 §4.3
  return text.size() == 3 ? *value + 1900 : *value;
}

}  // namespace

Time now() { return time_point_cast<milliseconds>(system_clock::now()); }

std::string rfc3339(Time time) {
  const auto [date, clock] = parts(time);
  const auto fraction = clock.subseconds().count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     fraction == 0 ? "" : fmt::format(".{:03}", fraction));
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || lower(text[10]) != 't' || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  const auto y = number(text.substr(0, 4), 4, 4), m = number(text.substr(5, 2), 2, 2),
             d = number(text.substr(8, 2), 2, 2);
  const auto hour = number(text.substr(11, 2), 2, 2), minute = number(text.substr(14, 2), 2, 2),
             second = number(text.substr(17, 2), 2, 2);
  if (!y || !m || !d || !hour || !minute || !second) return std::nullopt;
  text.remove_prefix(19);
  milliseconds fraction{0};
  if (text.front() == '.') {
    const auto end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return std::nullopt;
    auto digits = std::string(text.substr(1, end - 1)) + "00";
    fraction = milliseconds(*number(digits.substr(0, 3), 3, 3));
    text.remove_prefix(end);
  }
  const bool utc = text == "Z" || text == "z";
  const auto offset = utc ? std::optional(minutes(0)) : text.size() == 6 ? numeric_zone(text) : std::nullopt;
  if (!offset) return std::nullopt;
  const auto time = make(*y, *m, *d, *hour, *minute, *second, *offset);
  return time ? std::optional(*time + fraction) : std::nullopt;
}

std::string rfc5322(Time time) {
  const auto [date, clock] = parts(time);
  const weekday day(floor<days>(time));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", day_names[day.c_encoding()], unsigned(date.day()),
                     month_names[unsigned(date.month()) - 1], int(date.year()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::optional<Time> parse_rfc5322(std::string_view text) {
  if (text.size() > 1024) return std::nullopt;  // no date is that long
  auto words = words_without_comments(text);
  if (!words.empty() && !is_digit(words.front().front())) words.erase(words.begin());  // the day's name
  if (words.size() < 4) return std::nullopt;
  const auto clock = split(words[3], ':');
  if (clock.size() < 2 || clock.size() > 3) return std::nullopt;
  const auto d = number(words[0], 1, 2), m = month_number(words[1]), y = full_year(words[2]);
  const auto hour = number(clock[0], 1, 2), minute = number(clock[1], 2, 2);
  const auto second = clock.size() == 3 ? number(clock[2], 1, 2) : std::optional(0);
  if (!d || !m || !y || !hour || !minute || !second) return std::nullopt;
  return make(*y, *m, *d, *hour, *minute, *second, words.size() > 4 ? zone(words[4]) : minutes(0));
}

namespace {
constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  constexpr std::int64_t most = 366LL * 86'400'000;  // a year: nobody waits longer
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto end = text.find_first_not_of("0123456789");
    const auto value = parse_number(text.substr(0, end));
    if (!value || end == std::string_view::npos || *value > static_cast<unsigned long long>(most)) return std::nullopt;
    text.remove_prefix(end);
    const auto name = text.substr(0, text.find_first_of("0123456789"));
    std::int64_t unit = 0;
    for (const auto& [unit_name, length] : units)
      if (name == unit_name) unit = length;
    if (unit == 0) return std::nullopt;
    if (static_cast<std::int64_t>(*value) > (most - total) / unit) return std::nullopt;
    total += static_cast<std::int64_t>(*value) * unit;
    text.remove_prefix(name.size());
  }
  return milliseconds(total);
}

std::string duration_text(milliseconds duration) {
  auto rest = duration.count();
  if (rest <= 0) return "0s";
  std::string out;
  for (const auto& [name, length] : units) {
    if (rest >= length) out += fmt::format("{}{}", rest / length, name);
    rest %= length;
  }
  return out;
}

}  // namespace mailprobe
