#include "evidence/trap_signs.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/own_refusal.h"
#include "evidence/traps.h"

namespace mailprobe::evidence {

namespace {

// What speaks of the certificate, and not of what its key can do (unsupported_certificate) or of the protocol.
constexpr std::array<std::string_view, 7> rejections{
    "bad_certificate",           "certificate_revoked", "certificate_expired",
    "certificate_unknown",       "unknown_ca",          "bad_certificate_status_response",
    "bad_certificate_hash_value"};

bool at_any(const Session& session, std::initializer_list<std::string_view> traps) {
  return session.trap && std::ranges::find(traps, *session.trap) != traps.end();
}

std::string_view without_brackets(std::string_view address) {
  address = trim(address);
  if (address.starts_with('<') && address.ends_with('>')) address = address.substr(1, address.size() - 2);
  return address;
}

/// "7.5" of "5.7.5" (RFC 3463 §2); empty: it is no code.
std::string_view without_class(std::string_view status) {
  return status.size() > 2 && status[1] == '.' ? status.substr(2) : std::string_view{};
}

/// It was given up, and why is not said: undefined, or that its time was over.
bool says_nothing(std::string_view detail) { return detail.empty() || detail == "0.0" || detail == "4.7"; }

/// RFC 3463 §3.8: security and policy; §3.5, §3.2: no route by the DNS, no such system.
bool names(std::string_view detail, Barrier barrier) {
  constexpr std::array<std::string_view, 3> by_dns{"4.3", "4.4", "1.2"};
  if (barrier == Barrier::certificate) return detail.starts_with("7.");
  return barrier == Barrier::dns && std::ranges::find(by_dns, detail) != by_dns.end();
}

}  // namespace

bool rejects_certificate(const Session& session) {
  return session.tls_alert && std::ranges::find(rejections, *session.tls_alert) != rejections.end();
}

bool shied_away(const Session& session) {
  return !session.mail_from && !turned_away(session) && (session.tls.has_value() || rejects_certificate(session));
}

bool comes_anyway(const Probe& probe) {
  for (const auto name : {trap::wrong_name, trap::dane_right}) {
    const auto here = [&](const auto& of) {
      return std::ranges::any_of(probe.sessions, [&](const Session& one) { return one.trap == name && of(one); });
    };
    if (here(rejects_certificate) && here([](const Session& one) { return !one.recipients.empty(); })) return true;
  }
  return false;
}

bool barred_by(const Probe& probe, const Session& session) {
  if (!at_any(session, {trap::dane_wrong, trap::sts_wrong}) || !shied_away(session)) return false;
  return session.tls.has_value() || !comes_anyway(probe);
}

bool tells_of(const DeliveryStatus& status, Barrier barrier) {
  const auto detail = without_class(status.status);
  if (iequals(status.action, "delayed")) return names(detail, barrier);
  if (!iequals(status.action, "failed")) return false;
  return barrier == Barrier::any || says_nothing(detail) || names(detail, barrier);
}

bool names_it(const DeliveryStatus& status, Barrier barrier) {
  return tells_of(status, barrier) && names(without_class(status.status), barrier);
}

bool is_of_traps(const Probe& probe, const std::vector<DeliveryStatus>& statuses) {
  const auto to_a_trap = [&](const DeliveryStatus& status) {
    return probe.traps && std::ranges::any_of(probe.traps->asked, [&](const TrapAsked& asked) {
             return same_recipient(status.recipient, asked.address);
           });
  };
  return !statuses.empty() && std::ranges::all_of(statuses, to_a_trap);
}

bool is_of_traps(std::string_view id, const std::vector<DeliveryStatus>& statuses) {
  const auto start = "+" + std::string(id) + "@trap-";
  const auto to_a_trap = [&](const DeliveryStatus& status) {
    return ifind(status.recipient, start) != std::string_view::npos;
  };
  return !statuses.empty() && std::ranges::all_of(statuses, to_a_trap);
}

bool same_recipient(std::string_view a, std::string_view b) {
  return iequals(without_brackets(a), without_brackets(b));
}

}  // namespace mailprobe::evidence
