// Lines of the log about who came, whatever they say.
#include "app/reception_log.h"

#include <gtest/gtest.h>

namespace mailprobe::app {
namespace {

evidence::Session session(std::vector<std::string> recipients) {
  evidence::Session one;
  one.address = "192.0.2.1";
  one.helo = "mx.target.test";
  one.mail_from = "a@target.test";
  one.recipients = std::move(recipients);
  one.end = "quit";
  one.duration_ms = 7;
  return one;
}

TEST(SessionLine, SaysWhoBroughtWhatForWhom) {
  EXPECT_EQ(session_line(session({"probe@probe.test"})),
            "192.0.2.1 as mx.target.test, no TLS, from <a@target.test>, to <probe@probe.test>: quit after 7 ms");
}

TEST(SessionLine, NamesEachRecipientOnceAndFewOfMany) {
  EXPECT_EQ(session_line(session(std::vector<std::string>(100, "probe@probe.test"))),
            session_line(session({"probe@probe.test"})));
  std::vector<std::string> many;
  many.reserve(20);
  for (int i = 0; i < 20; ++i) many.push_back("probe+" + std::to_string(i) + "@probe.test");
  const auto line = session_line(session(many));
  EXPECT_NE(line.find("to <probe+4@probe.test> and 15 more: quit"), std::string::npos) << line;
  EXPECT_EQ(line.find("probe+5@"), std::string::npos) << line;
}

TEST(SessionLine, IsSafeToPrint) {
  const auto line = session_line(session({"a\x1b[31m@probe.test"}));
  EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
}

TEST(FetchLine, SaysWhoAskedForThePolicyAndWhatBecameOfIt) {
  EXPECT_EQ(fetch_line({.time = {}, .address = "192.0.2.1", .name = "mta-sts.a\x1b.test", .outcome = "served"}),
            "192.0.2.1 at the policy host (mta-sts.a\\x1b.test): served");
  EXPECT_EQ(fetch_line({.time = {}, .address = "192.0.2.1", .name = {}, .outcome = "refused"}),
            "192.0.2.1 at the policy host: refused");
}

}  // namespace
}  // namespace mailprobe::app
