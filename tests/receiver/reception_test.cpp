// Sessions that somebody opens to us, by our own client in memory: what is taken, what is refused, what is recorded.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "evidence/json.h"
#include "receiver/reception.h"
#include "smtp/client.h"
#include "tests/receiver/file_limit.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/memory_stream.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"

namespace mailprobe::receiver {
namespace {

struct Exchange {
  smtp::Delivery delivery;
  smtp::ServerOptions options;
  smtp::Session session;
  evidence::Session record;
  Transcript client_transcript, server_transcript;
};

Task<void> client(tls::Stream& stream, Exchange& exchange) {
  exchange.session = co_await smtp::deliver(stream, exchange.delivery, exchange.client_transcript);
}

Task<void> server(tls::Stream& stream, Exchange& exchange, const Office& office) {
  Reception reception(office, exchange.server_transcript, "good");
  co_await smtp::serve(stream, exchange.options, reception, exchange.server_transcript);
  auto records = co_await reception.records();
  EXPECT_EQ(records.size(), 1U);
  exchange.record = std::move(records.at(0));
}

class ReceptionTest : public testing::Test {
 protected:
  ReceptionTest() : spool_(*Spool::open(folder_.path() / "spool")) {
    recipients_.add_domain("probe.test");
    recipients_.add(*Mailbox::parse("probe@probe.test"), Purpose::identity);
    recipients_.add(*Mailbox::parse("reports@probe.test"), Purpose::report);
    recipients_.add(*Mailbox::parse("reflector@probe.test"), Purpose::reflector);
    recipients_.answers(*Mailbox::parse("probe@probe.test"),
                        [](const std::string& token) { return token == "token7"; });
    resolver_.ptr("1.0.0.127.in-addr.arpa", "mx.target.test");
    resolver_.a("mx.target.test", "127.0.0.1");
    resolver_.txt("target.test", "v=spf1 ip4:192.0.2.0/24 -all");
    exchange_.delivery.helo = "mx.target.test";
    exchange_.delivery.reverse_path = Path(*Mailbox::parse("someone@target.test"));
    exchange_.delivery.recipient = Path(*Mailbox::parse("probe+token7@probe.test"));
    exchange_.delivery.message = "Subject: Re: a probe\r\n\r\n.dotted\r\n";
    exchange_.options.host = "mx.probe.test";
    exchange_.options.starttls = tls::Handshake{};
  }

  void run() {
    const Office office{.host = "mx.probe.test",
                        .recipients = recipients_,
                        .spool = spool_,
                        .disk = disk_,
                        .resolver = resolver_,
                        .waited_for = [](const std::string& token) { return token == "token7" || token == "token8"; },
                        .room =
                            [this](std::size_t octets, AwaitedBy whom) {
                              awaited_by_ = whom;
                              return octets <= room_;
                            },
                        .kept = [this](const std::string& name) { kept_.push_back(name); }};
    boost::asio::io_context context(1);
    auto streams = test::memory_streams(context.get_executor());
    boost::asio::co_spawn(context, server(*streams.server, exchange_, office), boost::asio::detached);
    boost::asio::co_spawn(context, client(*streams.client, exchange_), boost::asio::detached);
    context.run();
  }

  test::TemporaryFolder folder_;
  Recipients recipients_;
  Spool spool_;
  Disk disk_{2};
  test::FakeResolver resolver_;
  Exchange exchange_;
  std::vector<std::string> kept_;
  std::size_t room_ = 1000;
  std::optional<AwaitedBy> awaited_by_;
};

TEST_F(ReceptionTest, KeepsTheAnswerAndRecordsTheSession) {
  run();
  EXPECT_EQ(word(exchange_.session.outcome), "accepted");
  ASSERT_EQ(kept_.size(), 1U);
  const auto stored = spool_.read(kept_[0]);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->raw, exchange_.delivery.message);
  const auto head = evidence::session_from_json(stored->head);
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->probe, "token7");
  EXPECT_EQ(head->mail_from, "someone@target.test");
  EXPECT_EQ(head->ptr, "mx.target.test");
  EXPECT_EQ(head->recipients, std::vector<std::string>{"probe+token7@probe.test"});

  const auto& record = exchange_.record;
  EXPECT_EQ(record.probe, "token7");
  EXPECT_EQ(record.trap, "good");
  EXPECT_EQ(record.helo, "mx.target.test");
  EXPECT_EQ(record.ptr, "mx.target.test");
  EXPECT_TRUE(record.tls);
  EXPECT_EQ(record.end, "quit");
  ASSERT_TRUE(record.spf);
  EXPECT_EQ(record.spf->domain, "target.test");
  EXPECT_FALSE(record.events.empty());
}

TEST_F(ReceptionTest, TellsNoNameFromOneThatLeadsElsewhereAndFromOneThatIsNotKnown) {
  run();
  EXPECT_EQ(exchange_.record.ptr_confirmed, true);
  EXPECT_EQ(exchange_.record.ptr_claimed, std::nullopt);
  resolver_.fail("mx.target.test");
  run();
  EXPECT_EQ(exchange_.record.ptr, std::nullopt);
  EXPECT_EQ(exchange_.record.ptr_confirmed, std::nullopt);
  EXPECT_EQ(exchange_.record.ptr_claimed, "mx.target.test");
  resolver_ = {};
  resolver_.ptr("1.0.0.127.in-addr.arpa", "elsewhere.test");
  run();
  EXPECT_EQ(exchange_.record.ptr, std::nullopt);
  EXPECT_EQ(exchange_.record.ptr_confirmed, false);
  EXPECT_EQ(exchange_.record.ptr_claimed, "elsewhere.test");
  resolver_ = {};
  run();
  EXPECT_EQ(exchange_.record.ptr_confirmed, false);
  EXPECT_EQ(exchange_.record.ptr_claimed, std::nullopt);
}

TEST_F(ReceptionTest, TakesNothingForStrangers) {
  exchange_.delivery.recipient = Path(*Mailbox::parse("someone@elsewhere.test"));
  run();
  EXPECT_EQ(word(exchange_.session.outcome), "rejected");
  EXPECT_EQ(exchange_.session.reply->code, 550);
  EXPECT_TRUE(kept_.empty());
  EXPECT_TRUE(spool_.names().empty());
  EXPECT_EQ(exchange_.record.probe, std::nullopt);
  EXPECT_TRUE(exchange_.record.recipients.empty());
  EXPECT_EQ(exchange_.record.mail_from, "someone@target.test");
}

TEST_F(ReceptionTest, RecordsASessionThatEndsAfterTls) {
  exchange_.delivery.before_mail = [] { return fail(Failure::ours, "enough"); };
  run();
  EXPECT_EQ(exchange_.record.end, "quit");
  EXPECT_TRUE(exchange_.record.tls);
  EXPECT_EQ(exchange_.record.helo, "mx.target.test");
  EXPECT_EQ(exchange_.record.ptr, "mx.target.test");
  EXPECT_EQ(exchange_.record.mail_from, std::nullopt);
  EXPECT_EQ(exchange_.record.spf, std::nullopt);
}

TEST_F(ReceptionTest, AMessageThatThereIsNoRoomForIsPutOff) {
  room_ = exchange_.delivery.message.size() - 1;
  run();
  EXPECT_EQ(word(exchange_.session.outcome), "temporary");
  EXPECT_EQ(exchange_.session.reply->code, 452);
  EXPECT_TRUE(spool_.names().empty());
  EXPECT_EQ(exchange_.record.mail_from, "someone@target.test") << "the session is recorded all the same";
  EXPECT_EQ(awaited_by_, AwaitedBy::probe);
}

TEST_F(ReceptionTest, WhatIsForNoProbeIsNotAwaited) {
  exchange_.delivery.recipient = Path(*Mailbox::parse("postmaster@probe.test"));
  run();
  EXPECT_EQ(word(exchange_.session.outcome), "accepted");
  EXPECT_EQ(awaited_by_, AwaitedBy::nobody);
}

TEST_F(ReceptionTest, AProbeToTheReflectorIsAwaitedByIt) {
  exchange_.delivery.recipient = Path(*Mailbox::parse("reflector@probe.test"));
  exchange_.delivery.message = "X-Mailprobe-Id: abcdefghijklmnopqrstuvwxyz\r\n\r\nhello\r\n";
  run();
  EXPECT_EQ(awaited_by_, AwaitedBy::reflector);
}

/// It stays when the reflector has seen it.
TEST_F(ReceptionTest, OtherMailToTheReflectorIsNotAwaited) {
  exchange_.delivery.recipient = Path(*Mailbox::parse("reflector@probe.test"));
  exchange_.delivery.message = "Subject: hello\r\n\r\nX-Mailprobe-Id: abcdefghijklmnopqrstuvwxyz\r\n";
  run();
  EXPECT_EQ(word(exchange_.session.outcome), "accepted");
  EXPECT_EQ(awaited_by_, AwaitedBy::nobody);
}

/// What names the probe there, in its message alone.
TEST_F(ReceptionTest, AnAnswerToFromIsTheProbesThatItsMessageNames) {
  exchange_.delivery.message = "In-Reply-To: <TOKEN7@probe.test>\r\n\r\nHello.\r\n";
  for (const auto* address : {"probe@probe.test", "postmaster@probe.test"}) {
    exchange_.delivery.recipient = Path(*Mailbox::parse(address));
    kept_.clear();
    run();
    ASSERT_EQ(kept_.size(), 1U);
    const auto head = evidence::session_from_json(spool_.read(kept_[0])->head);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->probe, "token7") << address;
    EXPECT_EQ(exchange_.record.probe, "token7") << address;
    EXPECT_EQ(exchange_.record.recipients, std::vector<std::string>{address});
    EXPECT_EQ(awaited_by_, AwaitedBy::probe) << address;
  }
}

TEST_F(ReceptionTest, ABounceToFromIsTheProbesThatItReturns) {
  exchange_.delivery.recipient = Path(*Mailbox::parse("probe@probe.test"));
  exchange_.delivery.reverse_path = Path{};
  exchange_.delivery.message =
      "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
      "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <token7@probe.test>\r\n\r\n--b--\r\n";
  run();
  EXPECT_EQ(exchange_.record.probe, "token7");
}

TEST_F(ReceptionTest, OnlyWhatIsWaitedForIsNamedByAMessage) {
  exchange_.delivery.recipient = Path(*Mailbox::parse("probe@probe.test"));
  exchange_.delivery.message = "In-Reply-To: <token9@probe.test>\r\n\r\nHello.\r\n";
  run();
  EXPECT_EQ(word(exchange_.session.outcome), "accepted") << "nobody learns which tokens live";
  EXPECT_EQ(exchange_.record.probe, std::nullopt);
  EXPECT_EQ(awaited_by_, AwaitedBy::nobody);
}

/// The address has said so already, or is for another kind of mail.
TEST_F(ReceptionTest, TheAddressIsWorthMoreThanWhatTheMessageNames) {
  exchange_.delivery.message = "In-Reply-To: <token8@probe.test>\r\n\r\nHello.\r\n";
  run();
  EXPECT_EQ(exchange_.record.probe, "token7");
  for (const auto* address : {"reports@probe.test", "reflector@probe.test"}) {
    exchange_.delivery.recipient = Path(*Mailbox::parse(address));
    run();
    EXPECT_EQ(exchange_.record.probe, std::nullopt) << address;
  }
}

TEST_F(ReceptionTest, ASpoolThatIsGoneIsTemporary) {
  std::filesystem::remove_all(folder_.path() / "spool");
  run();
  EXPECT_EQ(word(exchange_.session.outcome), "temporary");
  EXPECT_EQ(exchange_.session.reply->code, 451);
  EXPECT_TRUE(kept_.empty());
}

TEST_F(ReceptionTest, ADiskWithoutRoomIsSaidWith452) {
  for (int i = 0; i < 100; ++i) exchange_.delivery.message += std::string(100, 'x') + "\r\n";
  {
    const FileLimit limit(4096);
    run();
  }
  EXPECT_EQ(exchange_.session.reply->code, 452);
  EXPECT_EQ(exchange_.session.reply->enhanced, "4.3.1");
  EXPECT_TRUE(kept_.empty());
  EXPECT_EQ(exchange_.record.end, "quit");
}

Task<void> ask_twice(Reception& reception, const Path& recipient) {
  const smtp::ServerState state;
  EXPECT_EQ((co_await reception.mail(state)).code, 250);
  for (int i = 0; i < 2; ++i) EXPECT_EQ((co_await reception.rcpt(state, recipient)).code, 451);
  const auto records = co_await reception.records();
  EXPECT_EQ(records.size(), 1U);
  const auto& session = records.at(0);
  EXPECT_EQ(session.probe, "token7") << "it names the probe that it is for";
  EXPECT_TRUE(session.recipients.empty());
}

TEST_F(ReceptionTest, WhatIsPutOffStaysSoUntilTheSessionIsOver) {
  int asked = 0;
  const Office office{.host = "mx.probe.test",
                      .recipients = recipients_,
                      .spool = spool_,
                      .disk = disk_,
                      .resolver = resolver_,
                      .objection = [&](const evidence::Session&, const Path&) {
                        return ++asked == 1 ? std::optional(smtp::Reply{451, "4.7.1", "Later"}) : std::nullopt;
                      }};
  const Transcript transcript;
  Reception reception(office, transcript, "greylist");
  test::run(ask_twice(reception, exchange_.delivery.recipient));
  EXPECT_EQ(asked, 1);
}

TEST_F(ReceptionTest, TheNullReversePathIsOneToo) {
  exchange_.delivery.reverse_path = Path{};
  run();
  EXPECT_EQ(exchange_.record.mail_from, "");
  EXPECT_EQ(word(exchange_.session.outcome), "accepted");
}

}  // namespace
}  // namespace mailprobe::receiver
