// checks: the catalogue, for people and as JSON.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/output_files.h"
#include "app/wrapped.h"
#include "evidence/assess.h"
#include "reporter/phrases.h"

namespace mailprobe::app {

namespace {

namespace json = boost::json;

std::vector<std::string> expecting(const evidence::Check& check) {
  std::vector<std::string> commands;
  if (check.expected_by_send) commands.emplace_back("send");
  if (check.expected_by_inspect) commands.emplace_back("inspect");
  if (check.expected_by_doctor) commands.emplace_back("doctor");
  return commands;
}

std::string expected_by(const evidence::Check& check) {
  std::string text;
  for (const auto& command : expecting(check)) text += (text.empty() ? "" : ", ") + command;
  return text;
}

std::string catalogue_json() {
  json::array list;
  for (const auto& check : evidence::catalogue()) {
    json::array commands;
    for (const auto& command : expecting(check)) commands.emplace_back(command);
    list.push_back(json::object{{"id", json::string(check.id)},
                                {"passes_when", json::string(check.passes_when)},
                                {"reference", json::string(check.reference)},
                                {"fix_by", json::string(word(check.fix_by))},
                                {"expected_by", std::move(commands)}});
  }
  return json::serialize(list) + "\n";
}

/// In a cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '|' ? "\\|" : std::string(1, c));
  return out;
}

std::string row_of(const evidence::Check& check) {
  const auto who = reporter::fix_by_phrase(check.fix_by);
  return fmt::format("| `{}` | {} | {} | {} | {} |\n", check.id, cell(check.passes_when), expected_by(check), who,
                     cell(check.reference));
}

/// docs/checks.md.
std::string catalogue_markdown() {
  std::string text =
      "# The checks\n\nMade by `mailprobe checks --markdown FILE`. *Counts for*: the commands whose exit status the "
      "check "
      "counts for. What fails of the others is\nshown all the same.\n";
  std::string_view section;
  for (const auto& check : evidence::catalogue()) {
    const auto its = check.id.substr(0, check.id.find('.'));
    if (its != section)
      text += fmt::format(
          "\n## {}\n\n| check | passes when | counts for | to be mended by | reference |\n|---|---|---|---|---|\n",
          reporter::direction_title(its));
    section = its;
    text += row_of(check);
  }
  return text;
}

std::string catalogue_text(const Console& console) {
  const auto& all = evidence::catalogue();
  const auto longest = std::ranges::max(all, {}, [](const auto& check) { return check.id.size(); }).id.size();
  const auto width = static_cast<std::size_t>(console.width);
  constexpr std::size_t command_width = 13;
  auto text = fmt::format("{:<{}}  {:<{}}{}\n", "CHECK", longest, "EXPECTED", command_width + 2, "PASSES WHEN");
  for (const auto& check : all)
    text += fmt::format("{:<{}}  {:<{}}{}\n", check.id, longest, expected_by(check), command_width + 2,
                        wrapped(check.passes_when, longest + command_width + 4, width));
  return text + "\nEXPECTED: the command whose exit status the check counts for.\n";
}

}  // namespace

int run(const ChecksCommand&, const Setting& setting) {
  const OutputPaths only{.json = setting.common.files.json, .markdown = setting.common.files.markdown};
  if (!only.json && !only.markdown) {
    write_out(catalogue_text(setting.console));
    return exit_ok;
  }
  if (auto ok = check_outputs(only); !ok) return complain(ok.error());
  if (only.json)
    if (auto ok = write_output(*only.json, catalogue_json()); !ok) return complain(ok.error());
  if (only.markdown)
    if (auto ok = write_output(*only.markdown, catalogue_markdown()); !ok) return complain(ok.error());
  return exit_ok;
}

}  // namespace mailprobe::app
