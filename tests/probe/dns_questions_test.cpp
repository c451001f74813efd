// Which questions at our DNS are a probe's: its own names, and its domain's records by who asked for them too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/dns_witness.h"
#include "receiver/folder.h"
#include "receiver/query_log.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::probe {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

const Time start = *parse_rfc3339("2026-01-31T12:00:00Z");
const std::string id = "abcdefghijklmnopqrstuvwxyz";
const std::string own = "probe._domainkey." + id + ".w.probe.test";

class DnsQuestions : public testing::Test {
 protected:
  DnsQuestions() {
    settings_.runs = (folder_.path() / "runs").string();
    settings_.limits.wait = minutes(5);
    probe_.id = id;
    probe_.dns_witness = evidence::DnsWitness{.zone = "w.probe.test", .domain = id + ".w.probe.test", .spf = true};
    probe_.attempts.emplace_back().started = start;
  }
  void log(std::chrono::milliseconds after, std::string name, std::string type, std::string from = "198.51.100.53") {
    auto log = receiver::QueryLog::open(receiver::Folder::beside(settings_.runs).queries());
    ASSERT_TRUE(log);
    ASSERT_TRUE(log->add({.time = start + after,
                          .name = std::move(name),
                          .type = std::move(type),
                          .from = std::move(from),
                          .transport = "udp"}));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& query : dns_questions(settings_, probe_)) all.push_back(query.name + " " + query.type);
    return all;
  }

  test::TemporaryFolder folder_;
  Settings settings_;
  evidence::Probe probe_;
};

TEST_F(DnsQuestions, AreItsOwnNamesAndTheRecordsThatTheSameResolverWants) {
  log(seconds(1), own, "TXT");
  log(seconds(1), "probe.test", "TXT");
  log(seconds(1), "probe.test", "MX");
  log(seconds(2), "_dmarc.probe.test", "TXT", "203.0.113.53");  // somebody else
  EXPECT_THAT(names(), ElementsAre(own + " TXT", "probe.test TXT"));
}

TEST_F(DnsQuestions, OfFixedNamesEndWithTheTimeOfTheProbe) {
  log(seconds(1), own, "TXT");
  log(minutes(6), "_dmarc.probe.test", "TXT");
  log(minutes(6), own, "TXT");
  EXPECT_THAT(names(), ElementsAre(own + " TXT", own + " TXT"));
}

TEST_F(DnsQuestions, OfOurOwnResolverAreNotTheTargets) {
  log(-seconds(1), "w.probe.test", "SOA");  // that the zone is delegated, before the probe goes out
  log(seconds(1), "probe.test", "TXT");
  log(seconds(1), own, "TXT");
  EXPECT_THAT(names(), ElementsAre(own + " TXT"));
}

TEST_F(DnsQuestions, ThatCannotBeReadLeaveNoWitness) {
  std::vector<std::string> said;
  Progress progress;
  progress.step = [&](const std::string& line) { said.push_back(line); };
  EXPECT_FALSE(note_dns_questions(settings_, progress, probe_));
  EXPECT_FALSE(probe_.dns_witness);
  EXPECT_EQ(said.size(), 1U);
}

TEST_F(DnsQuestions, AreNotedWhereThereAreMoreThanBefore) {
  log(seconds(1), own, "TXT");
  EXPECT_TRUE(note_dns_questions(settings_, {}, probe_));
  EXPECT_FALSE(note_dns_questions(settings_, {}, probe_));
  EXPECT_EQ(probe_.dns.size(), 1U);
}

}  // namespace
}  // namespace mailprobe::probe
