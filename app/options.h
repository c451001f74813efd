// What the command line asks for, as plain data: a command and the options that all have in common.
// How it is spelt is app/command_line.h's business.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "probe/collect.h"
#include "probe/settings.h"
#include "scenarios/selection.h"

namespace mailprobe::reporter {
class Templates;
}

namespace mailprobe::app {

enum class ColorChoice { automatic, always, never };

/// Files to write, `-` for standard output.
struct OutputPaths {
  std::optional<std::string> html = {}, json = {}, junit = {}, tap = {}, csv = {}, markdown = {}, prometheus = {};

  /// Those that are given.
  [[nodiscard]] std::vector<std::string> given() const;
  [[nodiscard]] bool to_standard_output() const;
};

struct CommonOptions {
  std::optional<std::string> config;
  bool lab = false;
  OutputPaths files;
  bool nagios = false, fail_on_warn = false, redact = false;
  bool history = true;  // kept there, and compared with what is
  std::optional<std::string> template_folder = {};
  std::shared_ptr<const reporter::Templates> templates = {};  // out of it, once it is read; null: those built in
  std::optional<Mailbox> mail_to = {};                        // whom the report is mailed to
  std::vector<std::string> shown_probes = {};                 // of many, these are shown in full before all others
  bool quiet = false, verbose = false;
  ColorChoice color = ColorChoice::automatic;
  std::string command;  // the arguments as given, for run.command
};

struct TemplatesCommand {
  std::string folder;
};

struct SendCommand {
  probe::SendOptions options;
  bool dry_run = false;
};

struct RunCommand {
  probe::SendOptions options;                // the way, the mailbox, the waiting; what is sent the scenarios say
  std::vector<std::string> files;            // or names of suites
  std::map<std::string, std::string> given;  // --set, and --to as "target"
  scenarios::Selection selection;
  bool dry_run = false;
  std::vector<Mailbox> targets;        // every --to, each once; options.to is the first
  std::vector<std::string> arguments;  // as typed, for who goes on with it
  bool export_swaks = false;           // prints commands instead of sending
};

/// `run --resume`: what is sent the run says itself.
struct ResumeCommand {
  std::string what;  // a run's id or the beginning of one, or "last"
};

struct VerifyCommand {
  std::vector<std::string> files;
  std::optional<IpAddress> ip;
  std::string helo;
  std::optional<std::string> mail_from;  // "" is the null reverse-path
  std::optional<std::string> zone;
  std::optional<Time> time;
  bool explain = false;
};

/// Where `key` is set, `domain` and `selector` are too; else it is an identity's keys, or the one of `selector`.
struct SignCommand {
  std::string file;
  std::optional<std::string> identity, key, domain, selector;
  std::pair<auth::Canon, auth::Canon> canonicalization{auth::Canon::relaxed, auth::Canon::relaxed};  // of `key`
  std::optional<std::string> authserv_id;  // seals with ARC as this host
  std::optional<std::string> zone, output;
  std::optional<Time> time;
};

struct InitCommand {
  std::string domain;
  std::vector<IpAddress> ips;  // at most one of each family
};

struct DoctorCommand {
  std::optional<std::string> identity;
};

struct ReportCommand {
  std::string what;  // a file, a run's id or the beginning of one, or "last"
};

/// What is kept of runs, or less of it.
struct HistoryCommand {
  std::optional<std::string> target;  // a domain or a recipient
  std::size_t limit = 50;             // the newest
  bool rebuild = false;               // takes in the runs whose evidence is there
  std::optional<std::chrono::milliseconds> retain_age;
  std::optional<std::size_t> retain_count;  // of each kind
};

struct DiffCommand {
  std::string before, after;  // as of ReportCommand
};

struct CollectCommand {
  std::vector<std::string> runs;  // each a run's id or the beginning of one, its folder, or "last"
  bool all = false;               // instead: every run of the last days that still waits for something
  probe::CollectOptions options;
  std::vector<std::string> reports;  // --report: files, mboxes, Maildirs, folders; then nothing else is looked at
};

struct InspectCommand {
  probe::InspectOptions options;
  std::vector<std::string> domains;       // as typed; "-" is standard input
  std::optional<std::string> list;        // --file
  std::size_t concurrency = 200;          // domains at once
  bool intrusive = false;                 // what needs the domain to be confirmed
  std::optional<std::string> confirmed;   // --confirm DOMAIN: instead of the question
  std::vector<std::string> words_before;  // the arguments without the domains: for run.command
};

struct ReflectCommand {
  std::optional<std::string> mailbox;  // watched instead of listening
  std::optional<std::string> via;      // a submission server for the answers
};
struct TrapsCommand {};
/// Who gets no more mail of ours.
struct SuppressCommand {
  enum class Action { list, add, remove } action = Action::list;
  std::vector<std::string> entries;  // as probe/suppression.h has them
};
struct ChecksCommand {};
struct SchemaCommand {
  bool of_evidence = false;  // else of scenario files
};
enum class Shell { bash, zsh, fish };
struct CompletionCommand {
  Shell shell = Shell::bash;
};
struct ManCommand {};
struct LabCommand {
  std::size_t domains = 0;  // generated ones beside the targets
};

using Command = std::variant<SendCommand, RunCommand, ResumeCommand, InspectCommand, VerifyCommand, SignCommand,
                             InitCommand, DoctorCommand, ReportCommand, HistoryCommand, DiffCommand, CollectCommand,
                             ReflectCommand, TrapsCommand, SuppressCommand, TemplatesCommand, ChecksCommand,
                             SchemaCommand, CompletionCommand, ManCommand, LabCommand>;

struct CommandLine {
  CommonOptions common;
  Command command;
};

}  // namespace mailprobe::app
