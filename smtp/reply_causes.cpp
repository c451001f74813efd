#include "smtp/reply_causes.h"

#include <array>

#include "base/text.h"

namespace mailprobe::smtp {

namespace {

struct Row {
  int reply_class;            // 4, 5, or 0 for both
  std::string_view enhanced;  // empty: any
  std::string_view words;     // somewhere in the text, without regard to case; empty: any
  Cause cause;
};

/// The first row that fits decides: the particular before the general.
constexpr std::array table{
    // Greylisting: Postgrey, milter-greylist, SQLgrey, Exim recipes; then those that do not name it.
    Row{4, "", "greylist", Cause::greylisted},
    Row{4, "", "grey-list", Cause::greylisted},
    Row{4, "", "graylist", Cause::greylisted},
    Row{4, "", "greyd", Cause::greylisted},                               // OpenBSD spamd in that mode
    Row{4, "4.7.1", "try again later", Cause::greylisted},                // rspamd's default
    Row{4, "4.7.1", "please try again in", Cause::greylisted},            // policyd, Kopano
    Row{4, "4.3.2", "service currently unavailable", Cause::greylisted},  // Postfix postscreen's deep protocol tests
    Row{4, "", "temporarily rejected, please come back", Cause::greylisted},  // gross
    // Rates. Gmail 4.7.28 and 4.2.1; Outlook 4.7.5xx, 4.7.6xx and RP-00x; Yahoo TSS; Postfix anvil.
    Row{0, "4.7.28", "", Cause::rate_limited},
    Row{0, "5.7.28", "", Cause::rate_limited},
    Row{0, "", "receiving mail at a rate", Cause::rate_limited},
    Row{0, "", "receiving mail too quickly", Cause::rate_limited},
    Row{0, "", "rate limit", Cause::rate_limited},
    Row{0, "", "ratelimit", Cause::rate_limited},
    Row{0, "", "rate-limit", Cause::rate_limited},
    Row{0, "", "unusual rate", Cause::rate_limited},
    Row{0, "", "throttl", Cause::rate_limited},
    Row{0, "", "[tss0", Cause::rate_limited},
    Row{4, "", "unexpected volume", Cause::rate_limited},
    Row{4, "", "(rp-00", Cause::rate_limited},
    Row{4, "", "server busy", Cause::rate_limited},
    Row{0, "", "too many connections", Cause::rate_limited},
    Row{0, "", "too much mail from", Cause::rate_limited},
    Row{0, "", "too many messages", Cause::rate_limited},
    Row{0, "", "too many concurrent", Cause::rate_limited},
    Row{0, "", "connection rate", Cause::rate_limited},
    // Our address or domain is listed. DNS lists first: their names are the plainest words there are.
    Row{0, "", "spamhaus", Cause::blocked},
    Row{0, "", "spamcop", Cause::blocked},
    Row{0, "", "barracudacentral", Cause::blocked},
    Row{0, "", "sorbs", Cause::blocked},
    Row{0, "", "uceprotect", Cause::blocked},
    Row{0, "", "blocked using", Cause::blocked},  // Postfix reject_rbl_client
    Row{0, "", "dnsbl", Cause::blocked},
    Row{0, "", "block list", Cause::blocked},  // Outlook S3140 and S3150
    Row{0, "", "blocklist", Cause::blocked},
    Row{0, "", "black list", Cause::blocked},
    Row{0, "", "blacklist", Cause::blocked},
    Row{0, "", "banned sending ip", Cause::blocked},        // Outlook 5.7.606 to 5.7.649
    Row{0, "", "likely unsolicited mail", Cause::blocked},  // Gmail 5.7.1
    Row{0, "", "likely suspicious", Cause::blocked},        // Gmail 5.7.1
    Row{0, "", "low reputation", Cause::blocked},           // Gmail 5.7.1
    Row{0, "", "poor reputation", Cause::blocked},
    Row{0, "", "ipcheck.proofpoint.com", Cause::blocked},
    Row{0, "", "[bl2", Cause::blocked},  // Yahoo BL21, BL23
    Row{0, "", "blocked by", Cause::blocked},
    Row{0, "", "has been blocked", Cause::blocked},
    // Rules about authentication, names and TLS. RFC 7372 gives 5.7.20 to 5.7.26; Outlook 5.7.509 and 5.7.515.
    Row{0, "5.7.20", "", Cause::policy},
    Row{0, "5.7.21", "", Cause::policy},
    Row{0, "5.7.22", "", Cause::policy},
    Row{0, "5.7.23", "", Cause::policy},
    Row{0, "5.7.24", "", Cause::policy},
    Row{0, "5.7.25", "", Cause::policy},
    Row{0, "5.7.26", "", Cause::policy},
    Row{0, "4.7.23", "", Cause::policy},
    Row{0, "4.7.25", "", Cause::policy},
    Row{0, "4.7.26", "", Cause::policy},
    Row{0, "5.7.27", "", Cause::policy},  // RFC 7505 §4.2: the sender has a null MX
    Row{0, "5.7.509", "", Cause::policy},
    Row{0, "5.7.515", "", Cause::policy},
    Row{0, "", "dmarc", Cause::policy},
    Row{0, "", "spf", Cause::policy},
    Row{0, "", "dkim", Cause::policy},
    Row{0, "", "reverse hostname", Cause::policy},  // Postfix reject_unknown_reverse_client_hostname
    Row{0, "", "reverse dns", Cause::policy},
    Row{0, "", "ptr record", Cause::policy},
    Row{0, "", "helo command rejected", Cause::policy},
    Row{0, "", "starttls command first", Cause::policy},  // RFC 3207 §4
    Row{0, "", "tls required", Cause::policy},
};

bool fits(const Row& row, const Reply& reply) {
  if (row.reply_class != 0 && reply.code / 100 != row.reply_class) return false;
  if (!row.enhanced.empty() && reply.enhanced != row.enhanced) return false;
  return row.words.empty() || ifind(reply.text, row.words) != std::string_view::npos;
}

}  // namespace

Cause cause_of(const Reply& refusal) {
  for (const auto& row : table)
    if (fits(row, refusal)) return row.cause;
  return Cause::refused;
}

}  // namespace mailprobe::smtp
