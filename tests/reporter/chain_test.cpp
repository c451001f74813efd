// Certificate chains as they are drawn: what signs what, what is trusted or pinned, and where it breaks off.
#include "reporter/chain.h"

#include <gtest/gtest.h>

#include "reporter/phrases.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using namespace std::chrono_literals;

const Time seen_at = *parse_rfc3339("2026-01-31T12:00:00Z");

Certificate certificate(const std::string& subject, const std::string& issuer) {
  Certificate one;
  one.subject = "CN=" + subject;
  one.issuer = "CN=" + issuer + ",O=Test";
  if (issuer == subject) one.issuer = one.subject;
  one.not_before = seen_at - std::chrono::days(10);
  one.not_after = seen_at + std::chrono::days(80);
  return one;
}

TlsFacts seen(std::vector<Certificate> certificates, std::optional<Cause> cause = {}) {
  TlsFacts tls;
  tls.certificates = std::move(certificates);
  tls.verified = Verification{.result = cause ? "fail" : "pass", .cause = cause, .detail = {}};
  return tls;
}

std::string marks_of(const ChainNode& node) {
  std::string text;
  for (const auto& mark : node.marks) text += (text.empty() ? "" : "; ") + mark.tone + ": " + mark.label;
  return text;
}

Certificate with_issuer(Certificate one, const Certificate& issuer) {
  one.issuer = issuer.subject;
  return one;
}

TEST(Chain, EndsInTheTrustStoreWhereTheRootWasNotSent) {
  const auto middle = certificate("Middle", "Root");
  const auto chain = chain_of(seen({with_issuer(certificate("mx.test", "x"), middle), middle}), seen_at);
  ASSERT_EQ(chain.size(), 3U);
  EXPECT_EQ(chain[0].role, "Server certificate");
  EXPECT_EQ(chain[0].step.at(0).label, "signed by");
  EXPECT_EQ(chain[1].role, "Intermediate");
  EXPECT_EQ(chain[2].certificate, nullptr);
  EXPECT_EQ(chain[2].name, "Root");
  EXPECT_EQ(marks_of(chain[2]), "pass: in our trust store");
}

TEST(Chain, EndsWithARootThatWasSent) {
  const auto root = certificate("Root", "Root");
  const auto chain = chain_of(seen({with_issuer(certificate("mx.test", "x"), root), root}), seen_at);
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(chain[1].role, "Root");
  EXPECT_EQ(marks_of(chain[1]), "pass: in our trust store");
  EXPECT_TRUE(chain[1].step.empty());
}

TEST(Chain, WhatNobodyKnowsIsSaid) {
  const auto unknown = chain_of(seen({certificate("mx.test", "Nobody")}, Cause::unknown_ca), seen_at);
  ASSERT_EQ(unknown.size(), 2U);
  EXPECT_EQ(marks_of(unknown[1]), "fail: not known to us");
  const auto alone = chain_of(seen({certificate("mx.test", "mx.test")}, Cause::self_signed), seen_at);
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(marks_of(alone[0]), "fail: signed by itself, and not known to us");
  EXPECT_EQ(alone[0].tone, "fail");
}

TEST(Chain, AFaultOfTheLeafIsMarkedThere) {
  auto late = certificate("mx.test", "Root");
  late.not_after = seen_at - 1h;
  EXPECT_EQ(marks_of(chain_of(seen({late}, Cause::expired), seen_at).at(0)), "fail: expired");
  auto early = certificate("mx.test", "Root");
  early.not_before = seen_at + 1h;
  EXPECT_EQ(marks_of(chain_of(seen({early}, Cause::expired), seen_at).at(0)), "fail: not yet valid");
  EXPECT_EQ(marks_of(chain_of(seen({certificate("a.test", "Root")}, Cause::wrong_name), seen_at).at(0)),
            "fail: for other names");
}

TEST(Chain, ACertificateThatDoesNotFollowIsABreak) {
  const auto chain = chain_of(seen({certificate("mx.test", "Middle"), certificate("Other", "Root")}), seen_at);
  EXPECT_EQ(chain[0].step.at(0).tone, "fail");
  EXPECT_EQ(chain[0].step.at(0).label, "signed by Middle, which is not what follows");
}

TEST(Chain, WhatTlsaPinsIsMarked) {
  const auto root = certificate("Root", "Root");
  auto tls = seen({with_issuer(certificate("mx.test", "x"), root), root}, Cause::unknown_ca);
  tls.dane = DaneFacts{.result = "pass", .matched = "2 1 1 abcdef", .depth = 1, .cause = {}, .detail = {}};
  EXPECT_EQ(marks_of(chain_of(tls, seen_at).at(0)), "");
  EXPECT_EQ(marks_of(chain_of(tls, seen_at).at(1)),
            "pass: pinned by TLSA 2 1 1; mute: signed by itself, and not known to us");
  tls.dane->depth = 0;
  tls.dane->matched = "3 1 1 abcdef";
  EXPECT_EQ(marks_of(chain_of(tls, seen_at).at(0)), "pass: pinned by TLSA 3 1 1");
  tls.dane->result = "fail";
  EXPECT_EQ(marks_of(chain_of(tls, seen_at).at(0)), "");
}

TEST(Chain, ThePinOfACasBareKeyIsAtTheCa) {
  auto tls = seen({certificate("mx.test", "CA")}, Cause::unknown_ca);
  tls.dane = DaneFacts{.result = "pass", .matched = "2 1 0 abcdef", .depth = 0, .cause = {}, .detail = {}};
  const auto chain = chain_of(tls, seen_at);
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(marks_of(chain[0]), "");
  EXPECT_EQ(marks_of(chain[1]), "mute: not known to us; pass: pinned by TLSA 2 1 0");
  EXPECT_EQ(pin_of(*tls.dane), "TLSA 2 1 0 matches the key of the CA that signed the certificate");
  EXPECT_EQ(dane_text(*tls.dane), "pass: 2 1 0 abcdef matches the key of the CA that signed the certificate");
}

TEST(Chain, APinInAFewWords) {
  DaneFacts dane{.result = "pass", .matched = "3 1 1 abcdef", .depth = 0, .cause = {}, .detail = {}};
  EXPECT_EQ(pin_of(dane), "TLSA 3 1 1 matches the certificate");
  dane.depth = 2;
  EXPECT_EQ(pin_of(dane), "TLSA 3 1 1 matches a CA of the chain");
  dane = {
      .result = "fail", .matched = {}, .depth = {}, .cause = Cause::policy, .detail = "No matching DANE TLSA records"};
  EXPECT_EQ(pin_of(dane), "no TLSA record matches");
  dane.cause = Cause::expired;
  EXPECT_EQ(pin_of(dane), "fail: No matching DANE TLSA records");
}

TEST(Chain, AnEmptySubjectIsNamedBySubjectAltName) {
  Certificate one;
  one.names = {"mx.target.test", "target.test"};
  EXPECT_EQ(chain_of(seen({one}), seen_at).front().name, "mx.target.test");
  EXPECT_EQ(chain_of(seen({Certificate{}}), seen_at).front().name, "no name");
}

TEST(Chain, OfNothingIsNothing) { EXPECT_TRUE(chain_of(TlsFacts{}, seen_at).empty()); }

TEST(Chain, IsDrawnInTheReport) {
  const auto page = html(test::assessed(test::good_delivery()), evidence::embedded);
  EXPECT_NE(page.find("<ol class=\"chain\">"), std::string::npos);
  EXPECT_NE(page.find("in our trust store"), std::string::npos);
  const auto inspected = html(test::assessed(test::inspected()), evidence::embedded);
  EXPECT_NE(inspected.find("The certificate chains"), std::string::npos);
  EXPECT_NE(inspected.find("<ol class=\"chain\">"), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::reporter
