// Whom mail is taken for.
#include <gtest/gtest.h>

#include "receiver/recipients.h"

namespace mailprobe::receiver {
namespace {

Mailbox mailbox(std::string_view text) { return *Mailbox::parse(text); }
Path path(std::string_view text) { return Path(mailbox(text)); }

Recipients some() {
  Recipients recipients;
  recipients.add_domain("probe.test");
  recipients.add(mailbox("probe@probe.test"), Purpose::identity);
  recipients.add(mailbox("dmarc@probe.test"), Purpose::report);
  recipients.add(mailbox("reflector@probe.test"), Purpose::reflector);
  recipients.answers(mailbox("probe@probe.test"), [](const std::string& token) { return token == "token7"; });
  return recipients;
}

std::string purpose(const Recipients& recipients, std::string_view address) {
  const auto found = recipients.find(path(address));
  return found ? std::string(word(found->purpose)) + found->token : "nobody";
}

TEST(Recipients, AreTheOnesThatAreKnown) {
  const auto recipients = some();
  EXPECT_EQ(purpose(recipients, "probe@probe.test"), "identity");
  EXPECT_EQ(purpose(recipients, "postmaster@probe.test"), "postmaster");
  EXPECT_EQ(purpose(recipients, "abuse@probe.test"), "abuse");
  EXPECT_EQ(purpose(recipients, "dmarc@probe.test"), "report");
  EXPECT_EQ(purpose(recipients, "reflector@probe.test"), "reflector");
  EXPECT_EQ(purpose(recipients, "probe+token7@probe.test"), "answertoken7");
}

TEST(Recipients, AreKnownWithoutRegardToCase) {
  const auto recipients = some();
  EXPECT_EQ(purpose(recipients, "PostMaster@PROBE.test"), "postmaster");
  EXPECT_EQ(purpose(recipients, "Probe+TOKEN7@probe.test"), "answertoken7");
}

TEST(Recipients, AreNobodyElse) {
  auto recipients = some();
  for (const auto* address :
       {"someone@probe.test", "probe+token8@probe.test", "probe+@probe.test", "postmaster@other.test",
        "probe@other.test", "probe+token7@other.test", "reflector+a.b@probe.test"})
    EXPECT_EQ(purpose(recipients, address), "nobody") << address;
  EXPECT_FALSE(recipients.find(Path{}));
}

/// Its answers have a reverse-path of their own: bounces come there.
TEST(Recipients, TakeWhatComesBackToAReflector) {
  EXPECT_EQ(purpose(some(), "reflector+token7@probe.test"), "reflector");
}

TEST(Recipients, AskAnewForEachAnswer) {
  Recipients recipients;
  bool waited_for = true;
  recipients.answers(mailbox("probe@probe.test"), [&](const std::string&) { return waited_for; });
  EXPECT_EQ(purpose(recipients, "probe+token7@probe.test"), "answertoken7");
  waited_for = false;
  EXPECT_EQ(purpose(recipients, "probe+token7@probe.test"), "nobody");
}

}  // namespace
}  // namespace mailprobe::receiver
