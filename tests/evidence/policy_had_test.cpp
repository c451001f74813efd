// What mail at sts-wrong says, by who had fetched its policy before.
#include "evidence/policy_had.h"

#include "tests/evidence/findings_of.h"
#include "tests/support/documents.h"

namespace mailprobe::evidence {
namespace {

using test::CheckRow;
using enum Verdict;

constexpr auto sts = "outbound.mta-sts-enforced";

/// Mail came to sts-wrong from 192.0.2.1, two seconds after the message; nobody has fetched the policy.
Document trapped() {
  auto document = test::trapped();
  document.probes.front().traps->policy_fetches.clear();
  return document;
}

/// So many seconds after the message.
void fetched(Document& document, std::string outcome, int second, std::string address = "203.0.113.7",
             std::optional<std::string> name = "mta-sts.trap-sts-wrong.probe.test") {
  auto& probe = document.probes.front();
  probe.traps->policy_fetches.push_back({.time = *probe.sent->at + std::chrono::seconds(second),
                                         .address = std::move(address),
                                         .name = std::move(name),
                                         .outcome = std::move(outcome)});
}

/// Our receiver was not there for a while, from then on.
void unattended(Document& document, int second = 0) {
  auto& probe = document.probes.front();
  const auto from = *probe.sent->at + std::chrono::seconds(second);
  probe.traps->unattended.push_back({from, from + std::chrono::hours(1)});
}

const CheckRow rows[] = {
    {"not_enforced_by_who_fetched_it",
     [](Document& d) {
       fetched(d, "refused", 1, "192.0.2.1", std::nullopt);
       fetched(d, "served", 1, "192.0.2.1");
       fetched(d, "refused", 1, "203.0.113.9", std::nullopt);
     },
     sts,
     warn,
     {},
     {"Mail came to a host that fails its MTA-STS policy"}},
    {"not_enforced_where_others_fetched_it", [](Document& d) { fetched(d, "served", -42000); }, sts, warn},
    {"not_enforced_where_others_got_through",
     [](Document& d) { fetched(d, "not-found", 1, "203.0.113.7", std::nullopt); }, sts, warn},
    {"fetch_refused_by_us",
     [](Document& d) {
       fetched(d, "served", -42000);
       fetched(d, "refused", 1, "203.0.113.8", std::nullopt);
     },
     sts,
     inconclusive,
     Cause::own_limit,
     {"a limit of ours refused a fetch of that policy by 203.0.113.8 at "}},
    {"fetch_refused_and_then_served",
     [](Document& d) {
       fetched(d, "refused", 1, "203.0.113.8", std::nullopt);
       fetched(d, "served", 2, "203.0.113.8");
     },
     sts, warn},
    {"fetch_refused_before_the_message",
     [](Document& d) {
       fetched(d, "refused", -1, "203.0.113.8", std::nullopt);
       fetched(d, "served", -1);
     },
     sts, warn},
    {"fetch_refused_after_the_mail",
     [](Document& d) {
       fetched(d, "served", 1);
       fetched(d, "refused", 3, "203.0.113.8", std::nullopt);
     },
     sts, warn},
    {"fetch_failed",
     [](Document& d) { fetched(d, "failed", 1, "203.0.113.8", std::nullopt); },
     sts,
     inconclusive,
     Cause::own_limit,
     {"a fetch of that policy by 203.0.113.8", "failed"}},
    {"fetch_of_another_policy_failed",
     [](Document& d) {
       fetched(d, "failed", 1, "203.0.113.8", "mta-sts.trap-sts-right.probe.test");
       fetched(d, "served", 1);
     },
     sts, warn},
    {"policy_fetched_by_nobody",
     [](Document&) {},
     sts,
     inconclusive,
     Cause::no_control,
     {"nobody but ourselves has fetched that policy"}},
    {"policy_fetched_too_late", [](Document& d) { fetched(d, "served", 5); }, sts, inconclusive, Cause::no_control},
    {"policy_host_only_called", [](Document& d) { fetched(d, "left", 1, "203.0.113.8", std::nullopt); }, sts,
     inconclusive, Cause::no_control},
    {"policy_unattended",
     [](Document& d) {
       fetched(d, "served", -42000);
       unattended(d);
     },
     sts,
     inconclusive,
     Cause::own_limit,
     {"nobody served that policy from "}},
    {"policy_host_started_since",
     [](Document& d) {
       fetched(d, "served", -42000);
       fetched(d, "started", 1, "192.0.2.20", std::nullopt);
     },
     sts,
     inconclusive,
     Cause::own_limit,
     {"our policy host was started at "}},
    {"policy_host_started_before",
     [](Document& d) {
       fetched(d, "started", -1, "192.0.2.20", std::nullopt);
       fetched(d, "served", -1);
     },
     sts, warn},
    {"unattended_after_the_mail",
     [](Document& d) {
       fetched(d, "served", -42000);
       unattended(d, 60);
     },
     sts, warn},
    {"unattended_where_it_was_fetched_all_the_same",
     [](Document& d) {
       unattended(d);
       fetched(d, "served", 1, "192.0.2.1");
     },
     sts, warn},
};

class PolicyHadChecks : public testing::TestWithParam<CheckRow> {};
TEST_P(PolicyHadChecks, Find) { test::expect_row(trapped(), GetParam()); }
INSTANTIATE_TEST_SUITE_P(All, PolicyHadChecks, testing::ValuesIn(rows),
                         [](const auto& info) { return std::string(info.param.name); });

/// Where it says what it is judged by.
TEST(PolicyHad, IsPointedAt) {
  auto document = trapped();
  fetched(document, "left", 0);
  fetched(document, "served", 1, "192.0.2.1");
  EXPECT_EQ(test::finding_of(document, sts).evidence.back(), "/probes/0/traps/policy_fetches/1");
}

}  // namespace
}  // namespace mailprobe::evidence
