#include "probe/verification.h"

#include <algorithm>

#include "auth/header_block.h"
#include "base/text.h"

namespace mailprobe::probe {

namespace {

/// What one Received field says of the session (RFC 5321 §4.4): "from HELO (name [address]) by HOST …".
struct TakenFrom {
  std::string helo, by;
  std::optional<IpAddress> address;
};

std::optional<IpAddress> address_in(std::string_view text) {
  for (std::size_t start; (start = text.find('[')) != std::string_view::npos;) {
    text.remove_prefix(start + 1);
    auto inside = text.substr(0, text.find(']'));
    if (istarts_with(inside, "IPv6:")) inside.remove_prefix(5);
    if (const auto address = IpAddress::parse(inside)) return address->unmapped();
  }
  return std::nullopt;
}

/// Without brackets some write "(name 192.0.2.1)" or "(192.0.2.1)".
std::optional<IpAddress> bare_address_in(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace_if(spaced, [](char c) { return c == '(' || c == ')' || c == ';' || is_space(c); }, ' ');
  for (const auto word : split(spaced, ' '))
    if (const auto address = IpAddress::parse(word)) return address->unmapped();
  return std::nullopt;
}

std::string word_after(std::string_view text, std::string_view keyword) {
  const auto at = ifind(text, keyword);
  if (at == std::string_view::npos) return {};
  const auto rest = trim(text.substr(at + keyword.size()));
  return std::string(rest.substr(0, rest.find_first_of(" \t;()")));
}

TakenFrom read_received(std::string_view field) {
  const auto text = auth::unfold(field);
  const auto by = ifind(text, " by ");
  const auto from = std::string_view(text).substr(0, by);
  TakenFrom taken{.helo = istarts_with(text, "from ") ? word_after(text, "from ") : std::string{},
                  .by = by == std::string_view::npos ? std::string{} : word_after(text.substr(by), " by "),
                  .address = address_in(from)};
  if (!taken.address) taken.address = bare_address_in(from);
  return taken;
}

bool of_target(const std::string& host, const std::vector<std::string>& target_hosts) {
  return std::ranges::any_of(target_hosts, [&](const std::string& known) {
    return iequals(host, known) ||
           (host.size() > known.size() && iequals(host.substr(host.size() - known.size()), known) &&
            host[host.size() - known.size() - 1] == '.');
  });
}

/// The Received of the host that took the message over into the target. Ours has none, so that the lowest was written
/// by the host that took it from us: the target's first, or our relay's.
std::optional<TakenFrom> handing_over(std::string_view raw, const Handover& handover) {
  const auto message = auth::split_message(raw);
  const auto fields = message.all("Received");
  std::vector<TakenFrom> travel;
  for (const auto* field : fields) travel.insert(travel.begin(), read_received(field->value));
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
  if (taken && taken->address)
    envelope.client = taken->address;
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
  context.time = now();
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
