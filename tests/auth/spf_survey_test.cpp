#include "auth/spf_survey.h"

#include <gtest/gtest.h>

#include "auth/limits.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::auth {
namespace {

using test::FakeResolver;
using Lines = std::vector<std::string>;

SpfSurvey survey(FakeResolver& dns) { return test::run(survey_spf("example.org", dns)); }

/// "one.example ip4:192.0.2.0/24 pass 192.0.2.0/24"
Lines senders(const SpfSurvey& survey) {
  Lines lines;
  for (const auto& sender : survey.senders) {
    auto line = sender.domain + " " + sender.term + " " + std::string(word(sender.outcome));
    for (const auto& network : sender.networks) line += " " + network;
    lines.push_back(line);
  }
  return lines;
}

TEST(SpfSurvey, FollowsIncludesAndRedirects) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 ip4:192.0.2.0/24 a mx/24 ?include:one.example redirect=two.example");
  dns.a("example.org", "198.51.100.1");
  dns.a("example.org", "2001:db8::1");
  dns.mx("example.org", 10, "mx.example.org");
  dns.a("mx.example.org", "198.51.100.7");
  dns.txt("one.example", "v=spf1 ip6:2001:db8:1::/48 -ip4:203.0.113.1 -all");
  dns.txt("two.example", "v=spf1 ip4:203.0.113.9 ~all ip4:203.0.113.10");
  const auto found = survey(dns);
  EXPECT_EQ(senders(found),
            (Lines{"example.org ip4:192.0.2.0/24 pass 192.0.2.0/24", "example.org a pass 198.51.100.1 2001:db8::1",
                   "example.org mx/24 pass 198.51.100.7/24", "one.example ip6:2001:db8:1::/48 neutral 2001:db8:1::/48",
                   "two.example ip4:203.0.113.9 pass 203.0.113.9"}));
  EXPECT_EQ(found.rest, SpfOutcome::softfail);
  EXPECT_EQ(found.lookups, 4);
  EXPECT_EQ(found.void_lookups, 0);
  EXPECT_EQ(found.problems, Lines{});
  EXPECT_EQ(found.failures, Lines{});
}

TEST(SpfSurvey, SaysWhatDependsOnTheSender) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 exists:%{i}._s.%{d} ptr include:%{o}.example exists:there.example -all");
  dns.a("there.example", "127.0.0.2");
  const auto found = survey(dns);
  EXPECT_EQ(senders(found),
            (Lines{"example.org exists:%{i}._s.%{d} pass", "example.org ptr pass",
                   "example.org include:%{o}.example pass", "example.org exists:there.example pass 0.0.0.0/0 ::/0"}));
  EXPECT_EQ(found.lookups, 4);
  EXPECT_EQ(found.rest, SpfOutcome::fail);
}

/// RFC 7208 §7.3: %{d} is the domain whose record it stands in.
TEST(SpfSurvey, FollowsWhatDependsOnTheDomainAlone) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 include:_spf.%{d} a:%{d1r}.hosts.example exists:%{D}.%{i}.list.example ?all");
  dns.txt("_spf.example.org", "v=spf1 ip4:192.0.2.0/24 include:%{d} redirect=%{d2}.other.example");
  dns.a("example.hosts.example", "198.51.100.1");
  dns.txt("example.org.other.example", "v=spf1 ip4:203.0.113.9 -all");
  const auto found = survey(dns);
  EXPECT_EQ(senders(found), (Lines{"_spf.example.org ip4:192.0.2.0/24 pass 192.0.2.0/24",
                                   "example.org.other.example ip4:203.0.113.9 pass 203.0.113.9",
                                   "example.org a:%{d1r}.hosts.example pass 198.51.100.1",
                                   "example.org exists:%{D}.%{i}.list.example pass"}));
  EXPECT_EQ(found.problems, Lines{"include:%{d} leads back to where it came from"});
  EXPECT_EQ(found.lookups, 5);
}

TEST(SpfSurvey, AnIncludedAllLetsEverybodyIn) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 include:open.example include:closed.example -all");
  dns.txt("open.example", "v=spf1 +all");
  dns.txt("closed.example", "v=spf1 ?all");
  const auto found = survey(dns);
  EXPECT_EQ(senders(found), (Lines{"open.example all pass 0.0.0.0/0 ::/0"}));
  EXPECT_EQ(found.rest, SpfOutcome::fail);
}

TEST(SpfSurvey, CountsWhatFindsNothingByFamily) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 a:v4.example.org a:none.example.org mx:none.example.org exists:none.example.org -all");
  dns.a("v4.example.org", "192.0.2.1");
  dns.empty("none.example.org");
  const auto found = survey(dns);
  EXPECT_EQ(found.void_lookups, 3);
  EXPECT_EQ(found.void_lookups_ipv6, 4);
}

TEST(SpfSurvey, GoesOnBehindTheLimitAndEnds) {
  FakeResolver dns;
  std::string record = "v=spf1";
  for (int i = 0; i < 200; ++i) record += " a:h" + std::to_string(i) + ".example.org";
  dns.txt("example.org", record + " -all");
  const auto found = survey(dns);
  EXPECT_EQ(found.lookups, limits::spf_survey_terms + 1);
  EXPECT_EQ(found.rest, std::nullopt);
}

struct Wrong {
  const char* name;
  const char* record;
  const char* problem;
};
void PrintTo(const Wrong& row, std::ostream* out) { *out << row.name; }

class SpfSurveyProblem : public testing::TestWithParam<Wrong> {};

TEST_P(SpfSurveyProblem, IsNamed) {
  FakeResolver dns;
  dns.txt("example.org", GetParam().record);
  dns.empty("none.example");
  dns.txt("loop.example", "v=spf1 include:back.example -all");
  dns.txt("back.example", "v=spf1 redirect=loop.example");
  dns.txt("two.example", "v=spf1 -all");
  dns.txt("two.example", "v=spf1 ~all");
  dns.txt("bad.example", "v=spf1 mxx -all");
  for (int i = 0; i < 11; ++i) dns.mx("many.example", 10, "mx" + std::to_string(i) + ".example");
  EXPECT_EQ(survey(dns).problems, Lines{GetParam().problem});
}

const std::vector<Wrong> wrongs{
    {"include_of_nothing", "v=spf1 include:none.example -all",
     "include:none.example leads to none.example, which has no SPF record"},
    {"redirect_to_nothing", "v=spf1 redirect=none.example",
     "redirect=none.example leads to none.example, which has no SPF record"},
    {"itself", "v=spf1 include:Example.org -all", "include:Example.org leads back to where it came from"},
    {"ring", "v=spf1 include:loop.example -all", "redirect=loop.example leads back to where it came from"},
    {"several", "v=spf1 include:two.example -all", "there are 2 SPF records at two.example"},
    {"syntax", "v=spf1 include:bad.example -all", "the record of bad.example: 'mxx': a mechanism that is not known"},
    {"many_mx", "v=spf1 mx:many.example -all", "more than 10 MX hosts at many.example"},
};
INSTANTIATE_TEST_SUITE_P(All, SpfSurveyProblem, testing::ValuesIn(wrongs),
                         [](const auto& row) { return row.param.name; });

TEST(SpfSurvey, AFailedLookUpIsNoProblemOfTheRecord) {
  FakeResolver dns;
  dns.txt("example.org", "v=spf1 include:lost.example a:lost.example.org -all");
  dns.fail("lost.example");
  dns.fail("lost.example.org");
  const auto found = survey(dns);
  EXPECT_EQ(found.problems, Lines{});
  EXPECT_EQ(found.failures.size(), 2U);
  EXPECT_EQ(found.void_lookups, 0);
  EXPECT_EQ(found.rest, SpfOutcome::fail);
}

}  // namespace
}  // namespace mailprobe::auth
