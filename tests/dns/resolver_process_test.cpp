// The process of the validating resolver: many questions at once, large answers, what it has of ours, how it ends.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "dns/records.h"
#include "dns/responder.h"
#include "dns/unbound_resolver.h"
#include "tests/support/run.h"

namespace mailprobe::dns {
namespace {

namespace asio = boost::asio;

const IpAddress host = IpAddress::v4({127, 53, 0, 9});
constexpr int hosts = 400;
constexpr int large_strings = 200;  // of 250 bytes: near the 64 KB of a message

std::string records() {
  std::string text = "@ 300 IN SOA ns h 1 2 3 4 5\n@ IN NS ns\nns IN A 127.53.0.9\n";
  for (int i = 0; i < hosts; ++i)
    text += "h" + std::to_string(i) + " IN A 127.1." + std::to_string(i / 250) + "." + std::to_string(i % 250) + "\n";
  for (int i = 0; i < large_strings; ++i) {
    std::string filled = std::to_string(i) + " ";
    filled.resize(250, 'x');
    text += "large IN TXT \"" + filled + "\"\n";
  }
  return text;
}

struct Bench {
  std::unique_ptr<Responder> responder;
  std::unique_ptr<Resolver> resolver;
};

Task<Bench> bench() {
  Bench out;
  std::vector<ZoneText> zones{{"many.test", records(), true}};
  auto responder = co_await Responder::start(host, 0, std::move(zones));
  if (!responder) throw std::runtime_error(responder.error().message);
  out.responder = std::move(*responder);
  ResolverOptions options;
  options.stubs["many.test"] = host.text() + "@" + std::to_string(out.responder->port());
  options.trust_anchors = out.responder->anchors();
  auto resolver = unbound_resolver(co_await asio::this_coro::executor, options);
  if (!resolver) throw std::runtime_error(resolver.error().message);
  out.resolver = std::move(*resolver);
  co_return out;
}

/// Our children, by /proc.
std::vector<pid_t> children() {
  std::ifstream file("/proc/self/task/" + std::to_string(getpid()) + "/children");
  std::vector<pid_t> out;
  for (pid_t pid = 0; file >> pid;) out.push_back(pid);
  return out;
}

Task<void> ask_into(Resolver* resolver, std::string name, Type type, Answer* into) {
  *into = co_await resolver->query(std::move(name), type);
}

using Answers = std::vector<Answer>;

void ask_all(const asio::any_io_executor& executor, Resolver& resolver, Answers& answers, int* left) {
  for (std::size_t i = 0; i < answers.size(); ++i)
    asio::co_spawn(executor, ask_into(&resolver, "h" + std::to_string(i) + ".many.test", Type::a, &answers[i]),
                   [left](const std::exception_ptr& error) {
                     EXPECT_FALSE(error);
                     --*left;
                   });
}

TEST(ResolverProcess, ManyQuestionsAtOnceGetEachItsOwnAnswer) {
  asio::io_context context(1);
  std::optional<Bench> made;
  Answers answers(hosts);
  int left = hosts;
  asio::co_spawn(context, bench(), [&](const std::exception_ptr& error, Bench out) {
    ASSERT_FALSE(error);
    made = std::move(out);
    ask_all(context.get_executor(), *made->resolver, answers, &left);
  });
  while (left > 0 && context.run_one() > 0) continue;
  for (int i = 0; i < hosts; ++i) {
    const auto& answer = answers[static_cast<std::size_t>(i)];
    EXPECT_EQ(answer.dnssec, Dnssec::secure) << answer.why;
    ASSERT_EQ(answer.rdata.size(), 1U) << answer.why;
    EXPECT_EQ(addresses(answer).at(0).text(), "127.1." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  }
}

TEST(ResolverProcess, KilledWithManyQuestionsEndsThemAll) {
  asio::io_context context(1);
  std::optional<Bench> made;
  Answers answers(hosts);
  int left = hosts;
  asio::co_spawn(context, bench(), [&](const std::exception_ptr& error, Bench out) {
    ASSERT_FALSE(error);
    made = std::move(out);
    ask_all(context.get_executor(), *made->resolver, answers, &left);
  });
  while (children().empty() && context.run_one() > 0) continue;
  for (const auto pid : children()) kill(pid, SIGKILL);
  while (left > 0 && context.run_one() > 0) continue;
  for (const auto& answer : answers) {
    EXPECT_EQ(answer.status, Status::servfail);
    EXPECT_NE(answer.why.find("process has ended (signal 9)"), std::string::npos) << answer.why;
  }
}

Task<Answers> ask_large() {
  const auto made = co_await bench();
  Answers out;
  for (int i = 0; i < 3; ++i) out.push_back(co_await made.resolver->query("large.many.test", Type::txt));
  co_return out;
}

TEST(ResolverProcess, LargeAnswersComeWhole) {
  for (const auto& answer : test::run(ask_large())) {
    ASSERT_EQ(answer.status, Status::ok) << answer.why;
    EXPECT_EQ(answer.dnssec, Dnssec::secure);
    const auto texts = txt(answer);
    EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), static_cast<std::size_t>(large_strings));
  }
}

/// Asks a question and cancels it, then another.
Task<Answers> ask_after_cancelling() {
  const auto made = co_await bench();
  auto executor = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  Answers out(2);
  asio::co_spawn(executor, ask_into(made.resolver.get(), "h1.many.test", Type::a, out.data()),
                 asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
  co_await asio::post(executor, asio::use_awaitable);  // it has been asked
  signal.emit(asio::cancellation_type::all);
  out[1] = co_await made.resolver->query("h2.many.test", Type::a);
  co_return out;
}

TEST(ResolverProcess, AnswerToACancelledQuestionIsNobodys) {
  const auto answers = test::run(ask_after_cancelling());
  EXPECT_EQ(answers[0].why, "interrupted");
  ASSERT_TRUE(answers[1].found()) << answers[1].why;
  EXPECT_EQ(addresses(answers[1]).at(0).text(), "127.1.0.2");
}

Task<Answer> ask_overlong() {
  const auto made = co_await bench();
  co_return co_await made.resolver->query(std::string(2'000'000, 'a'), Type::a);
}

TEST(ResolverProcess, OverlongNameIsNoQuestion) {
  EXPECT_EQ(test::run(ask_overlong()).status, Status::servfail);
  EXPECT_EQ(test::run(ask_overlong()).why, "not a domain name");
}

Task<std::vector<std::string>> descriptors_of_the_child() {
  const int locked = ::open("/tmp", O_RDONLY | O_DIRECTORY);  // without O_CLOEXEC: nothing saves it but the child
  const auto made = co_await bench();
  co_await made.resolver->query("h1.many.test", Type::a);
  std::vector<std::string> out;
  for (const auto pid : children())
    for (const auto& each : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd"))
      out.push_back(std::filesystem::read_symlink(each).string());
  ::close(locked);
  co_return out;
}

TEST(ResolverProcess, HasNoDescriptorOfOurs) {
  if (::geteuid() != 0) GTEST_SKIP() << "the process is not dumpable: only root sees its descriptors";
  const auto targets = test::run(descriptors_of_the_child());
  EXPECT_FALSE(targets.empty());
  for (const auto& target : targets) EXPECT_NE(target, "/tmp");
  EXPECT_LT(targets.size(), 12U);
}

Task<std::vector<pid_t>> child_of_a_resolver() {
  const auto made = co_await bench();
  co_await made.resolver->query("h1.many.test", Type::a);
  co_return children();
}

TEST(ResolverProcess, EndsWithItsResolverAndLeavesNoZombie) {
  EXPECT_EQ(test::run(child_of_a_resolver()).size(), 1U);
  EXPECT_TRUE(children().empty());
}

/// A program that dies without a word: its resolver's process ends too. Seen by a pipe that both would hold open.
TEST(ResolverProcess, EndsWhenTheProgramIsKilled) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t program = ::fork();
  if (program == 0) {
    ::close(ends[0]);
    ::dup2(ends[1], STDERR_FILENO);  // the one descriptor that the process keeps
    ::close(ends[1]);
    asio::io_context context(1);
    std::optional<Bench> made;
    asio::co_spawn(context, bench(), [&](const std::exception_ptr&, Bench out) { made = std::move(out); });
    context.run_one();
    while (!made) context.run_one();
    Answer answer;
    asio::co_spawn(context, ask_into(made->resolver.get(), "h1.many.test", Type::a, &answer),
                   [](const std::exception_ptr&) { ::kill(::getpid(), SIGKILL); });
    context.run();
    ::_exit(1);
  }
  ::close(ends[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(program, &status, 0), program);
  EXPECT_TRUE(WIFSIGNALED(status));
  std::array<char, 256> said{};
  const auto count = ::read(ends[0], said.data(), said.size());  // ends when nobody holds the other end
  EXPECT_EQ(count, 0) << said.data();
  ::close(ends[0]);
}

}  // namespace
}  // namespace mailprobe::dns
