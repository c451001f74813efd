#include <gmock/gmock.h>

#include <utility>

#include "base/encoding.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

MailboxCopy& copy(Document& document) { return *document.probes[0].mailbox; }

void end(Document& document, const char* phase, std::optional<Cause> cause, const char* error) {
  auto& it = *document.probes[0].smtp;
  it.phase = phase;
  it.cause = cause;
  it.error = error;
  it.outcome = Outcome::not_sent;
  it.reply.reset();
  document.probes[0].attempts = {it};
  document.probes[0].mailbox.reset();
}

/// A policy is in force, and nothing was sent for its sake.
void barred(Document& document, const char* applied) {
  auto& probe = document.probes[0];
  probe.policy.applied = applied;
  probe.smtp->outcome = Outcome::not_sent;
  probe.smtp->cause = Cause::policy;
  probe.smtp->reply.reset();
  probe.attempts = {*probe.smtp};
  probe.mailbox.reset();
}

/// A bounce came to our receiver.
void returned(Document& document, const std::string& recipient, const char* host) {
  auto& probe = document.probes[0];
  probe.mailbox.reset();
  auto& reply = probe.replies.emplace_back();
  reply.kind = AnswerKind::bounce;
  reply.statuses = {{.recipient = recipient,
                     .action = "failed",
                     .status = "5.4.7",
                     .diagnostic = "452 4.3.1 No room left",
                     .remote_mta = host}};
}

const CheckRow accepted[] = {
    {"accepted", [](Document&) {}, "path.accepted", pass, {}, {"mx1.target.test (192.0.2.1)"}, "probe default"},
    {"rejected",
     [](Document& d) { d = test::rejected(); },
     "path.accepted",
     fail,
     Cause::refused,
     {"550 5.1.1", "no such user here"}},
    {"rejected_and_wrong_on_purpose",
     [](Document& d) {
       d = test::rejected();
       d.probes[0].fault = "dmarc-reject";
     },
     "path.accepted",
     info,
     Cause::refused,
     {"550 5.1.1", "wrong on purpose"}},
    {"rejected_by_policy",
     [](Document& d) {
       d = test::rejected();
       d.probes[0].smtp->cause = d.probes[0].attempts[0].cause = Cause::policy;
     },
     "path.accepted", fail, Cause::policy},
    {"barred_by_its_tlsa_records",
     [](Document& d) {
       barred(d, "dane");
       d.probes[0].smtp->tls->dane = DaneFacts{"fail", {}, {}, Cause::policy, "no TLSA record matches"};
       d.probes[0].attempts = {*d.probes[0].smtp};
     },
     "path.accepted",
     fail,
     Cause::policy,
     {"Nothing was sent"}},
    {"barred_by_its_mta_sts_policy",
     [](Document& d) {
       barred(d, "sts");
       d.target.mta_sts.emplace().mode = StsMode::enforce;
     },
     "path.accepted", fail, Cause::policy},
    {"barred_by_our_floor_over_a_policy_in_testing",
     [](Document& d) {
       barred(d, "sts");
       d.target.mta_sts.emplace().mode = StsMode::testing;
     },
     "path.accepted", inconclusive, Cause::policy},
    {"barred_by_our_floor", [](Document& d) { barred(d, "none"); }, "path.accepted", inconclusive, Cause::policy},
    {"blocked", [](Document& d) { d = test::blocked(); }, "path.accepted", inconclusive, Cause::blocked},
    {"greylisted",
     [](Document& d) { d = test::greylisted(); },
     "path.accepted",
     inconclusive,
     Cause::greylisted,
     {"451 4.7.1"}},
    {"without_starttls",
     [](Document& d) { d = test::without_starttls(); },
     "path.accepted",
     inconclusive,
     Cause::unsupported,
     {"nothing is sent in plain text"}},
    {"without_starttls_that_its_tlsa_records_ask_for",  // RFC 7672 §2.2: though none of them is usable
     [](Document& d) {
       d = test::without_starttls();
       auto& host = d.target.mx.at(0);
       host.tlsa_lookup = TlsaLookup{.base = host.host, .state = TlsaState::unusable, .unusable = {}, .problem = {}};
     },
     "path.accepted", fail, Cause::unsupported},
    {"without_starttls_that_its_mta_sts_policy_asks_for",
     [](Document& d) {
       d = test::without_starttls();
       d.target.mta_sts.emplace().mode = StsMode::enforce;
     },
     "path.accepted", fail, Cause::unsupported},
    {"without_starttls_and_without_need",
     [](Document& d) {
       d = test::without_starttls();
       auto& host = d.target.mx.at(0);
       host.tlsa_lookup = TlsaLookup{.base = host.host, .state = TlsaState::insecure, .unusable = {}, .problem = {}};
       d.target.mta_sts.emplace().mode = StsMode::testing;
     },
     "path.accepted", inconclusive, Cause::unsupported},
    {"possibly_delivered",
     [](Document& d) { d = test::possibly_delivered(); },
     "path.accepted",
     inconclusive,
     Cause::possibly_delivered,
     {"never sent again"}},
    {"starttls_put_off",
     [](Document& d) {
       end(d, "starttls", Cause::refused, "STARTTLS was refused");
       d.probes[0].smtp->reply = ReplyFacts{.code = 454, .enhanced = "4.7.0", .text = "TLS not available"};
       d.probes[0].attempts = {*d.probes[0].smtp};
     },
     "path.accepted", inconclusive, Cause::refused},
    {"server_not_looked_up",
     [](Document& d) {
       d = test::no_such_domain();
       d.target = {.domain = "", .shape = MxShape::server, .problem = {}, .cause = {}, .mx = {}, .policies = {}};
       d.target.mx.emplace_back().host = "foo";
       d.target.mx[0].problem = "no answer in time: 5 s";
     },
     "path.accepted",
     inconclusive,
     Cause::timed_out,
     {"the address of foo could not be looked up", "no answer in time"}},
    {"our_port_25", [](Document& d) { d = test::our_port_25(); }, "path.accepted", inconclusive, Cause::our_port_25},
    {"connection_refused", [](Document& d) { end(d, "connect", Cause::refused, "connection refused"); },
     "path.accepted", inconclusive, Cause::refused},
    {"timed_out", [](Document& d) { end(d, "connect", Cause::timed_out, "no answer"); }, "path.accepted", inconclusive,
     Cause::timed_out},
    {"garbage", [](Document& d) { end(d, "ehlo", Cause::protocol_error, "not a reply"); }, "path.accepted", fail,
     Cause::protocol_error},
    {"lost_in_data", [](Document& d) { end(d, "data", Cause::unreachable, "connection lost"); }, "path.accepted",
     inconclusive, Cause::unreachable},
    {"own_fault",
     [](Document& d) { end(d, "data", {}, "journal.jsonl: no space left"); },
     "path.accepted",
     error,
     {},
     {"no space left"}},
    {"own_limit", [](Document& d) { end(d, "connect", Cause::own_limit, "two a minute"); }, "path.accepted",
     inconclusive, Cause::own_limit},
    {"interrupted", [](Document& d) { end(d, "mail", Cause::interrupted, "interrupted"); }, "path.accepted",
     inconclusive, Cause::interrupted},
    {"no_such_domain", [](Document& d) { d = test::no_such_domain(); }, "path.accepted", not_tested},
    {"fault_of_ours_before_anything",
     [](Document& d) {
       d = test::no_such_domain();
       d.run.problem = "cannot write journal.jsonl: No space left on device";
     },
     "path.accepted",
     error,
     Cause::own_limit,
     {"Nothing was sent: cannot write journal.jsonl"}},
    {"reply_of_no_use",
     [](Document& d) {
       d = test::possibly_delivered();
       d.probes[0].smtp->reply = ReplyFacts{.code = 354, .enhanced = {}, .text = "again"};
       d.probes[0].attempts = {*d.probes[0].smtp};
     },
     "path.accepted",
     inconclusive,
     Cause::possibly_delivered,
     {"no usable reply came"}},
    {"bogus", [](Document& d) { d = test::bogus_domain(); }, "path.accepted", inconclusive, Cause::bogus},
    {"relay_accepts", [](Document& d) { d = test::via_relay(); }, "path.accepted", pass},
    {"relay_refuses",
     [](Document& d) {
       d = test::rejected();
       d.probes[0].via = "relay";
     },
     "path.accepted",
     error,
     Cause::refused,
     {"submission server relay"}},
    {"relay_unreachable",
     [](Document& d) {
       end(d, "connect", Cause::refused, "connection refused");
       d.probes[0].via = "relay";
     },
     "path.accepted", error, Cause::refused},
    {"relay_has_no_address",
     [](Document& d) {
       d = test::no_such_domain();
       d.probes[0].via = "relay";
     },
     "path.accepted", error, Cause::dns_failure},
};

const CheckRow delivered[] = {
    {"found", [](Document&) {}, "path.delivered", pass, {}, {"\"INBOX\"", "420ms"}},
    {"junk_by_special_use", [](Document& d) { d = test::junk_delivery(); }, "path.delivered", warn, {}, {"\"Junk\""}},
    {"junk_by_name", [](Document& d) { copy(d).folder = "INBOX.spam"; }, "path.delivered", warn},
    {"a_name_that_means_nothing",
     [](Document& d) {
       copy(d).folder = "Junk";
       copy(d).special_use = "\\All";
     },
     "path.delivered", pass},
    {"timed_out",
     [](Document& d) { d = test::timed_out(); },
     "path.delivered",
     fail,
     Cause::timed_out,
     {"2 folders", "5m"}},
    {"bounced",
     [](Document& d) {
       d = test::timed_out();
       d.probes[0].watch->answers = {{"answer", "INBOX", {}}, {"bounce", "INBOX", {{}, "raw/1-bounce-2.eml", {}}}};
     },
     "path.delivered",
     fail,
     Cause::refused,
     {"a bounce came instead of the message, to \"INBOX\"", "within 5m"}},
    {"returned",
     [](Document& d) { returned(d, d.probes[0].to, "mx.next.test"); },
     "path.delivered",
     fail,
     Cause::refused,
     {"Accepted, and then returned: \"452 4.3.1 No room left\", says mx.next.test"}},
    {"returned_by_our_receiver",
     [](Document& d) { returned(d, d.probes[0].from, "mx.probe.test"); },
     "path.delivered",
     inconclusive,
     Cause::own_limit,
     {"of what was sent on to us a bounce came: our receiver did not take it: \"452 4.3.1 No room left\", says "
      "mx.probe.test"}},
    {"returned_by_our_receiver_to_the_mailbox",
     [](Document& d) {
       returned(d, d.probes[0].from, "mx.probe.test");
       auto statuses = std::exchange(d.probes[0].replies, {}).front().statuses;
       d.probes[0].watch->completed = true;
       d.probes[0].watch->answers = {{"bounce", "INBOX", {}, std::move(statuses)}};
     },
     "path.delivered",
     inconclusive,
     Cause::own_limit,
     {"our receiver did not take it"}},
    {"returned_by_the_target_beside_our_receiver",
     [](Document& d) {
       returned(d, d.probes[0].from, "mx.probe.test");
       returned(d, d.probes[0].to, "mx.next.test");
     },
     "path.delivered",
     fail,
     Cause::refused,
     {"says mx.next.test"}},
    {"returned_by_our_receiver_and_found",
     [](Document& d) {
       const auto found = d.probes[0].mailbox;
       returned(d, d.probes[0].from, "mx.probe.test");
       d.probes[0].mailbox = found;
     },
     "path.delivered", pass},
    {"answered_only",
     [](Document& d) {
       d = test::timed_out();
       d.probes[0].watch->answers = {{"answer", "INBOX", {}}};
     },
     "path.delivered", fail, Cause::timed_out},
    {"delivered_twice",
     [](Document& d) { copy(d).copies = 2; },
     "path.delivered",
     warn,
     {},
     {"Delivered 2 times to \"INBOX\", the first after 420ms"}},
    {"no_mailbox", [](Document& d) { d = test::unwatched(); }, "path.delivered", not_tested, Cause::no_mailbox},
    {"mailbox_lost",
     [](Document& d) { d = test::mailbox_lost(); },
     "path.delivered",
     error,
     Cause::unreachable,
     {"connection lost"}},
    {"interrupted", [](Document& d) { d = test::interrupted(); }, "path.delivered", inconclusive, Cause::interrupted},
    {"possibly_delivered_and_not_found", [](Document& d) { d = test::possibly_delivered(); }, "path.delivered",
     inconclusive, Cause::possibly_delivered},
    {"possibly_delivered_and_found",
     [](Document& d) { d.probes[0].smtp->outcome = d.probes[0].attempts[0].outcome = Outcome::unknown; },
     "path.delivered", pass},
    {"rejected", [](Document& d) { d = test::rejected(); }, "path.delivered", not_tested},

    {"quick", [](Document&) {}, "path.latency", pass, {}, {"420ms"}},
    {"found_at_once", [](Document& d) { copy(d).delay_ms = 0; }, "path.delivered", pass, {}, {"\"INBOX\" at once"}},
    {"latency_of_none", [](Document& d) { copy(d).delay_ms = 0; }, "path.latency", pass, {}, {"at once"}},
    {"a_minute", [](Document& d) { copy(d).delay_ms = 60'000; }, "path.latency", pass},
    {"slow", [](Document& d) { copy(d).delay_ms = 60'001; }, "path.latency", warn},
    {"latency_of_nothing", [](Document& d) { d = test::timed_out(); }, "path.latency", not_tested},

    {"hops", [](Document&) {}, "path.hops", info, {}, {"2 hops", "mx1.target.test", "TLS observed", "LMTP"}},
    {"no_hops", [](Document& d) { copy(d).hops.clear(); }, "path.hops", warn},
};

class Path : public testing::TestWithParam<CheckRow> {};

TEST_P(Path, IsJudged) { test::expect_row(test::good_delivery(), GetParam()); }

const auto name_of = [](const auto& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Accepted, Path, testing::ValuesIn(accepted), name_of);
INSTANTIATE_TEST_SUITE_P(Delivered, Path, testing::ValuesIn(delivered), name_of);

TEST(PathAdvice, SaysWhenTheServerWantsToBeAskedAgain) {
  const std::pair<const char*, const char*> rows[] = {
      {"Please try again in 300 seconds", "The server asks to come back in 5m."},
      {"Greylisted for 5 minutes", "The server asks to come back in 5m."},
      {"Come back after 1 hour.", "The server asks to come back in 1h."},
      {"try again in 90s", "The server asks to come back in 1m30s."},
      {"try again in 99999999999999999999 seconds", "Try again later, or wait longer with --wait."},
      {"try again in 3 attempts", "Try again later, or wait longer with --wait."},
      {"try again in 4", "Try again later, or wait longer with --wait."}};
  for (const auto& [text, advice] : rows) {
    auto document = test::greylisted();
    document.probes[0].smtp->reply->text = document.probes[0].attempts[0].reply->text = text;
    EXPECT_EQ(test::finding_of(document, "path.accepted").advice, advice) << text;
  }
}

/// A refused connection may be our port, but not where another server of the target's let us in on the same.
TEST(PathAdvice, OfARefusedConnectionSeesWhetherOthersAnswer) {
  auto document = test::good_delivery();
  const auto good = document.probes[0];
  end(document, "connect", Cause::refused, "connection refused");
  document.probes[0].smtp->local_address = document.probes[0].attempts[0].local_address = std::nullopt;
  for (const auto* check : {"path.accepted", "inbound.connect"})
    EXPECT_EQ(test::finding_of(document, check).advice, "See whether port 25 is open from here.") << check;
  document.probes.push_back(good);
  document.probes[1].attempts[0].address = "192.0.2.9";
  document.probes[1].attempts[0].local_address = "192.0.2.77";
  for (const auto* check : {"path.accepted", "inbound.connect"})
    EXPECT_EQ(test::finding_of(document, check).advice,
              "Let a mail server answer there, or take the address out of the DNS.")
        << check;
  document.probes[1].attempts[0].port = 2525;
  EXPECT_EQ(test::finding_of(document, "path.accepted").advice, "See whether port 25 is open from here.");
}

TEST(PathAdvice, OfWhatWeLeftOutIsTheOptionThatAskedForIt) {
  auto document = test::good_delivery();
  end(document, "connect", Cause::own_limit, "not sent, because an expectation had failed before (--fail-fast)");
  EXPECT_EQ(test::finding_of(document, "path.accepted").advice, "Leave out --fail-fast to have all of them sent.");
  end(document, "connect", Cause::own_limit, "our limit of sessions is reached");
  EXPECT_THAT(test::finding_of(document, "path.accepted").advice, testing::StartsWith("Mend it on this side"));
}

TEST(PathAdvice, OfInjectedDataIsNotToOfferStarttls) {
  auto document = test::good_delivery();
  end(document, "starttls", Cause::protocol_error, "injected data: 9 bytes followed the reply to STARTTLS");
  for (auto* attempt : {&*document.probes[0].smtp, document.probes[0].attempts.data()}) attempt->tls.reset();
  EXPECT_THAT(test::finding_of(document, "inbound.starttls").advice,
              testing::StartsWith("Send nothing behind the reply to STARTTLS"));
}

TEST(PathProbe, IsNamedByItsFindings) {
  for (const auto& finding : assess(test::good_delivery(), embedded))
    if (finding.check.starts_with("path.")) EXPECT_EQ(finding.probe, "default") << finding.check;
}

TEST(PathProbe, EachOfSeveralHasItsOwn) {
  auto document = test::good_delivery();
  document.probes.push_back(test::footer_delivery().probes[0]);
  document.probes[1].name = "second";
  const auto findings = test::findings_of(document, "path.dkim-survival");
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].verdict, pass);
  EXPECT_EQ(findings[1].verdict, fail);
  EXPECT_EQ(findings[1].subject, "probe second");
  EXPECT_EQ(findings[1].evidence.front(), "/probes/1/mailbox/dkim");
}

}  // namespace
}  // namespace mailprobe::evidence
