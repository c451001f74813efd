#include "probe/planning.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/text.h"

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

Result<const Identity*> identity_of(const Settings& settings, const SendOptions& options) {
  const auto& all = settings.identities;
  if (all.empty()) return fail(Failure::usage, "no identity is configured: nobody to send as");
  const auto name = options.identity.value_or("default");
  if (const auto found = all.find(name); found != all.end()) return &found->second;
  if (options.identity) return no_such("identity", name, all);
  if (all.size() == 1) return &all.begin()->second;
  return fail(Failure::usage,
              "several identities and none is 'default': say which with --identity; configured: " + names_of(all));
}

/// The domain without regard to case, the local part with it (RFC 5321 §2.4); both are lower case where it matters.
bool same_mailbox(const Mailbox& a, const Mailbox& b) {
  return iequals(a.domain(), b.domain()) && a.local_part() == b.local_part();
}

Result<void> check_combination(const Settings& settings, const SendOptions& options) {
  if (settings.helo.empty()) return fail(Failure::usage, "helo is not configured: the name of this host");
  if (options.via && options.server) return fail(Failure::usage, "--via and --server exclude each other");
  if (options.each_mx && (options.via || options.server))
    return fail(Failure::usage, "--each-mx goes to the MX hosts themselves: not with --via or --server");
  if (options.ipv4_only && options.ipv6_only) return fail(Failure::usage, "-4 and -6 exclude each other");
  if (options.reply && settings.receiver.listen.empty())
    return fail(Failure::usage,
                "--reply needs a receiver, and none is configured: add \"receiver: {listen: ADDRESS:25, host: " +
                    (settings.helo.empty() ? std::string("HOST") : settings.helo) +
                    ", certificate: FILE, key: FILE}\", and let the MX of the identity's domain lead there");
  if (options.no_wait && options.mailbox) return fail(Failure::usage, "--mailbox and --no-wait exclude each other");
  if (const auto& source = options.source_ip; source && (source->v6 ? options.ipv4_only : options.ipv6_only))
    return fail(Failure::usage, "--source-ip " + source->text() + " is of the other address family");
  const bool of_target = options.floor == TlsFloor::sts || options.floor == TlsFloor::dane;
  if (options.via && of_target)
    return fail(Failure::usage,
                "--tls " + std::string(word(options.floor)) + " is about the target's own servers: not with --via");
  if (options.server && options.floor == TlsFloor::sts)
    return fail(Failure::usage, "--tls sts is about MX hosts: not with --server");
  if (options.via && !settings.submission.contains(*options.via))
    return no_such("submission server", *options.via, settings.submission);
  return {};
}

std::string canon_text(auth::Canon canon) { return canon == auth::Canon::simple ? "simple" : "relaxed"; }

std::vector<std::string> signatures_of(const Identity& identity) {
  std::vector<std::string> list;
  for (const auto& key : identity.dkim)
    for (const auto& [header, body] : key.canonicalizations)
      list.push_back(key.selector + " " + key.key.algorithm() + " " + canon_text(header) + "/" + canon_text(body));
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
  const auto identity = identity_of(settings, options);
  if (!identity) return std::unexpected(identity.error());
  const auto mailbox = mailbox_of(settings, options.mailbox, options.to);
  if (!mailbox && !options.no_wait) return std::unexpected(mailbox.error());

  scenarios::PlannedProbe probe{
      .name = "default",
      .identity = (*identity)->name,
      .from = (*identity)->address.text(),
      .to = options.to.text(),
      .domain = options.to.domain(),
      .signatures = signatures_of(**identity),
      .via = options.via,
      .server = {},
      .floor = options.floor,
      .require_tls = options.require_tls,
      .mailbox = {},
      .witnesses = {"smtp"},
  };
  if (options.server) probe.server = options.server->first + ":" + std::to_string(options.server->second);
  if (!options.no_wait && *mailbox != nullptr) {
    probe.mailbox = (*mailbox)->name;
    probe.witnesses.emplace_back("mailbox");
  }
  if (options.reply) probe.witnesses.emplace_back("reply");
  return scenarios::Plan{
      .target = options.to.domain(), .scenario = {}, .each_mx = options.each_mx, .probes = {std::move(probe)}};
}

}  // namespace mailprobe::probe
