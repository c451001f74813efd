#include "probe/answer_table.h"

#include <gtest/gtest.h>

namespace mailprobe::probe {
namespace {

using namespace std::chrono_literals;
using evidence::AnswerKind;

const Steady start = Steady(1h);

evidence::Session session(const std::string& address, std::optional<std::string> probe, int second = 0) {
  evidence::Session made;
  made.address = address;
  made.probe = std::move(probe);
  made.started = Time(std::chrono::seconds(1'000'000 + second));
  return made;
}

ArrivedAnswer answer(const std::string& name, AnswerKind kind, evidence::Session from) {
  ArrivedAnswer made{.spooled = name, .reply = {}};
  made.reply.kind = kind;
  made.reply.session = std::move(from);
  return made;
}

TEST(AnswerTable, WaitsUntilTheDeadline) {
  AnswerTable table;
  table.expect("a", start + 10s);
  EXPECT_FALSE(table.settled("a", start));
  EXPECT_EQ(table.due("a"), start + 10s);
  EXPECT_TRUE(table.settled("a", start + 10s));
  table.expect("a", start + 20s);
  EXPECT_FALSE(table.settled("a", start + 10s));
  EXPECT_TRUE(table.settled("unknown", start));
}

TEST(AnswerTable, IsSettledWhenTheSessionOfAFinalAnswerIsOver) {
  AnswerTable table;
  table.expect("a", start + 100s);
  EXPECT_TRUE(table.add("a", answer("1", AnswerKind::person, session("192.0.2.1", "a")), start + 5s));
  EXPECT_TRUE(table.has_final("a"));
  EXPECT_FALSE(table.settled("a", start + 5s));
  table.add(session("192.0.2.1", "a"), start + 6s);
  EXPECT_TRUE(table.settled("a", start + 6s));
}

TEST(AnswerTable, WaitsForWhatIsForwardedAndForNoAnswer) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.await_forward("a");
  EXPECT_TRUE(table.add("a", answer("1", AnswerKind::vacation, session("192.0.2.1", "a", 1)), start + 1s));
  table.add(session("192.0.2.1", "a", 1), start + 1s);
  EXPECT_FALSE(table.settled("a", start + 1s)) << "a responder's answer";
  const auto from = session("192.0.2.1", std::nullopt, 2);  // it goes to an address that names no probe
  EXPECT_TRUE(table.add("a", answer("2", AnswerKind::forward, from), start + 2s));
  EXPECT_FALSE(table.settled("a", start + 2s)) << "its session goes on";
  EXPECT_EQ(table.add(from, start + 3s), "a");
  EXPECT_TRUE(table.settled("a", start + 3s));
  EXPECT_EQ(table.take("a", Time{}).sessions.size(), 2U) << "each once";
}

TEST(AnswerTable, KnowsTheForwardersSessionThatWasOverBefore) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.await_forward("a");
  const auto from = session("192.0.2.1", std::nullopt, 2);
  EXPECT_EQ(table.add(from, start + 1s), std::nullopt);
  EXPECT_TRUE(table.add("a", answer("1", AnswerKind::forward, from), start + 2s));
  EXPECT_TRUE(table.settled("a", start + 2s));
  const auto arrivals = table.take("a", Time{});
  ASSERT_EQ(arrivals.sessions.size(), 1U);
  EXPECT_EQ(arrivals.sessions[0].probe, "a");
}

TEST(AnswerTable, ABounceIsTheLastWordAlsoOfWhatWasToBeForwarded) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.await_forward("a");
  EXPECT_TRUE(table.add("a", answer("1", AnswerKind::bounce, session("192.0.2.1", "a")), start + 5s));
  table.add(session("192.0.2.1", "a"), start + 6s);
  EXPECT_TRUE(table.settled("a", start + 6s));
}

TEST(AnswerTable, IsNotSettledByWhatCameToATrap) {
  AnswerTable table;
  table.expect("a", start + 100s);
  auto at_trap = session("192.0.2.1", "a");
  at_trap.trap = "dane-right";
  EXPECT_TRUE(table.add("a", answer("1", AnswerKind::person, at_trap), start + 5s));
  table.add(at_trap, start + 5s);
  EXPECT_FALSE(table.has_final("a"));
  EXPECT_FALSE(table.settled("a", start + 50s));
  EXPECT_EQ(table.take("a", Time{}).answers.size(), 1U) << "kept all the same";
}

evidence::Session turned_away(const std::string& address, int second, std::optional<std::string> trap = {}) {
  auto made = session(address, std::nullopt, second);
  made.trap = std::move(trap);
  made.events = {{0, Direction::out, "421 4.3.2 Too many connections, please try again later"}};
  return made;
}

/// It may have been the answer.
TEST(AnswerTable, TellsOfWhoWasTurnedAwayWhereNoAnswerCame) {
  const auto since = session("", {}, 5).started;
  AnswerTable table;
  table.expect("a", start + 100s);
  table.expect("b", start + 100s);
  table.add(turned_away("192.0.2.1", 4), start);
  table.add(turned_away("192.0.2.2", 6, "bogus"), start);
  table.add(session("192.0.2.3", {}, 6), start);
  for (int i = 0; i < 5; ++i) table.add(turned_away("192.0.2.9", 6 + i), start);
  EXPECT_TRUE(table.add("b", answer("1", AnswerKind::person, session("192.0.2.1", "b")), start + 5s));
  const auto arrivals = table.take("a", since);
  ASSERT_EQ(arrivals.sessions.size(), AnswerTable::max_perhaps);
  for (const auto& one : arrivals.sessions) EXPECT_EQ(one.address, "192.0.2.9");
  EXPECT_EQ(table.take("b", since).sessions.size(), 1U) << "the host's other one alone: its answer came";
}

/// One that saw our certificate and brought nothing, or said what is wrong with it.
evidence::Session shied_away(const std::string& address, int second, std::optional<std::string> alert = {}) {
  auto made = session(address, std::nullopt, second);
  made.helo = "mx.target.test";
  made.tls_alert = std::move(alert);
  if (!made.tls_alert) made.tls.emplace();
  return made;
}

/// Our certificate may be wrong, and then the answer never comes.
TEST(AnswerTable, TellsOfWhoShiedAwayFromOurCertificateWhereNoAnswerCame) {
  const auto since = session("", {}, 5).started;
  AnswerTable table;
  table.expect("a", start + 100s);
  table.expect("b", start + 100s);
  auto at_trap = shied_away("192.0.2.2", 6);
  at_trap.trap = "dane-wrong";
  auto brought = shied_away("192.0.2.3", 6);
  brought.mail_from = "somebody@elsewhere.test";
  for (auto one : {shied_away("192.0.2.1", 4), at_trap, brought, shied_away("192.0.2.4", 6, "handshake_failure")})
    table.add(std::move(one), start);
  table.add(shied_away("192.0.2.8", 6, "unknown_ca"), start);
  for (int i = 0; i < 5; ++i) table.add(shied_away("192.0.2.9", 7 + i), start);
  table.add(turned_away("192.0.2.10", 20), start);
  EXPECT_TRUE(table.add("b", answer("1", AnswerKind::person, session("192.0.2.1", "b")), start + 5s));
  const auto arrivals = table.take("a", since);
  ASSERT_EQ(arrivals.sessions.size(), AnswerTable::max_perhaps + 1) << "each kind for itself";
  EXPECT_EQ(arrivals.sessions.front().address, "192.0.2.8");
  EXPECT_EQ(arrivals.sessions.back().address, "192.0.2.10");
  EXPECT_EQ(table.take("b", since).sessions.size(), 1U) << "the host's other one alone: its answer came";
}

TEST(AnswerTable, DoesNotWaitLongForASessionThatStaysOpen) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.add("a", answer("1", AnswerKind::bounce, session("192.0.2.1", "a")), start + 5s);
  EXPECT_FALSE(table.settled("a", start + 6s));
  EXPECT_TRUE(table.settled("a", start + 8s));
}

TEST(AnswerTable, TheRecordOfTheSessionMayComeBeforeItsMessageIsJudged) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.add(session("192.0.2.1", "a"), start + 5s);
  table.add("a", answer("1", AnswerKind::vacation, session("192.0.2.1", "a")), start + 6s);
  EXPECT_TRUE(table.settled("a", start + 6s));
}

TEST(AnswerTable, WhatAnotherProcessReceivedIsWaitedForALittle) {
  for (const bool before : {true, false}) {
    AnswerTable table;
    table.expect("a", start + 100s);
    if (before) table.add(session("192.0.2.1", "a"), start + 5s, false);
    table.add("a", answer("1", AnswerKind::person, session("192.0.2.1", "a")), start + 5s);
    if (!before) table.add(session("192.0.2.1", "a"), start + 5s, false);
    EXPECT_FALSE(table.settled("a", start + 5s)) << "who asked its DNS may not be noted yet";
    EXPECT_TRUE(table.settled("a", start + 8s));
    EXPECT_EQ(table.take("a", Time{}).sessions.size(), 1U);
  }
}

TEST(AnswerTable, ANoticeOfDelayIsNotTheEnd) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.add("a", answer("1", AnswerKind::delay, session("192.0.2.1", "a")), start + 5s);
  table.add("a", answer("2", AnswerKind::unknown, session("192.0.2.1", "a")), start + 5s);
  EXPECT_FALSE(table.settled("a", start + 50s));
  table.add("a", answer("3", AnswerKind::bounce, session("192.0.2.1", "a", 9)), start + 50s);
  table.add(session("192.0.2.1", "a", 9), start + 50s);
  EXPECT_TRUE(table.settled("a", start + 50s));
  EXPECT_EQ(table.take("a", Time{}).answers.size(), 3U);
}

TEST(AnswerTable, MatchesByTheTokenAlone) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.expect("b", start + 100s);
  EXPECT_TRUE(table.add("a", answer("1", AnswerKind::person, session("192.0.2.1", "a")), start));
  EXPECT_FALSE(table.add("c", answer("2", AnswerKind::person, session("192.0.2.1", "c")), start));
  EXPECT_FALSE(table.has_final("b"));
  EXPECT_TRUE(table.take("b", Time{}).answers.empty());
  EXPECT_EQ(table.take("a", Time{}).answers.size(), 1U);
  EXPECT_TRUE(table.take("a", Time{}).answers.empty());
}

TEST(AnswerTable, TakesAMessageOnce) {
  AnswerTable table;
  table.expect("a", start + 100s);
  EXPECT_TRUE(table.add("a", answer("1", AnswerKind::delay, session("192.0.2.1", "a")), start));
  EXPECT_FALSE(table.add("a", answer("1", AnswerKind::delay, session("192.0.2.1", "a")), start));
}

TEST(AnswerTable, IsBounded) {
  AnswerTable table;
  table.expect("a", start + 100s);
  for (std::size_t i = 0; i < 2 * AnswerTable::max_answers; ++i)
    table.add("a", answer(std::to_string(i), AnswerKind::delay, session("192.0.2.1", "a")), start);
  for (std::size_t i = 0; i < 2 * AnswerTable::max_sessions; ++i)
    table.add(session("192.0.2.1", "a", static_cast<int>(i)), start);
  for (std::size_t i = 0; i < 2 * AnswerTable::max_strays; ++i)
    table.add(session("192.0.2.1", {}, static_cast<int>(i)), start);
  const auto arrivals = table.take("a", Time{});
  EXPECT_EQ(arrivals.answers.size(), AnswerTable::max_answers);
  EXPECT_EQ(arrivals.sessions.size(), AnswerTable::max_sessions);
}

TEST(AnswerTable, GivesTheSessionsOfTheSameHostThatNamedNobody) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.add(session("192.0.2.1", {}, 1), start);   // ended early, then came again
  table.add(session("192.0.2.66", {}, 2), start);  // somebody else
  table.add(session("192.0.2.1", "b", 3), start);  // of another probe
  table.add("a", answer("1", AnswerKind::person, session("192.0.2.1", "a", 4)), start);
  table.add(session("192.0.2.1", "a", 4), start);
  const auto arrivals = table.take("a", Time{});
  ASSERT_EQ(arrivals.sessions.size(), 2U);
  EXPECT_FALSE(arrivals.sessions[0].probe);
  EXPECT_EQ(arrivals.sessions[1].probe, "a");
}

TEST(AnswerTable, WhatElseASessionBroughtIsNotAnotherOne) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.add(session("192.0.2.1", {}, 4), start);  // for nobody, in the same session
  table.add("a", answer("1", AnswerKind::person, session("192.0.2.1", "a", 4)), start);
  table.add(session("192.0.2.1", "a", 4), start);
  const auto arrivals = table.take("a", Time{});
  ASSERT_EQ(arrivals.sessions.size(), 1U);
  EXPECT_EQ(arrivals.sessions[0].probe, "a");
}

TEST(AnswerTable, ForgetsWhatDidNotGoOut) {
  AnswerTable table;
  table.expect("a", start + 100s);
  table.forget("a");
  EXPECT_EQ(table.size(), 0U);
  EXPECT_FALSE(table.add("a", answer("1", AnswerKind::person, session("192.0.2.1", "a")), start));
}

}  // namespace
}  // namespace mailprobe::probe
