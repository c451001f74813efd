#include "reporter/picture.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "base/utf8.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

constexpr int across_width = 1040, across_height = 194, across_line = 91;
constexpr int down_width = 360, down_step = 122, down_line = 30, down_top = 30;
constexpr int line_height = 17, arrow_length = 9, arrow_half = 5;
constexpr int radius = 22;
constexpr double mono_width = 8.5;   // of a character of the pictures' monospaced text at 14 px
constexpr double wide_letter = 8.2;  // a capital of the pictures' 13 px text
constexpr std::size_t down_columns = 33;

std::string number(int value) { return std::to_string(value); }

std::size_t display_columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

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

std::string whole(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts)
    if (!part.empty()) text.append(text.empty() ? "" : ", ").append(part);
  return text;
}

/// A name that does not fit in one line goes on in a second, from a dot on.
std::pair<std::string, std::string> two_lines(const std::string& name, std::size_t columns) {
  const auto safe = safe_text(name);
  if (display_columns(safe) <= columns) return {safe, ""};
  const auto dot = safe.rfind('.', columns - 1);
  if (dot == std::string::npos || dot == 0) return {shortened(name, columns), ""};
  return {safe.substr(0, dot), shortened(std::string_view(safe).substr(dot), columns)};
}

View station_view(const Station& station, const Place& at, Lie lie) {
  const bool down = lie == Lie::down;
  const auto [name, rest] = two_lines(station.name, at.columns);
  const int below = at.text_y + (rest.empty() ? 0 : line_height);
  const auto detail = down ? whole({station.detail, station.time}) : station.detail;
  return View()
      .set("icon", station.icon)
      .set("tone", station.tone)
      .set("whole", whole({station.name, station.detail, station.time}))
      .set("name", name)
      .set("name_rest", rest)
      .set("detail", shortened(detail, at.columns))
      .set("time", down ? "" : station.time)
      .set("icon_x", number(at.x - 11))
      .set("icon_y", number(at.y - 11))
      .set("x", number(at.x))
      .set("y", number(at.y))
      .set("anchor", at.anchor)
      .set("text_x", number(at.text_x))
      .set("name_y", number(at.text_y))
      .set("rest_y", number(at.text_y + line_height))
      .set("detail_y", number(below + line_height + 2))
      .set("time_y", number(below + (station.detail.empty() ? 1 : 2) * line_height + 2));
}

std::string sign_of(const Leg& leg) {
  if (leg.kind == "secure" || leg.kind == "claimed") return "lock";
  if (leg.kind == "plain") return "open";
  return leg.kind == "broken" ? "cross" : "";
}

/// The line's head, in the direction of travel.
std::string arrow(int x, int y, int dx, int dy) {
  return fmt::format("M{} {}L{} {}L{} {}", x - dx * arrow_length - dy * arrow_half,
                     y - dy * arrow_length - dx * arrow_half, x, y, x - dx * arrow_length + dy * arrow_half,
                     y - dy * arrow_length + dx * arrow_half);
}

/// Across, labels stand above the line and the delay below; down, all stand beside it. Who says it is never cut short.
View leg_view(const Leg& leg, const Place& from, const Place& to, Lie lie) {
  const bool down = lie == Lie::down;
  const int middle_x = (from.x + to.x) / 2, middle_y = (from.y + to.y) / 2;
  const int dx = down ? 0 : to.x > from.x ? 1 : -1, dy = down ? 1 : 0, gap = radius + 4;
  const int text_x = down ? from.text_x : middle_x, first = down ? middle_y + 5 : from.y - 46 - line_height;
  const auto columns = down ? down_columns : static_cast<std::size_t>((std::abs(to.x - from.x) - 16) / wide_letter);
  const auto detail = down ? whole({leg.detail, leg.delay}) : leg.detail;
  const auto sign = sign_of(leg);
  return View()
      .set("kind", leg.kind)
      .set("whole", whole({leg.label, leg.source, leg.detail, leg.delay}))
      .set("x1", number(from.x + dx * gap))
      .set("y1", number(from.y + dy * gap))
      .set("x2", number(to.x - dx * gap))
      .set("y2", number(to.y - dy * gap))
      .set("arrow", arrow(to.x - dx * gap, to.y - dy * gap, dx, dy))
      .set("anchor", from.anchor)
      .set("text_x", number(text_x))
      .set("label", down ? whole({leg.label, leg.source}) : shortened(leg.label, columns))
      .set("label_y", number(first))
      .set("source", down ? "" : leg.source)
      .set("source_y", number(first + line_height))
      .set("detail", shortened(detail, columns))
      .set("detail_y", number(first + (down ? 1 : 2) * line_height))
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

namespace {

View drawn(const Journey& way, Lie lie, const std::vector<Place>& places) {
  Views stations, legs;
  for (std::size_t i = 0; i < places.size(); ++i) {
    stations.push_back(station_view(way.stations[i], places[i], lie));
    if (i + 1 < places.size()) legs.push_back(leg_view(way.legs[i], places[i], places[i + 1], lie));
  }
  const int steps = static_cast<int>(places.size()) - 1;
  return View()
      .set("width", number(lie == Lie::across ? across_width : down_width))
      .set("height", number(lie == Lie::across ? across_height : down_top * 2 + steps * down_step + 16))
      .set("across", lie == Lie::across)
      .set("description", description(way))
      .set("stations", std::move(stations))
      .set("legs", std::move(legs));
}

}  // namespace

View picture(const Journey& way, Lie lie) {
  std::vector<Place> places;
  const auto count = way.stations.size();
  places.reserve(count);
  for (std::size_t i = 0; i < count; ++i) places.push_back(place(i, count, lie));
  return drawn(way, lie, places);
}

View picture_back(const Journey& way, Lie lie, std::size_t slots) {
  if (lie == Lie::down || slots < 2) return picture(way, lie);
  return drawn(way, lie, {place(slots - 1, slots, lie), place(0, slots, lie)});
}

Views legend(const std::vector<const Journey*>& ways) {
  Views views;
  for (const std::string_view kind : {"secure", "claimed", "unknown", "plain", "broken", "inside"}) {
    const auto drawn_so = [&](const Journey* way) {
      return std::ranges::any_of(way->legs, [&](const Leg& leg) { return leg.kind == kind; });
    };
    if (std::ranges::any_of(ways, drawn_so))
      views.push_back(View().set("kind", kind).set("meaning", line_meaning(kind)));
  }
  return views;
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
                       .set("within", stretch.within)
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
