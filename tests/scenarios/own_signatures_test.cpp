// What is expected of "dkim" and "forward.dkim": of our signatures alone, and of all that we sent.
#include "scenarios/own_signatures.h"

#include <gtest/gtest.h>

#include "tests/scenarios/judged.h"
#include "tests/support/documents.h"

namespace mailprobe::scenarios {
namespace {

using enum evidence::Verdict;

TEST(Signatures, OfOthersAreNotOurs) {
  auto document = test::good_delivery();
  auto& copy = *document.probes.front().mailbox;
  auto theirs = copy.dkim.front();
  theirs.domain = "target.test";
  theirs.result = auth::DkimOutcome::permerror;
  copy.dkim.insert(copy.dkim.begin(), theirs);
  EXPECT_EQ(judged(document, "dkim.result == pass").verdict, pass);
  EXPECT_EQ(judged(document, "mailbox.dkim.result == pass").verdict, fail);
  copy.dkim = {theirs};
  copy.dkim.front().result = auth::DkimOutcome::pass;
  const auto stripped = judged(document, "dkim.result == pass");
  EXPECT_EQ(stripped.verdict, fail);
  EXPECT_EQ(stripped.found, "removed from the header");
  EXPECT_EQ(judged(document, "dkim.result != pass").verdict, pass);
  document.probes.front().sent.reset();
  EXPECT_EQ(judged(document, "dkim.result == pass").found, "none of our signatures") << "nobody knows what was sent";
}

/// What is compared has to hold of all that we sent, and of one that is gone nothing does.
TEST(Signatures, OfOursThatWereRemovedNothingHolds) {
  auto document = test::good_delivery();
  auto& dkim = document.probes.front().mailbox->dkim;
  std::erase_if(dkim, [](const auth::Dkim& each) { return each.canonicalization == "simple/simple"; });
  ASSERT_EQ(dkim.size(), 2U);
  const auto made = judged(document, "dkim.result == pass");
  EXPECT_EQ(made.verdict, fail);
  EXPECT_EQ(made.found, "pass, removed from the header");
  EXPECT_EQ(judged(document, "dkim[r1].result == pass").verdict, fail);
  EXPECT_EQ(judged(document, "dkim[\"r1 relaxed/relaxed\"].result == pass").verdict, pass);
  const auto alone = judged(document, "dkim[\"r1 simple/simple\"].result == pass");
  EXPECT_EQ(alone.verdict, fail);
  EXPECT_EQ(alone.found, "removed from the header");
  EXPECT_EQ(judged(document, "mailbox.dkim.result == pass").verdict, pass);
  EXPECT_EQ(judged(document, "dkim.result != fail").verdict, pass);
  EXPECT_EQ(judged(document, "dkim.result contains pass").verdict, pass);
  EXPECT_EQ(judged(document, "dkim[e1].result == pass").found, "pass, removed from the header");
  dkim.front().result = auth::DkimOutcome::temperror;
  EXPECT_EQ(judged(document, "dkim.result == pass").verdict, fail) << "whatever comes of the other";
  dkim.clear();
  EXPECT_EQ(judged(document, "dkim.result == pass").found, "removed from the header");
}

TEST(Signatures, OfWhatIsForwardedAreOursToo) {
  auto document = test::good_delivery();
  auto& probe = document.probes.front();
  auto& forward = probe.forward.emplace();
  forward.dkim = probe.mailbox->dkim;
  auto theirs = forward.dkim.front();
  theirs.domain = "list.test";
  theirs.selector = "fwd";
  theirs.result = auth::DkimOutcome::permerror;
  forward.dkim.insert(forward.dkim.begin(), theirs);
  EXPECT_EQ(judged(document, "forward.dkim.result == pass").verdict, pass);
  EXPECT_EQ(judged(document, "forward.dkim[fwd].result == permerror").verdict, pass);
  EXPECT_EQ(judged(document, "forward.dkim[r1].result == pass").verdict, pass);
  forward.dkim.pop_back();
  const auto made = judged(document, "forward.dkim.result == pass");
  EXPECT_EQ(made.verdict, fail);
  EXPECT_EQ(made.found, "pass, removed from the header");
}

}  // namespace
}  // namespace mailprobe::scenarios
