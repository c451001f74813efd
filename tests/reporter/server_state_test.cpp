// How the session with a server went: what the tables of servers say is what the findings say.
#include "reporter/server_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

using evidence::Document;
using evidence::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

/// The second address ended so.
Document ended(std::string phase, std::optional<Cause> cause, std::string error) {
  auto document = test::inspected();
  auto& session = *document.target.mx.front().addresses[1].session;
  session.phase = std::move(phase);
  session.cause = cause;
  session.error = std::move(error);
  session.reply.reset();
  session.tls.reset();
  return test::assessed(document);
}

ServerState state(const Document& document, std::size_t address) {
  return state_of(document, document.target.mx.front().addresses[address]);
}

TEST(ServerState, OfOneThatAnswersIsThat) {
  const auto document = test::assessed(test::inspected());
  EXPECT_EQ(state(document, 0).verdict, Verdict::pass);
  EXPECT_EQ(state(document, 0).words, "answers");
  EXPECT_EQ(state(document, 1).verdict, Verdict::inconclusive);
  EXPECT_EQ(state(document, 1).words, "blocked");
}

struct Row {
  const char *phase, *error;
  std::optional<Cause> cause;
  Verdict verdict;
  const char* words;
};

TEST(ServerState, IsThatOfTheFinding) {
  const Row rows[] = {{"connect", "connection refused", Cause::refused, Verdict::inconclusive, "not reached"},
                      {"connect", "no answer", Cause::timed_out, Verdict::inconclusive, "no answer"},
                      {"connect", "no IPv6", Cause::no_ipv6, Verdict::not_tested, "not tested"},
                      {"connect", "no socket", std::nullopt, Verdict::error, "our fault"},
                      {"banner", "not a reply", Cause::protocol_error, Verdict::fail, "fails"},
                      {"ehlo", "the server does not offer STARTTLS", Cause::unsupported, Verdict::fail, "fails"},
                      {"ehlo", "connection closed", Cause::unreachable, Verdict::inconclusive, "not reached"}};
  for (const auto& row : rows) {
    const auto document = ended(row.phase, row.cause, row.error);
    EXPECT_EQ(word(state(document, 1).verdict), word(row.verdict)) << row.error;
    EXPECT_EQ(state(document, 1).words, row.words) << row.error;
  }
}

/// A report without findings charges nothing to the target.
TEST(ServerState, WithoutAFindingIsNotKnown) {
  auto document = ended("banner", Cause::protocol_error, "not a reply");
  document.findings.clear();
  EXPECT_EQ(state(document, 1).verdict, Verdict::inconclusive);
  EXPECT_EQ(state(document, 1).words, "not known");
}

TEST(ServerState, IsTheSameInEachTable) {
  const auto document = ended("connect", Cause::refused, "connection refused");
  const auto page = html(document, evidence::embedded);
  EXPECT_THAT(page, HasSubstr("not reached"));
  EXPECT_THAT(page, Not(HasSubstr(">fails<")));
  const auto& second = document.target.mx.front().addresses[1];
  EXPECT_THAT(terminal(document, {.width = 100}), HasSubstr("? mx1.target.test  " + second.ip));
}

}  // namespace
}  // namespace mailprobe::reporter
