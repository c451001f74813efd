// Our receiver as a witness, over loopback sockets: it listens, or reads what another process takes; ten thousand wait.
#include "probe/reply_witness.h"

#include <fstream>

#include "probe/beside.h"

#include "tests/receiver/server_fixture.h"
#include "tls/network.h"

namespace mailprobe::probe {
namespace {

using receiver::soon;
using namespace std::chrono_literals;

constexpr std::string_view token = "token7";

class ReplyWitnessTest : public receiver::Receiving {
 public:
  ReplyWitnessTest() {
    const auto issued = need(authority_.issue({.subject = "mx", .names = {"mx.probe.test"}, .addresses = {}}));
    settings.identities.emplace(
        "default",
        Identity{
            .name = "default", .domain = "probe.test", .address = *Mailbox::parse("probe@probe.test"), .dkim = {}});
    settings.receiver.listen = {{receiver::loopback, 0}};
    settings.receiver.host = "mx.probe.test";
    settings.receiver.certificate_texts = {{issued.chain_pem, issued.key_pem}};
    settings.runs = (folder_.path() / "runs").string();
  }

  Task<std::unique_ptr<ReplyWitness>> witness(bool listen, Network network = real_network()) {
    auto made = co_await ReplyWitness::make(settings, std::move(network), resolver_, true);
    need(co_await made->open(listen));
    co_return made;
  }
  static void need(const Result<void>& done) {
    if (!done) throw std::runtime_error(done.error().message);
  }
  template <class T>
  static T need(Result<T> result) {
    return receiver::need(std::move(result));
  }

  static std::uint16_t port_of(const ReplyWitness& witness) {
    const auto places = witness.facts().listening;
    return static_cast<std::uint16_t>(std::stoi(places.at(0).substr(places.at(0).rfind(' ') + 1)));
  }

  using Receiving::deliver;
  Settings settings;
};

/// Who waits for answers to the one message, and who receives, which may be another process. Close it at the end.
struct Waiting {
  std::string id{token};
  Time begun = now();
  std::unique_ptr<ReplyWitness> daemon, reader;  // the latter null: they are one

  ReplyWitness& witness() { return reader ? *reader : *daemon; }
  Task<void> close() {
    if (reader) co_await reader->close(1000ms);
    co_await daemon->close(1000ms);
  }
};

Task<Waiting> wait_for_one(ReplyWitnessTest& test, bool by_another) {
  Waiting made;
  made.daemon = co_await test.witness(true);
  if (by_another) made.reader = co_await test.witness(true);
  test.need(made.witness().expect(made.id));
  made.witness().set_deadline(made.id, soon());
  co_return made;
}

/// Those that may be of it, once there are any.
Task<std::vector<evidence::Session>> first_sessions(Waiting& waiting) {
  std::vector<evidence::Session> sessions;
  for (int looks = 0; looks < 200 && sessions.empty(); ++looks) {
    sessions = waiting.witness().take(waiting.id, waiting.begun).sessions;
    ReplyWitnessTest::need(waiting.witness().expect(waiting.id));
    co_await real_network().pause(10ms);
  }
  co_return sessions;
}

Task<void> take_an_answer(ReplyWitnessTest& test) {
  auto witness = co_await test.witness(true);
  const std::string id(token);
  const auto before = co_await test.deliver(test.port_of(*witness));
  EXPECT_EQ(word(before.outcome), "rejected") << "nobody waits for it yet";
  std::string told;
  witness->on_final = [&](const std::string& whose, evidence::AnswerKind kind) {
    told = whose + " " + std::string(word(kind));
  };
  test.need(witness->expect(id));
  witness->set_deadline(id, soon());
  const auto after = co_await test.deliver(test.port_of(*witness));
  EXPECT_EQ(word(after.outcome), "accepted");
  co_await witness->wait(id);
  EXPECT_TRUE(witness->settled(id));
  EXPECT_EQ(told, "token7 person");
  const auto arrivals = witness->take(id, Time{});
  EXPECT_EQ(arrivals.answers.size(), 1U);
  EXPECT_EQ(arrivals.sessions.size(), 2U) << "that which was refused is of the same host";
  if (arrivals.answers.size() != 1) co_return;
  EXPECT_EQ(word(arrivals.answers[0].reply.spf->result), "pass");
  EXPECT_TRUE(witness->raw_of(arrivals.answers[0].spooled)->contains("Hello."));
  witness->remove(arrivals);
  EXPECT_FALSE(witness->raw_of(arrivals.answers[0].spooled));
  co_await witness->close(1000ms);
}

TEST_F(ReplyWitnessTest, TakesWhatAnswersAProbe) { test::run(take_an_answer(*this)); }

/// Who answers From and not Reply-To names the message that it is about.
Task<void> take_an_answer_to_from(ReplyWitnessTest& test, bool by_another) {
  auto waiting = co_await wait_for_one(test, by_another);
  auto& witness = waiting.witness();
  for (const auto* about : {"other", "token7"}) {
    const auto header = "In-Reply-To: <" + std::string(about) + "@probe.test>\r\n";
    const auto sent = co_await test.deliver(test.port_of(*waiting.daemon), "probe@probe.test", header);
    EXPECT_EQ(word(sent.outcome), "accepted");
  }
  co_await witness.wait(waiting.id);
  EXPECT_TRUE(witness.settled(waiting.id));
  auto arrivals = witness.take(waiting.id, waiting.begun);
  EXPECT_EQ(arrivals.answers.size(), 1U);
  std::erase_if(arrivals.sessions, [&](const auto& session) { return session.probe != waiting.id; });
  EXPECT_EQ(arrivals.sessions.size(), 1U);
  const auto found = co_await witness.take_later(waiting.id, waiting.begun - 1s);
  EXPECT_EQ(found.answers.size(), 1U) << "so that collect finds it, too";
  witness.remove(arrivals);
  const auto left = receiver::need(receiver::Spool::share(receiver_folder(test.settings) / "spool"));
  EXPECT_EQ(left.names().size(), 1U) << "about another message";
  co_await waiting.close();
}

TEST_F(ReplyWitnessTest, TakesAnAnswerToFrom) { test::run(take_an_answer_to_from(*this, false)); }
TEST_F(ReplyWitnessTest, TakesAnAnswerToFromThatAnotherProcessTook) { test::run(take_an_answer_to_from(*this, true)); }

/// A session that brings other mail after the answer.
Task<void> take_only_the_answer(ReplyWitnessTest& test) {
  auto witness = co_await test.witness(true);
  const std::string id(token);
  test.need(witness->expect(id));
  witness->set_deadline(id, soon());
  auto client = co_await receiver::Client::connect(test.port_of(*witness));
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  const auto answer = co_await client.bring("someone@target.test", "probe+token7@probe.test");
  EXPECT_EQ(answer.substr(0, 4), "250 ");
  const auto report = co_await client.bring("reports@elsewhere.test", "postmaster@probe.test");
  EXPECT_EQ(report.substr(0, 4), "250 ");
  co_await client.ask("QUIT");
  co_await witness->wait(id);
  co_await witness->close(1000ms);
  const auto arrivals = witness->take(id, Time{});
  EXPECT_EQ(arrivals.answers.size(), 1U);
  EXPECT_EQ(arrivals.sessions.size(), 1U);
  if (arrivals.answers.size() != 1) co_return;
  EXPECT_EQ(arrivals.answers[0].reply.session.mail_from, "someone@target.test");
  witness->remove(arrivals);
  const auto left = receiver::need(receiver::Spool::share(receiver_folder(test.settings) / "spool"));
  EXPECT_EQ(left.names().size(), 1U) << "other mail stays";
}

TEST_F(ReplyWitnessTest, TakesNoOtherMailOfTheSessionForTheAnswer) { test::run(take_only_the_answer(*this)); }

Task<void> read_from_another(ReplyWitnessTest& test) {
  auto daemon = co_await test.witness(true);
  auto reader = co_await test.witness(true);
  EXPECT_TRUE(reader->facts().listening.empty());
  const std::string id(token);
  test.need(reader->expect(id));
  reader->set_deadline(id, soon());
  const auto sent = co_await test.deliver(test.port_of(*daemon));
  EXPECT_EQ(word(sent.outcome), "accepted") << "the one takes what the other waits for";
  co_await reader->wait(id);
  const auto arrivals = reader->take(id, Time{});
  EXPECT_EQ(arrivals.answers.size(), 1U);
  if (arrivals.answers.size() == 1) EXPECT_TRUE(reader->raw_of(arrivals.answers[0].spooled));
  co_await reader->close(1000ms);
  co_await daemon->close(1000ms);
}

TEST_F(ReplyWitnessTest, ReadsWhatAnotherProcessTakes) { test::run(read_from_another(*this)); }

/// Whoever received has no room for the answer: that is known here, and charged to nobody else.
Task<void> read_a_refusal_of_ours(ReplyWitnessTest& test) {
  test.settings.receiver.keep.size = 1;
  auto waiting = co_await wait_for_one(test, true);
  const auto sent = co_await test.deliver(test.port_of(*waiting.daemon));
  EXPECT_EQ(word(sent.outcome), "temporary");
  evidence::Probe probe;
  probe.id = waiting.id;
  probe.reply_watch.emplace();
  probe.sessions = co_await first_sessions(waiting);
  EXPECT_EQ(probe.sessions.size(), 1U);
  blame_ourselves(probe);
  EXPECT_EQ(probe.reply_watch->cause, Cause::own_limit);
  EXPECT_NE(probe.reply_watch->error.value_or("").find("452 4.3.1"), std::string::npos)
      << probe.reply_watch->error.value_or("");
  co_await waiting.close();
}

TEST_F(ReplyWitnessTest, ReadsThatAnotherProcessHadNoRoom) { test::run(read_a_refusal_of_ours(*this)); }

/// A limit of ours sends the answer away before it can name the probe.
Task<void> turn_the_answer_away(ReplyWitnessTest& test, bool by_another) {
  test.settings.receiver.per_client = 1;
  auto waiting = co_await wait_for_one(test, by_another);
  auto idle = co_await receiver::Client::connect(test.port_of(*waiting.daemon));
  co_await idle.hear();
  EXPECT_NE(word((co_await test.deliver(test.port_of(*waiting.daemon))).outcome), "accepted");
  evidence::Probe probe;
  probe.id = waiting.id;
  probe.reply_watch.emplace();
  probe.sessions = co_await first_sessions(waiting);
  EXPECT_EQ(probe.sessions.size(), 1U);
  blame_ourselves(probe);
  EXPECT_EQ(probe.reply_watch->cause, Cause::own_limit);
  EXPECT_NE(probe.reply_watch->error.value_or("").find("421 4.3.2"), std::string::npos);
  co_await waiting.close();
}

TEST_F(ReplyWitnessTest, KnowsWhomItTurnedAway) { test::run(turn_the_answer_away(*this, false)); }
TEST_F(ReplyWitnessTest, KnowsWhomAnotherProcessTurnedAway) { test::run(turn_the_answer_away(*this, true)); }

/// A client that knows nobody who vouches for our certificate.
Task<void> reject_our_certificate(ReplyWitnessTest& test, bool by_another) {
  auto waiting = co_await wait_for_one(test, by_another);
  auto client = co_await receiver::Client::connect(test.port_of(*waiting.daemon));
  co_await client.hear();
  co_await client.ask("EHLO mx.target.test");
  co_await client.ask("STARTTLS");
  auto how = receiver::rejecting("mx.probe.test");
  const auto tried = co_await client.try_to_encrypt(std::move(how));
  EXPECT_FALSE(tried);
  client.hang_up();
  const auto sessions = co_await first_sessions(waiting);
  EXPECT_EQ(sessions.size(), 1U);
  if (sessions.size() == 1) EXPECT_EQ(sessions[0].tls_alert, "unknown_ca");
  const auto later = co_await waiting.witness().take_later(waiting.id, waiting.begun);
  EXPECT_EQ(later.sessions.size(), 1U) << "so that collect lists it, too";
  co_await waiting.close();
}

TEST_F(ReplyWitnessTest, KnowsWhoRejectedOurCertificate) { test::run(reject_our_certificate(*this, false)); }
TEST_F(ReplyWitnessTest, KnowsWhoRejectedTheCertificateOfAnotherProcess) {
  test::run(reject_our_certificate(*this, true));
}

TEST(BlameOurselves, OnlyWhereNothingCame) {
  evidence::Probe probe;
  probe.reply_watch.emplace();
  auto& session = probe.sessions.emplace_back();
  session.address = "192.0.2.1";
  session.events = {{0, Direction::in, "452 4.3.1 said by them"}, {1, Direction::out, "550 5.1.1 Nobody"}};
  blame_ourselves(probe);
  EXPECT_FALSE(probe.reply_watch->error);
  session.events.push_back({2, Direction::out, "452 4.3.1 No room left"});
  session.trap = "good";
  blame_ourselves(probe);
  EXPECT_FALSE(probe.reply_watch->error) << "of a trap";
  session.trap.reset();
  probe.replies.emplace_back();
  blame_ourselves(probe);
  EXPECT_FALSE(probe.reply_watch->error) << "it came all the same";
  probe.replies.clear();
  blame_ourselves(probe);
  EXPECT_EQ(probe.reply_watch->error,
            "our receiver said \"452 4.3.1 No room left\" to 192.0.2.1, which may have come with it");
  EXPECT_EQ(probe.reply_watch->cause, Cause::own_limit);
}

Task<void> take_what_comes_later(ReplyWitnessTest& test) {
  auto witness = co_await test.witness(true);
  const std::string id(token);
  const auto begun = now();
  test.need(witness->expect(id));
  EXPECT_TRUE(witness->take(id, Time{}).answers.empty());
  const auto sent = co_await test.deliver(test.port_of(*witness));
  EXPECT_EQ(word(sent.outcome), "accepted");
  const auto arrivals = co_await witness->take_later(id, begun - 1s);
  EXPECT_EQ(arrivals.answers.size(), 1U) << "evaluated by then";
  if (arrivals.answers.size() == 1) EXPECT_EQ(word(arrivals.answers[0].reply.spf->result), "pass");
  witness->remove(arrivals);
  const auto again = co_await witness->take_later(id, begun - 1s);
  EXPECT_TRUE(again.answers.empty());
  co_await witness->close(1000ms);
}

TEST_F(ReplyWitnessTest, TakesWhatComesLater) { test::run(take_what_comes_later(*this)); }

/// A clock that goes on with every pause.
Task<void> skip(std::shared_ptr<std::chrono::milliseconds> passed, std::chrono::milliseconds pause) {
  *passed += pause;
  co_await tls::pause(std::chrono::milliseconds(1));  // others have their turn
}

/// No time passes between two looks.
Network without_waiting() {
  auto network = real_network();
  network.pause = [passed = std::make_shared<std::chrono::milliseconds>(0)](std::chrono::milliseconds pause) {
    return skip(passed, pause);
  };
  return network;
}

/// What was said of who receives, once it was.
Task<std::string> change_of(std::shared_ptr<std::vector<std::string>> said, std::size_t number) {
  const auto end = soon();
  bool over = false;
  while (said->size() < number && !over) {
    co_await tls::pause(1ms);
    over = std::chrono::steady_clock::now() > end;
  }
  co_return said->size() < number ? std::string("nothing") : said->at(number - 1);
}

/// One run ends while another still waits for its answer.
Task<void> go_on_where_another_ends(ReplyWitnessTest& test) {
  auto first = co_await test.witness(true);
  auto second = co_await test.witness(true, without_waiting());
  auto said = std::make_shared<std::vector<std::string>>();
  second->on_change = [said](const std::string& line) { said->push_back(line); };
  const std::string id(token);
  test.need(second->expect(id));
  second->set_deadline(id, soon());
  EXPECT_EQ(second->facts().places, std::vector<std::string>{"127.0.0.1 port 0"}) << "as configured";
  co_await first->close(1000ms);
  first.reset();
  const auto told = co_await change_of(said, 1);
  EXPECT_EQ(told, "the process that received has ended: this run receives from now on");
  EXPECT_FALSE(second->facts().listening.empty());
  EXPECT_EQ(second->facts().places, second->facts().listening);
  if (second->facts().listening.empty()) co_return;
  const auto sent = co_await test.deliver(test.port_of(*second));
  EXPECT_EQ(word(sent.outcome), "accepted");
  co_await second->wait(id);
  EXPECT_EQ(second->take(id, Time{}).answers.size(), 1U);
  EXPECT_FALSE(second->facts().error);
  co_await second->close(1000ms);
}

TEST_F(ReplyWitnessTest, StandsInForWhoEnds) { test::run(go_on_where_another_ends(*this)); }

/// What it listens at is taken by somebody else then.
Task<void> be_deaf(ReplyWitnessTest& test) {
  auto first = co_await test.witness(true);
  auto second = co_await test.witness(true, without_waiting());
  auto said = std::make_shared<std::vector<std::string>>();
  second->on_change = [said](const std::string& line) { said->push_back(line); };
  test.settings.receiver.listen = {{*IpAddress::parse("192.0.2.1"), 0}};  // not ours
  co_await first->close(1000ms);
  first.reset();
  const auto told = co_await change_of(said, 1);
  EXPECT_TRUE(told.starts_with("nobody receives any more, and this run cannot: cannot listen on 192.0.2.1")) << told;
  const auto watch = second->facts();
  EXPECT_EQ(watch.error, told);
  EXPECT_EQ(watch.cause, Cause::own_limit);
  test.settings.receiver.listen = {{receiver::loopback, 0}};
  auto third = co_await test.witness(true);
  const auto again = co_await change_of(said, 2);
  EXPECT_TRUE(again == "another process receives again" || again.starts_with("the process that received")) << again;
  EXPECT_FALSE(second->facts().error);
  EXPECT_EQ(said->size(), 2U);
  co_await second->close(1000ms);
  co_await third->close(1000ms);
}

TEST_F(ReplyWitnessTest, SaysThatNobodyReceives) { test::run(be_deaf(*this)); }

Task<void> leave_what_is_not_evaluated(ReplyWitnessTest& test) {
  auto daemon = co_await test.witness(true);
  const auto spool = receiver::need(receiver::Spool::share(receiver_folder(test.settings) / "spool"));
  receiver::need(spool.keep("{}", "Subject: nobody evaluates it\r\n\r\n"));
  auto passed = std::make_shared<std::chrono::milliseconds>(0);
  auto network = real_network();
  network.steady = [passed] { return Steady(*passed); };
  network.pause = [passed](std::chrono::milliseconds pause) { return skip(passed, pause); };
  auto reader = co_await test.witness(false, std::move(network));
  const std::string id(token);
  const auto arrivals = co_await reader->take_later(id, now() - 1s);
  EXPECT_TRUE(arrivals.answers.empty());
  EXPECT_GE(*passed, 1s);
  EXPECT_LE(*passed, 30s);
  co_await reader->close(1000ms);
  co_await daemon->close(1000ms);
}

TEST_F(ReplyWitnessTest, WaitsForAnEvaluationNoLongerThanItTakes) { test::run(leave_what_is_not_evaluated(*this)); }

Task<void> wait_in_vain(ReplyWitnessTest& test) {
  auto witness = co_await test.witness(true);
  const std::string id(token);
  test.need(witness->expect(id));
  witness->set_deadline(id, std::chrono::steady_clock::now() + 10ms);
  co_await witness->wait(id);
  EXPECT_TRUE(witness->settled(id));
  EXPECT_TRUE(witness->take(id, Time{}).answers.empty());
  co_await witness->close(1000ms);
}

TEST_F(ReplyWitnessTest, WaitsNoLongerThanToItsDeadline) { test::run(wait_in_vain(*this)); }

Task<void> forget_it(ReplyWitnessTest& test) {
  auto witness = co_await test.witness(true);
  const std::string id(token);
  test.need(witness->expect(id));
  witness->forget(id);
  const auto sent = co_await test.deliver(test.port_of(*witness));
  EXPECT_EQ(word(sent.outcome), "rejected");
  co_await witness->close(1000ms);
}

TEST_F(ReplyWitnessTest, RefusesWhatIsNotWaitedFor) { test::run(forget_it(*this)); }

Task<void> read_later(ReplyWitnessTest& test) {
  auto witness = co_await test.witness(true);
  const std::string id(token);
  const auto begun = now();
  test.need(witness->expect(id));
  witness->set_deadline(id, soon());
  const auto sent = co_await test.deliver(test.port_of(*witness));
  EXPECT_EQ(word(sent.outcome), "accepted");
  co_await witness->wait(id);
  co_await witness->close(1000ms);
  const auto folder = receiver_folder(test.settings);
  const auto spool = receiver::need(receiver::Spool::share(folder / "spool"));
  const auto arrivals = answers_in(spool, folder, id, begun - 1s);
  EXPECT_EQ(arrivals.answers.size(), 1U);
  EXPECT_EQ(arrivals.sessions.size(), 1U);
  EXPECT_TRUE(answers_in(spool, folder, "another", begun).answers.empty());
}

TEST_F(ReplyWitnessTest, WhatItTookIsThereForALaterLook) { test::run(read_later(*this)); }

/// A number of /proc/self/status: "VmRSS" in kB, "Threads".
long status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  return 0;
}

std::size_t entries(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) count += entry.path().empty() ? 0U : 1U;
  return count;
}

std::size_t open_files() { return entries("/proc/self/fd"); }

constexpr int many = 10'000;

#if defined(__has_feature)
constexpr bool address_sanitizer = __has_feature(address_sanitizer);
#else
constexpr bool address_sanitizer = false;
#endif

std::string waiting_id(int number) { return "waiting" + std::to_string(number); }

Task<void> wait_and_count(ReplyWitness& witness, std::string id, int& ended) {
  co_await witness.wait(std::move(id));
  ++ended;
}

Task<void> ten_thousand(ReplyWitnessTest& test) {
  auto witness = co_await test.witness(true);
  auto waiting = co_await Beside::make();
  const auto memory = status("VmRSS"), threads = status("Threads");
  const auto files = open_files();
  const auto far = std::chrono::steady_clock::now() + 24h;
  int ended = 0;
  for (int i = 0; i < many; ++i) {
    test.need(witness->expect(waiting_id(i)));
    witness->set_deadline(waiting_id(i), far);
    waiting.start(wait_and_count(*witness, waiting_id(i), ended));
  }
  for (const int each : {0, 7777, many - 1}) {
    const auto sent = co_await test.deliver(test.port_of(*witness), "probe+" + waiting_id(each) + "@probe.test");
    EXPECT_EQ(word(sent.outcome), "accepted");
    co_await witness->wait(waiting_id(each));
    EXPECT_EQ(witness->take(waiting_id(each), Time{}).answers.size(), 1U);
  }
  EXPECT_EQ(entries(receiver_folder(test.settings) / "waiting"), std::size_t{many}) << "a file for each";
  const auto grown = status("VmRSS") - memory;
  testing::Test::RecordProperty("kilobytes", std::to_string(grown));
  if (!address_sanitizer) {  // which keeps what was freed, of all tests before this one too
    EXPECT_LT(grown, 64 * 1024) << "kB";
    EXPECT_LT(status("VmRSS"), 256 * 1024) << "kB";
  }
  EXPECT_EQ(status("Threads"), threads);
  EXPECT_EQ(open_files(), files) << "no connection, no file";
  waiting.cancel();
  co_await waiting.join();
  EXPECT_EQ(ended, many);
  co_await witness->close(1000ms);
}

TEST_F(ReplyWitnessTest, TenThousandWaitWithoutAConnectionOrAThread) { test::run(ten_thousand(*this)); }

}  // namespace
}  // namespace mailprobe::probe
