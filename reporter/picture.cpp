#include "reporter/picture.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "base/utf8.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

constexpr int across_width = 1040, across_height = 158, across_line = 74;
constexpr int down_width = 360, down_step = 118, down_line = 30, down_top = 30;
constexpr int radius = 22;
constexpr double mono_width = 8.5;   // of a character of the pictures' monospaced text at 14 px
constexpr double wide_letter = 8.2;  // a capital of the pictures' 13 px text
constexpr std::size_t down_columns = 33;

std::string number(int value) { return std::to_string(value); }

struct Place {
  int x = 0, y = 0, text_x = 0, text_y = 0;
  std::string anchor;
  std::size_t columns = 0;
};

Place place(std::size_t index, std::size_t count, Lie lie) {
  const auto i = static_cast<int>(index), n = static_cast<int>(count);
  if (lie == Lie::down)
    return {down_line, down_top + i * down_step, 70, down_top + i * down_step - 2, "start", down_columns};
  const int room = across_width / n, x = room * i + room / 2;
  return {x, across_line, x, across_line + 50, "middle", static_cast<std::size_t>((room - 12) / mono_width)};
}

View station_view(const Station& station, const Place& at) {
  return View()
      .set("icon", station.icon)
      .set("tone", station.tone)
      .set("name", shortened(station.name, at.columns))
      .set("detail", shortened(station.detail, at.columns))
      .set("icon_x", number(at.x - 11))
      .set("icon_y", number(at.y - 11))
      .set("x", number(at.x))
      .set("y", number(at.y))
      .set("anchor", at.anchor)
      .set("text_x", number(at.text_x))
      .set("name_y", number(at.text_y))
      .set("detail_y", number(at.text_y + 19));
}

std::string sign_of(const Leg& leg) {
  if (leg.kind == "secure" || leg.kind == "claimed") return "lock";
  if (leg.kind == "plain") return "open";
  return leg.kind == "broken" ? "cross" : "";
}

/// Across, labels stand above the line and the delay below; down, all stand beside it.
View leg_view(const Leg& leg, const Place& from, const Place& to, Lie lie) {
  const bool down = lie == Lie::down;
  const int middle_x = (from.x + to.x) / 2, middle_y = (from.y + to.y) / 2;
  const int text_x = down ? from.text_x : middle_x, first = down ? middle_y + 5 : from.y - 46;
  const auto columns = down ? down_columns : static_cast<std::size_t>((to.x - from.x - 16) / wide_letter);
  auto detail = leg.detail;
  if (down && !leg.delay.empty()) detail += (detail.empty() ? "" : " · ") + leg.delay;
  const auto sign = sign_of(leg);
  return View()
      .set("kind", leg.kind)
      .set("x1", number(down ? from.x : from.x + radius + 4))
      .set("y1", number(down ? from.y + radius + 4 : from.y))
      .set("x2", number(down ? to.x : to.x - radius - 4))
      .set("y2", number(down ? to.y - radius - 4 : to.y))
      .set("anchor", from.anchor)
      .set("text_x", number(text_x))
      .set("label", shortened(leg.label, columns))
      .set("label_y", number(first))
      .set("detail", shortened(detail, columns))
      .set("detail_y", number(first + 17))
      .set("delay", down ? "" : leg.delay)
      .set("delay_y", number(from.y + 24))
      .set("sign", sign)
      .set("sign_cx", number(middle_x))
      .set("sign_cy", number(middle_y))
      .set("sign_x", number(middle_x - 9))
      .set("sign_y", number(middle_y - 9));
}

std::string stretch_time(const Stretch& stretch) { return duration(stretch.end_ms - stretch.begin_ms); }

}  // namespace

std::string shortened(std::string_view text, std::size_t columns) {
  auto safe = safe_text(text);
  std::vector<std::string_view> signs;
  for (std::string_view rest = safe; !rest.empty();) {
    const auto length = std::max<std::size_t>(next_code_point(rest).length, 1);
    signs.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  if (signs.size() <= columns) return safe;
  const auto tail = columns / 2, head = columns - tail - std::min<std::size_t>(columns, 1);
  std::string out;
  for (std::size_t i = 0; i < head; ++i) out += signs[i];
  out += "…";
  for (std::size_t i = signs.size() - tail; i < signs.size(); ++i) out += signs[i];
  return out;
}

View picture(const Journey& way, Lie lie) {
  Views stations, legs;
  const auto count = way.stations.size();
  for (std::size_t i = 0; i < count; ++i) {
    stations.push_back(station_view(way.stations[i], place(i, count, lie)));
    if (i + 1 < count) legs.push_back(leg_view(way.legs[i], place(i, count, lie), place(i + 1, count, lie), lie));
  }
  const int height = lie == Lie::across ? across_height : down_top * 2 + static_cast<int>(count - 1) * down_step + 6;
  return View()
      .set("width", number(lie == Lie::across ? across_width : down_width))
      .set("height", number(height))
      .set("across", lie == Lie::across)
      .set("description", description(way))
      .set("stations", std::move(stations))
      .set("legs", std::move(legs));
}

Views bars(const std::vector<Stretch>& line) {
  std::int64_t end = 1;
  for (const auto& stretch : line) end = std::max(end, stretch.end_ms);
  Views rows;
  for (const auto& stretch : line) {
    const auto scaled = [&](std::int64_t ms) { return static_cast<double>(ms) * 1000.0 / static_cast<double>(end); };
    const auto width = std::max(scaled(stretch.end_ms - stretch.begin_ms), 6.0);  // never too thin to be seen
    const auto x = std::min(scaled(stretch.begin_ms), 1000.0 - width);
    rows.push_back(View()
                       .set("label", stretch.label)
                       .set("tone", stretch.tone)
                       .set("from", "+" + duration(stretch.begin_ms))
                       .set("took", stretch_time(stretch))
                       .set("x", fmt::format("{:.0f}", x))
                       .set("bar", fmt::format("{:.0f}", width)));
  }
  return rows;
}

int elapsed_share(const Certificate& certificate, Time now) {
  const auto whole = (certificate.not_after - certificate.not_before).count();
  const auto part = (now - certificate.not_before).count();
  if (whole <= 0) return 1000;
  return static_cast<int>(std::clamp(static_cast<double>(part) * 1000.0 / static_cast<double>(whole), 0.0, 1000.0));
}

}  // namespace mailprobe::reporter
