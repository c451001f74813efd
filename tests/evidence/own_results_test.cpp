// Which of the target's results are about what we sent: by domain, b=, identity.
#include "evidence/own_results.h"

#include <gtest/gtest.h>

#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

struct Row {
  const char* name;
  const char* method;
  std::vector<auth::MethodResult> results;
  std::optional<std::string> word;
  bool null_path = false;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

/// On the copy is a signature of a gateway too.
Probe probe_of(const Row& row) {
  auto probe = test::good_delivery().probes.front();
  auto& copy = *probe.mailbox;
  auto theirs = copy.dkim.front();
  theirs.domain = "gateway.test";
  theirs.selector = "gw";
  theirs.header_b = "Zm9yZWlnbg";
  copy.dkim.insert(copy.dkim.begin(), theirs);
  copy.authentication_results.at(0).results = row.results;
  if (row.null_path) probe.reverse_path.clear();
  return probe;
}

class OwnResults : public testing::TestWithParam<Row> {};

TEST_P(OwnResults, ComeTo) {
  const auto probe = probe_of(GetParam());
  EXPECT_EQ(recorded_word(probe, GetParam().method), GetParam().word);
  EXPECT_EQ(recorded_of_others(probe, GetParam().method), !GetParam().word && !GetParam().results.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Each, OwnResults,
    testing::Values(
        Row{"none", "dkim", {}, {}}, Row{"no_properties", "dkim", {{"dkim", "pass", "", {}}}, "pass"},
        Row{"domain", "dkim", {{"dkim", "fail", "", {{"header.d", "Probe.Test"}}}}, "fail"},
        Row{"domain_of_a_gateway", "dkim", {{"dkim", "pass", "", {{"header.d", "gateway.test"}}}}, {}},
        Row{"identity", "dkim", {{"dkim", "fail", "", {{"header.i", "@news.probe.test"}}}}, "fail"},
        Row{"identity_of_a_gateway", "dkim", {{"dkim", "pass", "", {{"header.i", "x@gateway.test"}}}}, {}},
        Row{"identity_that_ends_alike", "dkim", {{"dkim", "pass", "", {{"header.i", "@otherprobe.test"}}}}, {}},
        Row{"b",
            "dkim",
            {{"dkim", "pass", "", {{"header.b", "Zm9yZWln"}}}, {"dkim", "fail", "", {{"header.b", "Qm9yZGVy"}}}},
            "fail"},
        Row{"selector",
            "dkim",
            {{"dkim", "pass", "", {{"header.s", "gw"}}}, {"dkim", "fail", "", {{"header.s", "r1"}}}},
            "fail"},
        Row{"one_of_ours_passes",
            "dkim",
            {{"dkim", "fail", "", {{"header.d", "probe.test"}}}, {"dkim", "pass", "", {{"header.d", "probe.test"}}}},
            "pass"},
        Row{"mailfrom_beside_helo",
            "spf",
            {{"spf", "pass", "", {{"smtp.helo", "mx.probe.test"}}},
             {"spf", "fail", "", {{"smtp.mailfrom", "x@probe.test"}}}},
            "fail"},
        Row{"helo_alone", "spf", {{"spf", "pass", "", {{"smtp.helo", "mx.probe.test"}}}}, {}},
        Row{"helo_of_the_null_reverse_path",
            "spf",
            {{"spf", "pass", "", {{"smtp.helo", "mx.probe.test"}}}},
            "pass",
            true},
        Row{"another_reverse_path", "spf", {{"spf", "pass", "", {{"smtp.mailfrom", "bounce@list.test"}}}}, {}},
        Row{"author", "dmarc", {{"dmarc", "Pass", "", {{"header.from", "probe.test"}}}}, "pass"},
        Row{"another_author", "dmarc", {{"dmarc", "pass", "", {{"header.from", "list.test"}}}}, {}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(OwnResultsOf, AFieldThatIsNotTrustedAreNone) {
  auto probe = test::good_delivery().probes.front();
  for (auto& field : probe.mailbox->authentication_results) field.trusted = false;
  EXPECT_FALSE(recorded_word(probe, "dkim"));
  EXPECT_FALSE(recorded_of_others(probe, "dkim"));
}

}  // namespace
}  // namespace mailprobe::evidence
