#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "reporter/chain.h"
#include "reporter/gathered.h"
#include "reporter/measurements.h"
#include "reporter/phrases.h"
#include "reporter/server_state.h"
#include "reporter/shown_chains.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::MxAddress;
using evidence::MxHost;

View certificate_of(const TlsFacts& tls, Time at) {
  View view;
  if (!tls.verified) return badge(view, "mute", "not seen");
  const bool good = is_good(tls);
  badge(view, good ? "pass" : "fail", good ? "valid" : "not valid");
  if (!good) view.set("until", tls.verified->cause ? cause_phrase(*tls.verified->cause) : tls.verified->detail);
  if (tls.certificates.empty()) return view;
  const auto& leaf = tls.certificates.front();
  if (good) view.set("until", "until " + day(leaf.not_after) + ", " + distance_phrase(at, leaf.not_after));
  return view.set("key", leaf.key);
}

View worst_certificate(const std::vector<ShownChain>& chains, Time at) {
  View view;
  if (chains.empty()) return badge(view, "mute", "not seen");
  view = certificate_of(worst_of(chains).tls, at);
  if (chains.size() > 1) view.set("others", fmt::format("the worst of {}", chains.size()));
  return view;
}

std::string dane_text_of(const std::vector<ShownChain>& chains) {
  const auto* shown = worst_pin_of(chains);
  return shown == nullptr ? "" : "DANE: " + pin_of(*shown);
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

View server_view(const evidence::Document& document, const MxHost& host, const MxAddress& address) {
  const auto& session = *address.session;
  const auto state = state_of(document, address);
  const auto chains = chains_of(address);
  View view;
  badge(view, tone_of(state.verdict), state.words)
      .set("host", host.host)
      .set("address", address.ip)
      .set("ptr", address.ptr == host.host ? std::nullopt : address.ptr)
      .set("problem", session.error)
      .set("certificate", worst_certificate(chains, session.started))
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
  view.set("dane", dane_text_of(chains));
  return view;
}

/// A chain that several addresses show is drawn once.
struct Drawn {
  ShownChain chain;
  Time at;
  std::vector<std::string> whose;
};

void add_chains(std::vector<Drawn>& all, const MxHost& host, const MxAddress& address) {
  for (auto& chain : chains_of(address)) {
    const auto whose = host.host + " (" + address.ip + ")";
    const auto known =
        std::ranges::find_if(all, [&](const Drawn& each) { return same_chain(each.chain.tls, chain.tls); });
    if (known == all.end())
      all.push_back({std::move(chain), address.session->started, {whose}});
    else
      known->whose.push_back(whose);
  }
}

Views drawn(const std::vector<Drawn>& all) {
  Views views;
  for (const auto& each : all) {
    const auto& tls = each.chain.tls;
    views.push_back(View()
                        .set("whose", some_of(each.whose) + ", " + tls.certificates.front().key)
                        .set("certificate", certificate_of(tls, each.at))
                        .set("chain", chain_views(tls, each.at)));
  }
  return views;
}

}  // namespace

void view_servers(View& page, const Page& from) {
  Views servers;
  std::vector<Drawn> chains;
  for (const auto& host : from.document.target.mx)
    for (const auto& address : host.addresses)
      if (address.session) {
        servers.push_back(server_view(from.document, host, address));
        add_chains(chains, host, address);
      }
  page.set("has_chains", !chains.empty()).set("chains", drawn(chains));
  page.set("has_servers", !servers.empty()).set("servers", std::move(servers));
}

}  // namespace mailprobe::reporter
