#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "reporter/chain.h"
#include "reporter/gathered.h"
#include "reporter/measurements.h"
#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::MxAddress;
using evidence::MxHost;

/// How the session ended: a tone and a word.
std::pair<std::string_view, std::string_view> state_of(const Attempt& session) {
  if (!session.error) return {"pass", "answers"};
  if (!session.cause) return {"unsure", "our fault"};
  switch (*session.cause) {
    case Cause::greylisted: return {"unsure", "greylisted"};
    case Cause::rate_limited: return {"unsure", "rate limited"};
    case Cause::blocked: return {"unsure", "blocked"};
    case Cause::timed_out: return {"unsure", "no answer"};
    case Cause::no_ipv6:
    case Cause::own_limit: return {"mute", "not tested"};
    case Cause::interrupted:
    case Cause::our_port_25:
    case Cause::unreachable: return {"unsure", "not reached"};
    default: return {"fail", "fails"};
  }
}

View certificate_of(const Attempt& session) {
  View view;
  if (!session.tls || !session.tls->verified) return badge(view, "mute", "not seen");
  const auto& tls = *session.tls;
  const bool good = tls.verified->result == "pass";
  badge(view, good ? "pass" : "fail", good ? "valid" : "not valid");
  if (!good) view.set("until", tls.verified->cause ? cause_phrase(*tls.verified->cause) : tls.verified->detail);
  if (tls.certificates.empty()) return view;
  const auto& leaf = tls.certificates.front();
  if (good) view.set("until", "until " + day(leaf.not_after) + ", " + distance_phrase(session.started, leaf.not_after));
  return view.set("key", leaf.key);
}

std::string keywords(const Attempt& session) {
  std::string text;
  for (const auto& line : session.capabilities)
    text += (text.empty() ? "" : " ") + std::string(line.substr(0, line.find(' ')));
  return text;
}

std::string reply_line(const Attempt& session) {
  if (!session.reply) return {};
  return fmt::format("{} {}{}", session.reply->code, session.reply->enhanced ? *session.reply->enhanced + " " : "",
                     session.reply->text);
}

View server_view(const MxHost& host, const MxAddress& address) {
  const auto& session = *address.session;
  const auto [tone, label] = state_of(session);
  View view;
  badge(view, tone, label)
      .set("host", host.host)
      .set("address", address.ip)
      .set("ptr", address.ptr == host.host ? std::nullopt : address.ptr)
      .set("problem", session.error)
      .set("certificate", certificate_of(session))
      .set("extensions", keywords(session))
      .set("title", fmt::format("{}, {} port {}", host.host, address.ip, session.port))
      .set("took", duration(session.duration_ms))
      .set("terms", terms({{"Started", moment(session.started)},
                           {"We said EHLO as", session.helo},
                           {"Last phase", session.phase},
                           {"Reply", reply_line(session)},
                           {"Cause", session.cause ? std::string(cause_phrase(*session.cause)) : ""}}))
      .set("events", event_views(session.events));
  if (!session.tls) return view;
  view.set("version", tls_name(session.tls->version)).set("cipher", session.tls->cipher);
  if (session.tls->dane) view.set("dane", "DANE: " + pin_of(*session.tls->dane));
  return view;
}

/// A chain that several addresses show is drawn once.
struct Shown {
  const Attempt* session;
  std::vector<std::string> whose;
};

bool same_chain(const TlsFacts& a, const TlsFacts& b) {
  return std::ranges::equal(a.certificates, b.certificates, {}, &Certificate::sha256, &Certificate::sha256);
}

void add_chain(std::vector<Shown>& chains, const MxHost& host, const MxAddress& address) {
  const auto& session = *address.session;
  if (!session.tls || session.tls->certificates.empty()) return;
  const auto whose = host.host + " (" + address.ip + ")";
  for (auto& each : chains)
    if (same_chain(*each.session->tls, *session.tls)) return each.whose.push_back(whose);
  chains.push_back({&session, {whose}});
}

Views drawn(const std::vector<Shown>& chains) {
  Views views;
  for (const auto& [session, whose] : chains)
    views.push_back(View()
                        .set("whose", some_of(whose))
                        .set("certificate", certificate_of(*session))
                        .set("chain", chain_views(*session->tls, session->started)));
  return views;
}

}  // namespace

void view_servers(View& page, const Page& from) {
  Views servers;
  std::vector<Shown> chains;
  for (const auto& host : from.document.target.mx)
    for (const auto& address : host.addresses)
      if (address.session) {
        servers.push_back(server_view(host, address));
        add_chain(chains, host, address);
      }
  page.set("has_chains", !chains.empty()).set("chains", drawn(chains));
  page.set("has_servers", !servers.empty()).set("servers", std::move(servers));
}

}  // namespace mailprobe::reporter
