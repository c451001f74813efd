// man: the manual page, from the definition of the command line.
#include <algorithm>
#include <map>

#include "app/command_syntax.h"
#include "app/commands.h"
#include "app/exit_status.h"
#include "base/text.h"
#include "probe/version.h"

namespace mailprobe::app {

namespace {

/// roff text: \ and - are told from control, and a line cannot begin with one (groff_man(7)).
std::string roff(std::string_view text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    begins = c == '\n';
  }
  return out;
}

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

std::string option_text(const OptionWords& option) {
  std::string names;
  for (const auto& name : option.names) names += (names.empty() ? "\\fB" : "\\fR, \\fB") + roff(name);
  const auto value = option.value.empty() ? "" : " \\fI" + roff(option.value);
  return ".TP\n" + names + value + "\\fR\n" + roff(option.help) + ".\n";
}

/// By group, in the order in which the groups come.
std::string options_text(const std::vector<OptionWords>& options, const std::string& none_of) {
  std::vector<std::string> groups;
  std::map<std::string, std::string> texts;
  for (const auto& option : options) {
    if (none_of.contains(option.names.back() + "\n")) continue;
    if (!texts.contains(option.group)) groups.push_back(option.group);
    texts[option.group] += option_text(option);
  }
  std::string text;
  for (const auto& group : groups) text += ".PP\n" + roff(group) + ":\n" + texts[group];
  return text;
}

/// A line that is indented stands as it is: an example.
std::string footer_text(const std::string& footer) {
  std::string text;
  bool example = false;
  for (const auto line : split(footer, '\n')) {
    const bool indented = line.starts_with("  ");
    if (indented != example) text += indented ? ".PP\n.nf\n" : ".fi\n";
    example = indented;
    text += line.empty() ? ".PP\n" : roff(line) + "\n";
  }
  return text + (example ? ".fi\n" : "");
}

std::string manual_text(const std::vector<CommandWords>& table) {
  const auto& program = table.front();
  std::string common;  // the names of the program's own options, a line each
  for (const auto& option : program.options) common += option.names.back() + "\n";
  std::string text = ".\\\" Made by \"mailprobe man\".\n.TH MAILPROBE 1 \"\" \"mailprobe " + roff(probe::version) +
                     "\" \"User Commands\"\n.SH NAME\nmailprobe \\- an end\\-to\\-end SMTP probe\n.SH SYNOPSIS\n";
  for (std::size_t i = 1; i < table.size(); ++i) text += (i > 1 ? ".br\n" : "") + roff(table[i].usage) + "\n";
  text += ".SH DESCRIPTION\n" + roff(program.description) + ".\n" + footer_text(program.footer);
  text += ".SH COMMON OPTIONS\nEach command takes those of them that mean something to it.\n" +
          options_text(program.options, "");
  for (std::size_t i = 1; i < table.size(); ++i) {
    const auto& command = table[i];
    text += ".SH " + in_capitals(command.name) + "\n\\fB" + roff(command.usage) + "\\fR\n.PP\n" +
            roff(command.description) + ".\n";
    if (!command.footer.empty()) text += ".PP\n" + footer_text(command.footer);
    text += options_text(command.options, common);
  }
  return text +
         ".SH EXIT STATUS\n.TP\n0\nEvery expected check held.\n.TP\n1\nAn expected check failed.\n.TP\n2\nUsage or "
         "configuration error: nothing was sent.\n.TP\n3\nNone failed, but one is inconclusive or a fault of ours; "
         "every "
         "interrupted run.\n";
}

}  // namespace

int run(const ManCommand&, const Setting&) {
  write_out(manual_text(command_table()));
  return exit_ok;
}

}  // namespace mailprobe::app
