#include "app/command_syntax.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "app/suggest.h"
#include "base/safe_text.h"
#include "probe/version.h"

namespace mailprobe::app {

namespace {

constexpr std::size_t column = 30;
constexpr std::array<std::string_view, 4> not_by_variable{"config", "lab", "help", "version"};

constexpr auto where_group = "Where the settings come from", report_group = "Reports", talk_group = "What is printed";

struct CommandRow {
  std::string usage, description, footer;
  std::vector<std::string> reports;  // those of the report options that mean something to it
};

const std::vector<std::string> every_report{"--html",    "--json",   "--junit",   "--tap",
                                            "--out-all", "--redact", "--fail-on", "--nagios"};

const std::vector<std::pair<std::string, CommandRow>>& commands() {
  static const std::vector<std::pair<std::string, CommandRow>> table{
      {"send",
       {"mailprobe send --to ADDRESS [OPTIONS]",
        "Send one signed message, find the delivered copy, and judge what became of it.",
        "Examples:\n"
        "  mailprobe --lab send --to reflector@target.test --html report.html\n"
        "  mailprobe send --to reflector@example.net --json evidence.json\n"
        "  mailprobe send --to reflector@example.net --via relay\n\n"
        "Exit status: 0 every expected check held, 1 one failed, 2 usage or configuration error (nothing was sent),\n"
        "3 inconclusive or interrupted.",
        every_report}},
      {"verify",
       {"mailprobe verify FILE... [OPTIONS]",
        "Judge saved messages: SPF, each DKIM signature, DMARC, ARC.",
        "A FILE is one message, an mbox, or - for standard input. SPF needs the client's address: --ip gives it.\n\n"
        "Exit status: 0 all is well, 1 DMARC fails or no signature passes, 2 a file is unreadable,\n"
        "3 something could not be determined.",
        {"--json"}}},
      {"init",
       {"mailprobe init DOMAIN [OPTIONS]",
        "Write a configuration and DKIM keys, and print the DNS records to publish.",
        "Writes mailprobe.yaml (or what --config names) and keys/ beside it. Overwrites nothing.",
        {}}},
      {"doctor",
       {"mailprobe doctor [OPTIONS]", "Check our own standing: published records, PTR, HELO name, port 25, clock.",
        "Sends nothing. Exit status: 0 all is well, 1 something is wrong, 3 something could not be determined.",
        every_report}},
      {"report",
       {"mailprobe report EVIDENCE.json|RUN|last [OPTIONS]", "Render saved evidence again.",
        "A RUN is the id of a run or its beginning; last is the newest one.", every_report}},
      {"checks", {"mailprobe checks [--json -]", "List every check and which command expects it.", "", {"--json"}}},
      {"lab",
       {"mailprobe lab",
        "Start the embedded lab and keep it up, to play with from another terminal.",
        "Listens on loopback addresses only. Ctrl-C ends it.",
        {}}},
  };
  return table;
}

const CommandRow* row_of(const std::string& name) {
  const auto found = std::ranges::find(commands(), name, &std::pair<std::string, CommandRow>::first);
  return found == commands().end() ? nullptr : &found->second;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& [name, row] : commands()) names.push_back(name);
  return names;
}

/// CLI11's, without its noise, and with the common options that a command understands.
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(column); }

  std::string make_usage(const CLI::App* app, std::string) const override {
    const auto* row = row_of(app->get_name());
    return "\nUsage: " + (row != nullptr ? row->usage : "mailprobe COMMAND [OPTIONS]") + "\n";
  }
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode mode) const override {
    auto text = make_description(app) + make_usage(app, {}) + make_groups(app, mode);
    if (app->get_parent() != nullptr)
      for (const auto* group : {report_group, where_group, talk_group}) text += common_group(app, group);
    return text + make_subcommands(app, mode) + "\n" + make_footer(app);
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_option_text().empty() ? "" : " " + option->get_option_text();
  }
  std::string make_positionals(const CLI::App*) const override { return {}; }

 private:
  std::string common_group(const CLI::App* app, const std::string& group) const {
    const auto* row = row_of(app->get_name());
    const auto options = app->get_parent()->get_options([&](const CLI::Option* option) {
      if (option->get_group() != group) return false;
      return group != report_group || std::ranges::find(row->reports, option->get_name()) != row->reports.end();
    });
    return options.empty() ? "" : make_group(group, false, options);
  }
};

constexpr auto main_footer =
    R"(Begin here:
  mailprobe --lab send --to reflector@target.test    try it: nothing leaves this machine
  mailprobe init probe.example.org                   make keys and a configuration
  mailprobe doctor                                   are our records published? is port 25 open?
  mailprobe send --to reflector@example.net --html report.html

"mailprobe COMMAND --help" tells the rest. A long option can be set by a variable too: --html by MAILPROBE_HTML.)";

/// The words and where CLI11 puts them.
class Grammar {
 public:
  Grammar()
      : app_("Sends a signed test message over STARTTLS, finds the delivered copy, and tells what became of it.") {
    app_.name("mailprobe")->footer(main_footer)->formatter(std::make_shared<HelpFormatter>());
    app_.set_help_flag("-h,--help", "Print this help");
    app_.set_version_flag("--version", "mailprobe " + std::string(probe::version), "Print the version");
    app_.allow_extras()->get_formatter()->column_width(column);
    common();
    for (const auto& [name, row] : commands()) add_command(name, row);
    send();
    verify();
    rest();
  }

  CLI::App& app() { return app_; }
  Words& words() { return words_; }
  [[nodiscard]] std::vector<std::string> option_names(const CLI::App* command) const;

 private:
  static CLI::Option* value(CLI::App* to, const std::string& name, std::optional<std::string>& into,
                            const std::string& shown, const std::string& help) {
    return to->add_option(name, into, help)->option_text(shown)->take_last();
  }
  static CLI::Option* flag(CLI::App* to, const std::string& name, bool& into, const std::string& help) {
    return to->add_flag(name, into, help);
  }

  void add_command(const std::string& name, const CommandRow& row) {
    auto* command = app_.add_subcommand(name, row.description);
    command->group("Commands")->fallthrough()->allow_extras()->footer(row.footer);
    command->set_help_flag("-h,--help", "Print this help")->group("");
  }
  CLI::App* command(const std::string& name) { return app_.get_subcommand(name); }

  void common() {
    value(&app_, "--html", words_.html, "FILE", "A report to look at, in one file")->group(report_group);
    value(&app_, "--json", words_.json, "FILE|-", "The evidence as JSON; - prints it, and nothing else")
        ->group(report_group);
    value(&app_, "--junit", words_.junit, "FILE", "JUnit XML, for CI")->group(report_group);
    value(&app_, "--tap", words_.tap, "FILE", "TAP version 14")->group(report_group);
    value(&app_, "--out-all", words_.out_all, "PREFIX", "All four: PREFIX.html, .json, .xml and .tap")
        ->group(report_group);
    flag(&app_, "--redact", words_.redact, "Mask addresses and personal text, to pass it on")->group(report_group);
    value(&app_, "--fail-on", words_.fail_on, "warn", "Warnings count for the exit status too")->group(report_group);
    flag(&app_, "--nagios", words_.nagios, "One line and the exit status of a monitoring plugin")->group(report_group);
    value(&app_, "--config", words_.config, "FILE",
          "Else ./mailprobe.yaml, ~/.config/mailprobe/mailprobe.yaml, /etc/mailprobe/mailprobe.yaml")
        ->group(where_group);
    flag(&app_, "--lab", words_.lab, "Against the embedded lab: reads no file, nothing leaves the machine")
        ->group(where_group);
    flag(&app_, "-q,--quiet", words_.quiet, "Nothing but errors")->group(talk_group);
    flag(&app_, "-v,--verbose", words_.verbose, "The dialogues too")->group(talk_group);
    value(&app_, "--color", words_.color, "WHEN", "auto, always or never (and NO_COLOR)")->group(talk_group);
  }

  void send() {
    auto* to = command("send");
    const auto* message = "The message";
    value(to, "--to", words_.to, "ADDRESS", "Whom to send to")->group(message);
    value(to, "--identity", words_.identity, "NAME", "Whom to send as; else \"default\", or the only one")
        ->group(message);
    flag(to, "--dry-run", words_.dry_run, "Print what would be sent, and send nothing")->group(message);
    const auto* way = "The way";
    value(to, "--tls", words_.tls, "FLOOR",
          "may: plain text too; encrypt (default): nothing without TLS; verify: with a valid certificate")
        ->group(way);
    value(to, "--via", words_.via, "NAME", "Through a configured submission server, where port 25 is closed")
        ->group(way);
    value(to, "--server", words_.server, "HOST:PORT", "To this server, without an MX look-up")->group(way);
    flag(to, "--each-mx", words_.each_mx, "One probe to every address of every MX")->group(way);
    value(to, "--source-ip", words_.source_ip, "ADDRESS", "The address to connect from")->group(way);
    flag(to, "-4", words_.ipv4, "IPv4 only")->group(way);
    flag(to, "-6", words_.ipv6, "IPv6 only")->group(way);
    const auto* copy = "The delivered copy";
    value(to, "--mailbox", words_.mailbox, "NAME", "The mailbox to look in; else the one whose address is --to's")
        ->group(copy);
    value(to, "--wait", words_.wait, "TIME", "How long to look for it, like 90s or 5m")->group(copy);
    flag(to, "--no-wait", words_.no_wait, "Do not look for it")->group(copy);
    flag(to, "--delete", words_.delete_copy, "Delete it, once it is safely stored here")->group(copy);
  }

  void verify() {
    auto* to = command("verify");
    to->add_option("FILE", words_.files);
    const auto* session = "How the messages came in";
    value(to, "--ip", words_.ip, "ADDRESS", "The client's address, for SPF")->group(session);
    value(to, "--helo", words_.helo, "NAME", "What it said in EHLO")->group(session);
    value(to, "--mail-from", words_.mail_from, "ADDRESS", "The reverse-path; \"\" is the null one")->group(session);
    const auto* world = "What to judge by";
    value(to, "--zone", words_.zone, "FILE", "A master file (RFC 1035) instead of the DNS")->group(world);
    value(to, "--time", words_.time, "RFC3339", "The clock, like 2026-01-31T12:00:00Z")->group(world);
  }

  void rest() {
    command("init")->add_option("DOMAIN", words_.domain);
    value(command("init"), "--ip", words_.ip, "ADDRESS", "This host's public address, for the A record")
        ->group("Options");
    value(command("doctor"), "--identity", words_.identity, "NAME", "Whose records; else \"default\", or the only one")
        ->group("Options");
    command("report")->add_option("EVIDENCE", words_.what);
  }

  Words words_;
  CLI::App app_;
};

std::vector<std::string> Grammar::option_names(const CLI::App* command) const {
  std::vector<std::string> names;
  for (const auto* app : {command, &app_})
    if (app != nullptr)
      for (const auto* option : app->get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::unexpected<Error> unknown(Grammar& grammar, const CLI::App* command, const std::vector<std::string>& extras) {
  const auto option = std::ranges::find_if(extras, [](const auto& word) { return word.size() > 1 && word[0] == '-'; });
  if (option != extras.end()) {
    const auto name = option->substr(0, option->find('='));
    const auto known = grammar.option_names(command);
    const auto hint = did_you_mean(name, known);
    const auto of = command != nullptr ? "mailprobe " + command->get_name() : std::string("mailprobe");
    return fail(Failure::usage,
                "there is no option " + in_quotes(name) + (hint.empty() ? ": \"" + of + " --help\" lists them" : hint));
  }
  const auto& word = extras.front();
  if (command != nullptr)
    return fail(Failure::usage, "\"mailprobe " + command->get_name() + "\" takes no " + in_quotes(word) +
                                    (command->get_name() == "send" ? ": give the address with --to" : ""));
  const auto names = command_names();
  const auto hint = did_you_mean(word, names);
  return fail(Failure::usage,
              "there is no command " + in_quotes(word) + (hint.empty() ? ": there are " + any_of(names) : hint));
}

/// Each report option that was given means something to the command.
Result<void> check_reports(const CLI::App& app, const CLI::App& command) {
  const auto& known = row_of(command.get_name())->reports;
  for (const auto* option : app.get_options())
    if (option->get_group() == report_group && option->count() > 0 &&
        std::ranges::find(known, option->get_name()) == known.end())
      return fail(Failure::usage, "\"mailprobe " + command.get_name() + "\" has no " + option->get_name());
  return {};
}

std::string in_capitals(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return name;
}

/// --out-all by MAILPROBE_OUT_ALL, where no flag says otherwise. --config and --lab, each of which ends the other's
/// variable, are looked up where they are used.
void apply_variables(CLI::App& app, const Environment& environment) {
  for (auto* option : app.get_options()) {
    const auto& names = option->get_lnames();
    if (names.empty() || option->count() > 0) continue;
    if (std::ranges::find(not_by_variable, names[0]) != not_by_variable.end()) continue;
    const auto variable = "MAILPROBE_" + in_capitals(names[0]);
    const auto value = environment.get(variable);
    if (!value) continue;
    option->add_result(*value);
    option->run_callback();
  }
}

Result<CLI::App*> chosen(CLI::App& app) {
  const auto parsed = app.get_subcommands();
  if (parsed.empty()) return nullptr;
  if (parsed.size() == 1) return parsed.front();
  return fail(Failure::usage, "one command at a time: both " + in_quotes(parsed[0]->get_name()) + " and " +
                                  in_quotes(parsed[1]->get_name()) + " are (for a file of that name write ./" +
                                  parsed[1]->get_name() + ")");
}

Result<Words> words_of(Grammar& grammar, const Environment& environment) {
  const auto command = chosen(grammar.app());
  if (!command) return std::unexpected(command.error());
  if (const auto extras = grammar.app().remaining(true); !extras.empty()) return unknown(grammar, *command, extras);
  if (*command != nullptr) {
    grammar.words().command = (*command)->get_name();
    if (auto ok = check_reports(grammar.app(), **command); !ok) return std::unexpected(ok.error());
    apply_variables(**command, environment);
  }
  apply_variables(grammar.app(), environment);
  return std::move(grammar.words());
}

}  // namespace

Result<Words> parse_words(std::vector<std::string> arguments, const Environment& environment) {
  Grammar grammar;
  // "help send" is what one tries first.
  if (!arguments.empty() && arguments[0] == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  try {
    std::ranges::reverse(arguments);  // CLI11 takes them from the end
    grammar.app().parse(arguments);
    return words_of(grammar, environment);
  } catch (const CLI::CallForVersion& version) {
    grammar.words().help = std::string(version.what()) + "\n";
  } catch (const CLI::CallForHelp&) {
    grammar.words().help = grammar.app().help();
  } catch (const CLI::ParseError& error) {
    return fail(Failure::usage, safe_text(error.what()));
  }
  return std::move(grammar.words());
}

std::string help_text(const std::string& command) {
  Grammar grammar;
  return command.empty() ? grammar.app().help() : grammar.app().get_subcommand(command)->help();
}

}  // namespace mailprobe::app
