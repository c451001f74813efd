#include <algorithm>

#include <boost/json.hpp>

#include "auth/evaluate.h"
#include "base/text.h"
#include "reflector/mailbox_source.h"

namespace mailprobe::reflector {

namespace json = boost::json;

namespace {

bool is_one_of(const std::string& host, const std::vector<std::string>& hosts) {
  const auto name = to_lower(host);
  return std::ranges::any_of(hosts, [&](const std::string& known) {
    const auto other = to_lower(known);
    return name == other || name.ends_with("." + other);
  });
}

/// "TLSv1.3 TLS_AES_256_GCM_SHA384": what the host wrote of it.
TlsFacts claimed(const std::string& text) {
  TlsFacts facts;
  const auto space = text.find(' ');
  facts.version = text.substr(0, space);
  if (space != std::string::npos) facts.cipher = text.substr(space + 1);
  return facts;
}

/// The hop by which the message came in from outside: the topmost that a trusted host wrote of this client.
const auth::Hop* entry(const auth::Evaluation& found, const auth::Envelope& envelope,
                       const std::vector<std::string>& hosts) {
  for (auto hop = found.hops.rbegin(); hop != found.hops.rend(); ++hop)
    if (is_one_of(hop->by, hosts) && (envelope.helo.empty() || iequals(hop->from, envelope.helo))) return &*hop;
  return nullptr;
}

std::optional<std::uint32_t> number(const json::value& value) {
  if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(value.get_int64());
}

}  // namespace

Task<Arrival> judged_by_trace(std::string raw, Time received, std::vector<std::string> hosts, dns::Resolver& resolver) {
  Arrival arrival;
  arrival.raw = to_crlf(raw);
  arrival.received = received;
  auth::Context context;
  context.time = received;
  context.authserv_ids = hosts;
  context.envelope = auth::recorded_envelope(arrival.raw, hosts).value_or(auth::Envelope{});
  if (!context.envelope.mail_from) context.envelope.mail_from = auth::recorded_return_path(arrival.raw);
  auto found = co_await auth::evaluate(arrival.raw, context, resolver);
  auto& session = arrival.session;
  if (context.envelope.client) session.address = context.envelope.client->text();
  if (!context.envelope.helo.empty()) session.helo = context.envelope.helo;
  session.mail_from = context.envelope.mail_from;
  session.started = received;
  session.end = "closed";
  if (const auto* hop = entry(found, context.envelope, hosts); hop != nullptr && hop->tls)
    session.tls = claimed(*hop->tls);
  arrival.spf = std::move(found.spf);
  arrival.dkim = std::move(found.dkim);
  arrival.dmarc = std::move(found.dmarc);
  arrival.arc = std::move(found.arc);
  co_return arrival;
}

std::string place_text(const imap::Baseline& baseline) {
  json::object out;
  for (const auto& [folder, mark] : baseline) out[folder] = json::array{mark.uidvalidity, mark.uidnext};
  return json::serialize(out) + "\n";
}

std::optional<imap::Baseline> read_place(std::string_view text) {
  json::error_code bad;
  const auto value = json::parse(trim(text), bad);
  if (bad || !value.is_object()) return std::nullopt;
  imap::Baseline baseline;
  for (const auto& [folder, mark] : value.get_object()) {
    if (!mark.is_array() || mark.get_array().size() != 2) return std::nullopt;
    const auto uidvalidity = number(mark.get_array()[0]), uidnext = number(mark.get_array()[1]);
    if (!uidvalidity || !uidnext) return std::nullopt;
    baseline[folder] = {*uidvalidity, *uidnext};
  }
  return baseline;
}

}  // namespace mailprobe::reflector
