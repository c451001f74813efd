// The steps behind ARC's result: what each set says, what was hashed and compared, where the chain breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/arc_seal.h"
#include "auth/explain.h"
#include "tests/auth/letter.h"

namespace mailprobe::auth {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class ExplainedArc : public test::LetterTest {
 protected:
  ExplainedArc() : LetterTest("v=spf1 -all") {}

  /// The message with one more set on top.
  std::string sealed(const std::string& message) {
    const auto chain = judge(message).arc.value_or(Arc{});
    return seal_arc(message, chain, test::signing_key(), test::options(), "mx.example.org").value() + message;
  }
  std::vector<std::string> lines(const std::string& message) {
    RecordingResolver recorder(dns);
    Traces traces;
    const auto evaluation = test::run(evaluate(message, context, recorder, &traces.spf, &traces.arc));
    std::vector<std::string> out;
    for (const auto& step : test::run(explain(message, evaluation, traces)))
      if (step.part == ExplainPart::arc)
        out.push_back(std::string(static_cast<std::size_t>(step.depth), ' ') + step.text);
    return out;
  }
  /// How often a line begins with that.
  static std::ptrdiff_t count(const std::vector<std::string>& found, std::string_view start) {
    return std::ranges::count_if(found, [&](const auto& line) { return line.starts_with(start); });
  }

  const std::string letter = test::letter("a@example.org", "Hello\r\n");
};

TEST_F(ExplainedArc, NothingWithoutAChain) { EXPECT_THAT(lines(letter), IsEmpty()); }

TEST_F(ExplainedArc, AChainThatHolds) {
  const auto found = lines(sealed(sealed(letter)));
  EXPECT_EQ(found.at(0), "ARC: the fields make 2 sets");
  EXPECT_EQ(found.at(1), " i=1: example.org s1, cv=none");
  EXPECT_EQ(found.at(2), " i=2: example.org s1, cv=pass");
  EXPECT_THAT(found.at(3), StartsWith(" structure: three fields in each set"));
  EXPECT_EQ(found.at(4), "ARC-Message-Signature i=2: example.org s1, ed25519-sha256, relaxed/relaxed");
  EXPECT_EQ(found.at(5), " body, relaxed: 7 bytes");
  EXPECT_THAT(found, Contains("  from:a@example.org"));
  EXPECT_THAT(found, Contains(AllOf(StartsWith("  arc-seal:"), HasSubstr("cv=none; d=example.org; i=1;"))));
  EXPECT_THAT(found, Contains(HasSubstr("b=; cv=pass; d=example.org; i=2;")));
  EXPECT_EQ(count(found, "ARC-Seal i=2: example.org s1, ed25519-sha256"), 1);
  EXPECT_EQ(count(found, "ARC-Seal i=1"), 1);
  EXPECT_EQ(count(found, " the sets i=1 to i=2, relaxed: "), 1);
  EXPECT_EQ(count(found, " b= over these sets verifies with the key"), 1);
  EXPECT_EQ(count(found, " b= over this set verifies with the key"), 1);
  EXPECT_EQ(count(found, " b= over these fields verifies with the key"), 2);
  EXPECT_EQ(found.at(found.size() - 2), "ARC: pass");
  EXPECT_THAT(found.back(), StartsWith(" oldest-pass=0: "));
}

TEST_F(ExplainedArc, ABodyThatChangedAfterTheFirstSet) {
  auto once = sealed(letter);
  const auto found = lines(sealed(once + "footer\r\n"));
  EXPECT_THAT(found, Contains(" i=2: example.org s1, cv=fail"));
  EXPECT_THAT(found, Contains(" structure: the chain was sealed as failed (cv=fail) at i=2"));
  EXPECT_THAT(found.back(), StartsWith("ARC: fail, the chain was sealed as failed"));
  const auto changed = lines(once + "footer\r\n");
  EXPECT_THAT(changed, Contains(AllOf(StartsWith("  bh=  "), EndsWith(", another"))));
  EXPECT_THAT(changed, Not(Contains(StartsWith("ARC-Seal"))));
  EXPECT_EQ(changed.back(), "ARC: fail, ARC-Message-Signature i=1: body hash mismatch");
}

TEST_F(ExplainedArc, ASealThatWasTouched) {
  auto message = sealed(sealed(letter));
  message.replace(message.rfind("mx.example.org"), 2, "MX");  // of i=1, which the seals cover and nothing else does
  const auto found = lines(message);
  EXPECT_EQ(count(found, " b= over these fields verifies with the key"), 1);
  EXPECT_EQ(count(found, " b= over these sets does not verify with the key"), 1);
  EXPECT_THAT(found.back(), StartsWith("ARC: fail, ARC-Seal i=2: "));
}

TEST_F(ExplainedArc, AnInstanceThatIsMissing) {
  auto message = sealed(letter);
  for (auto at = message.find("i=1;"); at != std::string::npos; at = message.find("i=1;", at))
    message.replace(at, 4, "i=3;");
  const auto found = lines(message);
  EXPECT_THAT(found, Contains(" i=1: there is none"));
  EXPECT_THAT(found, Contains(StartsWith(" structure: the set i=1 has no ")));
  EXPECT_THAT(found, Not(Contains(StartsWith("ARC-Seal"))));
}

TEST_F(ExplainedArc, AKeyThatCannotBeLookedUp) {
  const auto message = sealed(letter);
  dns.fail("s1._domainkey.example.org");
  const auto found = lines(message);
  EXPECT_THAT(found,
              Contains(StartsWith(" b= over these fields was not verified: key look-up of s1._domainkey.example.org")));
}

TEST_F(ExplainedArc, TheMessageChangedBetweenTwoSets) {
  auto second = sealed(letter);
  const auto chain = judge(second).arc.value();
  second += "footer\r\n";  // by the second host, which saw the chain before
  const auto message = seal_arc(second, chain, test::signing_key(), test::options(), "mx.example.org").value() + second;
  const auto found = lines(message);
  EXPECT_EQ(found.at(found.size() - 2), "ARC: pass");
  EXPECT_THAT(found.back(), StartsWith(" oldest-pass=2: the message was changed"));
  EXPECT_THAT(found, Contains("ARC-Message-Signature i=1: example.org s1, ed25519-sha256, relaxed/relaxed"));
}

}  // namespace
}  // namespace mailprobe::auth
