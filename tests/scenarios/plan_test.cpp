#include "scenarios/plan.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace mailprobe::scenarios {
namespace {

namespace json = boost::json;

PlannedProbe probe() {
  return {.name = "default",
          .identity = "default",
          .from = "probe@probe.test",
          .to = "reflector@target.test",
          .domain = "target.test",
          .signatures = {"r1 rsa-sha256 relaxed/relaxed", "e1 ed25519-sha256 simple/simple"},
          .via = {},
          .server = {},
          .floor = TlsFloor::encrypt,
          .mailbox = "target",
          .witnesses = {"smtp", "mailbox"}};
}

Plan plan() { return {.target = "reflector@target.test", .scenario = {}, .each_mx = false, .probes = {probe()}}; }

struct Row {
  const char* name;
  void (*change)(Plan&);
  std::vector<const char*> says;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

class DryRun : public testing::TestWithParam<Row> {};

TEST_P(DryRun, SaysIt) {
  auto changed = plan();
  GetParam().change(changed);
  const auto text = to_text(changed);
  for (const auto* words : GetParam().says) EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
}

INSTANTIATE_TEST_SUITE_P(
    Plans, DryRun,
    testing::Values(
        Row{"plain",
            [](Plan&) {},
            {"target reflector@target.test\n", "probe default\n", "probe@probe.test (identity default)",
             "to the MX of target.test\n", "TLS, or nothing is sent", "r1 rsa-sha256 relaxed/relaxed",
             "e1 ed25519-sha256 simple/simple", "smtp, mailbox (target)", "nothing was sent"}},
        Row{"scenario", [](Plan& it) { it.scenario = "daily.yaml"; }, {"scenario daily.yaml"}},
        Row{"each_mx", [](Plan& it) { it.each_mx = true; }, {"to the MX of target.test, one message to each address"}},
        Row{"via", [](Plan& it) { it.probes[0].via = "relay"; }, {"through the submission server relay"}},
        Row{"server", [](Plan& it) { it.probes[0].server = "mx.test:2525"; }, {"to mx.test:2525"}},
        Row{"sts", [](Plan& it) { it.probes[0].floor = TlsFloor::sts; }, {"MTA-STS policy asks for"}},
        Row{"dane", [](Plan& it) { it.probes[0].floor = TlsFloor::dane; }, {"that DANE authenticates"}},
        Row{"requiretls", [](Plan& it) { it.probes[0].require_tls = true; }, {"REQUIRETLS"}},
        Row{"may", [](Plan& it) { it.probes[0].floor = TlsFloor::may; }, {"plain text where there is no TLS"}},
        Row{"verify",
            [](Plan& it) { it.probes[0].floor = TlsFloor::verify; },
            {"TLS with a valid certificate, or nothing is sent"}},
        Row{"unsigned", [](Plan& it) { it.probes[0].signatures.clear(); }, {"not at all"}},
        Row{"two_probes",
            [](Plan& it) {
              it.probes.push_back(probe());
              it.probes[1].name = "control";
            },
            {"probe default\n", "probe control\n"}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(PlanJson, HasEveryMember) {
  const auto value = json::parse(to_json(plan()));
  EXPECT_EQ(value.at("target"), "reflector@target.test");
  EXPECT_TRUE(value.at("scenario").is_null());
  EXPECT_EQ(value.at("each_mx"), false);
  const auto& first = value.at("probes").at(0);
  for (const auto* name : {"name", "identity", "from", "to", "domain", "signatures", "via", "server", "floor",
                           "require_tls", "mailbox", "copy", "witnesses"})
    EXPECT_TRUE(first.as_object().contains(name)) << name;
  EXPECT_TRUE(first.at("via").is_null());
  EXPECT_EQ(first.at("floor"), "encrypt");
  EXPECT_EQ(first.at("signatures").as_array().size(), 2U);
}

TEST(PlanJson, SaysWhoseCopiesAreWanted) {
  auto two = plan();
  two.probes.push_back(probe());
  two.probes[1].name = "away";
  two.probes[1].copy = false;
  EXPECT_EQ(wanted_copies(to_json(two)), (std::map<std::string, bool>{{"default", true}, {"away", false}}));
}

TEST(PlanJson, OneThatDoesNotSayWhoseCopiesAreWantedIsReadAllTheSame) {
  for (const auto* text : {"", "{", "[]", "{}", R"({"probes":{}})", R"({"probes":[1,{"name":"a"},{"copy":true}]})",
                           R"({"probes":[{"name":1,"copy":true},{"name":"a","copy":"yes"}]})"})
    EXPECT_TRUE(wanted_copies(text).empty()) << text;
}

TEST(PlanJson, AnEmptyPlanIsStillOne) {
  EXPECT_EQ(to_json(Plan{}), R"({"target":"","scenario":null,"each_mx":false,"probes":[],"expect":[]})");
}

}  // namespace
}  // namespace mailprobe::scenarios
