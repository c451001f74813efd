#include "evidence/refused_for.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace mailprobe::evidence {

namespace {

/// What a fault is named for: "dkim" of "dkim-body-hash".
std::string_view method_of(std::string_view fault) { return fault.substr(0, fault.find('-')); }

/// SPF is about the client and the reverse-path; all else stands in the message itself.
bool could_be_seen(std::string_view method, std::string_view phase) {
  constexpr std::array<std::string_view, 3> before{"mail", "rcpt", "data"};
  return phase == "dot" || phase == "quit" || (method == "spf" && std::ranges::find(before, phase) != before.end());
}

/// It wants STARTTLS first (RFC 3207 §4), or a login (RFC 4954 §6).
bool wants_another_session(int code) {
  constexpr std::array codes{530, 534, 535, 538};
  return std::ranges::find(codes, code) != codes.end();
}

/// Of X.7.Y, security and policy: what that of this method may be. Not those of RFC 7372 for another method.
bool may_be_for(std::string_view method, unsigned long long detail) {
  if (detail >= 20 && detail <= 22) return method == "dkim";
  if (detail == 23 || detail == 24) return method == "spf";
  if (detail == 509) return method == "dmarc";  // Outlook
  // Encryption, passwords, whose mailbox it is, our PTR (RFC 7372 §3.3), our null MX (RFC 7505 §4.2), rates, ARC
  // (RFC 8617 §7.3), REQUIRETLS (RFC 8689 §5).
  constexpr std::array<unsigned long long, 15> other{2, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28};
  if (std::ranges::find(other, detail) != other.end() || detail == 29 || detail == 30) return false;
  return detail < 600;  // Outlook: the addresses and the tenants that it keeps out
}

bool names(std::string_view text, std::string_view method) { return ifind(text, method) != std::string_view::npos; }

bool speaks_of(std::string_view method, const ReplyFacts& reply) {
  if (wants_another_session(reply.code)) return false;
  if (!reply.enhanced) {
    constexpr std::array codes{550, 554, 571};
    return std::ranges::find(codes, reply.code) != codes.end() || names(reply.text, method);
  }
  if (const std::string_view status = *reply.enhanced; status.starts_with("5.7.")) {
    const auto detail = parse_number(status.substr(4));
    return detail && may_be_for(method, *detail);
  }
  if (method == "spf" && reply.enhanced == "5.5.2") return true;  // RFC 7208 §8.7: permerror
  return names(reply.text, method);
}

}  // namespace

bool is_about_our_address(const Attempt& attempt) {
  return attempt.cause == Cause::blocked || attempt.cause == Cause::rate_limited;
}

bool is_for_its_fault(const Probe& probe, const Attempt& refused) {
  if (!probe.fault) return true;
  const auto method = method_of(*probe.fault);
  if (method != "spf" && method != "dkim" && method != "dmarc") return true;
  // One without From, or with two, breaks a rule of the format as well (RFC 5322 §3.6).
  if (probe.fault->starts_with("dmarc-from-")) return could_be_seen(method, refused.phase);
  return could_be_seen(method, refused.phase) && refused.reply && speaks_of(method, *refused.reply);
}

}  // namespace mailprobe::evidence
