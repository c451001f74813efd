#include "app/command_syntax.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <functional>

#include "app/command_rows.h"
#include "app/wrapped.h"
#include "base/safe_text.h"
#include "base/suggest.h"
#include "probe/version.h"

namespace mailprobe::app {

namespace {

constexpr std::size_t column = 26, help_width = 80;
constexpr std::array<std::string_view, 4> not_by_variable{"config", "lab", "help", "version"};

constexpr auto where_group = "Where the settings come from", report_group = "Reports", talk_group = "What is printed";

constexpr auto main_usage = "mailprobe COMMAND [OPTIONS]";

constexpr auto main_footer =
    R"(Begin here:
  mailprobe --lab send --to reflector@target.test   try it: all on this machine
  mailprobe init probe.example.org                  make keys, a configuration
  mailprobe doctor                                  are our records published?
  mailprobe send --to reflector@example.net --html report.html
  mailprobe inspect example.net                     how it receives; no mail sent

"mailprobe COMMAND --help" tells the rest. A variable can set a long option
too: MAILPROBE_HTML=report.html.)";

bool means_something(const CommandRow& row, const CLI::Option& option) {
  return option.get_group() == talk_group || std::ranges::find(row.common, option.get_name()) != row.common.end();
}

/// CLI11's, in lines that fit, and with the common options that a command understands.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode mode) const override {
    const auto* row = row_of(app->get_name());
    std::string text = app->get_description() + ".\n\nUsage: " + (row != nullptr ? row->usage : main_usage) + "\n";
    if (row == nullptr) text += make_subcommands(app, mode);
    text += groups(*app, [](const CLI::Option&) { return true; });
    if (row != nullptr)
      text += groups(*app->get_parent(), [&](const CLI::Option& option) { return means_something(*row, option); });
    return text + (app->get_footer().empty() ? "" : "\n" + app->get_footer() + "\n");
  }
  std::string make_option(const CLI::Option* option, bool) const override {
    const auto& value = option->get_option_text();
    return line(option->get_name(false, true) + (value.empty() ? "" : " " + value), option->get_description());
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return line(command->get_name(), command->get_description());
  }

 private:
  static std::string line(const std::string& name, const std::string& text) {
    std::string out = "  " + name;
    out.resize(std::max(column, out.size() + 1), ' ');
    return out + wrapped(text, column, help_width) + "\n";
  }

  std::string groups(const CLI::App& app, const std::function<bool(const CLI::Option&)>& wanted) const {
    std::string text;
    for (const auto& group : app.get_groups()) {
      const auto options = app.get_options([&](const CLI::Option* option) {
        return option->get_group() == group && !group.empty() && option->nonpositional() && wanted(*option);
      });
      if (!options.empty()) text += make_group(group, false, options);
    }
    return text;
  }
};

/// The words and where CLI11 puts them.
class Grammar {
 public:
  Grammar()
      : app_("Sends a signed test message over STARTTLS, finds the delivered copy, and\ntells what became of it") {
    app_.name("mailprobe")->footer(main_footer)->formatter(std::make_shared<HelpFormatter>());
    app_.set_help_flag("-h,--help", "Print this help");
    app_.set_version_flag("--version", "mailprobe " + std::string(probe::version), "Print the version");
    app_.allow_extras();
    common();
    for (const auto& [name, row] : commands()) add_command(name, row);
    send();
    run();
    inspect();
    verify();
    sign();
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
  /// As many as come: what a shell makes of *.gz.
  static CLI::Option* values(CLI::App* to, const std::string& name, std::vector<std::string>& into,
                             const std::string& shown, const std::string& help) {
    return to->add_option(name, into, help)->option_text(shown)->allow_extra_args();
  }
  /// One each time that it is said.
  static CLI::Option* each(CLI::App* to, const std::string& name, std::vector<std::string>& into,
                           const std::string& shown, const std::string& help) {
    return to->add_option(name, into, help)->option_text(shown)->allow_extra_args(false);
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
    value(&app_, "--template", words_.templates, "DIR", "The report's templates from there: \"mailprobe templates\"")
        ->group(report_group);
    value(&app_, "--json", words_.json, "FILE|-", "The same as JSON; - prints it, and nothing else")
        ->group(report_group);
    value(&app_, "--junit", words_.junit, "FILE", "JUnit XML, for CI")->group(report_group);
    value(&app_, "--tap", words_.tap, "FILE", "TAP version 14")->group(report_group);
    value(&app_, "--csv", words_.csv, "FILE", "A line a finding, for spreadsheets")->group(report_group);
    value(&app_, "--markdown", words_.markdown, "FILE", "A summary to paste into a ticket")->group(report_group);
    value(&app_, "--prometheus", words_.prometheus, "FILE", "Metrics, for node_exporter's textfile collector")
        ->group(report_group);
    value(&app_, "--out-all", words_.out_all, "PREFIX",
          "All of these: PREFIX.html, .json, .xml, .tap, .csv, .md and .prom")
        ->group(report_group);
    value(&app_, "--mail-to", words_.mail_to, "ADDRESS",
          "The report as a mail of ours to this address, and to nobody else")
        ->group(report_group);
    flag(&app_, "--redact", words_.redact, "Mask addresses and personal text, to pass it on")->group(report_group);
    value(&app_, "--fail-on", words_.fail_on, "warn",
          "Expected checks that are a warning count for the exit status too")
        ->group(report_group);
    flag(&app_, "--no-history", words_.no_history, "Keep nothing in the history, and compare with nothing")
        ->group(report_group);
    flag(&app_, "--nagios", words_.nagios, "One line and the exit status of a monitoring plugin")->group(report_group);
    value(&app_, "--config", words_.config, "FILE",
          "Else mailprobe.yaml in ./, in ~/.config/mailprobe/ or in /etc/mailprobe/")
        ->group(where_group);
    flag(&app_, "--lab", words_.lab, "Against the embedded lab: reads no file, nothing leaves the machine")
        ->group(where_group);
    flag(&app_, "-q,--quiet", words_.quiet, "Nothing but errors")->group(talk_group);
    flag(&app_, "-v,--verbose", words_.verbose, "The dialogues too")->group(talk_group);
    value(&app_, "--color", words_.color, "WHEN", "auto, always or never (and NO_COLOR)")->group(talk_group);
  }

  CLI::Option* floor(CLI::App* to, const std::string& where = {}) {
    return value(
        to, "--tls", words_.tls, "FLOOR",
        "may: plain text too; encrypt (the default): nothing without TLS; verify: only with a valid certificate; sts: "
        "only where an MTA-STS policy (enforce or testing) lists the host, with a valid certificate; dane: only where "
        "DANE authenticates the host. The target's own DANE and MTA-STS hold above it" +
            where);
  }

  void send() {
    auto* to = command("send");
    const auto* message = "The message";
    value(to, "--to", words_.to, "ADDRESS", "Whom to send to")->group(message);
    value(to, "--identity", words_.identity, "NAME", "Whom to send as; else \"default\", or the only one")
        ->group(message);
    flag(to, "--dry-run", words_.dry_run, "Print what would be sent, and send nothing")->group(message);
    const auto* way = "The way";
    floor(to)->group(way);
    flag(to, "--requiretls", words_.require_tls,
         "Ask for TLS on the whole way (RFC 8689): sent only to a server that announces it and is authenticated")
        ->group(way);
    value(to, "--via", words_.via, "NAME", "Through a configured submission server, where port 25 is closed")
        ->group(way);
    value(to, "--server", words_.server, "HOST:PORT", "To this server, without an MX look-up")->group(way);
    flag(to, "--each-mx", words_.each_mx, "One probe to every address of every MX")->group(way);
    flag(to, "--chunking", words_.chunking, "By BDAT instead of DATA (RFC 3030): only where CHUNKING is announced")
        ->group(way);
    value(to, "--source-ip", words_.source_ip, "ADDRESS", "The address to connect from")->group(way);
    flag(to, "-4", words_.ipv4, "IPv4 only")->group(way);
    flag(to, "-6", words_.ipv6, "IPv6 only")->group(way);
    const auto* answer = "The answer";
    const auto* copy = "The delivered copy";
    value(to, "--mailbox", words_.mailbox, "NAME", "The mailbox to look in; else the one whose address is --to's")
        ->group(copy);
    value(to, "--wait", words_.wait, "TIME", "How long to wait for it and for an answer, like 90s or 5m")->group(copy);
    flag(to, "--no-wait", words_.no_wait, "Do not wait: \"mailprobe collect\" looks later")->group(copy);
    flag(to, "--reply", words_.reply,
         "Ask for an answer, and wait for it at our own receiver: how the target sends is judged too")
        ->group(answer);
    flag(to, "--delete", words_.delete_copy, "Delete it, once it is safely stored here")->group(copy);
    flag(to, "--traps", words_.traps,
         "Ask for answers to all our traps, and watch what comes to them for limits.trap_wait, or --wait; received by "
         "\"mailprobe reflect\" where that is at work, else by this run")
        ->group("How the other side sends");
    flag(to, "--survey", words_.survey,
         "When the mail has gone, ask what TLS the servers accept that it was tried at, as inspect does: up to 12 "
         "connections a host more, for a minute at most")
        ->group("The servers");
  }

  void run() {
    auto* to = command("run");
    to->add_option("FILE", words_.files);
    const auto* what = "What is sent";
    each(to, "--to", words_.targets, "ADDRESS",
         "Whom to send to: ${target} in the files. Several times: one after the other, each with its own reports")
        ->group(what);
    values(to, "--set", words_.set, "NAME=VALUE", "The value of a variable, in place of the file's")->group(what);
    value(to, "--identity", words_.identity, "NAME", "Whom to send as where the file does not say")->group(what);
    values(to, "--only", words_.only, "NAME", "Probes of this name only, and their controls; * is any characters")
        ->group(what);
    values(to, "--tag", words_.tags, "TAG", "Probes with this tag only, and their controls")->group(what);
    value(to, "--repeat", words_.repeat, "N", "Each probe so often, whatever the file says")->group(what);
    flag(to, "--dry-run", words_.dry_run, "Print what would be sent, and send nothing")->group(what);
    flag(to, "--export-swaks", words_.export_swaks, "Print the nearest swaks command of each probe, and send nothing")
        ->group(what);
    flag(to, "--intrusive", words_.intrusive,
         "Send what only an attacker sends too (smuggling): to a domain of your own, which says that it agrees")
        ->group(what);
    const auto* how = "How it goes on";
    value(to, "--jobs", words_.jobs, "N",
          "Messages under way at once; else 1. Towards strangers at most limits.connections_per_mx")
        ->group(how);
    flag(to, "--fail-fast", words_.fail_fast,
         "Judge each probe before the next goes out, and send nothing more once an expectation has failed")
        ->group(how);
    value(to, "--retry", words_.retry, "TIME",
          "How long to come back for after a temporary refusal (greylisting), as the reply asks or after a minute and "
          "more; 0s: not at all; else as long as --wait. Others go meanwhile")
        ->group(how);
    value(to, "--resume", words_.resume, "RUN",
          "Go on with a run that was cut off or interrupted, a run's id or last: what went out is not sent again. "
          "Takes no FILE and no --to")
        ->group(how);
    const auto* way = "The way";
    floor(to, ", where the file says none")->group(way);
    value(to, "--via", words_.via, "NAME", "Through a configured submission server, where port 25 is closed")
        ->group(way);
    value(to, "--server", words_.server, "HOST:PORT", "To this server, without an MX look-up")->group(way);
    flag(to, "--each-mx", words_.each_mx, "Each probe to every address of every MX")->group(way);
    value(to, "--source-ip", words_.source_ip, "ADDRESS", "The address to connect from")->group(way);
    flag(to, "-4", words_.ipv4, "IPv4 only")->group(way);
    flag(to, "-6", words_.ipv6, "IPv6 only")->group(way);
    const auto* copy = "The delivered copies";
    value(to, "--mailbox", words_.mailbox, "NAME", "The mailbox to look in; else the one whose address is --to's")
        ->group(copy);
    value(to, "--wait", words_.wait, "TIME", "How long to wait where the file does not say, like 90s or 5m")
        ->group(copy);
    flag(to, "--no-wait", words_.no_wait, "Do not wait: \"mailprobe collect\" looks later")->group(copy);
    flag(to, "--delete", words_.delete_copy, "Delete them, once they are safely stored here")->group(copy);
  }

  void inspect() {
    auto* to = command("inspect");
    to->add_option("DOMAIN", words_.domains);
    const auto* what = "What to inspect";
    value(to, "--file", words_.list, "LIST", "Domains out of a file, one a line")->group(what);
    flag(to, "--no-survey", words_.no_survey, "One session an address: do not ask what its TLS accepts")->group(what);
    flag(to, "--full", words_.full, "Every cipher suite, one by one: many connections")->group(what);
    flag(to, "--fresh", words_.fresh, "Fetch the MTA-STS policy anew, whatever is kept of it from before")->group(what);
    flag(to, "--intrusive", words_.intrusive,
         "Try mail before STARTTLS, command injection behind it and renegotiation; asks for the domain")
        ->group(what);
    value(to, "--confirm", words_.confirm, "DOMAIN", "With --intrusive: the answer to that question")->group(what);
    const auto* way = "The way";
    value(to, "--concurrency", words_.concurrency, "N", "Domains at once; else 200")->group(way);
    value(to, "--deadline", words_.deadline, "TIME", "For one domain; else 60s")->group(way);
    value(to, "--source-ip", words_.source_ip, "ADDRESS", "The address to connect from")->group(way);
    flag(to, "-4", words_.ipv4, "IPv4 only")->group(way);
    flag(to, "-6", words_.ipv6, "IPv6 only")->group(way);
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
    flag(to, "--explain", words_.explain, "The steps too: what was looked up, what was hashed, what was compared")
        ->group("What is shown");
  }

  void sign() {
    auto* to = command("sign");
    to->add_option("FILE", words_.files);
    const auto* keys = "Whose key";
    value(to, "--identity", words_.identity, "NAME", "Whose keys; else \"default\", or the only one")->group(keys);
    value(to, "--selector", words_.selector, "NAME", "That key alone; with --key: where its record is")->group(keys);
    value(to, "--key", words_.key, "FILE", "This private key (PEM) instead of an identity's")->group(keys);
    value(to, "--domain", words_.domain, "NAME", "With --key: the domain that signs")->group(keys);
    value(to, "--canonicalization", words_.canonicalization, "H/B", "With --key: else relaxed/relaxed")->group(keys);
    const auto* seal = "Sealing";
    flag(to, "--arc", words_.arc, "Add an ARC set instead of a DKIM signature")->group(seal);
    value(to, "--authserv-id", words_.authserv_id, "NAME", "Whose Authentication-Results to seal: this host's own")
        ->group(seal);
    value(to, "--zone", words_.zone, "FILE", "A master file (RFC 1035) instead of the DNS, to verify the chain")
        ->group(seal);
    const auto* rest = "Options";
    value(to, "--output", words_.output, "FILE", "Where to write it; else standard output")->group(rest);
    value(to, "--time", words_.time, "RFC3339", "The clock, for t=, like 2026-01-31T12:00:00Z")->group(rest);
  }

  void rest() {
    command("init")->add_option("DOMAIN", words_.domain);
    each(command("init"), "--ip", words_.own_ips, "ADDRESS",
         "This host's public address, for its records and source_ips; once for IPv4 and once for IPv6")
        ->group("Options");
    value(command("doctor"), "--identity", words_.identity, "NAME", "Whose records; else \"default\", or the only one")
        ->group("Options");
    command("report")->add_option("EVIDENCE", words_.what);
    each(command("report"), "--probe", words_.probes, "NAME",
         "Of many probes, show this one in full whatever came of it; as often as you like")
        ->group("Options");
    command("templates")->add_option("DIR", words_.what);
    command("schema")->add_option("OF", words_.what);
    command("completion")->add_option("SHELL", words_.what);
    command("diff")->add_option("RUN", words_.files);
    history();
    command("suppress")->add_option("WORDS", words_.suppress);
    command("collect")->add_option("RUN", words_.files);
    const auto* which = "Which runs, and how long";
    flag(command("collect"), "--all", words_.all, "Every run of the last seven days that still waits for something")
        ->group(which);
    const auto* copy = "The delivered copy";
    value(command("reflect"), "--mailbox", words_.mailbox, "NAME",
          "Answer the probes in this mailbox instead of listening");
    value(command("reflect"), "--via", words_.via, "NAME", "Send answers through a configured submission server");
    value(command("collect"), "--mailbox", words_.mailbox, "NAME", "The mailbox to look in; else the run's")
        ->group(copy);
    value(command("collect"), "--wait", words_.wait, "TIME",
          "How long to wait from now on, for answers too; else what is left of the run's wait, and one look at least")
        ->group(which);
    flag(command("collect"), "--delete", words_.delete_copy, "Delete it, once it is safely stored here")->group(copy);
    values(command("collect"), "--report", words_.reports, "FILE...",
           "A saved report (.xml, .json, .gz, .zip, .eml), an mbox, a Maildir or a folder of them. Nothing "
           "else is looked at then")
        ->group("Reports about us");
    value(command("lab"), "--domains", words_.generated, "N", "Generated domains too: d1.many.test to dN.many.test")
        ->group("Options");
  }

  void history() {
    auto* to = command("history");
    const auto* shown = "What is listed";
    value(to, "--target", words_.target, "NAME", "Runs about this domain, or to this address, only")->group(shown);
    value(to, "--limit", words_.limit, "N", "The newest N; else 50")->group(shown);
    const auto* kept = "What is kept";
    value(to, "--retain", words_.retain, "AGE|N",
          "Remove what is older than AGE, like 90d, or all but the newest N of each kind, with their run directories")
        ->group(kept);
    flag(to, "--rebuild", words_.rebuild, "Take in the runs whose evidence is in \"runs\" and which it does not have")
        ->group(kept);
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
  const auto& known = row_of(command.get_name())->common;
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
  auto extras = grammar.app().remaining(true);
  std::erase(extras, "--");  // which ends the options (POSIX, guideline 10), and is none of what is left
  if (!extras.empty()) return unknown(grammar, *command, extras);
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

namespace {

OptionWords words_of(const CLI::Option& option) {
  OptionWords words{
      .names = {}, .value = option.get_option_text(), .help = option.get_description(), .group = option.get_group()};
  for (const auto& name : option.get_snames()) words.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) words.names.push_back("--" + name);
  return words;
}

void add_options(const CLI::App& app, const std::function<bool(const CLI::Option&)>& wanted,
                 std::vector<OptionWords>& into) {
  for (const auto* option : app.get_options())
    if (option->nonpositional() && !option->get_group().empty() && wanted(*option)) into.push_back(words_of(*option));
}

}  // namespace

std::vector<CommandWords> command_table() {
  Grammar grammar;
  const auto& app = grammar.app();
  const auto any = [](const CLI::Option&) { return true; };
  std::vector<CommandWords> table{{.name = {},
                                   .usage = main_usage,
                                   .description = app.get_description(),
                                   .footer = app.get_footer(),
                                   .options = {}}};
  add_options(app, any, table.front().options);
  for (const auto& [name, row] : commands()) {
    CommandWords command{
        .name = name, .usage = row.usage, .description = row.description, .footer = row.footer, .options = {}};
    add_options(*app.get_subcommand(name), any, command.options);
    add_options(app, [&](const CLI::Option& option) { return means_something(row, option); }, command.options);
    table.push_back(std::move(command));
  }
  return table;
}

std::string help_text(const std::string& command) {
  Grammar grammar;
  return command.empty() ? grammar.app().help() : grammar.app().get_subcommand(command)->help();
}

}  // namespace mailprobe::app
