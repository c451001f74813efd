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

/// What our receiver did not take when it was forwarded, as a forwarder tells it.
void not_taken(Document& d) {
  bounced(d);
  d.probes[0].replies[0].session.events = {{0, Direction::out, "220 mx.probe.test ESMTP mailprobe receiver"}};
  d.probes[0].replies[0].statuses = {{.recipient = d.probes[0].from,
                                      .action = "failed",
                                      .status = "5.4.7",
                                      .diagnostic = "452 4.3.1 No room left",
                                      .remote_mta = "mx.probe.test"}};
}
DeliveryStatus& status(Document& d) { return d.probes[0].replies[0].statuses[0]; }

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
    {"not_taken_by_us",
     not_taken,
     "outbound.forward",
     inconclusive,
     Cause::own_limit,
     {"It was forwarded to us, and our receiver did not take it: \"452 4.3.1 No room left\", says mx.probe.test"}},
    {"not_taken_by_us_is_no_answer_to_what_is_wrong_on_purpose",
     [](Document& d) { not_taken(d), d.probes[0].fault = "dmarc-reject"; }, "outbound.forward", inconclusive,
     Cause::own_limit},
    {"not_taken_by_our_host_whoever_it_was_for",
     [](Document& d) {
       not_taken(d);
       status(d).recipient = d.probes[0].to;
       status(d).remote_mta = "MX.probe.test. (192.0.2.7, the server for the domain probe.test.)";
     },
     "outbound.forward", inconclusive, Cause::own_limit},
    {"not_taken_at_our_address_without_a_host",
     [](Document& d) {
       not_taken(d);
       status(d).recipient = "<" + d.probes[0].reverse_path + ">";
       status(d).remote_mta.reset();
       status(d).diagnostic = "connect to mx.probe.test[192.0.2.7]:25: Connection refused";
     },
     "outbound.forward",
     inconclusive,
     Cause::own_limit,
     {"Connection refused"}},
    {"not_taken_at_the_place_where_we_listen",
     [](Document& d) {
       not_taken(d);
       status(d).recipient = d.probes[0].to;
       status(d).remote_mta = "[192.0.2.7]";
       watch(d).places = {"192.0.2.7 port 25"};
     },
     "outbound.forward", inconclusive, Cause::own_limit},
    {"not_taken_by_us_to_the_mailbox",
     [](Document& d) {
       not_taken(d);
       auto statuses = std::exchange(d.probes[0].replies, {}).front().statuses;
       d.probes[0].watch->answers.push_back({"bounce", "INBOX", {}, std::move(statuses)});
     },
     "outbound.forward", inconclusive, Cause::own_limit},
    {"not_taken_by_the_target_on_the_way_to_us",
     [](Document& d) { not_taken(d), status(d).remote_mta = d.probes[0].attempts[0].host; },
     "outbound.forward",
     fail,
     Cause::refused,
     {"It bounced"}},
    {"not_taken_by_us_and_by_another",
     [](Document& d) {
       not_taken(d);
       auto other = status(d);
       other.recipient = "other@next.test", other.remote_mta = "mx.next.test";
       d.probes[0].replies[0].statuses.push_back(std::move(other));
     },
     "outbound.forward", fail, Cause::refused},
    {"not_taken_by_us_and_delivered_to_another",
     [](Document& d) {
       not_taken(d);
       d.probes[0].replies[0].statuses.push_back(
           {.recipient = "other@next.test", .action = "relayed", .status = "2.0.0"});
     },
     "outbound.forward", inconclusive, Cause::own_limit},
    {"not_taken_by_us_and_returned_by_another",
     [](Document& d) {
       not_taken(d);
       auto other = d.probes[0].replies[0];
       other.statuses[0].recipient = d.probes[0].to, other.statuses[0].remote_mta = "mx.next.test";
       d.probes[0].replies.push_back(std::move(other));
     },
     "outbound.forward",
     fail,
     Cause::refused,
     {"says mx.next.test"}},
    {"bounced_without_a_cause",
     [](Document& d) { not_taken(d), d.probes[0].replies[0].statuses.clear(); },
     "outbound.forward",
     fail,
     Cause::refused,
     {"it gives no cause"}},
    {"bounced_where_our_own_mailbox_is_the_target",
     [](Document& d) {
       not_taken(d);
       d.probes[0].to = d.probes[0].from;
       status(d).remote_mta.reset();
     },
     "outbound.forward", fail, Cause::refused},
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

TEST(Forward, ThatWeDidNotTakeIsOursToMend) {
  auto document = forwarded();
  not_taken(document);
  const auto finding = test::finding_of(document, "outbound.forward");
  EXPECT_EQ(finding.fix_by, FixBy::us);
  EXPECT_EQ(finding.evidence, std::vector<std::string>{"/probes/0/replies"});
  EXPECT_NE(finding.advice.find("it says nothing about the target"), std::string::npos);
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
