#include "app/command_line.h"

#include <algorithm>
#include <array>

#include "app/command_syntax.h"
#include "app/common_words.h"
#include "base/suggest.h"
#include "base/text.h"
#include "probe/suppression.h"
#include "scenarios/substitution.h"

namespace mailprobe::app {

namespace {

Result<std::optional<IpAddress>> ip_of(const std::string& option, const std::optional<std::string>& word) {
  if (!word) return std::nullopt;
  if (const auto ip = IpAddress::parse(*word)) return ip;
  return usage(option + " " + in_quotes(*word) + ": an IP address belongs here");
}

using Server = std::pair<std::string, std::uint16_t>;

/// HOST:PORT, HOST, [IPv6]:PORT; port 25 where none is said.
Result<std::optional<Server>> server_of(const std::optional<std::string>& word) {
  if (!word) return std::nullopt;
  const auto wrong = [&] {
    return usage("--server " + in_quotes(*word) + ": write HOST:PORT, like mx.example.net:25");
  };
  std::string host = *word;
  unsigned long long port = 25;
  const auto colon = host.rfind(':');
  const bool bare_v6 = IpAddress::parse(host).has_value();
  if (!bare_v6 && colon != std::string::npos && !host.ends_with(']')) {
    const auto number = parse_number(std::string_view(host).substr(colon + 1));
    if (!number || *number == 0 || *number > 65535) return wrong();
    port = *number;
    host.resize(colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!IpAddress::parse(host)) {
    const auto name = DomainName::parse(host);
    if (!name) return wrong();
    host = name->text();
  }
  return Server{host, static_cast<std::uint16_t>(port)};
}

Result<TlsFloor> floor_of(const std::optional<std::string>& word) {
  if (!word) return TlsFloor::encrypt;
  if (const auto floor = from_word<TlsFloor>(*word)) return *floor;
  const std::vector<std::string> known{"may", "encrypt", "verify", "sts", "dane"};
  const auto hint = did_you_mean(*word, known);
  return usage("--tls " + in_quotes(*word) + (hint.empty() ? ": write may, encrypt, verify, sts or dane" : hint));
}

Result<std::optional<std::chrono::milliseconds>> wait_of(const Words& words) {
  if (!words.wait) return std::nullopt;
  if (words.no_wait) return usage("--wait and --no-wait exclude each other");
  const auto wait = parse_duration(*words.wait);
  if (wait && wait->count() > 0) return wait;
  return usage("--wait " + in_quotes(*words.wait) + ": write a duration like 90s, 5m or 2h");
}

Result<Mailbox> recipient(const std::optional<std::string>& to) {
  if (!to)
    return usage("whom to send to? \"mailprobe send --to ADDRESS\"; in the lab: --lab send --to reflector@target.test");
  auto mailbox = Mailbox::parse(*to);
  if (mailbox) return mailbox;
  return usage("--to " + in_quotes(*to) + " is no mail address: " + mailbox.error().message);
}

Result<void> check_send(const Words& words) {
  if (words.traps && words.no_wait) return usage("--traps is about what comes back: not with --no-wait");
  if (words.delete_copy && words.no_wait) return usage("--delete needs the copy that --no-wait does not look for");
  if (words.survey && (words.via || words.server))
    return usage("--survey asks the MX hosts of the target: not with --via or --server");
  return {};
}

Result<Command> send_of(const Words& words) {
  auto to = recipient(words.to);
  if (!to) return std::unexpected(to.error());
  const auto server = server_of(words.server);
  if (!server) return std::unexpected(server.error());
  const auto source = ip_of("--source-ip", words.source_ip);
  if (!source) return std::unexpected(source.error());
  const auto floor = floor_of(words.tls);
  if (!floor) return std::unexpected(floor.error());
  const auto wait = wait_of(words);
  if (!wait) return std::unexpected(wait.error());
  if (auto ok = check_send(words); !ok) return std::unexpected(ok.error());
  probe::SendOptions options{.to = std::move(*to),
                             .identity = words.identity,
                             .mailbox = words.mailbox,
                             .via = words.via,
                             .server = *server,
                             .each_mx = words.each_mx,
                             .source_ip = *source,
                             .ipv4_only = words.ipv4,
                             .ipv6_only = words.ipv6,
                             .floor = *floor,
                             .require_tls = words.require_tls,
                             .wait = *wait,
                             .chunking = words.chunking,
                             .no_wait = words.no_wait,
                             .reply = words.reply,
                             .delete_copy = words.delete_copy,
                             .traps = words.traps,
                             .survey = words.survey,
                             .command = {}};
  return SendCommand{.options = std::move(options), .dry_run = words.dry_run};
}

/// NAME=VALUE, each name once.
Result<std::map<std::string, std::string>> variables_of(const Words& words) {
  std::map<std::string, std::string> given;
  for (const auto& word : words.set) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || !scenarios::good_name(std::string_view(word).substr(0, equals)))
      return usage("--set " + in_quotes(word) + ": write NAME=VALUE, the name of letters, digits, - and _");
    if (!given.emplace(word.substr(0, equals), word.substr(equals + 1)).second)
      return usage("--set gives " + in_quotes(word.substr(0, equals)) + " two values: leave one out");
  }
  if (given.contains("target")) return usage("--set target: --to says what ${target} is");
  return given;
}

Result<std::optional<std::int64_t>> repeat_of(const Words& words) {
  if (!words.repeat) return std::nullopt;
  const auto number = parse_number(*words.repeat);
  if (number && *number >= 1 && *number <= static_cast<unsigned long long>(scenarios::max_repeats))
    return static_cast<std::int64_t>(*number);
  return usage("--repeat " + in_quotes(*words.repeat) + ": a number from 1 to " +
               std::to_string(scenarios::max_repeats) + " belongs here");
}

constexpr std::size_t most_jobs = 100;  // connections to one provider's servers

Result<std::size_t> count_of(const std::string& option, const std::optional<std::string>& word, std::size_t otherwise,
                             std::size_t most) {
  if (!word) return otherwise;
  const auto number = parse_number(*word);
  if (number && *number > 0 && *number <= most) return static_cast<std::size_t>(*number);
  return usage(option + " " + in_quotes(*word) + ": a number from 1 to " + std::to_string(most));
}

Result<std::optional<std::chrono::milliseconds>> retry_of(const Words& words) {
  if (!words.retry) return std::nullopt;
  if (const auto time = parse_duration(*words.retry)) return time;
  return usage("--retry " + in_quotes(*words.retry) + ": write a duration like 10m, or 0s");
}

/// All but the reports is as the run was asked for.
Result<Command> resume_of(const Words& words) {
  const bool more = !words.files.empty() || !words.targets.empty() || words.intrusive || words.each_mx ||
                    !words.set.empty() || !words.only.empty() || !words.tags.empty() || words.repeat || words.wait ||
                    words.no_wait || words.jobs || words.retry || words.fail_fast || words.dry_run ||
                    words.export_swaks || words.via || words.server || words.mailbox || words.identity ||
                    words.source_ip || words.ipv4 || words.ipv6 || words.delete_copy || words.tls;
  if (more) return usage("--resume goes on as the run was begun: beside it only reports and --config can be asked for");
  if (words.lab)
    return usage("a lab that has ended took its mailbox with it: name the configuration of one that is up by --config");
  return ResumeCommand{*words.resume};
}

Result<std::vector<Mailbox>> targets_of(const Words& words) {
  std::vector<Mailbox> all;
  for (const auto& word : words.targets) {
    auto to = recipient(word);
    if (!to) return std::unexpected(to.error());
    if (std::ranges::find(all, to->text(), &Mailbox::text) != all.end())
      return usage("--to " + in_quotes(word) + " is there twice: one of them is enough");
    all.push_back(std::move(*to));
  }
  return all;
}

Result<Command> run_of(const Words& words) {
  if (words.fail_on)
    return usage(
        "--fail-on is of findings, and of a run its expectations count: expect path.filter-verdict == pass, "
        "say, in the file");
  if (words.resume) return resume_of(words);
  if (words.files.empty()) return usage("which scenario? \"mailprobe run FILE --to ADDRESS\"");
  if (words.targets.empty())
    return usage("whom to send to? \"mailprobe run " + words.files.front() + " --to ADDRESS\"");
  auto targets = targets_of(words);
  if (!targets) return std::unexpected(targets.error());
  auto first = words;
  first.to = words.targets.front();
  auto common = send_of(first);
  if (!common) return std::unexpected(common.error());
  auto given = variables_of(words);
  if (!given) return std::unexpected(given.error());
  const auto repeat = repeat_of(words);
  if (!repeat) return std::unexpected(repeat.error());
  const auto jobs = count_of("--jobs", words.jobs, 1, most_jobs);
  if (!jobs) return std::unexpected(jobs.error());
  const auto retry = retry_of(words);
  if (!retry) return std::unexpected(retry.error());
  auto options = std::move(std::get<SendCommand>(*common).options);
  options.jobs = *jobs;
  options.retry = *retry;
  options.fail_fast = words.fail_fast;
  options.intrusive = words.intrusive;
  given->emplace("target", options.to.text());
  return RunCommand{.options = std::move(options),
                    .files = words.files,
                    .given = std::move(*given),
                    .selection = {.only = words.only, .tags = words.tags, .repeat = *repeat},
                    .dry_run = words.dry_run,
                    .targets = std::move(*targets),
                    .arguments = {},
                    .export_swaks = words.export_swaks};
}

Result<Command> suppress_of(const Words& words) {
  using Action = SuppressCommand::Action;
  constexpr std::array actions{std::pair{"list", Action::list}, std::pair{"add", Action::add},
                               std::pair{"remove", Action::remove}};
  const auto& said = words.suppress;
  const auto action =
      std::ranges::find_if(actions, [&](const auto& one) { return !said.empty() && said[0] == one.first; });
  if (action == actions.end())
    return usage("what to do? \"mailprobe suppress list\", \"suppress add ADDRESS\" or \"suppress remove ADDRESS\"");
  SuppressCommand command{.action = action->second, .entries = {}};
  if ((command.action == Action::list) != (said.size() == 1))
    return usage(command.action == Action::list ? "\"suppress list\" takes no address: it shows all"
                                                : "whom? \"mailprobe suppress " + said[0] + " ADDRESS...\"");
  for (std::size_t i = 1; i < said.size(); ++i) {
    auto entry = probe::suppression_entry(said[i]);
    if (!entry) return usage(in_quotes(said[i]) + " is neither an address nor @DOMAIN: " + entry.error().message);
    command.entries.push_back(std::move(*entry));
  }
  return command;
}

constexpr std::size_t most_at_once = 1000;      // sockets and memory: a process has some 1,024 descriptors by default
constexpr std::size_t most_listed = 100'000;    // runs: what a history answers at once
constexpr std::size_t most_generated = 10'000;  // domains of the lab: each is signed at its start

Result<Command> lab_of(const Words& words) {
  const auto domains = count_of("--domains", words.generated, 0, most_generated);
  if (!domains) return std::unexpected(domains.error());
  return LabCommand{*domains};
}

Result<std::chrono::milliseconds> deadline_of(const std::optional<std::string>& word,
                                              std::chrono::milliseconds otherwise) {
  if (!word) return otherwise;
  const auto time = parse_duration(*word);
  if (time && time->count() > 0) return *time;
  return usage("--deadline " + in_quotes(*word) + ": write a duration like 30s or 2m");
}

Result<void> check_inspect(const Words& words) {
  if (words.domains.empty() && !words.list)
    return usage("which domain? \"mailprobe inspect example.org\", --file LIST, or - for standard input");
  if (words.ipv4 && words.ipv6) return usage("-4 and -6 exclude each other");
  if (words.full && words.no_survey) return usage("--full and --no-survey exclude each other");
  if (words.confirm && !words.intrusive) return usage("--confirm goes with --intrusive");
  return {};
}

Result<Command> inspect_of(const Words& words) {
  if (auto ok = check_inspect(words); !ok) return std::unexpected(ok.error());
  InspectCommand command{.options = {}, .domains = words.domains, .list = words.list, .confirmed = words.confirm};
  const auto source = ip_of("--source-ip", words.source_ip);
  if (!source) return std::unexpected(source.error());
  const auto concurrency = count_of("--concurrency", words.concurrency, command.concurrency, most_at_once);
  if (!concurrency) return std::unexpected(concurrency.error());
  const auto deadline = deadline_of(words.deadline, command.options.deadline);
  if (!deadline) return std::unexpected(deadline.error());
  command.concurrency = *concurrency;
  command.intrusive = words.intrusive;
  command.options.source_ip = *source;
  command.options.ipv4_only = words.ipv4;
  command.options.ipv6_only = words.ipv6;
  command.options.survey = !words.no_survey;
  command.options.full = words.full;
  command.options.fresh = words.fresh;
  command.options.deadline = *deadline;
  return command;
}

/// The arguments but for the domains, so that a document of one of a thousand says how to have it again.
std::vector<std::string> without_domains(const std::vector<std::string>& arguments, const Words& words) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (std::ranges::find(words.domains, arguments[i]) != words.domains.end()) continue;
    if (arguments[i].starts_with("--file=")) continue;
    if (arguments[i] == "--file")
      ++i;
    else
      kept.push_back(arguments[i]);
  }
  return kept;
}

Result<std::optional<Time>> time_of(const std::optional<std::string>& word) {
  if (!word) return std::nullopt;
  if (const auto time = parse_rfc3339(*word)) return time;
  return usage("--time " + in_quotes(*word) + ": write it like 2026-01-31T12:00:00Z");
}

Result<Command> verify_of(const Words& words) {
  if (words.files.empty()) return usage("which message? \"mailprobe verify FILE...\", or - for standard input");
  const auto ip = ip_of("--ip", words.ip);
  if (!ip) return std::unexpected(ip.error());
  if (words.mail_from && !words.mail_from->empty() && !Mailbox::parse(*words.mail_from))
    return usage("--mail-from " + in_quotes(*words.mail_from) + " is no mail address");
  const auto time = time_of(words.time);
  if (!time) return std::unexpected(time.error());
  return VerifyCommand{.files = words.files,
                       .ip = *ip,
                       .helo = words.helo.value_or(""),
                       .mail_from = words.mail_from,
                       .zone = words.zone,
                       .time = *time,
                       .explain = words.explain};
}

Result<std::pair<auth::Canon, auth::Canon>> canonicalization_of(const std::optional<std::string>& word) {
  using enum auth::Canon;
  if (!word || *word == "relaxed/relaxed") return std::pair{relaxed, relaxed};
  if (*word == "relaxed/simple") return std::pair{relaxed, simple};
  if (*word == "simple/relaxed") return std::pair{simple, relaxed};
  if (*word == "simple/simple") return std::pair{simple, simple};
  return usage("--canonicalization " + in_quotes(*word) +
               ": write relaxed/relaxed, relaxed/simple, simple/relaxed or simple/simple");
}

/// A key by its file comes with the name that it is published under; an identity has all of that.
Result<void> check_key(const Words& words) {
  if (!words.key) {
    if (words.domain) return usage("--domain goes with --key: an identity has its own");
    if (words.canonicalization) return usage("--canonicalization goes with --key: an identity has its own");
    return {};
  }
  if (words.identity) return usage("--key and --identity exclude each other");
  if (!words.domain || !words.selector)
    return usage("--key needs --domain and --selector: the name that its record is published under");
  const auto name = *words.selector + "._domainkey." + *words.domain;
  if (auto parsed = DomainName::parse(name); !parsed)
    return usage(in_quotes(name) + " is no domain name: " + parsed.error().message);
  return {};
}

Result<void> check_sealing(const Words& words) {
  if (words.arc && !words.authserv_id)
    return usage("--arc needs --authserv-id: the name in this host's Authentication-Results");
  if (!words.arc && words.authserv_id) return usage("--authserv-id goes with --arc");
  if (!words.arc && words.zone) return usage("--zone goes with --arc: signing with DKIM looks nothing up");
  return {};
}

Result<Command> sign_of(const Words& words) {
  if (words.files.empty()) return usage("which message? \"mailprobe sign FILE\", or - for standard input");
  if (words.files.size() > 1)
    return usage("one message at a time: " + in_quotes(words.files[1]) + " is another, for a call of its own");
  if (auto ok = check_key(words); !ok) return std::unexpected(ok.error());
  if (auto ok = check_sealing(words); !ok) return std::unexpected(ok.error());
  const auto canonicalization = canonicalization_of(words.canonicalization);
  if (!canonicalization) return std::unexpected(canonicalization.error());
  const auto time = time_of(words.time);
  if (!time) return std::unexpected(time.error());
  return SignCommand{.file = words.files[0],
                     .identity = words.identity,
                     .key = words.key,
                     .domain = words.domain,
                     .selector = words.selector,
                     .canonicalization = *canonicalization,
                     .authserv_id = words.authserv_id,
                     .zone = words.zone,
                     .output = words.output,
                     .time = *time};
}

/// One address of each family: a second one would be another host's.
Result<std::vector<IpAddress>> own_ips_of(const Words& words) {
  std::vector<IpAddress> ips;
  ips.reserve(words.own_ips.size());
  for (const auto& word : words.own_ips) {
    const auto ip = ip_of("--ip", word);
    if (!ip) return std::unexpected(ip.error());
    if (std::ranges::find(ips, (*ip)->v6, &IpAddress::v6) != ips.end())
      return usage("--ip " + in_quotes(word) + ": one IPv4 and one IPv6 address is what a host's name gets here");
    ips.push_back(**ip);
  }
  return ips;
}

Result<Command> init_of(const Words& words) {
  if (!words.domain) return usage("which domain? \"mailprobe init probe.example.org\": one of yours, to send from");
  if (words.lab) return usage("the lab has a configuration of its own: \"mailprobe init\" takes no --lab");
  auto domain = DomainName::parse(*words.domain);
  if (!domain) return usage(in_quotes(*words.domain) + " is no domain name: " + domain.error().message);
  auto ips = own_ips_of(words);
  if (!ips) return std::unexpected(ips.error());
  return InitCommand{.domain = domain->text(), .ips = std::move(*ips)};
}

Result<Command> collect_of(const Words& words) {
  if (words.lab)
    return usage(
        "a lab that has ended took its mailbox with it: keep one up with \"mailprobe lab\", and name its "
        "configuration with --config");
  if (words.files.empty() && !words.all)
    return usage("which run? \"mailprobe collect last\", or a run's id, or --all that still wait for something");
  if (!words.files.empty() && words.all)
    return usage("--all takes no " + in_quotes(words.files.front()) + " beside it");
  const bool several = words.all || words.files.size() > 1;
  if (several && words.nagios) return usage("--nagios is about one run: there may be several");
  const auto wait = wait_of(words);
  if (!wait) return std::unexpected(wait.error());
  if (!words.reports.empty() && (words.mailbox || words.wait || words.delete_copy))
    return usage("--report reads reports and looks in no mailbox: --mailbox, --wait and --delete go without it");
  return CollectCommand{.runs = words.files,
                        .all = words.all,
                        .options = {.mailbox = words.mailbox, .wait = *wait, .delete_copy = words.delete_copy},
                        .reports = words.reports};
}

Result<Command> history_of(const Words& words) {
  if (words.retain && words.rebuild) return usage("--retain and --rebuild exclude each other");
  if ((words.retain || words.rebuild) && (words.target || words.limit))
    return usage("--target and --limit say what is listed: not with --retain or --rebuild");
  const auto limit = count_of("--limit", words.limit, HistoryCommand{}.limit, most_listed);
  if (!limit) return std::unexpected(limit.error());
  HistoryCommand command{.target = words.target, .limit = *limit, .rebuild = words.rebuild};
  if (!words.retain) return command;
  if (const auto count = parse_number(*words.retain); count && *count > 0 && *count <= most_listed)
    command.retain_count = static_cast<std::size_t>(*count);
  else if (const auto age = parse_duration(*words.retain); age && age->count() > 0)
    command.retain_age = *age;
  else
    return usage("--retain " + in_quotes(*words.retain) + ": write an age like 90d, or a number of runs like 100");
  return command;
}

Result<Command> diff_of(const Words& words) {
  if (words.files.size() != 2)
    return usage("which two runs? \"mailprobe diff EARLIER LATER\": files, ids of runs, or last");
  return DiffCommand{.before = words.files[0], .after = words.files[1]};
}

Result<Command> schema_of(const Words& words) {
  const auto of = words.what.value_or("scenario");
  if (of != "scenario" && of != "evidence")
    return usage("there is no schema of " + in_quotes(of) + ": write scenario or evidence");
  return SchemaCommand{.of_evidence = of == "evidence"};
}

Result<Command> completion_of(const Words& words) {
  constexpr std::array shells{std::pair{"bash", Shell::bash}, std::pair{"zsh", Shell::zsh},
                              std::pair{"fish", Shell::fish}};
  const auto shell = std::ranges::find_if(shells, [&](const auto& one) { return words.what == one.first; });
  if (shell == shells.end()) return usage("for which shell? \"mailprobe completion bash\", zsh or fish");
  return CompletionCommand{shell->second};
}

Result<Command> reflect_of(const Words& words) {
  if (words.lab) return usage("the lab takes no mail from elsewhere: \"mailprobe reflect\" takes no --lab");
  return ReflectCommand{.mailbox = words.mailbox, .via = words.via};
}

Result<Command> command_of(const Words& words) {
  if (words.command == "send") return send_of(words);
  if (words.command == "run") return run_of(words);
  if (words.command == "inspect") return inspect_of(words);
  if (words.command == "verify") return verify_of(words);
  if (words.command == "sign") return sign_of(words);
  if (words.command == "init") return init_of(words);
  if (words.command == "doctor") return DoctorCommand{words.identity};
  if (words.command == "collect") return collect_of(words);
  if (words.command == "history") return history_of(words);
  if (words.command == "diff") return diff_of(words);
  if (words.command == "reflect") return reflect_of(words);
  if (words.command == "traps") return TrapsCommand{};
  if (words.command == "suppress") return suppress_of(words);
  if (words.command == "templates" && !words.what)
    return usage("where to? \"mailprobe templates DIR\" writes them there");
  if (words.command == "templates") return TemplatesCommand{*words.what};
  if (words.command == "checks") return ChecksCommand{};
  if (words.command == "schema") return schema_of(words);
  if (words.command == "completion") return completion_of(words);
  if (words.command == "man") return ManCommand{};
  if (words.command == "lab") return lab_of(words);
  if (!words.what) return usage("which evidence? \"mailprobe report last\", a run's id, or a file");
  return ReportCommand{*words.what};
}

}  // namespace

Result<Parsed> parse_command_line(const std::vector<std::string>& arguments, const Environment& environment) {
  auto words = parse_words(arguments, environment);
  if (!words) return std::unexpected(words.error());
  if (words->help) return Say{*words->help};
  if (words->command.empty()) return usage("no command is given: \"mailprobe --help\" lists them");
  if (auto ok = settle_source(*words, environment); !ok) return std::unexpected(ok.error());
  auto common = common_of(*words);
  if (!common) return std::unexpected(common.error());
  auto command = command_of(*words);
  if (!command) return std::unexpected(command.error());
  common->command = command_text(arguments);
  if (auto* send = std::get_if<SendCommand>(&*command)) send->options.command = common->command;
  if (auto* run = std::get_if<RunCommand>(&*command)) {
    run->options.command = common->command;
    run->arguments = arguments;
  }
  if (auto* inspect = std::get_if<InspectCommand>(&*command))
    inspect->words_before = without_domains(arguments, *words);
  return CommandLine{std::move(*common), std::move(*command)};
}

std::string command_text(const std::vector<std::string>& arguments) {
  const auto plain = [](char c) { return is_alpha(c) || is_digit(c) || std::string_view("-_=+.,:/@%").contains(c); };
  std::string text = "mailprobe";
  for (const auto& argument : arguments) {
    text += ' ';
    if (!argument.empty() && std::ranges::all_of(argument, plain)) {
      text += argument;
      continue;
    }
    text += '\'';
    for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

}  // namespace mailprobe::app
