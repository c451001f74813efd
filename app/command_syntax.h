// What can stand on the command line, and the help that says so. Words only: app/command_line.h makes values of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/environment.h"
#include "base/error.h"

namespace mailprobe::app {

/// Everything as it was typed, or as a MAILPROBE_… variable has it.
struct Words {
  std::string command;  // empty: none
  std::vector<std::string> files, domains, probes, reports, suppress, set, only, tags;
  std::optional<std::string> mail_to, config, html, json, junit, tap, csv, markdown, prometheus, out_all, color,
      fail_on;
  bool lab = false, quiet = false, verbose = false, nagios = false, redact = false, all = false;
  std::optional<std::string> to, identity, mailbox, via, server, source_ip, tls, wait, repeat;
  bool chunking = false, each_mx = false, ipv4 = false, ipv6 = false, no_wait = false, reply = false, dry_run = false,
       delete_copy = false, traps = false;
  bool require_tls = false, fail_fast = false, export_swaks = false;
  std::optional<std::string> jobs, retry, resume;
  bool explain = false;
  std::optional<std::string> ip, helo, mail_from, zone, time;
  std::vector<std::string> own_ips;  // init --ip
  std::vector<std::string> targets;  // run --to
  std::optional<std::string> domain, what;
  std::optional<std::string> key, selector, canonicalization, authserv_id, output;
  bool arc = false;
  std::optional<std::string> list, concurrency, deadline, confirm, generated;
  bool full = false, fresh = false, survey = false, no_survey = false, intrusive = false;
  bool no_history = false, rebuild = false;
  std::optional<std::string> target, limit, retain, templates;
  std::optional<std::string> help;  // the text that was asked for
};

/// Failure::usage for what is not known, doubled, or without its value.
Result<Words> parse_words(std::vector<std::string> arguments, const Environment& environment);

struct OptionWords {
  std::vector<std::string> names;  // "-q", "--quiet"
  std::string value;               // as the help shows it: "FILE"; empty: it takes none
  std::string help, group;
};

/// A command with the options that it understands, the common ones too.
struct CommandWords {
  std::string name;  // empty: the program itself
  std::string usage, description, footer;
  std::vector<OptionWords> options;
};

/// The program, then its commands in the order of the help: what manuals and completions are made from.
std::vector<CommandWords> command_table();

/// The help of the program, or of one command.
std::string help_text(const std::string& command = {});

}  // namespace mailprobe::app
