// Whom a reflector answers: every rule of docs/threats.md, one row each.
#include <gtest/gtest.h>

#include <ostream>

#include "auth/header_block.h"
#include "reflector/manners.h"

namespace mailprobe::reflector {
namespace {

const std::string id = "abcdefghijklmnopqrstuvwxyz";

const std::string probe =
    "From: probe@probe.test\r\n"
    "To: reflector@reflector.test\r\n"
    "Reply-To: somebody@elsewhere.test, probe+x@probe.test\r\n"
    "X-Mailprobe-Id: abcdefghijklmnopqrstuvwxyz\r\n"
    "Auto-Submitted: no\r\n"
    "\r\n"
    "text\r\n";

auth::Dmarc passing(const std::string& domain = "probe.test") {
  auth::Dmarc dmarc;
  dmarc.result = auth::DmarcOutcome::pass;
  dmarc.domain = domain;
  dmarc.aligned_spf = true;
  return dmarc;
}

/// SPF fails, or is of another domain.
auth::Dmarc passing_by_dkim() {
  auto dmarc = passing();
  dmarc.aligned_spf = false;
  dmarc.aligned_dkim = true;
  return dmarc;
}

Mailbox mailbox(std::string_view text) { return Mailbox::parse(text).value(); }

std::vector<std::string> texts(const std::vector<Mailbox>& addresses) {
  std::vector<std::string> out;
  out.reserve(addresses.size());
  for (const auto& address : addresses) out.push_back(address.text());
  return out;
}

Judgement judged(const std::string& raw, const std::optional<std::string>& reverse_path = "probe+x@probe.test",
                 const auth::Dmarc& dmarc = passing(), const House& house = {{mailbox("reflector@reflector.test")}},
                 const std::vector<auth::Dkim>& dkim = {}) {
  const auto message = auth::split_message(raw);
  return judge({.message = message, .reverse_path = reverse_path, .dkim = dkim, .dmarc = dmarc}, house);
}

/// What such a field says; whether it holds is in `holding`.
std::string signature(std::string_view headers) {
  return "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=probe.test; s=r1;\r\n\th=" + std::string(headers) +
         ";\r\n\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=QUJD\r\n";
}

auth::Dkim holding(int index = 1, const std::string& domain = "probe.test") {
  auth::Dkim dkim;
  dkim.index = index;
  dkim.domain = domain;
  dkim.result = auth::DkimOutcome::pass;
  return dkim;
}

constexpr std::string_view whole = "from:reply-to:auto-submitted:x-mailprobe-id:x-mailprobe-answer-to";

/// Carried by that signature alone, with a reverse-path that Reply-To knows.
Judgement judged_by(std::string_view headers, std::string raw = probe, const auth::Dkim& dkim = holding()) {
  return judged(signature(headers) + std::move(raw), "probe+x@probe.test", passing_by_dkim(), {}, {dkim});
}

std::string with(const std::string& field) { return field + "\r\n" + probe; }

std::string without(const std::string& name) {
  const auto from = probe.find(name + ":");
  auto out = probe;
  return out.erase(from, probe.find("\r\n", from) + 2 - from);
}

TEST(Manners, AnswerAProbeThatAsksAtItsReversePathAlone) {
  const auto out = judged(probe);
  EXPECT_EQ(out.refusal, std::nullopt) << out.detail;
  EXPECT_EQ(out.probe, id);
  EXPECT_EQ(texts(out.recipients), std::vector<std::string>{"probe+x@probe.test"});
  EXPECT_TRUE(out.left_out.empty());
}

struct Row {
  const char* name;
  std::string raw;
  Refusal refusal;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class Refused : public testing::TestWithParam<Row> {};

TEST_P(Refused, WithAReason) {
  const auto out = judged(GetParam().raw);
  ASSERT_TRUE(out.refusal.has_value());
  EXPECT_EQ(word(*out.refusal), word(GetParam().refusal));
  EXPECT_FALSE(out.detail.empty());
  EXPECT_TRUE(out.recipients.empty());
}

const Row rows[] = {
    {"no id", without("X-Mailprobe-Id"), Refusal::not_a_probe},
    {"an empty message", "", Refusal::not_a_probe},
    {"two ids", with("X-Mailprobe-Id: abcdefghijklmnopqrstuvwxyz"), Refusal::bad_id},
    {"an id with a dash", "X-Mailprobe-Id: abcdefghijklmnop-rstuvwxyz\r\n" + without("X-Mailprobe-Id"),
     Refusal::bad_id},
    {"a short id", "X-Mailprobe-Id: abc\r\n" + without("X-Mailprobe-Id"), Refusal::bad_id},
    {"a long id", "X-Mailprobe-Id: " + std::string(65, 'a') + "\r\n" + without("X-Mailprobe-Id"), Refusal::bad_id},
    {"no Auto-Submitted", without("Auto-Submitted"), Refusal::not_asked},
    {"a probe whose witness is a mailbox", "Auto-Submitted: auto-generated\r\n" + without("Auto-Submitted"),
     Refusal::auto_submitted},
    {"an automatic reply", "Auto-Submitted: auto-replied\r\n" + without("Auto-Submitted"), Refusal::auto_submitted},
    {"with a parameter", "Auto-Submitted: Auto-Replied; owner-email=\"a@b.test\"\r\n" + without("Auto-Submitted"),
     Refusal::auto_submitted},
    {"with a comment", "Auto-Submitted: auto-generated (by cron)\r\n" + without("Auto-Submitted"),
     Refusal::auto_submitted},
    {"an extension", "Auto-Submitted: auto-notified\r\n" + without("Auto-Submitted"), Refusal::auto_submitted},
    {"no and another", with("Auto-Submitted: auto-replied"), Refusal::auto_submitted},
    {"our own answer", with("X-Mailprobe-Answers: abcdefghijklmnopqrstuvwxyz"), Refusal::answer},
    {"a report", with("Content-Type: multipart/report; report-type=delivery-status; boundary=x"), Refusal::report},
    {"List-Id", with("List-Id: <list.example.org>"), Refusal::list},
    {"List-Unsubscribe", with("list-unsubscribe: <mailto:a@b.test>"), Refusal::list},
    {"Precedence: bulk", with("Precedence: bulk"), Refusal::list},
    {"Precedence: List", with("Precedence: List"), Refusal::list},
    {"Precedence: junk", with("Precedence:junk"), Refusal::list},
};
INSTANTIATE_TEST_SUITE_P(Manners, Refused, testing::ValuesIn(rows));

TEST(Manners, TakeNoForNoWithCommentAndParameter) {
  const auto out = judged("Auto-Submitted: NO (please answer); x=y\r\n" + without("Auto-Submitted"));
  EXPECT_EQ(out.refusal, std::nullopt) << out.detail;
}

TEST(Manners, LetFirstClassPrecedencePass) { EXPECT_EQ(judged(with("Precedence: first-class")).refusal, std::nullopt); }

TEST(Manners, RefuseWhatGoesInCircles) {
  std::string hops;
  for (int i = 0; i < 51; ++i) hops += "Received: from a by b; Sat, 31 Jan 2026 12:00:00 +0000\r\n";
  EXPECT_EQ(judged(hops + probe).refusal, Refusal::hops);
}

TEST(Manners, RefuseReversePathsThatCannotBeAnswered) {
  EXPECT_EQ(judged(probe, "").refusal, Refusal::null_reverse_path);
  EXPECT_EQ(judged(probe, std::nullopt).refusal, Refusal::reverse_path);
  for (const auto* address : {"victim@elsewhere.test", "not an address", "probe@[192.0.2.1]",
                              "mailer-daemon@probe.test", "Owner-list@probe.test", "list-request@probe.test"}) {
    const auto out = judged(probe, address);
    EXPECT_EQ(out.refusal, Refusal::nobody) << address;
    EXPECT_EQ(out.left_out.size(), 1U) << address;
    EXPECT_NE(out.detail.find(address), std::string::npos) << out.detail;
  }
}

TEST(Manners, RefuseWithoutADmarcPass) {
  auto dmarc = passing();
  for (const auto result : {auth::DmarcOutcome::fail, auth::DmarcOutcome::none, auth::DmarcOutcome::permerror}) {
    dmarc.result = result;
    EXPECT_EQ(judged(probe, "probe@probe.test", dmarc).refusal, Refusal::dmarc) << word(result);
  }
  dmarc.result = auth::DmarcOutcome::temperror;
  EXPECT_EQ(judged(probe, "probe@probe.test", dmarc).refusal, Refusal::dmarc_unknown);
  dmarc.result.reset();
  dmarc.reason = "SPF is not known";
  const auto out = judged(probe, "probe@probe.test", dmarc);
  EXPECT_EQ(out.refusal, Refusal::dmarc_unknown);
  EXPECT_NE(out.detail.find("SPF is not known"), std::string::npos);
}

TEST(Manners, AnswerListedAddressesOfTheOrganisationOnceEach) {
  const auto out = judged_by(whole, with("X-Mailprobe-Answer-To: no-tls@traps.probe.test, Probe+X@probe.test,\r\n"
                                         " victim@elsewhere.test, <no-tls@traps.probe.test>, bad-cert@probe.test"));
  EXPECT_EQ(out.refusal, std::nullopt);
  EXPECT_EQ(texts(out.recipients),
            (std::vector<std::string>{"probe+x@probe.test", "no-tls@traps.probe.test", "bad-cert@probe.test"}));
  ASSERT_EQ(out.left_out.size(), 1U);
  EXPECT_EQ(out.left_out.front().first, "victim@elsewhere.test");
}

TEST(Manners, AnswerListedAddressesWhereTheReversePathIsElsewhere) {
  const auto out = judged(signature(whole) + with("X-Mailprobe-Answer-To: a@probe.test"), "relay@elsewhere.test",
                          passing_by_dkim(), {}, {holding()});
  EXPECT_EQ(out.refusal, std::nullopt);
  EXPECT_EQ(texts(out.recipients), std::vector<std::string>{"a@probe.test"});
}

TEST(Manners, TellOrganisationsApartByThePublicSuffixList) {
  const auto out = judged(probe, "a@two.co.uk", passing("one.co.uk"));
  EXPECT_EQ(out.refusal, Refusal::nobody);
  EXPECT_EQ(judged(probe, "a@b.one.co.uk", passing("c.one.co.uk")).refusal, std::nullopt);
}

TEST(Manners, AnswerAtMostSixteen) {
  std::string list = "X-Mailprobe-Answer-To: a0@probe.test";
  for (int i = 1; i < 40; ++i) list += ",\r\n a" + std::to_string(i) + "@probe.test";
  const auto out = judged_by(whole, with(list));
  EXPECT_EQ(out.recipients.size(), 16U);
  EXPECT_EQ(out.left_out.size(), 25U);
}

TEST(Manners, AnswerWhatASignatureCovers) {
  EXPECT_EQ(judged_by("from:auto-submitted:auto-submitted:x-mailprobe-id:reply-to:reply-to").refusal, std::nullopt);
  EXPECT_EQ(judged_by("From:Reply-To:Auto-Submitted:X-Mailprobe-Id").refusal, std::nullopt);
}

/// Anybody can put these fields on top of somebody else's signed mail.
TEST(Manners, MakeNoProbeOfWhatNoSignatureCovers) {
  struct {
    const char* name;
    Judgement out;
  } const cases[] = {
      {"no id", judged_by("from:reply-to:auto-submitted")},
      {"no Auto-Submitted", judged_by("from:reply-to:x-mailprobe-id")},
      {"one Auto-Submitted of two",
       judged_by("from:reply-to:auto-submitted:x-mailprobe-id", with("Auto-Submitted: no"))},
      {"a part of the body", judged_by(whole, probe,
                                       [] {
                                         auto dkim = holding();
                                         dkim.partial = true;
                                         return dkim;
                                       }())},
      {"a broken one", judged_by(whole, probe,
                                 [] {
                                   auto dkim = holding();
                                   dkim.result = auth::DkimOutcome::fail;
                                   return dkim;
                                 }())},
      {"of another domain", judged_by(whole, probe, holding(1, "elsewhere.test"))},
      {"another field", judged_by(whole, probe, holding(2))},
      {"no field", judged_by(whole, probe, holding(0))},
  };
  for (const auto& [name, out] : cases) {
    EXPECT_EQ(out.refusal, Refusal::not_covered) << name;
    EXPECT_NE(out.detail.find("X-Mailprobe-Id"), std::string::npos) << name;
  }
}

TEST(Manners, KnowASignatureByItsPlace) {
  const auto raw = signature("from:subject") + signature(whole) + probe;
  const auto by = [&](int index) {
    return judged(raw, "probe+x@probe.test", passing_by_dkim(), {}, {holding(index)}).refusal;
  };
  EXPECT_EQ(by(1), Refusal::not_covered);
  EXPECT_EQ(by(2), std::nullopt);
}

TEST(Manners, HeedNoListThatWasPutOnTopOfAProbe) {
  const auto listed = with("X-Mailprobe-Answer-To: victim@probe.test");
  for (const auto& out : {judged(listed), judged_by("from:reply-to:auto-submitted:x-mailprobe-id", listed),
                          judged_by(whole, "X-Mailprobe-Answer-To: a@probe.test\r\n" + listed)}) {
    EXPECT_EQ(texts(out.recipients), std::vector<std::string>{"probe+x@probe.test"});
    ASSERT_FALSE(out.left_out.empty());
    EXPECT_EQ(out.left_out.back().first, "victim@probe.test");
    EXPECT_NE(out.left_out.back().second.find("no signature covers"), std::string::npos);
  }
}

/// A probe that is sent once more, by anybody, with another MAIL FROM.
TEST(Manners, AnswerNoReversePathThatOnlyTheEnvelopeNames) {
  const auto to = [](std::string_view headers, const std::string& message, const char* reverse_path) {
    return judged(signature(headers) + message, reverse_path, passing_by_dkim(), {}, {holding()}).refusal;
  };
  EXPECT_EQ(to(whole, probe, "victim@probe.test"), Refusal::nobody);
  EXPECT_EQ(to(whole, probe, "Probe+X@probe.test"), std::nullopt);
  EXPECT_EQ(to(whole, probe, "probe@probe.test"), std::nullopt) << "as From says";
  EXPECT_EQ(to("from:auto-submitted:x-mailprobe-id", probe, "probe+x@probe.test"), Refusal::nobody)
      << "Reply-To is not signed";
  EXPECT_EQ(to(whole, "Reply-To: victim@probe.test\r\n" + probe, "victim@probe.test"), Refusal::nobody);
}

TEST(Manners, AnswerNeitherUsNorThoseWhoDoNotWantIt) {
  House house{{mailbox("reflector@probe.test"), mailbox("other@probe.test")}};
  house.suppressed = [](const Mailbox& address) { return address.text() == "tired@probe.test"; };
  for (const auto* address : {"Reflector@Probe.test", "other@probe.test", "tired@probe.test"})
    EXPECT_EQ(judged(probe, address, passing(), house).refusal, Refusal::nobody) << address;
}

TEST(Manners, SayNothingRawFromOutside) {
  const auto out = judged("Auto-Submitted: \x1b[31mred\r\n" + without("Auto-Submitted"));
  EXPECT_EQ(out.detail.find('\x1b'), std::string::npos);
  const auto other = judged(probe, "a\x1b[2J@elsewhere.test");
  EXPECT_EQ(other.detail.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::reflector
