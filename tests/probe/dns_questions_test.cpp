// Which questions at our DNS are a probe's: its own names, and its domain's records by who asked for them too; and what
// of the log could not be read, which never reads as "nobody asked".
#include "probe/dns_questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/own_records.h"
#include "receiver/folder.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

const Time start = *parse_rfc3339("2026-01-31T12:00:00Z");
const std::string id = "abcdefghijklmnopqrstuvwxyz";
const std::string own = "probe._domainkey." + id + ".w.probe.test";
const std::string control = "zyxwvutsrqponmlkjihgfedcba.w.probe.test";
const std::string our_resolver = "192.0.2.53", their_resolver = "198.51.100.53";

class DnsQuestions : public testing::Test {
 protected:
  DnsQuestions() {
    settings_.runs = (folder_.path() / "runs").string();
    settings_.limits.wait = minutes(5);
    probes_.emplace_back();
    probe().id = id;
    probe().dns_witness = evidence::DnsWitness{.zone = "w.probe.test",
                                               .domain = id + ".w.probe.test",
                                               .spf = true,
                                               .control = control,
                                               .our_resolvers = {},
                                               .cause = Cause::interrupted,
                                               .problem = "has not been read yet"};
    probe().attempts.emplace_back().started = start;
  }
  evidence::Probe& probe() { return probes_[0]; }
  [[nodiscard]] std::filesystem::path path() const { return receiver::Folder::beside(settings_.runs).queries(); }

  void log(std::chrono::milliseconds after, std::string name, std::string type, std::string from = their_resolver) {
    auto log = receiver::QueryLog::open(path());
    ASSERT_TRUE(log);
    ASSERT_TRUE(log->add({.time = start + after,
                          .name = std::move(name),
                          .type = std::move(type),
                          .from = std::move(from),
                          .transport = "udp"}));
  }
  void begin() { log(-minutes(20), opening_question(control), "TXT", our_resolver); }

  /// Our resolver, and the name server that writes down what it asks.
  class Asking final : public dns::Resolver {
   public:
    explicit Asking(DnsQuestions& test) : test_(test) {}
    Task<dns::Answer> query(std::string name, dns::Type) override {
      ++test_.asked_;
      if (test_.written_) test_.log(minutes(1), name, "TXT", our_resolver);
      dns::Answer answer;
      answer.status = test_.answers_;
      co_return answer;
    }

   private:
    DnsQuestions& test_;
  };

  /// True: there is something new.
  bool note() {
    Asking resolver(*this);
    Progress progress;
    progress.step = [this](const std::string& line) { said_ += line + "\n"; };
    auto net = network_.network();
    return test::run(note_dns_questions(settings_, resolver, progress, net, probes_));
  }
  std::vector<std::string> names() {
    (void)note();
    std::vector<std::string> all;
    for (const auto& query : probe().dns) all.push_back(query.name + " " + query.type);
    return all;
  }

  test::TemporaryFolder folder_;
  test::FakeNetwork network_;
  Settings settings_;
  std::vector<evidence::Probe> probes_;
  dns::Status answers_ = dns::Status::nxdomain;
  bool written_ = true;
  int asked_ = 0;
  std::string said_;
};

TEST_F(DnsQuestions, AreItsOwnNamesAndTheRecordsThatTheSameResolverWants) {
  begin();
  log(seconds(1), own, "TXT");
  log(seconds(1), "probe.test", "TXT");
  log(seconds(1), "probe.test", "MX");
  log(seconds(2), "_dmarc.probe.test", "TXT", "203.0.113.53");  // somebody else
  EXPECT_THAT(names(), ElementsAre(own + " TXT", "probe.test TXT"));
  EXPECT_EQ(probe().dns[0].use, "dkim");
  EXPECT_EQ(probe().dns[1].use, "spf");
  EXPECT_FALSE(probe().dns_witness->problem) << *probe().dns_witness->problem;
  EXPECT_FALSE(probe().dns_witness->cause);
  EXPECT_EQ(said_, "");
  EXPECT_EQ(asked_, 1);
}

TEST_F(DnsQuestions, ThatGotNoAnswerAreCountedWhileTheRunWaits) {
  begin();
  auto log = receiver::QueryLog::open(path());
  const auto dropped = [&](std::chrono::milliseconds after, std::string zone, std::int64_t count) {
    ASSERT_TRUE(log && log->add(receiver::DroppedQueries{start + after, std::move(zone), count}));
  };
  dropped(-seconds(1), "w.probe.test", 1);
  dropped(seconds(1), "w.probe.test", 20);
  dropped(seconds(2), "w.elsewhere.probe.test", 300);
  dropped(minutes(5), "w.probe.test", 4000);
  dropped(minutes(6), "w.probe.test", 50000);
  EXPECT_TRUE(note());
  EXPECT_EQ(probe().dns_witness->dropped, 4020);
  probe().dns_witness->dropped = 5000;
  EXPECT_FALSE(note());
  EXPECT_EQ(probe().dns_witness->dropped, 5000) << "the log forgets";
}

TEST_F(DnsQuestions, OfFixedNamesEndWithTheTimeOfTheProbe) {
  log(seconds(1), own, "TXT");
  log(minutes(6), "_dmarc.probe.test", "TXT");
  log(minutes(6), own, "TXT");
  EXPECT_THAT(names(), ElementsAre(own + " TXT", own + " TXT"));
}

TEST_F(DnsQuestions, OfOurOwnResolverAreNotTheTargets) {
  begin();
  log(seconds(1), "probe.test", "TXT", our_resolver);
  log(seconds(1), own, "TXT", our_resolver);  // the target asks the same resolver
  EXPECT_THAT(names(), ElementsAre(own + " TXT"));
  EXPECT_THAT(probe().dns_witness->our_resolvers, ElementsAre(our_resolver));
}

TEST_F(DnsQuestions, OfOurOwnResolverAreKnownByWhatOnlyWeAskFor) {
  begin();
  log(-minutes(20), "end-x." + control, "TXT", "192.0.2.54");  // a forwarder with several addresses
  log(seconds(1), "probe.test", "TXT", "192.0.2.54");
  log(seconds(1), own, "TXT", "192.0.2.54");
  EXPECT_THAT(names(), ElementsAre(own + " TXT"));
  EXPECT_THAT(probe().dns_witness->our_resolvers, ElementsAre(our_resolver, "192.0.2.54"));
}

TEST_F(DnsQuestions, KeepForWhomAResolverSaysThatItAsks) {
  begin();
  auto log = receiver::QueryLog::open(path());
  ASSERT_TRUE(log->add({.time = start + seconds(1),
                        .name = own,
                        .type = "TXT",
                        .from = their_resolver,
                        .transport = "udp",
                        .client_subnet = "192.0.2.0/24"}));
  EXPECT_TRUE(note());
  EXPECT_EQ(probe().dns.at(0).from, their_resolver);
  EXPECT_EQ(probe().dns[0].client_subnet, "192.0.2.0/24");
  EXPECT_FALSE(probe().dns[0].seen);
}

TEST_F(DnsQuestions, ThatCannotBeReadAreAProblem) {
  written_ = false;
  EXPECT_TRUE(note());
  ASSERT_TRUE(probe().dns_witness->problem);
  EXPECT_THAT(*probe().dns_witness->problem, HasSubstr("dns.jsonl cannot be read"));
  EXPECT_EQ(probe().dns_witness->cause, Cause::own_limit);
  EXPECT_THAT(said_, HasSubstr("may not have told all"));
}

TEST_F(DnsQuestions, OfAServerThatNeverHeardOursAreAProblem) {
  log(seconds(1), "probe.test", "TXT");
  EXPECT_TRUE(note());
  EXPECT_THAT(probe().dns_witness->problem.value_or(""), HasSubstr("from before the run is not in the log"));
}

TEST_F(DnsQuestions, ThatAreNotWrittenYetAreAProblemUntilTheyAre) {
  begin();
  written_ = false;
  EXPECT_TRUE(note());
  EXPECT_THAT(probe().dns_witness->problem.value_or(""), HasSubstr("not in the log yet"));
  EXPECT_EQ(network_.pauses.size(), 4U) << "it is waited for";
  EXPECT_EQ(asked_, 33) << "and filled, as it may be written in blocks";
  written_ = true;
  log(seconds(1), own, "TXT");
  EXPECT_TRUE(note());
  EXPECT_FALSE(probe().dns_witness->problem);
  EXPECT_EQ(probe().dns.size(), 1U);
}

TEST_F(DnsQuestions, WhereOurDnsDoesNotAnswerAreAProblem) {
  begin();
  answers_ = dns::Status::timeout;
  written_ = false;
  EXPECT_TRUE(note());
  EXPECT_THAT(probe().dns_witness->problem.value_or(""), HasSubstr("does not answer us"));
  EXPECT_EQ(probe().dns_witness->cause, Cause::timed_out);
}

TEST_F(DnsQuestions, AreNotForgottenWithTheLog) {
  begin();
  log(seconds(1), own, "TXT");
  EXPECT_TRUE(note());
  EXPECT_FALSE(note()) << "nothing new";
  std::filesystem::remove(path());
  written_ = false;
  EXPECT_TRUE(note());
  EXPECT_EQ(probe().dns.size(), 1U);
  EXPECT_TRUE(probe().dns_witness->problem) << "no copy is there yet: somebody may have asked since";
}

TEST_F(DnsQuestions, OfADeliveredProbeWereKnownToTheirEnd) {
  begin();
  probe().mailbox.emplace();
  EXPECT_TRUE(note());
  std::filesystem::remove(path());
  written_ = false;
  EXPECT_FALSE(note());
  EXPECT_FALSE(probe().dns_witness->problem);
  probe().mailbox->late = true;  // found by this look
  EXPECT_TRUE(note());
  EXPECT_TRUE(probe().dns_witness->problem);
}

TEST_F(DnsQuestions, OfAProbeWithoutNamesAreNone) {
  probe().dns_witness->domain.clear();
  EXPECT_FALSE(note());
  EXPECT_EQ(probe().dns_witness->problem, "has not been read yet");
}

TEST_F(DnsQuestions, OfManyProbesAreReadOnce) {
  begin();
  probes_.push_back(probe());
  probes_[1].id = "bbbbbbbbbbbbbbbbbbbbbbbbbb";
  probes_[1].dns_witness->domain = probes_[1].id + ".w.probe.test";
  log(seconds(1), own, "TXT");
  log(seconds(2), "_dmarc." + probes_[1].dns_witness->domain, "TXT");
  EXPECT_TRUE(note());
  EXPECT_EQ(probes_[0].dns.size(), 1U);
  ASSERT_EQ(probes_[1].dns.size(), 1U);
  EXPECT_EQ(probes_[1].dns[0].use, "dmarc");
}

TEST_F(DnsQuestions, AreBounded) {
  begin();
  auto log = receiver::QueryLog::open(path());
  for (int i = 0; i < 1000; ++i)
    for (const auto& name : {own, std::string("probe.test")})
      ASSERT_TRUE(log->add({.time = start + std::chrono::milliseconds(i),
                            .name = name,
                            .type = "TXT",
                            .from = their_resolver,
                            .transport = "udp"}));
  EXPECT_TRUE(note());
  EXPECT_EQ(probe().dns.size(), 500U);
}

/// What `doctor` says of the log.
class WitnessLog : public DnsQuestions {
 protected:
  evidence::OwnRecord checked() {
    Asking resolver(*this);
    return test::run(check_witness_log(settings_, "probe.test", resolver, network_.network()));
  }
};

TEST_F(WitnessLog, HoldsWhereWhatIsAskedGetsIntoIt) {
  const auto record = checked();
  EXPECT_TRUE(record.holds) << record.problem.value_or("");
  EXPECT_EQ(record.name, "w.probe.test");
}

TEST_F(WitnessLog, OfAnotherServerHasNothingOfIt) {
  begin();
  written_ = false;
  const auto record = checked();
  EXPECT_FALSE(record.holds);
  EXPECT_FALSE(record.cause) << "it is no look-up that failed";
  EXPECT_THAT(record.problem.value_or(""), HasSubstr("does not have what we have just asked"));
}

TEST_F(WitnessLog, ThatIsNotThereIsTold) {
  settings_.receiver.dns.log = folder_.path() / "none";
  written_ = false;
  const auto record = checked();
  EXPECT_FALSE(record.holds);
  EXPECT_THAT(record.problem.value_or(""), HasSubstr("none cannot be read"));
}

TEST_F(WitnessLog, OfAServerThatDoesNotAnswerIsNotKnown) {
  begin();
  answers_ = dns::Status::servfail;
  EXPECT_EQ(checked().cause, Cause::dns_failure);
}

}  // namespace
}  // namespace mailprobe::probe
