#include "probe/planning.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/text.h"
#include "dns/witness_names.h"
#include "probe/signing.h"
#include "scenarios/expression.h"
#include "scenarios/faults.h"
#include "scenarios/known_paths.h"

namespace mailprobe::probe {

namespace {

template <class T>
std::string names_of(const std::map<std::string, T>& map) {
  std::string names;
  for (const auto& [name, value] : map) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none" : names;
}

std::string quoted(const std::string& name) { return "'" + safe_text(name, 100) + "'"; }

template <class T>
std::unexpected<Error> no_such(const std::string& kind, const std::string& name, const std::map<std::string, T>& map) {
  return fail(Failure::usage, "there is no " + kind + " " + quoted(name) + "; configured: " + names_of(map));
}

Result<const Identity*> identity_of(const Settings& settings, const std::optional<std::string>& named) {
  const auto& all = settings.identities;
  if (all.empty()) return fail(Failure::usage, "no identity is configured: nobody to send as");
  const auto name = named.value_or("default");
  if (const auto found = all.find(name); found != all.end()) return &found->second;
  if (named) return no_such("identity", name, all);
  if (all.size() == 1) return &all.begin()->second;
  return fail(Failure::usage,
              "several identities and none is 'default': say which with --identity; configured: " + names_of(all));
}

/// The domain without regard to case, the local part with it (RFC 5321 §2.4); both are lower case where it matters.
bool same_mailbox(const Mailbox& a, const Mailbox& b) {
  return iequals(a.domain(), b.domain()) && a.local_part() == b.local_part();
}

Result<void> check_floor(const SendOptions& options, TlsFloor floor) {
  const bool of_target = floor == TlsFloor::sts || floor == TlsFloor::dane;
  if (options.via && of_target)
    return fail(Failure::usage,
                "--tls " + std::string(word(floor)) + " is about the target's own servers: not with --via");
  if (options.server && floor == TlsFloor::sts)
    return fail(Failure::usage, "--tls sts is about MX hosts: not with --server");
  return {};
}

std::unexpected<Error> no_receiver(const Settings& settings, const std::string& who) {
  return fail(Failure::usage,
              who + " needs a receiver, and none is configured: add \"receiver: {listen: ADDRESS:25, host: " +
                  (settings.helo.empty() ? std::string("HOST") : settings.helo) +
                  ", certificate: FILE, key: FILE}\", and let the MX of the identity's domain lead there");
}

Result<void> check_combination(const Settings& settings, const SendOptions& options) {
  if (settings.helo.empty()) return fail(Failure::usage, "helo is not configured: the name of this host");
  if (options.via && options.server) return fail(Failure::usage, "--via and --server exclude each other");
  if (options.each_mx && (options.via || options.server))
    return fail(Failure::usage, "--each-mx goes to the MX hosts themselves: not with --via or --server");
  if (options.ipv4_only && options.ipv6_only) return fail(Failure::usage, "-4 and -6 exclude each other");
  if (options.reply && settings.receiver.listen.empty()) return no_receiver(settings, "--reply");
  if (options.traps && settings.receiver.traps.empty())
    return fail(Failure::usage, "--traps needs traps: \"receiver.traps\" names none; docs/traps.md");
  if (options.no_wait && options.mailbox) return fail(Failure::usage, "--mailbox and --no-wait exclude each other");
  if (const auto& source = options.source_ip; source && (source->v6 ? options.ipv4_only : options.ipv6_only))
    return fail(Failure::usage, "--source-ip " + source->text() + " is of the other address family");
  if (options.via && !settings.submission.contains(*options.via))
    return no_such("submission server", *options.via, settings.submission);
  return {};
}

std::string canon_text(auth::Canon canon) { return canon == auth::Canon::simple ? "simple" : "relaxed"; }

std::vector<std::string> signatures_of(const std::vector<DkimKey>& keys, bool sha1 = false) {
  std::vector<std::string> list;
  for (const auto& key : keys)
    for (const auto& [header, body] : key.canonicalizations)
      list.push_back(key.selector + " " + (sha1 ? "rsa-sha1" : key.key.algorithm()) + " " + canon_text(header) + "/" +
                     canon_text(body));
  return list;
}

}  // namespace

Result<const MailboxAccount*> mailbox_of(const Settings& settings, const std::optional<std::string>& named,
                                         const Mailbox& to) {
  const auto& all = settings.mailboxes;
  if (named) {
    const auto found = all.find(*named);
    if (found == all.end()) return no_such("mailbox", *named, all);
    return &found->second;
  }
  for (const auto& [name, account] : all)
    if (same_mailbox(account.address, to)) return &account;
  if (all.empty()) return nullptr;
  if (all.size() == 1) return &all.begin()->second;
  return fail(Failure::usage, "several mailboxes are configured and none has the address " + to.text() +
                                  ": say which with --mailbox; configured: " + names_of(all));
}

Result<scenarios::Plan> plan(const Settings& settings, const SendOptions& options) {
  if (auto ok = check_combination(settings, options); !ok) return std::unexpected(ok.error());
  if (auto ok = check_floor(options, options.floor); !ok) return std::unexpected(ok.error());
  const auto identity = identity_of(settings, options.identity);
  if (!identity) return std::unexpected(identity.error());
  if (options.traps && (*identity)->domain != settings.receiver.trap_domain)
    return fail(Failure::usage, "--traps: the traps are of " + settings.receiver.trap_domain +
                                    ", not of the identity " + (*identity)->name);
  const auto mailbox = mailbox_of(settings, options.mailbox, options.to);
  if (!mailbox && !options.no_wait) return std::unexpected(mailbox.error());

  scenarios::PlannedProbe probe{
      .name = "default",
      .identity = (*identity)->name,
      .from = (*identity)->address.text(),
      .to = options.to.text(),
      .domain = options.to.domain(),
      .signatures = signatures_of((*identity)->dkim),
      .via = options.via,
      .server = {},
      .floor = options.floor,
      .require_tls = options.require_tls,
      .chunking = options.chunking,
      .mailbox = {},
      .witnesses = {"smtp"},
      .reply = options.reply,
      .traps = options.traps,
  };
  if (options.traps) probe.witnesses.emplace_back("traps");
  if (options.server) probe.server = options.server->first + ":" + std::to_string(options.server->second);
  if (!options.no_wait && *mailbox != nullptr) {
    probe.mailbox = (*mailbox)->name;
    probe.witnesses.emplace_back("mailbox");
  }
  if (options.reply) probe.witnesses.emplace_back("reply");
  return scenarios::Plan{.target = options.to.domain(),
                         .scenario = {},
                         .each_mx = options.each_mx,
                         .probes = {std::move(probe)},
                         .expect = {}};
}

namespace {

/// The identity's address, or the same one of a name below its domain.
Result<Mailbox> author_of(const Identity& identity, scenarios::From from) {
  const auto label = scenarios::label_of(from);
  if (!label) return identity.address;
  return Mailbox::parse(identity.address.local_part() + "@" + *label + "." + identity.domain);
}

Result<void> check_traps(const Settings& settings, const Identity& identity) {
  if (settings.receiver.traps.empty())
    return fail(Failure::usage, "it needs traps: \"receiver.traps\" names none; docs/traps.md");
  if (identity.domain != settings.receiver.trap_domain)
    return fail(Failure::usage,
                "the traps are of " + settings.receiver.trap_domain + ", not of the identity " + identity.name);
  return {};
}

/// Plans the probes of scenarios for one target, with what all of them have in common.
class Planner {
 public:
  Planner(const Settings& settings, const SendOptions& options, const MailboxAccount* mailbox, bool several)
      : settings_(settings), options_(options), mailbox_(mailbox), several_(several) {}

  Result<void> add(const scenarios::Scenario& scenario, scenarios::Plan& plan) {
    const auto prefix = several_ ? scenario.name + ":" : std::string();
    std::vector<std::string> of_each, signatures;
    plan.secrets.insert(plan.secrets.end(), scenario.secrets.begin(), scenario.secrets.end());
    for (const auto& line : scenario.expect)
      (is_of_each(line) ? of_each : plan.expect).push_back(written(line, scenario.name));
    for (const auto& probe : scenario.probes) {
      if (auto why = cannot_be_made(probe)) {
        why->probe = prefix + probe.name;
        plan.left_out.push_back(std::move(*why));
        continue;
      }
      auto planned = planned_of(probe, prefix);
      if (!planned)
        return fail(Failure::usage,
                    at(scenario, probe) + "probe " + quoted(probe.name) + ": " + planned.error().message);
      if (auto ok = check_lines(scenario, probe.expect, planned->signatures); !ok) return ok;
      signatures.insert(signatures.end(), planned->signatures.begin(), planned->signatures.end());
      planned->expect.insert(planned->expect.end(), of_each.begin(), of_each.end());
      add_repeats(std::move(*planned), probe.repeat, plan);
    }
    return check_lines(scenario, scenario.expect, signatures);
  }

 private:
  static std::string at(const scenarios::Scenario& scenario, const auto& there) {
    return scenario.file + ":" + std::to_string(there.line) + ":" + std::to_string(there.column) + ": ";
  }

  static void add_repeats(scenarios::PlannedProbe probe, std::int64_t repeat, scenarios::Plan& plan) {
    const auto name = probe.name;
    for (std::int64_t i = 1; i <= repeat; ++i) {
      probe.name = scenarios::name_of_repeat(name, i, repeat);
      plan.probes.push_back(probe);
    }
  }

  /// What holds of each is expected of each: it fails beside the name of the one that it failed of.
  static bool is_of_each(const scenarios::Expected& line) {
    const auto expression = scenarios::parse_expression(line.text);
    return expression && scenarios::is_about_each_probe(*expression);
  }

  /// The selectors of the probe that shows who looks our keys up are not known beforehand.
  static Result<void> check_lines(const scenarios::Scenario& scenario, const std::vector<scenarios::Expected>& lines,
                                  std::vector<std::string> signatures) {
    signatures.push_back(std::string(dns::witness_selector) + " rsa-sha256 relaxed/relaxed");
    for (const auto& line : lines) {
      const auto expression = scenarios::parse_expression(line.text);
      const auto ok = expression ? scenarios::check_signatures(*expression, signatures) : Result<void>{};
      if (!ok) return fail(Failure::usage, at(scenario, line) + "expectation " + ok.error().message);
    }
    return {};
  }

  /// Beside other scenarios' probes its own have a longer name.
  [[nodiscard]] std::string written(const scenarios::Expected& line, const std::string& scenario) const {
    return several_ ? scenarios::with_prefix(line.text, scenario) : line.text;
  }

  Result<Mailbox> recipient(const scenarios::Send& send) const {
    if (!send.to) return options_.to;
    auto to = Mailbox::parse(*send.to);
    if (!to) return fail(Failure::usage, quoted(*send.to) + " is no mail address: " + to.error().message);
    if (!iequals(to->domain(), options_.to.domain()))
      return fail(Failure::usage, "it goes to " + to->text() + ", and --to says " + options_.to.domain() +
                                      ": one run is about one domain");
    return to;
  }

  /// Where it is not looked for, it is not missing.
  [[nodiscard]] Result<void> check_mailbox(const Mailbox& to) const {
    if (mailbox_ == nullptr) return {};
    const auto own = mailbox_of(settings_, options_.mailbox, to);
    if (!own) return std::unexpected(own.error());
    if (*own == mailbox_) return {};
    return fail(Failure::usage, "it goes to " + to.text() + ", whose mailbox is \"" + (*own)->name +
                                    "\", and this run looks in \"" + mailbox_->name +
                                    "\": give it a run of its own with --to " + to.text() +
                                    ", or do not look for it (\"watch: {mailbox: false}\")");
  }

  Result<void> check(const scenarios::Probe& probe) const {
    if (auto ok = check_floor(options_, probe.send.tls.value_or(options_.floor)); !ok) return ok;
    if (probe.watch.reply && settings_.receiver.listen.empty()) return no_receiver(settings_, "\"reply\"");
    if (probe.watch.forward && settings_.receiver.listen.empty()) return no_receiver(settings_, "\"forward\"");
    if (probe.send.end_of_data)
      if (auto ok = check_intrusive(); !ok) return ok;
    using scenarios::Family;
    const auto family = probe.send.family;
    if ((family == Family::ipv6 && options_.ipv4_only) || (family == Family::ipv4 && options_.ipv6_only))
      return fail(Failure::usage, "it is for " + std::string(word(family)) + " alone: leave out -4 and -6");
    return {};
  }

  /// Of this configuration: docs/threats.md, Manners.
  [[nodiscard]] std::optional<scenarios::LeftOut> cannot_be_made(const scenarios::Probe& probe) const {
    if (scenarios::has_weak_key(probe.send) && !settings_.receiver.dns.weak_domain)
      return scenarios::LeftOut{
          .probe = {},
          .check = "inbound.dkim-evaluated",
          .why = "a key that nobody is to accept needs a domain of its own: \"receiver.dns.weak_domain\" names none"};
    if (scenarios::waits_for_report(probe) && settings_.receiver.listen.empty())
      return scenarios::LeftOut{
          .probe = {}, .check = "inbound.dsn", .why = "a report comes to a receiver of ours, and none is configured"};
    return std::nullopt;
  }

  /// What is sent that way is what an attacker sends.
  [[nodiscard]] Result<void> check_intrusive() const {
    if (!options_.intrusive)
      return fail(Failure::usage,
                  "it smuggles a second message in, as an attacker would: that goes with --intrusive "
                  "only, to a domain of your own");
    if (options_.via) return fail(Failure::usage, "it is about the target's own servers: not with --via");
    return {};
  }

  [[nodiscard]] bool has(const scenarios::Send& send, scenarios::Extension wanted) const {
    return std::ranges::find(send.extensions, wanted) != send.extensions.end();
  }

  Result<std::vector<std::string>> signatures_for(const Identity& identity, const scenarios::Dkim& wanted) const {
    if (wanted.fault == scenarios::DkimFault::weak_key)
      return std::vector{"a key of 512 bits in " + settings_.receiver.dns.weak_domain.value_or("")};
    const auto keys = keys_for(identity, wanted);
    if (!keys) return std::unexpected(keys.error());
    return signatures_of(*keys, wanted.fault == scenarios::DkimFault::rsa_sha1);
  }

  Result<scenarios::PlannedProbe> planned_of(const scenarios::Probe& probe, const std::string& prefix) const {
    if (auto ok = check(probe); !ok) return std::unexpected(ok.error());
    const auto& send = probe.send;
    const auto identity = identity_of(settings_, send.identity ? send.identity : options_.identity);
    if (!identity) return std::unexpected(identity.error());
    const auto to = recipient(send);
    if (!to) return std::unexpected(to.error());
    if (probe.watch.mailbox)
      if (auto ok = check_mailbox(*to); !ok) return std::unexpected(ok.error());
    const auto signatures = signatures_for(**identity, send.dkim);
    if (!signatures) return std::unexpected(signatures.error());
    if (probe.watch.traps)
      if (auto ok = check_traps(settings_, **identity); !ok) return std::unexpected(ok.error());
    const auto from = author_of(**identity, send.from);
    if (!from) return std::unexpected(from.error());
    scenarios::PlannedProbe planned{.name = prefix + probe.name,
                                    .identity = (*identity)->name,
                                    .from = from->text(),
                                    .to = to->text(),
                                    .domain = to->domain(),
                                    .signatures = *signatures,
                                    .via = options_.via,
                                    .server = {},
                                    .floor = send.tls.value_or(options_.floor),
                                    .require_tls = has(send, scenarios::Extension::requiretls),
                                    .chunking = has(send, scenarios::Extension::chunking),
                                    .dsn = has(send, scenarios::Extension::dsn),
                                    .family = send.family,
                                    .mailbox = {},
                                    .copy = probe.watch.mailbox,
                                    .witnesses = {"smtp"},
                                    .reply = probe.watch.reply,
                                    .forward = probe.watch.forward,
                                    .traps = probe.watch.traps,
                                    .wait = probe.watch.deadline,
                                    .dns = probe.watch.dns,
                                    .folders = probe.watch.folders,
                                    .variation = probe.variation,
                                    .control_of = {},
                                    .secret = probe.secret,
                                    .send = send,
                                    .expect = {}};
    if (probe.control_of) planned.control_of = prefix + *probe.control_of;
    if (options_.server) planned.server = options_.server->first + ":" + std::to_string(options_.server->second);
    if (probe.watch.mailbox && mailbox_ != nullptr) {
      planned.mailbox = mailbox_->name;
      planned.witnesses.emplace_back("mailbox");
    }
    if (planned.reply) planned.witnesses.emplace_back("reply");
    if (planned.forward) planned.witnesses.emplace_back("forward");
    if (planned.traps) planned.witnesses.emplace_back("traps");
    planned.expect.reserve(probe.expect.size());
    for (const auto& line : probe.expect) planned.expect.push_back(written(line, prefix.substr(0, prefix.find(':'))));
    return planned;
  }

  const Settings& settings_;
  const SendOptions& options_;
  const MailboxAccount* mailbox_;  // null: nothing is looked for
  bool several_;
};

}  // namespace

namespace {

/// What every report shows, and every journal needs, cannot be hidden.
Result<void> check_secrets(const scenarios::Plan& plan) {
  for (const auto& secret : plan.secrets) {
    const auto value = trim(secret.reveal());
    for (const auto& probe : plan.probes)
      for (const std::string_view own : {std::string_view(probe.name), std::string_view(probe.from),
                                         std::string_view(probe.to), std::string_view(plan.target)})
        if (!value.empty() && own.contains(value))
          return fail(Failure::usage, "a secret of the scenario stands in \"" + safe_text(own, 300) +
                                          "\" too, which every report shows: nothing was sent; choose another");
  }
  return {};
}

}  // namespace

Result<scenarios::Plan> plan(const Settings& settings, const SendOptions& options,
                             std::span<const scenarios::Scenario> scenarios) {
  if (auto ok = check_combination(settings, options); !ok) return std::unexpected(ok.error());
  auto mailbox = mailbox_of(settings, options.mailbox, options.to);
  if (!mailbox && !options.no_wait) return std::unexpected(mailbox.error());
  scenarios::Plan plan{
      .target = options.to.domain(), .scenario = {}, .each_mx = options.each_mx, .probes = {}, .expect = {}};
  Planner planner(settings, options, options.no_wait ? nullptr : *mailbox, scenarios.size() > 1);
  for (const auto& scenario : scenarios) {
    plan.scenario = plan.scenario ? *plan.scenario + ", " + scenario.name : scenario.name;
    if (auto ok = planner.add(scenario, plan); !ok) return std::unexpected(ok.error());
  }
  if (plan.probes.empty() && !plan.left_out.empty())
    return fail(Failure::usage,
                "nothing is left to send: probe " + quoted(plan.left_out[0].probe) + ": " + plan.left_out[0].why);
  if (auto ok = check_secrets(plan); !ok) return std::unexpected(ok.error());
  if (plan.probes.size() > scenarios::max_probes)
    return fail(Failure::usage, "this makes " + std::to_string(plan.probes.size()) +
                                    " messages: " + std::to_string(scenarios::max_probes) + " are the most of one run");
  return plan;
}

}  // namespace mailprobe::probe
