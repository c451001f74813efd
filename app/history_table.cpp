#include "app/history_table.h"

#include <algorithm>
#include <array>

#include "base/safe_text.h"
#include "base/utf8.h"
#include "reporter/terminal_page.h"

namespace mailprobe::app {

namespace {

using history::Row;
using reporter::display_width;

enum Column : std::size_t { started, command, about, status, passed, warned, failed, unknown, run, columns };

using Cells = std::array<std::string, columns>;
using Shown = std::array<bool, columns>;
using Widths = std::array<std::size_t, columns>;

constexpr std::size_t gap = 2;
constexpr std::size_t enough = 30;  // of ABOUT: for more no column is left out
constexpr std::size_t least = 8;

std::string whom(const Row& row) {
  const auto& name = row.kind.recipient.empty() ? row.kind.target : row.kind.recipient;
  return safe_text(row.kind.scenario.empty() ? name : row.kind.scenario + " to " + name, 100);
}

Cells head() { return {"STARTED", "COMMAND", "ABOUT", "EXIT", "PASS", "WARN", "FAIL", "?", "RUN"}; }

Cells cells_of(const Row& row) {
  const auto& point = row.point;
  return {rfc3339(std::chrono::floor<std::chrono::seconds>(point.started)),
          safe_text(row.kind.command, 20),
          whom(row),
          row.interrupted ? "cut"
          : point.exit    ? std::to_string(*point.exit)
                          : "-",
          std::to_string(point.passed),
          std::to_string(point.warned),
          std::to_string(point.failed),
          std::to_string(point.undetermined),
          safe_text(row.id, 60)};
}

Widths widths_of(const std::vector<Cells>& rows) {
  Widths widths{};
  for (const auto& cells : rows)
    for (std::size_t i = 0; i < columns; ++i) widths.at(i) = std::max(widths.at(i), display_width(cells.at(i)));
  return widths;
}

std::size_t width_of(const Widths& widths, const Shown& shown) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < columns; ++i)
    if (shown.at(i)) width += widths.at(i) + (i + 1 < columns ? gap : 0);
  return width;
}

/// When it began stands in the run's id too; the counts are in its report.
Shown fitting(const Widths& widths, std::size_t room) {
  Shown shown;
  shown.fill(true);
  auto wanted = widths;
  wanted.at(about) = std::min(widths.at(about), enough);
  const std::array<std::vector<Column>, 3> in_turn{{{started}, {passed, warned, failed, unknown}, {command}}};
  for (const auto& next : in_turn) {
    if (width_of(wanted, shown) <= room) break;
    for (const auto column : next) shown.at(column) = false;
  }
  return shown;
}

std::string cut(const std::string& text, std::size_t width, std::string_view mark) {
  if (display_width(text) <= width) return text;
  std::size_t at = 0;
  for (std::size_t column = display_width(mark); column < width; ++column)
    at += std::max<std::size_t>(next_code_point(std::string_view(text).substr(at)).length, 1);
  return text.substr(0, at).append(mark);
}

bool to_the_right(std::size_t column) { return column >= status && column <= unknown; }

std::string padded(const std::string& text, std::size_t width, bool right) {
  const auto taken = display_width(text);
  const std::string blanks(taken < width ? width - taken : 0, ' ');
  return right ? blanks + text : text + blanks;
}

std::string line_of(const Cells& cells, const Widths& widths, const Shown& shown, std::string_view mark) {
  std::string line;
  for (std::size_t i = 0; i < columns; ++i)
    if (shown.at(i))
      line += padded(cut(cells.at(i), widths.at(i), mark), widths.at(i), to_the_right(i)) +
              std::string(i + 1 < columns ? gap : 0, ' ');
  return line;
}

}  // namespace

std::string history_table(const std::vector<Row>& rows, const Console& console) {
  if (rows.empty()) return {};
  std::vector<Cells> table{head()};
  table.reserve(rows.size() + 1);
  for (const auto& row : rows) table.push_back(cells_of(row));
  reporter::TerminalPage page({.color = console.color, .utf8 = console.utf8, .width = console.width, .written = {}});
  auto widths = widths_of(table);
  const auto shown = fitting(widths, page.width());
  const auto all = width_of(widths, shown);
  if (all > page.width())
    widths.at(about) -= std::min(all - page.width(), widths.at(about) - std::min(widths.at(about), least));
  const std::string_view mark = console.utf8 ? "…" : "...";
  for (std::size_t i = 0; i < table.size(); ++i)
    page.line({{line_of(table[i], widths, shown, mark), i == 0 ? reporter::Ink::bold : reporter::Ink::plain}});
  return page.text();
}

}  // namespace mailprobe::app
