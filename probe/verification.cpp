#include "probe/verification.h"

#include <algorithm>

#include "auth/header_block.h"
#include "auth/received.h"
#include "base/text.h"

namespace mailprobe::probe {

namespace {

bool of_target(const std::string& host, const std::vector<std::string>& target_hosts) {
  return std::ranges::any_of(target_hosts, [&](const std::string& known) {
    return iequals(host, known) ||
           (host.size() > known.size() && iequals(host.substr(host.size() - known.size()), known) &&
            host[host.size() - known.size() - 1] == '.');
  });
}

/// The Received of the host that took the message over into the target. Ours has none, so that the lowest was written
/// by the host that took it from us: the target's first, or our relay's.
std::optional<auth::Received> handing_over(std::string_view raw, const Handover& handover) {
  auto travel = auth::received_of(auth::split_message(raw));
  std::ranges::reverse(travel);
  if (!handover.relayed) return travel.empty() ? std::nullopt : std::optional(travel.front());
  if (travel.size() < 2) return std::nullopt;
  for (std::size_t i = 1; i < travel.size(); ++i)
    if (of_target(travel[i].by, handover.target_hosts)) return travel[i];
  return travel[1];
}

bool speaks_of_a_filter(std::string_view name) {
  constexpr std::string_view prefixes[] = {"X-Spam",
                                           "X-Rspamd",
                                           "X-Forefront-Antispam-Report",
                                           "X-Virus",
                                           "X-Microsoft-Antispam",
                                           "X-MS-Exchange-Organization-SCL",
                                           "X-Amavis",
                                           "X-Barracuda",
                                           "X-Proofpoint",
                                           "X-Ham-Report",
                                           "X-Spamd",
                                           "X-GMX-Antispam"};
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return istarts_with(name, prefix); });
}

}  // namespace

auth::Envelope envelope_at_target(std::string_view raw, const Handover& handover) {
  const auto taken = handing_over(raw, handover);
  auth::Envelope envelope;
  envelope.mail_from = handover.reverse_path;
  envelope.helo = handover.relayed ? (taken ? taken->helo : std::string{}) : handover.helo;
  if (taken && taken->client)
    envelope.client = taken->client->unmapped();
  else if (!handover.relayed)
    envelope.client = IpAddress::parse(handover.local_address);
  return envelope;
}

std::vector<std::string> filter_fields(std::string_view raw) {
  std::vector<std::string> found;
  for (const auto& field : auth::split_message(raw).fields)
    if (speaks_of_a_filter(field.name)) found.push_back(std::string(field.name) + ": " + auth::unfold(field.value));
  return found;
}

Task<evidence::MailboxCopy> verify_copy(imap::Copy copy, Expectation expectation, dns::Resolver& resolver) {
  evidence::MailboxCopy out;
  out.folder = copy.folder;
  if (!copy.special_use.empty()) out.special_use = copy.special_use;
  out.delay_ms = std::max<std::int64_t>(0, (copy.seen - expectation.accepted).count());
  out.found_by_body = copy.by_body;
  out.filter = filter_fields(copy.raw);

  auth::Context context;
  context.envelope = envelope_at_target(copy.raw, expectation.handover);
  context.time = copy.seen;
  context.authserv_ids = std::move(expectation.authserv_ids);
  context.handed_over_from = context.envelope.client;
  context.sent = std::move(expectation.sent);
  auto judged = co_await auth::evaluate(copy.raw, context, resolver);
  out.spf = std::move(judged.spf);
  out.dkim = std::move(judged.dkim);
  out.arc = std::move(judged.arc);
  out.dmarc = std::move(judged.dmarc);
  out.authentication_results = std::move(judged.authentication_results);
  out.hops = std::move(judged.hops);
  co_return out;
}

}  // namespace mailprobe::probe
