// Why our DNS did not see a question: nobody asked, or we cannot know.
#include "scenarios/absence.h"

#include <gtest/gtest.h>

namespace mailprobe::scenarios {
namespace {

Absence of_dns(const evidence::Probe& probe) {
  Step step;
  step.name = "dns";
  return absence_of(probe, {step}, false);
}

TEST(AbsenceOfQuestions, IsAnAnswerOnlyWhereAllThatWasAskedIsKnown) {
  evidence::Probe probe;
  EXPECT_FALSE(of_dns(probe).determined) << "our DNS is no witness";
  auto& witness = probe.dns_witness.emplace();
  EXPECT_TRUE(of_dns(probe).determined);
  witness.dropped = 1;
  EXPECT_FALSE(of_dns(probe).determined);
  EXPECT_EQ(of_dns(probe).cause, Cause::own_limit);
  witness.problem = "dns.jsonl cannot be read";
  witness.cause = Cause::dns_failure;
  EXPECT_NE(of_dns(probe).found.find("dns.jsonl cannot be read"), std::string::npos);
  EXPECT_EQ(of_dns(probe).cause, Cause::dns_failure);
}

}  // namespace
}  // namespace mailprobe::scenarios
