// The way of a message and its way back as a picture and in words, and what took how long on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reporter/journey.h"
#include "reporter/picture.h"
#include "reporter/timeline.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

Journey journey_of(const evidence::Document& document) {
  return journey(document.probes.front(), document.self, document.target);
}

TEST(Path, LeadsFromUsToTheFolder) {
  const auto way = journey_of(test::good_delivery());
  ASSERT_EQ(way.stations.size(), 4U);
  EXPECT_EQ(way.stations.front().name, "mx.probe.test");
  EXPECT_EQ(way.stations.back().name, "INBOX");
  EXPECT_EQ(way.legs.front().kind, "secure");
  EXPECT_EQ(way.legs.front().label, "TLS 1.3");
  EXPECT_EQ(way.legs[1].delay, "+1.0 s");
}

TEST(Path, EndsWhereTheMessageEnded) {
  EXPECT_EQ(journey_of(test::rejected()).stations.back().name, "refused");
  EXPECT_EQ(journey_of(test::without_starttls()).legs.back().label, "no STARTTLS offered");
  EXPECT_EQ(journey_of(test::possibly_delivered()).stations.back().detail, "possibly delivered");
  EXPECT_EQ(journey_of(test::no_such_domain()).legs.back().kind, "broken");
}

TEST(Path, GathersTheMiddleOfALongWay) {
  auto document = test::good_delivery();
  auto& hops = document.probes.front().mailbox->hops;
  while (hops.size() < 30) hops.push_back(hops.back());
  const auto way = journey_of(document);
  EXPECT_EQ(way.stations.size(), 6U);
  EXPECT_EQ(way.stations[3].name, "27 more hosts");
}

std::int64_t took(const std::vector<Stretch>& line, std::string_view label) {
  const auto found = std::ranges::find(line, label, &Stretch::label);
  return found == line.end() ? -1 : found->end_ms - found->begin_ms;
}

std::vector<std::string> labels(const std::vector<Stretch>& line) {
  std::vector<std::string> all;
  all.reserve(line.size());
  for (const auto& stretch : line) all.push_back(stretch.label);
  return all;
}

TEST(Timeline, HasTheHandshakeAndTheWait) {
  const auto line = timeline(test::good_delivery().probes.front());
  EXPECT_EQ(took(line, "TLS handshake"), 4);
  EXPECT_EQ(took(line, "Until it showed in INBOX"), 420);
}

TEST(Timeline, ShowsThePauseBetweenAttempts) {
  auto document = test::greylisted();
  auto& probe = document.probes.front();
  auto second = probe.attempts.front();
  second.started += std::chrono::minutes(5);
  probe.attempts.push_back(second);
  const auto line = timeline(probe);
  const auto pause = std::ranges::find(line, "Waiting to try again", &Stretch::label);
  ASSERT_NE(pause, line.end());
  EXPECT_EQ(pause->end_ms, 300'000);
}

TEST(Path, SaysOfEachEdgeWhoSaysSo) {
  auto document = test::good_delivery();
  auto& hops = document.probes.front().mailbox->hops;
  hops[1].tls = "TLSv1.2";
  hops[1].tls_source = auth::TlsSource::claimed;
  hops.push_back(hops[1]);
  hops.back().tls.reset();
  hops.back().protocol = "ESMTPS";
  hops.push_back(hops.back());
  hops.back().protocol = "ESMTP";
  const auto way = journey_of(document);
  std::vector<std::string> said;
  said.reserve(way.legs.size());
  for (const auto& leg : way.legs) said.push_back(leg.label + ", " + leg.source);
  EXPECT_THAT(said, ElementsAre("TLS 1.3, observed", "TLS 1.2, claimed", "TLS, claimed", "TLS unknown, not stated",
                                "filed, observed"));
}

TEST(Path, NeverCutsTheWordThatMatters) {
  auto document = test::good_delivery();
  auto& hops = document.probes.front().mailbox->hops;
  hops[1].tls = "TLSv1.2";
  hops[1].tls_source = auth::TlsSource::claimed;
  while (hops.size() < 4) hops.push_back(hops.back());
  const auto page = html(test::assessed(document), evidence::embedded);
  EXPECT_THAT(page, HasSubstr(">claimed</text>"));
  EXPECT_THAT(page, HasSubstr(">TLS 1.2, claimed</text>"));
  EXPECT_THAT(page, HasSubstr("encrypted: claimed by a host in its Received field"));
  EXPECT_THAT(html(test::assessed(test::good_delivery()), evidence::embedded), Not(HasSubstr("claimed by a host")));
}

TEST(Path, HasATimeAtEachStationThatIsKnown) {
  const auto way = journey_of(test::good_delivery());
  EXPECT_EQ(way.stations.front().time, "12:00:00");
  EXPECT_NE(way.stations[1].time, "");
  EXPECT_NE(way.stations.back().time, "");
}

TEST(Path, ShowsLongNamesWholeSomewhere) {
  const std::string name = "am0pr05mb6577.eurprd05.prod.outlook.example.com";
  auto document = test::good_delivery();
  document.probes.front().mailbox->hops[1].by = name;
  const auto way = journey_of(document);
  EXPECT_THAT(description(way), HasSubstr(name));
  const auto page = html(test::assessed(document), evidence::embedded);
  EXPECT_THAT(page, HasSubstr("<title>" + name));
  EXPECT_THAT(page, HasSubstr("<li>to " + name));
}

TEST(PathBack, IsThereWhereAnAnswerCame) {
  const auto document = test::answered();
  const auto back = way_back(document.probes.front(), document.self);
  ASSERT_TRUE(back);
  EXPECT_THAT(back->title, HasSubstr("And back: an answer"));
  ASSERT_EQ(back->legs.size(), 1U);
  EXPECT_EQ(back->legs.front().source, "observed");
  EXPECT_EQ(back->legs.front().label, "TLS 1.3");
  EXPECT_EQ(back->stations.back().detail, "our receiver");
  EXPECT_THAT(html(test::assessed(document), evidence::embedded), HasSubstr("And back: an answer"));
}

TEST(PathBack, SaysThatItCameInPlainText) {
  const auto document = test::answered_badly();
  EXPECT_EQ(way_back(document.probes.front(), document.self).value().legs.front().kind, "plain");
}

TEST(PathBack, IsNotThereWhereNothingCame) {
  const auto document = test::good_delivery();
  EXPECT_FALSE(way_back(document.probes.front(), document.self));
}

TEST(PathBack, OfWhatWasForwardedNoMailboxIsMissed) {
  auto document = test::answered();
  auto& probe = document.probes.front();
  probe.forward = probe.reply;
  probe.forward->kind = evidence::AnswerKind::forward;
  probe.reply.reset();
  for (const auto& station : journey_of(document).stations) EXPECT_NE(station.name, "mailbox");
  EXPECT_THAT(way_back(probe, document.self).value().title, HasSubstr("And back: what was forwarded"));
}

TEST(Timeline, HasEachCommandWithItsReply) {
  const auto line = timeline(test::good_delivery().probes.front());
  EXPECT_THAT(labels(line),
              IsSupersetOf({"Session with mx1.target.test: accepted", "connecting, until the greeting: 220",
                            "EHLO: 250", "STARTTLS: 220", "MAIL FROM: 250", "RCPT TO: 250", "DATA: 354"}));
  EXPECT_EQ(took(line, "connecting, until the greeting: 220"), 3);
  EXPECT_EQ(took(line, "RCPT TO: 250"), 1) << "pipelined";
}

TEST(Timeline, BeginsWithTheRunWhereItHasOneProbe) {
  const auto probe = test::good_delivery().probes.front();
  const auto line = timeline(probe, probe.attempts.front().started - std::chrono::milliseconds(34));
  EXPECT_EQ(took(line, "Getting ready: DNS, policies, mailbox"), 34);
  EXPECT_EQ(line[1].begin_ms, 34);
  EXPECT_EQ(timeline(probe).front().begin_ms, 0);
}

TEST(Timeline, HasWhatTheTargetLookedUpAndTheRetrieval) {
  auto probe = test::looked_up().probes.front();
  probe.watch->events = {{1, Direction::out, "A9 UID FETCH 1 (BODY.PEEK[])"},
                         {2, Direction::in, "* 1 FETCH"},
                         {8, Direction::in, "A9 OK Done"}};
  const auto line = timeline(probe);
  EXPECT_THAT(labels(line), Contains(HasSubstr("DNS: the target looks up SPF")));
  EXPECT_EQ(took(line, "Retrieving it over IMAP"), 7);
}

TEST(Timeline, HoldsOutAgainstAnyNumber) {
  for (const auto number : {INT64_MAX, INT64_MIN, std::int64_t{-1}}) {
    auto document = test::answered();
    auto& probe = document.probes.front();
    for (auto* attempt : {&probe.attempts.back(), &*probe.smtp}) {
      attempt->duration_ms = number;
      for (auto& event : attempt->events) event.t_ms = number;
    }
    probe.reply->delay_ms = number;
    probe.reply->session.duration_ms = number;
    for (const auto& stretch : timeline(probe)) EXPECT_GE(stretch.begin_ms, 0) << stretch.label;
    EXPECT_FALSE(journey_of(document).stations.empty());
    EXPECT_TRUE(way_back(probe, document.self));
  }
}

TEST(Timeline, HasTheAnswer) {
  const auto line = timeline(test::answered().probes.front());
  EXPECT_THAT(labels(line), Contains("Until it came back: answered"));
  EXPECT_THAT(labels(line), Contains(HasSubstr("Session of ")));
}

}  // namespace
}  // namespace mailprobe::reporter
