// The whole lab over loopback: every target does what its line promises, to our own client, and the mailbox shows it.
#include "lab/lab.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "tests/lab/running_lab.h"

namespace mailprobe::lab {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Task<std::string> fetched(const Access& access, std::string folder) {
  auto mailbox = co_await MailboxClient::open(access);
  co_await mailbox->await_message(folder);
  co_return co_await mailbox->ask("UID FETCH * BODY.PEEK[]");
}

Task<void> good(const Access& access) {
  Sent what{.host = "mx.target.test", .to = "reflector@target.test"};
  const auto session = co_await deliver(access, std::move(what));
  EXPECT_EQ(session.outcome, Outcome::accepted);
  EXPECT_EQ(session.tls->version, "TLSv1.3");
  EXPECT_EQ(session.tls->verified->result, "pass");
  const auto copy = co_await fetched(access, "INBOX");
  EXPECT_TRUE(has(copy, "Return-Path: <probe@probe.test>\n")) << copy;
  EXPECT_TRUE(has(copy, "Authentication-Results: mx.target.test;")) << copy;
  EXPECT_TRUE(has(copy, "spf=pass smtp.mailfrom=probe@probe.test")) << copy;
  EXPECT_TRUE(has(copy, "Received: from mx.probe.test ([127.53.0.2])")) << copy;
  EXPECT_TRUE(has(copy, "with ESMTPS id")) << copy;
  EXPECT_TRUE(has(copy, "\nSubject: a probe\n\nHello.\n)")) << copy;
}
TEST(LabTarget, GoodArrivesAsItWasSent) { with_lab(good); }

Task<void> no_tls(const Access& access) {
  Sent what{.host = "mx.no-tls.test", .to = "reflector@no-tls.test"};
  const auto refused = co_await deliver(access, what);
  EXPECT_EQ(refused.outcome, Outcome::not_sent);
  EXPECT_FALSE(refused.starttls_offered);
  what.floor = TlsFloor::may;
  const auto plain = co_await deliver(access, what);
  EXPECT_EQ(plain.outcome, Outcome::accepted);
  EXPECT_FALSE(plain.tls);
}
TEST(LabTarget, NoTlsOffersNone) { with_lab(no_tls); }

Task<void> old_tls(const Access& access) {
  Sent newer{.host = "mx-tls12.old-tls.test", .to = "reflector@old-tls.test"};
  const auto good_enough = co_await deliver(access, std::move(newer));
  EXPECT_EQ(good_enough.outcome, Outcome::accepted);
  EXPECT_EQ(good_enough.tls->version, "TLSv1.2");
  Sent wrong_host{.host = "mx-tls12.old-tls.test", .to = "tls10@old-tls.test"};
  const auto next = co_await deliver(access, std::move(wrong_host));
  EXPECT_EQ(next.outcome, Outcome::temporary);
  EXPECT_EQ(next.reply->code, 451);
  Sent old{.host = "mx-tls10.old-tls.test", .to = "tls10@old-tls.test"};
  const auto failed = co_await deliver(access, std::move(old));
  EXPECT_EQ(failed.outcome, Outcome::not_sent);
  EXPECT_EQ(failed.phase, smtp::Phase::tls);
  EXPECT_TRUE(failed.starttls_offered);
}
TEST(LabTarget, OldTlsIsGoodEnoughOrFails) { with_lab(old_tls); }

struct BadCertificate {
  std::string local, host;
  Cause cause;
};

Task<void> bad_certificates(const Access& access) {
  const std::vector<BadCertificate> rows{{"expired", "mx-expired.bad-cert.test", Cause::expired},
                                         {"reflector", "mx-expired.bad-cert.test", Cause::expired},
                                         {"wrong-name", "mx-wrong-name.bad-cert.test", Cause::wrong_name},
                                         {"self-signed", "mx-self-signed.bad-cert.test", Cause::self_signed}};
  for (const auto& row : rows) {
    Sent what{.host = row.host, .to = row.local + "@bad-cert.test"};
    const auto encrypted = co_await deliver(access, what);
    EXPECT_EQ(encrypted.outcome, Outcome::accepted) << row.local;
    EXPECT_EQ(encrypted.tls->verified->result, "fail") << row.local;
    EXPECT_EQ(encrypted.tls->verified->cause, row.cause) << row.local << ": " << encrypted.tls->verified->detail;
    what.floor = TlsFloor::verify;
    const auto verified = co_await deliver(access, what);
    EXPECT_EQ(verified.outcome, Outcome::not_sent) << row.local;
  }
  Sent elsewhere{.host = "mx-expired.bad-cert.test", .to = "self-signed@bad-cert.test"};
  const auto next = co_await deliver(access, std::move(elsewhere));
  EXPECT_EQ(next.outcome, Outcome::temporary);
}
TEST(LabTarget, BadCertificatesAreBadEachInItsWay) { with_lab(bad_certificates); }

Task<void> footer(const Access& access) {
  Sent what{.host = "mx.footer.test", .to = "reflector@footer.test"};
  const auto session = co_await deliver(access, std::move(what));
  EXPECT_EQ(session.outcome, Outcome::accepted);
  const auto copy = co_await fetched(access, "INBOX");
  EXPECT_TRUE(has(copy, "Hello.\n-- \nScanned by the gateway")) << copy;
}
TEST(LabTarget, FooterIsAdded) { with_lab(footer); }

Task<void> junk(const Access& access) {
  Sent what{.host = "mx.junk.test", .to = "reflector@junk.test"};
  const auto session = co_await deliver(access, std::move(what));
  EXPECT_EQ(session.outcome, Outcome::accepted);
  const auto copy = co_await fetched(access, "Junk");
  EXPECT_TRUE(has(copy, "X-Spam-Flag: YES")) << copy;
  EXPECT_LT(copy.find("X-Spam-Flag"), copy.find("Received:")) << "above the Received of the host that says it";
  auto mailbox = co_await MailboxClient::open(access);
  const auto inbox = co_await mailbox->ask("STATUS INBOX (MESSAGES)");
  EXPECT_TRUE(has(inbox, "MESSAGES 0")) << inbox;
}
TEST(LabTarget, JunkIsFiledAsSuch) { with_lab(junk); }

Task<void> refusals(const Access& access) {
  Sent rejecting{.host = "mx.reject.test", .to = "reflector@reject.test"};
  const auto refused = co_await deliver(access, std::move(rejecting));
  EXPECT_EQ(refused.outcome, Outcome::rejected);
  EXPECT_EQ(refused.reply->code, 550);
  EXPECT_EQ(refused.phase, smtp::Phase::rcpt);
  Sent nobody{.host = "mx.target.test", .to = "nobody@target.test"};
  const auto unknown = co_await deliver(access, std::move(nobody));
  EXPECT_EQ(unknown.reply->enhanced, "5.1.1");
  Sent other{.host = "mx.target.test", .to = "reflector@footer.test"};
  const auto relaying = co_await deliver(access, std::move(other));
  EXPECT_EQ(relaying.reply->code, 554);
  Sent detailed{.host = "mx.target.test", .to = "Reflector+detail@target.test"};
  const auto accepted = co_await deliver(access, std::move(detailed));
  EXPECT_EQ(accepted.outcome, Outcome::accepted);
}
TEST(LabTarget, RejectsOtherRecipients) { with_lab(refusals); }

Task<void> greylisting(const Access& access) {
  Sent what{.host = "mx.greylist.test", .to = "reflector@greylist.test"};
  const auto first = co_await deliver(access, what);
  EXPECT_EQ(first.outcome, Outcome::temporary);
  EXPECT_EQ(first.reply->code, 451);
  EXPECT_TRUE(has(first.reply->text, "Greylisted")) << first.reply->text;
}
TEST(LabTarget, GreylistSaysLater) { with_lab(greylisting); }

Task<void> slow(const Access& access) {
  const auto start = std::chrono::steady_clock::now();
  Sent what{.host = "mx.slow.test", .to = "reflector@slow.test"};
  const auto session = co_await deliver(access, std::move(what));
  EXPECT_EQ(session.outcome, Outcome::accepted);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(1500)) << "banner, recipient, message";
  auto mailbox = co_await MailboxClient::open(access);
  const auto before = co_await mailbox->ask("STATUS INBOX (MESSAGES)");
  EXPECT_TRUE(has(before, "MESSAGES 0")) << before;
  co_await mailbox->await_message("INBOX");
}
TEST(LabTarget, SlowAcceptsLateAndDeliversLater) { with_lab(slow); }

Task<smtp::Session> submit(const Access& access, std::string to, std::string password) {
  auto stream = need(co_await tls::connect(relay_address, access.submission_port, std::nullopt, soon()));
  smtp::Delivery delivery;
  delivery.helo = access.helo;
  delivery.reverse_path = path(access.address);
  delivery.recipient = path(to);
  delivery.message = "From: probe@probe.test\r\nSubject: by relay\r\n\r\nHello.\r\n";
  delivery.handshake = client_side(access, access.submission_host);
  delivery.credentials = sasl::Credentials{.user = access.submission_user, .secret = Secret(password)};
  Transcript transcript;
  co_return co_await smtp::deliver(*stream, std::move(delivery), transcript);
}

Task<void> submission(const Access& access) {
  const auto wrong = co_await submit(access, "reflector@target.test", "not it");
  EXPECT_EQ(wrong.outcome, Outcome::not_sent);
  EXPECT_EQ(wrong.reply->code, 535);
  const auto refused = co_await submit(access, "reflector@reject.test", access.submission_password);
  EXPECT_EQ(refused.outcome, Outcome::rejected) << "the target's reply is the relay's";
  const auto done = co_await submit(access, "reflector@target.test", access.submission_password);
  EXPECT_EQ(done.outcome, Outcome::accepted);
  const auto copy = co_await fetched(access, "INBOX");
  EXPECT_TRUE(has(copy, "Received: from relay.lab.test ([127.53.0.3])")) << copy;
  EXPECT_TRUE(has(copy, "with ESMTPSA id")) << copy;
  EXPECT_TRUE(has(copy, "spf=pass")) << copy;
}
TEST(LabRelay, TakesMailFromWhoLogsIn) { with_lab(submission); }

Task<void> announcement(const Access& access) {
  auto mailbox = co_await MailboxClient::open(access);
  const auto empty = co_await mailbox->ask("SELECT INBOX");
  EXPECT_TRUE(has(empty, "* 0 EXISTS")) << empty;
  co_await mailbox->say("i IDLE");
  const auto idling = co_await mailbox->line();
  EXPECT_TRUE(idling.starts_with("+"));
  for (const auto* expected : {"* 1 EXISTS", "* 2 EXISTS"}) {
    Sent what{.host = "mx.target.test", .to = "reflector@target.test"};
    const auto session = co_await deliver(access, std::move(what));
    EXPECT_EQ(session.outcome, Outcome::accepted);
    const auto told = co_await mailbox->line();
    EXPECT_EQ(told, expected);
  }
  co_await mailbox->say("DONE");
  const auto done = co_await mailbox->line();
  EXPECT_EQ(done, "i OK Done");
}
TEST(LabMailbox, AnnouncesArrivalsWhileIdling) { with_lab(announcement); }

Task<void> left_alone(const Access& access) {
  auto mailbox = co_await MailboxClient::open(access);
  co_await mailbox->ask("SELECT INBOX");
  co_await mailbox->say("i IDLE");
  (void)co_await mailbox->line();
  auto waiting =
      need(co_await tls::connect(address_of(host_named("mx.slow.test")), access.smtp_port, std::nullopt, soon()));
}
TEST(Lab, StopsWithSessionsUnderWay) { with_lab(left_alone); }

Task<void> two_labs() {
  auto one = need(co_await Lab::start());
  auto two = need(co_await Lab::start());
  EXPECT_NE(one->access().smtp_port, two->access().smtp_port);
  EXPECT_NE(one->access().imap_password, two->access().imap_password);
}
TEST(Lab, StandsBesideAnother) { test::run(two_labs()); }

TEST(LabTargets, AreTakenByAHostEach) {
  std::set<std::string> domains;
  for (const auto& target : targets()) {
    const auto at = target.address.find('@');
    const auto local = target.address.substr(0, at), domain = target.address.substr(at + 1);
    domains.insert(domain);
    const auto takers = hosts_of(domain);
    EXPECT_TRUE(std::ranges::any_of(takers, [&](const Host* host) {
      return std::ranges::count(host->local_parts, local) > 0;
    })) << target.address;
    EXPECT_FALSE(target.shows.empty());
  }
  for (const auto& host : hosts()) EXPECT_TRUE(domains.contains(host.domain)) << host.domain << " is not shown";
}

}  // namespace
}  // namespace mailprobe::lab
