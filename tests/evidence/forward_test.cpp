// outbound.forward*: what a forwarder made of a message on its way back to us.
#include <gtest/gtest.h>

#include "evidence/forwarded.h"
#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

/// By SRS, sealed, its signatures intact.
Document forwarded() {
  auto document = test::good_delivery();
  auto& probe = document.probes[0];
  probe.reply_watch = ReplyWatch{.address = "probe+a@probe.test", .forward = true, .listening = {}, .completed = true};
  Reply forward;
  forward.delay_ms = 40;
  forward.kind = AnswerKind::forward;
  forward.session.address = "192.0.2.99";
  forward.session.mail_from = "SRS0=ab12=a7=probe.test=probe+a@target.test";
  forward.raw = probe.mailbox->raw;
  forward.spf = auth::Spf{.result = auth::SpfOutcome::pass, .domain = "target.test"};
  forward.dkim = probe.mailbox->dkim;
  forward.dmarc = probe.mailbox->dmarc;
  forward.arc = auth::Arc{.result = auth::ArcOutcome::pass, .instances = {{.instance = 1, .domain = "target.test"}}};
  probe.forward = std::move(forward);
  return document;
}

Reply& forward(Document& d) { return *d.probes[0].forward; }
ReplyWatch& watch(Document& d) { return *d.probes[0].reply_watch; }
void nothing(Document& d) { d.probes[0].forward.reset(), watch(d).waited_ms = 5000; }

void bounced(Document& d) {
  nothing(d);
  auto& reply = d.probes[0].replies.emplace_back();
  reply.kind = AnswerKind::bounce;
  reply.statuses.push_back({.recipient = d.probes[0].to,
                            .action = "failed",
                            .status = "5.1.1",
                            .diagnostic = "550 5.1.1 No such user",
                            .remote_mta = "mx.next.test"});
}

using test::CheckRow;
using enum Verdict;

const CheckRow rows[] = {
    {"came", [](Document&) {}, "outbound.forward", pass, {}, {"Forwarded to us after 40ms, from 192.0.2.99"}},
    {"srs",
     [](Document&) {},
     "outbound.forward-srs",
     pass,
     {},
     {"by SRS: SRS0=ab12=a7=probe.test=probe+a@target.test"}},
    {"own_path",
     [](Document& d) { forward(d).session.mail_from = "list-bounces@target.test"; },
     "outbound.forward-srs",
     pass,
     {},
     {"a reverse-path of its own: list-bounces@target.test"}},
    {"null_path",
     [](Document& d) { forward(d).session.mail_from = ""; },
     "outbound.forward-srs",
     info,
     {},
     {"with the null reverse-path"}},
    {"our_path",
     [](Document& d) { forward(d).session.mail_from = d.probes[0].reverse_path; },
     "outbound.forward-srs",
     fail,
     {},
     {"under our own reverse-path"}},
    {"spf", [](Document&) {}, "outbound.forward-spf", pass, {}, {"SPF is pass for target.test"}},
    {"spf_fails",
     [](Document& d) { forward(d).spf->result = auth::SpfOutcome::fail; },
     "outbound.forward-spf",
     fail,
     {},
     {"SPF is fail for target.test, from 192.0.2.99"}},
    {"spf_unknown", [](Document& d) { forward(d).spf->result = auth::SpfOutcome::temperror; }, "outbound.forward-spf",
     inconclusive, Cause::dns_failure},
    {"dkim",
     [](Document&) {},
     "outbound.forward-dkim",
     pass,
     {},
     {"All 4 DKIM signatures still verify", "DMARC is pass"}},
    {"dkim_breaks",
     [](Document& d) {
       for (auto& each : forward(d).dkim) each.result = auth::DkimOutcome::fail;
     },
     "outbound.forward-dkim",
     fail,
     {},
     {"0 of 4 DKIM signatures survived"}},
    {"dkim_breaks_in_part",
     [](Document& d) { forward(d).dkim[0].result = auth::DkimOutcome::fail; },
     "outbound.forward-dkim",
     warn,
     {},
     {"3 of 4 DKIM signatures survived"}},
    {"dkim_unknown", [](Document& d) { forward(d).dkim[0].result = auth::DkimOutcome::temperror; },
     "outbound.forward-dkim", inconclusive, Cause::dns_failure},
    {"arc",
     [](Document&) {},
     "outbound.forward-arc",
     pass,
     {},
     {"The chain of 1 ARC set is valid, sealed by target.test"}},
    {"no_arc", [](Document& d) { forward(d).arc.reset(); }, "outbound.forward-arc", warn, {}, {"adds no ARC set"}},
    {"arc_broken",
     [](Document& d) { forward(d).arc->result = auth::ArcOutcome::fail, forward(d).arc->reason = "seal 1"; },
     "outbound.forward-arc",
     fail,
     {},
     {"broken: seal 1"}},
    {"arc_unknown",
     [](Document& d) { forward(d).arc->result = auth::ArcOutcome::fail, forward(d).arc->temporary = true; },
     "outbound.forward-arc", inconclusive, Cause::dns_failure},
    {"nothing_came",
     nothing,
     "outbound.forward",
     inconclusive,
     Cause::timed_out,
     {"Nothing was forwarded to us within 5"}},
    {"nothing_to_look_at", nothing, "outbound.forward-spf", not_tested},
    {"not_waited",
     [](Document& d) { nothing(d), watch(d).completed = false; },
     "outbound.forward",
     not_tested,
     {},
     {"mailprobe collect"}},
    {"interrupted", [](Document& d) { nothing(d), watch(d).completed = false, watch(d).cause = Cause::interrupted; },
     "outbound.forward", inconclusive, Cause::interrupted},
    {"our_receiver_failed",
     [](Document& d) { nothing(d), watch(d).error = "the disk is full", watch(d).cause = Cause::own_limit; },
     "outbound.forward",
     error,
     Cause::own_limit,
     {"the disk is full"}},
    {"bounced",
     [](Document& d) { bounced(d), watch(d).completed = false; },
     "outbound.forward",
     fail,
     Cause::refused,
     {"It bounced instead of being forwarded: \"550 5.1.1 No such user\", says mx.next.test"}},
    {"bounced_of_one_that_is_wrong_on_purpose",
     [](Document& d) { bounced(d), d.probes[0].fault = "dmarc-reject"; },
     "outbound.forward",
     info,
     {},
     {"It bounced", "wrong on purpose (dmarc-reject)"}},
    {"bounced_to_the_mailbox",
     [](Document& d) {
       bounced(d);
       auto statuses = std::exchange(d.probes[0].replies, {}).front().statuses;
       d.probes[0].watch->answers.push_back({"bounce", "INBOX", {}, std::move(statuses)});
     },
     "outbound.forward",
     fail,
     Cause::refused,
     {"550 5.1.1 No such user"}},
    {"delayed",
     [](Document& d) {
       bounced(d);
       d.probes[0].replies.front().kind = AnswerKind::delay;
     },
     "outbound.forward",
     inconclusive,
     Cause::timed_out,
     {"Nothing was forwarded to us"}},
    {"not_accepted",
     [](Document& d) { nothing(d), d.probes[0].smtp->outcome = Outcome::rejected; },
     "outbound.forward",
     not_tested,
     {},
     {"Nothing was accepted"}},
};

class Forwarded : public testing::TestWithParam<CheckRow> {};

TEST_P(Forwarded, IsJudgedByWhatCameBack) { test::expect_row(forwarded(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Each, Forwarded, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Forward, IsNotJudgedWhereNobodyAskedForIt) {
  EXPECT_TRUE(test::findings_of(test::good_delivery(), "outbound.forward").empty());
}

/// What says how DMARC went there points at it.
TEST(Forward, OfTheSignaturesIsAboutDmarcToo) {
  auto document = forwarded();
  EXPECT_EQ(test::finding_of(document, "outbound.forward-dkim").evidence,
            (std::vector<std::string>{"/probes/0/forward/dkim", "/probes/0/forward/dmarc"}));
  forward(document).dmarc.result.reset();
  EXPECT_EQ(test::finding_of(document, "outbound.forward-dkim").evidence.size(), 1U);
}

TEST(Forward, IsKnownByTheFieldThatAnswersHaveNot) {
  EXPECT_EQ(forwarded_id("X-Mailprobe-Id: ABC2\r\n\r\nx"), "abc2");
  EXPECT_EQ(forwarded_id("In-Reply-To: <abc2@probe.test>\r\n\r\nX-Mailprobe-Id: abc2\r\n"), std::nullopt);
  EXPECT_EQ(forwarded_id("X-Mailprobe-Id: ../abc\r\n\r\nx"), std::nullopt);
  EXPECT_EQ(forwarded_id("X-Mailprobe-Id: " + std::string(65, 'a') + "\r\n\r\nx"), std::nullopt);
  EXPECT_EQ(forwarded_id(""), std::nullopt);
}

TEST(Forward, TellsWhoWroteTheReversePath) {
  using enum Rewriting;
  constexpr std::string_view ours = "probe+a@probe.test";
  EXPECT_EQ(rewriting_of("SRS0=x=a7=probe.test=probe@fwd.test", ours), srs);
  EXPECT_EQ(rewriting_of("srs1+x=y==z@fwd.test", ours), srs);
  EXPECT_EQ(rewriting_of("SRS0x@fwd.test", ours), other);
  EXPECT_EQ(rewriting_of("bounces@fwd.test", ours), other);
  EXPECT_EQ(rewriting_of("", ours), null);
  EXPECT_EQ(rewriting_of("probe+b@PROBE.test", ours), none);
}

}  // namespace
}  // namespace mailprobe::evidence
