#include "reporter/trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "evidence/compare.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

using evidence::TrendPoint;
using Line = std::vector<TrendPoint>;

// The drawing: 360 wide, so that its letters are legible on a telephone too; the plot within it.
constexpr double left = 20, right = 352, top = 18, bottom = 128;
constexpr double widest_bar = 20, bar_share = 0.7;
constexpr std::int64_t most_counted = 1'000'000;               // a document may come from anybody
constexpr std::int64_t longest_ms = 366LL * 24 * 3600 * 1000;  // likewise

struct Series {
  const char* name;
  std::string_view tone;
  std::int64_t TrendPoint::* count;
};

/// From the ground up.
constexpr std::array<Series, 4> series{{{"passed", "pass", &TrendPoint::passed},
                                        {"warnings", "warn", &TrendPoint::warned},
                                        {"not determined", "unsure", &TrendPoint::undetermined},
                                        {"failed", "fail", &TrendPoint::failed}}};

std::int64_t counted(const TrendPoint& point, const Series& which) {
  return std::clamp<std::int64_t>(point.*which.count, 0, most_counted);
}

std::int64_t total(const TrendPoint& point) {
  std::int64_t sum = 0;
  for (const auto& each : series) sum += counted(point, each);
  return sum;
}

std::string coordinate(double value) { return fmt::format("{:.1f}", value); }

double x_of(std::size_t index, std::size_t count) {
  const auto slot = (right - left) / static_cast<double>(count);
  return left + slot * (static_cast<double>(index) + 0.5);
}

double y_of(double value, double highest) { return bottom - (bottom - top) * value / highest; }

/// 1, 2 or 5 times a power of ten, and not below `value`.
double rounded_up(double value) {
  if (value <= 1) return 1;
  const auto power = std::pow(10.0, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0})
    if (value <= step * power) return step * power;
  return 10 * power;
}

/// The ground and the height of the scale: that is written above its line, for it may be long.
Views ticks(const std::string& text) {
  return {
      View().set("y", coordinate(bottom)).set("text_y", coordinate(bottom + 4)).set("ground", true).set("text", "0"),
      View().set("y", coordinate(top)).set("text_y", coordinate(top - 5)).set("ground", false).set("text", text)};
}

View chart(const Line& line, const char* title, const std::string& label) {
  return View()
      .set("title", title)
      .set("label", label)
      .set("bars", Views{})
      .set("lines", Views{})
      .set("dots", Views{})
      .set("has_legend", false)
      .set("first", day(line.front().started))
      .set("last", day(line.back().started));
}

// --- findings -------------------------------------------------------------------------------------------------------

std::string counts_of(const TrendPoint& point) {
  std::string text;
  for (auto each = series.rbegin(); each != series.rend(); ++each)
    text += (text.empty() ? "" : ", ") + std::to_string(counted(point, *each)) + " " + each->name;
  return text;
}

Views bars_of(const Line& line, double highest) {
  Views bars;
  const auto width = std::min(widest_bar, bar_share * (right - left) / static_cast<double>(line.size()));
  for (std::size_t i = 0; i < line.size(); ++i) {
    double below = 0;
    for (const auto& each : series) {
      const auto count = static_cast<double>(counted(line[i], each));
      if (count == 0) continue;
      bars.push_back(View()
                         .set("tone", each.tone)
                         .set("x", coordinate(x_of(i, line.size()) - width / 2))
                         .set("width", coordinate(width))
                         .set("y", coordinate(y_of(below + count, highest)))
                         .set("height", coordinate(y_of(below, highest) - y_of(below + count, highest)))
                         .set("text", moment(line[i].started) + ": " + counts_of(line[i])));
      below += count;
    }
  }
  return bars;
}

View findings_chart(const Line& line) {
  const auto highest = rounded_up(static_cast<double>(total(std::ranges::max(line, {}, total))));
  auto view = chart(line, "Verdicts",
                    fmt::format("Verdicts of {} runs. The oldest: {}. This one: {}.", line.size(),
                                counts_of(line.front()), counts_of(line.back())));
  Views legend;
  for (const auto& each : series) legend.push_back(View().set("tone", each.tone).set("text", each.name));
  const auto whole = [](double value) { return fmt::format("{:.0f}", value); };
  return view.set("bars", bars_of(line, highest))
      .set("has_legend", true)
      .set("legend", std::move(legend))
      .set("ticks", ticks(whole(highest)));
}

// --- times ----------------------------------------------------------------------------------------------------------

using Measure = std::optional<std::int64_t> TrendPoint::*;

std::optional<std::int64_t> measured(const TrendPoint& point, Measure what) {
  const auto& value = point.*what;
  return value ? std::optional(std::clamp<std::int64_t>(*value, 0, longest_ms)) : std::nullopt;
}

/// Runs without a value leave a gap.
Views lines_of(const Line& line, Measure what, double highest) {
  Views lines;
  std::string points;
  const auto close = [&] {
    if (!points.empty()) lines.push_back(View().set("points", points));
    points.clear();
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto value = measured(line[i], what);
    if (!value) {
      close();
      continue;
    }
    points += (points.empty() ? "" : " ") + coordinate(x_of(i, line.size())) + "," +
              coordinate(y_of(static_cast<double>(*value), highest));
  }
  close();
  return lines;
}

Views dots_of(const Line& line, Measure what, double highest) {
  Views dots;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (const auto value = measured(line[i], what))
      dots.push_back(View()
                         .set("x", coordinate(x_of(i, line.size())))
                         .set("y", coordinate(y_of(static_cast<double>(*value), highest)))
                         .set("text", moment(line[i].started) + ": " + duration(*value)));
  return dots;
}

std::optional<View> time_chart(const Line& line, Measure what, const char* title) {
  std::int64_t longest = -1, shortest = longest_ms;
  for (const auto& point : line)
    if (const auto value = measured(point, what)) {
      longest = std::max(longest, *value);
      shortest = std::min(shortest, *value);
    }
  if (longest < 0) return std::nullopt;
  const auto highest = rounded_up(static_cast<double>(longest));
  const auto last = measured(line.back(), what);
  auto view = chart(line, title,
                    fmt::format("{}, {} runs: between {} and {}; in this one {}.", title, line.size(),
                                duration(shortest), duration(longest), last ? duration(*last) : "unknown"));
  return view.set("lines", lines_of(line, what, highest))
      .set("dots", dots_of(line, what, highest))
      .set("ticks", ticks(duration(static_cast<std::int64_t>(highest))));
}

}  // namespace

Line trend_line(const evidence::Document& document) {
  if (!document.comparison) return {};
  auto line = document.comparison->trend;
  line.push_back(evidence::trend_point(document));
  return line;
}

Views trend_charts(const Line& line) {
  Views charts;
  if (line.size() < 2) return charts;
  charts.push_back(findings_chart(line));
  for (const auto& [what, title] :
       {std::pair{&TrendPoint::latency_ms, "Time into the mailbox"}, {&TrendPoint::session_ms, "Time of a session"}})
    if (auto view = time_chart(line, what, title)) charts.push_back(std::move(*view));
  return charts;
}

Views trend_rows(const Line& line) {
  Views rows;
  const auto time = [](const std::optional<std::int64_t>& ms) { return ms ? duration(*ms) : std::string("–"); };
  for (auto point = line.rbegin(); point != line.rend(); ++point)
    rows.push_back(View()
                       .set("when", moment(point->started))
                       .set("id", point->id.value_or(""))
                       .set("exit", point->exit ? std::to_string(*point->exit) : "–")
                       .set("counts", counts_of(*point))
                       .set("latency", time(measured(*point, &TrendPoint::latency_ms)))
                       .set("session", time(measured(*point, &TrendPoint::session_ms))));
  return rows;
}

}  // namespace mailprobe::reporter
