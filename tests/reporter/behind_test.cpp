// Which finding stands behind what: of a chain of consequences its beginning.
#include "reporter/behind.h"

#include <gtest/gtest.h>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Document;
using evidence::Expectation;
using evidence::Finding;
using evidence::Verdict;

Finding finding(std::string check, std::string subject, Verdict verdict, std::optional<Cause> cause = {}) {
  return {.check = std::move(check), .subject = std::move(subject), .verdict = verdict, .cause = cause};
}

Finding of_probe(const Document& document, std::string check, Verdict verdict, std::optional<Cause> cause = {}) {
  auto out = finding(std::move(check), "probe", verdict, cause);
  out.probe = document.probes.at(0).name;
  return out;
}

Expectation expectation(const Document& document, std::string text, Verdict verdict, std::vector<std::string> evidence,
                        std::optional<Cause> cause = {}) {
  return {.probe = document.probes.at(0).id,
          .text = std::move(text),
          .verdict = verdict,
          .cause = cause,
          .expected = {},
          .found = {},
          .evidence = std::move(evidence)};
}

/// The check of what stands behind it; empty: nothing does.
std::string behind(const Document& document, const Expectation& of) {
  const auto* found = Causes(document).behind(of);
  return found == nullptr ? "" : found->check;
}

std::string root(const Document& document, std::string_view check) {
  for (const auto& each : document.findings)
    if (each.check == check) return Causes(document).root_of(each).check;
  return "no such finding";
}

constexpr auto unknown = Verdict::inconclusive;

TEST(Root, OfNothingSentIsWhatEndedTheSession) {
  const auto document = test::assessed(test::without_starttls());
  EXPECT_EQ(root(document, "path.accepted"), "inbound.starttls");
  EXPECT_EQ(root(document, "inbound.starttls"), "inbound.starttls");
}

TEST(Root, OfNothingSentForAPolicyIsThatPolicy) {
  auto document = test::without_starttls();
  auto& attempt = *document.probes.at(0).smtp;
  attempt.cause = document.probes.at(0).attempts.back().cause = Cause::policy;
  const auto place = "address " + attempt.host + " " + attempt.address;
  document.findings = {of_probe(document, "path.accepted", Verdict::fail, Cause::policy),
                       finding("inbound.mta-sts", place, Verdict::fail, Cause::wrong_name)};
  EXPECT_EQ(root(document, "path.accepted"), "inbound.mta-sts");
  document.findings[1].verdict = unknown;
  EXPECT_EQ(root(document, "path.accepted"), "path.accepted") << "what is not known fails nothing";
  document.findings[1].subject = "address elsewhere.test 192.0.2.99";
  document.findings[1].verdict = Verdict::fail;
  EXPECT_EQ(root(document, "path.accepted"), "path.accepted") << "another server's";
}

TEST(Root, OfADomainWithoutAServerIsTheDomain) {
  const auto document = test::assessed(test::bogus_domain());
  EXPECT_EQ(root(document, "path.accepted"), "published.mx");
  EXPECT_EQ(behind(document, expectation(document, "outbound.spf == pass", unknown, {})), "published.mx");
  auto of_all = expectation(document, "published.spf == pass", unknown, {});
  of_all.probe.reset();
  EXPECT_EQ(behind(document, of_all), "published.mx");
}

TEST(Root, OfAnInspectionIsTheConnection) {
  Document document;
  document.findings = {finding("inbound.starttls", "address mx.a.test 192.0.2.1", unknown, Cause::refused),
                       finding("inbound.connect", "address mx.a.test 192.0.2.1", unknown, Cause::refused),
                       finding("inbound.connect", "address mx.b.test 192.0.2.2", unknown, Cause::refused)};
  const Causes causes(document);
  EXPECT_EQ(&causes.root_of(document.findings[0]), &document.findings[1]);
  EXPECT_EQ(&causes.root_of(document.findings[2]), &document.findings[2]);
  document.findings[1].cause = Cause::timed_out;
  EXPECT_EQ(root(document, "inbound.starttls"), "inbound.starttls");
}

TEST(Behind, WhatARefusedMessageWasToShowIsTheRefusal) {
  const auto document = test::assessed(test::rejected());
  for (const auto* pointer : {"/probes/0/mailbox", "/probes/0/reply", "/probes/0/forward"})
    for (const auto verdict : {Verdict::fail, unknown})
      EXPECT_EQ(behind(document, expectation(document, "it exists", verdict, {pointer})), "path.accepted") << pointer;
  EXPECT_EQ(behind(document, expectation(document, "smtp.outcome == accepted", Verdict::fail, {"/probes/0/smtp"})),
            "path.accepted");
  const auto tls = expectation(document, "smtp.tls.version >= TLSv1.4", Verdict::fail, {"/probes/0/smtp/tls/version"});
  EXPECT_EQ(behind(document, tls), "") << "it went over TLS, whoever refused it";
}

TEST(Behind, WhatFailedHasNoCauseThatIsNotKnown) {
  const auto document = test::assessed(test::blocked());
  EXPECT_EQ(behind(document, expectation(document, "mailbox exists", unknown, {"/probes/0/mailbox"})), "path.accepted");
  EXPECT_EQ(behind(document, expectation(document, "mailbox exists", Verdict::fail, {"/probes/0/mailbox"})), "");
}

/// That a control did not arrive has a cause too.
TEST(Behind, AProbeWithoutItsControlIsWhatStoppedTheControl) {
  auto document = test::rejected();
  document.probes.push_back(document.probes.front());
  document.probes[0].name = "wrong";
  document.probes[0].fault = "dkim-body-hash";
  document.probes[1].id = "0123";
  document.probes[1].name = "right";
  document.probes[1].control_of = "wrong";
  document = test::assessed(document);
  const auto of = expectation(document, "inbound.dkim-evaluated != fail", unknown, {}, Cause::no_control);
  const auto* found = Causes(document).behind(of);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->check, "path.accepted");
  EXPECT_EQ(found->probe, "right");
}

TEST(Behind, AnAnswerThatDidNotComeIsTheWaitForIt) {
  const auto document = test::assessed(test::unanswered());
  const auto* found = Causes(document).behind(expectation(document, "reply exists", unknown, {"/probes/0/reply"}));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->verdict, unknown);
  EXPECT_TRUE(found->check.starts_with("outbound.")) << found->check;
}

/// What comes with a file leads nowhere, and ends.
TEST(Behind, TakesWhatIsNotThere) {
  auto document = test::assessed(test::good_delivery());
  document.findings.push_back(finding("path.accepted", "", unknown, Cause::no_control));
  document.findings.back().probe = "nobody";
  document.findings.push_back(finding("inbound.certificate", "cert ", unknown));
  document.findings.push_back(finding("inbound.connect", "address", unknown));
  document.findings.back().evidence = {""};
  for (const auto& each : document.findings) EXPECT_EQ(&Causes(document).root_of(each), &each) << each.check;
  for (const auto* pointer : {"", "/", "//", "x", "/findings/999"})
    EXPECT_EQ(behind(document, expectation(document, "a", unknown, {pointer})), "") << pointer;
}

}  // namespace
}  // namespace mailprobe::reporter
