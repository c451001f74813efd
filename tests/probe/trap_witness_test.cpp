// Which traps are asked for, and which sessions of the record belong to a probe.
#include "probe/trap_witness.h"

#include <gtest/gtest.h>

#include <fstream>

#include "receiver/folder.h"
#include "receiver/session_log.h"
#include "receiver/waiting.h"
#include "tests/probe/fixture.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using evidence::Session;
using std::chrono::milliseconds;

Session session(std::string trap, std::optional<std::string> probe, std::string address, int second = 0) {
  Session one;
  one.trap = std::move(trap);
  one.probe = std::move(probe);
  one.address = std::move(address);
  one.started = parse_rfc3339("2026-01-31T12:00:00Z").value() + std::chrono::seconds(second);
  if (one.probe) one.recipients = {"probe+" + *one.probe + "@trap.test"};
  if (one.probe) one.mail_from = "someone@target.test";
  if (!one.probe) one.tls.emplace().version = "TLSv1.3";
  one.end = "quit";
  return one;
}

evidence::Probe probe_with(std::vector<std::string> traps) {
  evidence::Probe probe;
  probe.id = "id1";
  probe.traps.emplace();
  for (auto& name : traps) probe.traps->asked.push_back({std::move(name), "probe+id1@trap.test"});
  return probe;
}

TEST(TrapWitness, TakesWhatIsForTheProbeAndWhatItsHostsDidElsewhere) {
  auto named = session("sts-wrong", {}, "192.0.2.77");
  named.helo = "mx1.target.test";
  auto by_name = session("good", "id1", "192.0.2.1");
  by_name.helo = "mx1.target.test";
  const std::vector<Session> record{by_name,
                                    session("dane-wrong", {}, "192.0.2.1", 1),
                                    session("dane-wrong", {}, "192.0.2.9", 2),
                                    session("good", "id2", "192.0.2.1", 3),
                                    named,
                                    session("dane-wrong", {}, "192.0.2.1", 4)};
  auto probe = probe_with({"good", "dane-wrong"});
  note_trap_sessions(record, probe);
  note_trap_sessions(record, probe);
  ASSERT_EQ(probe.sessions.size(), 4U) << "each once";
  EXPECT_EQ(probe.sessions[1].trap, "dane-wrong");
  EXPECT_EQ(probe.sessions[2].trap, "sts-wrong");
}

/// From the same address, where the target and we are on one machine.
TEST(TrapWitness, OurOwnLookAtTheDoorIsNothingOfTheTargets) {
  auto look = session("dane-wrong", {}, "192.0.2.1");
  look.tls.reset();
  auto probe = probe_with({"good", "dane-wrong"});
  note_trap_sessions({session("good", "id1", "192.0.2.1"), look}, probe);
  EXPECT_EQ(probe.sessions.size(), 1U);
}

Session turned_away(std::string trap, std::string address, int second = 0) {
  auto one = session(std::move(trap), {}, std::move(address), second);
  one.tls.reset();
  one.events = {{0, Direction::out, "421 4.3.2 Too many connections from your address, please try again later"}};
  one.end = "refused";
  return one;
}

TEST(TrapWitness, WhoWasTurnedAwayByUsDidCall) {
  auto probe = probe_with({"good", "dane-wrong"});
  std::vector<Session> record{session("good", "id1", "192.0.2.1"), turned_away("dane-wrong", "192.0.2.9")};
  for (int i = 0; i < 20; ++i) record.push_back(turned_away("dane-wrong", "192.0.2.1", i));
  note_trap_sessions(record, probe);
  ASSERT_EQ(probe.sessions.size(), 4U) << "and not each of its calls";
  EXPECT_EQ(probe.sessions[1].address, "192.0.2.9") << "another host may be the target's, too";
}

TEST(TrapWitness, WhoeverWasTurnedAwayMayHaveBeenTheTarget) {
  auto probe = probe_with({"good"});
  note_trap_sessions({turned_away("good", "192.0.2.9"), session("good", {}, "192.0.2.8")}, probe);
  ASSERT_EQ(probe.sessions.size(), 1U);
  EXPECT_EQ(probe.sessions[0].address, "192.0.2.9");
}

TEST(TrapWitness, SessionsThatBeginAtOnceAreSeveral) {
  auto probe = probe_with({"good", "wrong-name"});
  note_trap_sessions({session("good", "id1", "192.0.2.1"), session("wrong-name", "id1", "192.0.2.1")}, probe);
  EXPECT_EQ(probe.sessions.size(), 2U);
}

TEST(TrapWitness, OneSessionMayBringTheMailOfTwoRuns) {
  const auto mine = session("dane-wrong", "id1", "192.0.2.1"), other = session("dane-wrong", "id2", "192.0.2.1");
  auto nobodys = session("dane-wrong", {}, "192.0.2.1");
  nobodys.mail_from = "else@target.test";
  for (const auto& record : {std::vector{nobodys, other, mine}, std::vector{mine, other, nobodys}}) {
    auto probe = probe_with({"good", "dane-wrong"});
    note_trap_sessions(record, probe);
    note_trap_sessions(record, probe);
    ASSERT_EQ(probe.sessions.size(), 1U) << "what it brought for others is not this run's";
    EXPECT_EQ(probe.sessions[0].probe, "id1");
    EXPECT_EQ(probe.sessions[0].recipients, mine.recipients);
  }
}

TEST(TrapWitness, IsSettledWhenEveryTrapHasBeenDecidedAbout) {
  auto probe = probe_with({"good", "dane-wrong", "greylist"});
  auto refused = session("greylist", "id1", "192.0.2.1");
  refused.recipients.clear();
  note_trap_sessions({session("good", "id1", "192.0.2.1"), session("dane-wrong", {}, "192.0.2.1", 1), refused}, probe);
  EXPECT_FALSE(traps_settled(probe, now())) << "451 is no decision";
  note_trap_sessions({session("good", "id1", "192.0.2.1"), session("greylist", "id1", "192.0.2.1", 9)}, probe);
  EXPECT_TRUE(traps_settled(probe, now()));
}

/// Who does not like a certificate may come at once without looking at it.
TEST(TrapWitness, ARejectedCertificateDecidesAfterAMinute) {
  auto rejected = session("dane-wrong", {}, "192.0.2.1", 1);
  rejected.tls.reset();
  rejected.tls_alert = "bad_certificate";
  const auto at = rejected.started;
  auto probe = probe_with({"good", "dane-wrong"});
  note_trap_sessions({session("good", "id1", "192.0.2.1"), rejected}, probe);
  EXPECT_FALSE(traps_settled(probe, at + std::chrono::seconds(59)));
  EXPECT_TRUE(traps_settled(probe, at + std::chrono::seconds(60)));
  probe.sessions[1].tls_alert = "protocol_version";
  EXPECT_FALSE(traps_settled(probe, at + std::chrono::seconds(60)));
  probe.sessions[1].tls_alert = "bad_certificate";
  probe.sessions[1].trap = "wrong-name";
  probe.traps->asked[1].name = "wrong-name";
  EXPECT_FALSE(traps_settled(probe, at + std::chrono::seconds(60))) << "no policy bars it there";
}

class TrapWatching : public testing::Test {
 protected:
  TrapWatching() {
    settings_.receiver.traps = {{"good", test::ip("127.0.0.9"), 25}, {"bogus", test::ip("127.0.0.8"), 25}};
    settings_.limits.trap_wait = std::chrono::hours(4);
  }

  /// Somebody received from then till then.
  void attend(const std::string& from, const std::string& until) {
    const auto place = receiver::Folder::beside(settings_.runs).path;
    ASSERT_TRUE(make_directory(place));
    std::ofstream(place / "presence", std::ios::app) << from + " " + until + "\n";
  }
  void record(const Session& one) {
    auto log = receiver::SessionLog::open(receiver::Folder::beside(settings_.runs).sessions());
    ASSERT_TRUE(log);
    EXPECT_TRUE(log->add(one));
  }
  evidence::Probe watch(std::vector<std::string> traps, milliseconds wait) {
    auto probe = probe_with(std::move(traps));
    const auto since = parse_rfc3339("2026-01-31T11:59:00Z").value();
    test::run(watch_traps(settings_, network_.network(), since, wait, probe));
    return probe;
  }

  test::TemporaryFolder folder_;
  test::FakeNetwork network_;
  Settings settings_ = test::settings(folder_.path());
};

TEST_F(TrapWatching, EndsWhenAllIsSettled) {
  record(session("good", "id1", "192.0.2.1"));
  const auto probe = watch({"good"}, std::chrono::hours(1));
  EXPECT_EQ(probe.sessions.size(), 1U);
  EXPECT_TRUE(probe.traps->completed);
  EXPECT_EQ(probe.traps->waited_ms, 0);
}

TEST_F(TrapWatching, IsNotCompleteBeforeTrapWaitIsOver) {
  attend("2026-01-31T11:00:00Z", "2026-01-31T17:00:00Z");
  record(session("good", "id1", "192.0.2.1"));
  const auto early = watch({"good", "bogus"}, std::chrono::minutes(1));
  EXPECT_FALSE(early.traps->completed);
  EXPECT_EQ(early.traps->waited_ms, 60'000);
  settings_.limits.trap_wait = std::chrono::minutes(1);
  EXPECT_TRUE(watch({"good", "bogus"}, std::chrono::minutes(1)).traps->completed);
}

/// From 11:59 on.
TEST_F(TrapWatching, IsNotCompleteWhereNobodyReceived) {
  settings_.limits.trap_wait = std::chrono::minutes(10);
  record(session("good", "id1", "192.0.2.1"));
  attend("2026-01-31T11:00:00Z", "2026-01-31T11:59:00.3Z");
  attend("2026-01-31T12:05:00Z", "2026-01-31T12:08:59Z");
  const auto probe = watch({"good", "bogus"}, std::chrono::minutes(10));
  EXPECT_FALSE(probe.traps->completed);
  ASSERT_EQ(probe.traps->unattended.size(), 2U);
  EXPECT_EQ(rfc3339(probe.traps->unattended[0].from), "2026-01-31T11:59:00.300Z");
  EXPECT_EQ(rfc3339(probe.traps->unattended[0].until), "2026-01-31T12:05:00Z");
  EXPECT_EQ(rfc3339(probe.traps->unattended[1].until), "2026-01-31T12:09:00Z")
      << "what is after trap_wait is no matter";
  EXPECT_EQ(
      told_unattended(*probe.traps),
      "nobody received at the traps from 2026-01-31T12:08:59Z to 2026-01-31T12:09:00Z: what has not come does not "
      "count");
  EXPECT_EQ(told_unattended(*watch({"good"}, std::chrono::minutes(10)).traps), "") << "all has come";
}

TEST_F(TrapWatching, CountsFromWhenTheMailWasHandedOver) {
  settings_.limits.trap_wait = std::chrono::minutes(10);
  attend("2026-01-31T11:59:02Z", "2026-01-31T12:10:00Z");
  auto probe = probe_with({"bogus"});
  const auto since = parse_rfc3339("2026-01-31T11:59:00Z").value();
  look_at_traps(settings_, since, std::chrono::minutes(10), probe);
  EXPECT_FALSE(probe.traps->completed);
  probe.sent.emplace().at = since + std::chrono::seconds(2);
  look_at_traps(settings_, since, std::chrono::minutes(10), probe);
  EXPECT_TRUE(probe.traps->completed);
}

TEST_F(TrapWatching, SomebodyHasToReceive) {
  const auto refused = expect_at_traps(settings_, "id1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Failure::usage);
  const auto place = receiver::Folder::beside(settings_.runs);
  const auto held = receiver::hold(place);
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_TRUE(expect_at_traps(settings_, "id1"));
  EXPECT_TRUE(receiver::Waiting::open(place.waiting())->is_expected("id1", now()));
}

TEST_F(TrapWatching, AsksForWhatIsConfigured) {
  const auto asked = traps_to_ask(settings_, *Mailbox::parse("probe@probe.test"), "id1");
  ASSERT_TRUE(asked);
  ASSERT_EQ(asked->size(), 2U);
  EXPECT_EQ((*asked)[1].name, "bogus");
  EXPECT_EQ((*asked)[1].address, "probe+id1@trap-bogus.probe.test");
}

}  // namespace
}  // namespace mailprobe::probe
