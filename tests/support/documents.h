// Evidence documents of known runs, as plain data: what a check, a renderer or a score is tried on. Findings are empty:
// evidence::assess(document, evidence::embedded) makes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::test {

/// Accepted over TLSv1.3 by mx1.target.test, found in INBOX, everything intact, four signatures that survive.
evidence::Document good_delivery();
/// The target adds a footer: header hashes hold, body hashes do not.
evidence::Document footer_delivery();
evidence::Document junk_delivery();        // found in Junk, X-Spam-Status: Yes
evidence::Document rejected();             // 550 5.1.1 to RCPT TO
evidence::Document blocked_by_a_list();    // the same, our address is on a list that we look at, judged
evidence::Document blocked();              // 554 5.7.1 to RCPT TO, by a block list
evidence::Document greylisted();           // 451 4.7.1 to RCPT TO
evidence::Document without_starttls();     // not offered, so nothing was sent
evidence::Document old_tls();              // the handshake ends with alert protocol_version
evidence::Document expired_certificate();  // delivered all the same
evidence::Document wrong_name();           // of the certificate; delivered
evidence::Document self_signed();          // delivered
evidence::Document possibly_delivered();   // the connection was lost after the final dot, no copy was found
evidence::Document timed_out();            // accepted, every folder searched, no copy
evidence::Document interrupted();          // while waiting for the copy
evidence::Document unwatched();            // accepted, no mailbox is configured
evidence::Document mailbox_lost();         // accepted, the mailbox server went away
evidence::Document via_relay();            // handed to a submission server, found in INBOX
evidence::Document our_port_25();          // nobody answers on port 25
evidence::Document no_such_domain();       // NXDOMAIN
evidence::Document null_mx();              // RFC 7505
evidence::Document bogus_domain();         // DNSSEC validation failed
evidence::Document forged_results();       // an Authentication-Results of nobody's, none of the target's
evidence::Document partly_surviving();     // header re-folded: relaxed survives, simple does not
evidence::Document reported();             // unwatched, and reports came about it: DMARC, and TLS with failures
evidence::Document answered();             // by somebody, over TLS, all passes; no mailbox is configured
evidence::Document answered_badly();       // in plain text, with a signature that fails, by a host without a name
evidence::Document bounced();              // accepted, and returned: 550 5.1.1
evidence::Document unanswered();           // waited for, and nothing came
evidence::Document trapped();              // it enforces DANE, not MTA-STS; one trap had no record, two no address
evidence::Document looked_up();            // the target's resolver asked our DNS about SPF and DKIM
evidence::Document unread_lookups();       // our DNS was there, and its log could not be read; nothing is recorded
evidence::Document inspected();            // by `inspect`: two addresses of mx1, of which one is blocking us
evidence::Document two_certificates();     // the same: the second, of RSA, has expired, and no TLSA matches
evidence::Document tls_surveyed();         // inspected: the server's TLS accepts nothing bad
evidence::Document tls_weak();             // inspected: it accepts everything that is bad, and the survey was cut off
evidence::Document scenario_run();         // two probes of `run`: an expectation holds, one fails, one is unclear
evidence::Document enforcement_run();      // five wrong on purpose beside a control: each of another fate
evidence::Document compared();             // footer_delivery, held against the run of the day before
evidence::Document doctor_good();          // everything of ours stands
evidence::Document doctor_bad();           // no DKIM key, no PTR, closed port, slow clock

struct NamedDocument {
  std::string name;
  evidence::Document document;
};
void PrintTo(const NamedDocument& named, std::ostream* os);

/// All of them.
std::vector<NamedDocument> all_documents();

/// The document with every text from outside replaced by `payload`: replies, headers, folders, names, diffs.
evidence::Document hostile(std::string_view payload);

/// What came to the traps, likewise.
void taint_traps(evidence::Probe& probe, const std::string& text);
/// Of both kinds, likewise.
std::vector<evidence::Report> hostile_reports(const std::string& text);

/// Bytes kept in the document itself.
evidence::Raw raw_of(std::string_view bytes);

}  // namespace mailprobe::test
