// The mailbox as a witness over scripted IMAP sessions: refused is the user's to mend, unreachable is noted, lost is
// made again from the same baseline.
#include <gtest/gtest.h>

#include "probe/beside.h"
#include "probe/execution.h"
#include "probe/gate.h"
#include "probe/mailbox_witness.h"
#include "tests/probe/fixture.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"

namespace mailprobe::probe {
namespace {

using namespace std::chrono_literals;

constexpr auto address = "192.0.2.1";
constexpr auto id = "token-7f3a";

std::string dialogue(const std::string& name) { return test::read_file(test::data("imap/" + name + ".txt")); }

class Witness : public testing::Test {
 protected:
  Witness() {
    resolver_.a("imap.test", address);
    account_.name = "target";
    account_.url = {"imaps", "imap.test", 993};
    account_.user = "user";
    account_.secret.value = Secret("pencil");
  }
  MailboxWitness& witness() {
    if (!witness_) witness_.emplace(account_, nullptr, network_.network(), resolver_, progress_);
    return *witness_;
  }
  Result<void> open() { return test::run(witness().open()); }
  std::optional<imap::Copy> find() { return test::run(witness().find(id, network_.network().steady() + 1min)); }
  void expect_scripts_kept() {
    for (const auto& stream : network_.streams) EXPECT_EQ(stream->problem(), "");
  }

  test::FakeResolver resolver_;
  test::FakeNetwork network_;
  Progress progress_;
  MailboxAccount account_{.url = {}, .address = test::mailbox("to@target.test"), .secret = {}};
  std::optional<MailboxWitness> witness_;
};

TEST_F(Witness, FindsTheCopyAndTakesItAway) {
  network_.plays(address, dialogue("remove"));
  ASSERT_TRUE(open());
  EXPECT_TRUE(witness().ready());
  const auto copy = find();
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->folder, "INBOX");
  EXPECT_NE(copy->raw.find(id), std::string::npos);
  test::run(witness().remove(*copy));
  test::run(witness().close());
  const auto facts = witness().facts();
  EXPECT_EQ(facts.name, "target");
  EXPECT_EQ(facts.url, "imaps://imap.test:993");
  EXPECT_EQ(facts.folders, std::vector<std::string>{"INBOX"});
  EXPECT_EQ(facts.tls->version, "TLSv1.3");
  EXPECT_TRUE(facts.completed);
  EXPECT_TRUE(facts.deleted);
  EXPECT_EQ(facts.error, std::nullopt);
  EXPECT_FALSE(facts.events.empty());
  for (const auto& event : facts.events) EXPECT_EQ(event.text.find("pencil"), std::string::npos);
  EXPECT_EQ(network_.connected, std::vector<std::string>{"192.0.2.1:993"});
  expect_scripts_kept();
}

TEST_F(Witness, EachSearchHasItsOwnPartOfTheTranscript) {
  network_.plays(address, dialogue("remove"));
  ASSERT_TRUE(open());
  ASSERT_TRUE(find());
  const auto first = witness().facts().events;
  std::ignore = find();  // the dialogue has no more of it: the connection is lost
  const auto second = witness().facts().events;
  const auto listing = [](const Event& event) { return event.text.find("LIST") != std::string::npos; };
  EXPECT_TRUE(std::ranges::any_of(first, listing));
  ASSERT_FALSE(second.empty());
  EXPECT_EQ(second.front().dir, Direction::note);
  EXPECT_EQ(second.front().text, "the session goes on; what came before stands with the message before");
  EXPECT_TRUE(std::ranges::none_of(second, [&](const Event& event) { return event.text == first.back().text; }));
}

Task<void> one_behind_the_other(MailboxWitness& mailbox, Dispatch& first, Dispatch& second) {
  CopySearch search(co_await Beside::make(), &mailbox);
  first.searched = co_await Gate::make();
  search.expect(first);
  co_await first.searched->wait();
  search.expect(second);
  co_await search.finish();
  first.searched.reset();  // whose timer does not outlive what runs it
}

/// One that is asked for in the very moment in which the search for the last one ends.
TEST_F(Witness, ASearchThatIsAboutToEndDoesNotKeepTheNextFromBeginning) {
  network_.plays(address, dialogue("remove"));
  ASSERT_TRUE(open());
  Dispatch first, second;
  for (auto* each : {&first, &second}) each->deadline = network_.network().steady() + 1min;
  first.probe.id = id;
  second.probe.id = "another";
  test::run(one_behind_the_other(witness(), first, second));
  EXPECT_TRUE(first.copy);
  EXPECT_FALSE(second.copy);
  EXPECT_TRUE(second.probe.watch) << "it was searched for";
}

TEST_F(Witness, KeepsWhatAnswersTheMessage) {
  network_.plays(address, dialogue("answer-vacation"));
  ASSERT_TRUE(open());
  ASSERT_TRUE(find());
  test::run(witness().close());
  const auto answers = witness().answers_to(id);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_FALSE(answers[0].bounce);
  EXPECT_EQ(answers[0].folder, "INBOX");
  EXPECT_TRUE(witness().answers_to("another").empty());
}

TEST_F(Witness, ACopyThatCannotBeDeletedIsTold) {
  std::vector<std::string> steps;
  progress_.step = [&](const std::string& line) { steps.push_back(line); };
  network_.plays(address, dialogue("remove-refused"));
  ASSERT_TRUE(open());
  const auto copy = find();
  ASSERT_TRUE(copy);
  test::run(witness().remove(*copy));
  test::run(witness().close());
  EXPECT_FALSE(witness().facts().deleted);
  EXPECT_EQ(witness().facts().error, std::nullopt);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_NE(steps[0].find("the copy could not be deleted: "), std::string::npos) << steps[0];
}

TEST_F(Witness, ARefusedLoginIsAUsageErrorInTheServersWords) {
  network_.plays(address, dialogue("login-refused"));
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, Failure::usage);
  for (const auto* words : {"mailbox target", "user at imaps://imap.test:993", "Invalid credentials"})
    EXPECT_NE(opened.error().message.find(words), std::string::npos) << opened.error().message;
}

TEST_F(Witness, AFolderThatIsNotThereIsAUsageError) {
  account_.folders = {"Entwürfe"};
  network_.plays(address, dialogue("folders-missing"));
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, Failure::usage);
}

TEST_F(Witness, APasswordThatCannotBeHadIsAUsageError) {
  account_.secret = {};
  account_.secret.file = "/no/such/file";
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, Failure::usage);
  EXPECT_TRUE(network_.connected.empty());
}

TEST_F(Witness, UnreachableIsNotedAndNothingIsLookedFor) {
  network_.refuses(address);
  ASSERT_TRUE(open());
  EXPECT_FALSE(witness().ready());
  EXPECT_EQ(witness().facts().cause, Cause::unreachable);
  EXPECT_FALSE(find());
  EXPECT_FALSE(witness().facts().completed);
  EXPECT_TRUE(witness().facts().error);
}

TEST_F(Witness, NotNowIsNotRefused) {
  network_.plays(address, dialogue("login-unavailable"));
  ASSERT_TRUE(open());
  EXPECT_EQ(witness().facts().cause, Cause::unreachable);
}

TEST_F(Witness, ANameThatCannotBeLookedUpIsNoted) {
  resolver_.bogus("imap.test");
  ASSERT_TRUE(open());
  EXPECT_EQ(witness().facts().cause, Cause::bogus);
  EXPECT_TRUE(network_.connected.empty());
}

TEST_F(Witness, EveryAddressIsTried) {
  resolver_.a("imap.test", "192.0.2.2");
  network_.times_out(address).plays("192.0.2.2", dialogue("remove"));
  ASSERT_TRUE(open());
  EXPECT_TRUE(witness().ready());
}

TEST_F(Witness, ALostConnectionIsMadeAgainFromTheSameBaseline) {
  network_.plays(address, dialogue("idle-reset")).plays(address, dialogue("reconnect"));
  ASSERT_TRUE(open());
  const auto copy = find();
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->uid, 5U);
  EXPECT_EQ(network_.pauses, std::vector<std::chrono::milliseconds>{1s});
  EXPECT_TRUE(witness().facts().completed);
  EXPECT_EQ(witness().facts().error, std::nullopt);
  test::run(witness().close());
  expect_scripts_kept();
}

TEST_F(Witness, ThatCannotComeBackGivesUpAtTheDeadline) {
  network_.plays(address, dialogue("idle-reset")).refuses(address);
  ASSERT_TRUE(open());
  EXPECT_FALSE(find());
  EXPECT_EQ(network_.pauses, (std::vector<std::chrono::milliseconds>{1s, 2s, 4s, 8s, 16s}));  // 31 s, then 30 more
  EXPECT_EQ(witness().facts().waited_ms, 31'000);
  EXPECT_EQ(witness().facts().cause, Cause::unreachable);
  EXPECT_FALSE(witness().facts().completed);
}

}  // namespace
}  // namespace mailprobe::probe
