// Every dialogue of tests/data/smtp against the client: as written, byte by byte, and failing at every step.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "smtp/client.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::smtp {
namespace {

using test::Dialogue;
using test::Fault;
using test::ScriptedStream;
using namespace std::string_literals;

constexpr auto password = "pencil";

Path path(std::string_view text) { return Path(*Mailbox::parse(text)); }

// What the rows change.
void nothing(Delivery&) {}
void may(Delivery& delivery) { delivery.floor = TlsFloor::may; }
void verify(Delivery& delivery) { delivery.floor = TlsFloor::verify; }
void dane(Delivery& delivery) { delivery.floor = TlsFloor::may, delivery.dane = true; }
void require_tls(Delivery& delivery) { delivery.floor = TlsFloor::may, delivery.require_tls = true; }
void dsn(Delivery& delivery) { delivery.dsn_envid = "id"; }
void login(Delivery& delivery) { delivery.credentials = {"user", Secret(password), sasl::Proof::password}; }
void may_login(Delivery& delivery) { may(delivery), login(delivery); }
void implicit_login(Delivery& delivery) { delivery.implicit_tls = true, login(delivery); }
void token(Delivery& delivery) { delivery.credentials = {"user", Secret(password), sasl::Proof::token}; }
void utf8(Delivery& delivery) { delivery.recipient = path("dörte@target.test"); }
void eight_bit(Delivery& delivery) { delivery.message = "From: probe@probe.test\r\n\r\ngrün\r\n"; }
void binary(Delivery& delivery) { delivery.message = "From: probe@probe.test\r\n\r\na\nb\0\r"s; }

void verbatim(Delivery& delivery) {
  delivery.method = Method::verbatim;
  delivery.message = "From: probe@probe.test\r\n\r\na\n.\nRSET\r\n";
}

struct Row {
  std::string_view file;
  void (*change)(Delivery&);
  Outcome outcome;
  Phase phase;
  std::optional<Failure> failure = {};
  std::optional<Cause> cause = {};
  std::string_view words = {};  // in the error's message
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.file; }

constexpr auto protocol = Failure::protocol;
constexpr auto unsupported = Failure::unsupported;
constexpr auto refused = Failure::refused;
constexpr auto lost = Cause::possibly_delivered;
constexpr auto broken = Cause::protocol_error;

const Row rows[] = {
    {"deliver-pipelining", nothing, Outcome::accepted, Phase::quit},
    {"deliver-one-by-one", nothing, Outcome::accepted, Phase::quit},
    {"deliver-plain", may, Outcome::accepted, Phase::quit},
    {"deliver-helo", may, Outcome::accepted, Phase::quit},
    {"deliver-starttls-refused-may", may, Outcome::accepted, Phase::quit},
    {"submission-plain", implicit_login, Outcome::accepted, Phase::quit},
    {"submission-login", login, Outcome::not_sent, Phase::quit},
    {"submission-535", login, Outcome::not_sent, Phase::auth, refused, Cause::refused, "535"},
    {"submission-echo", implicit_login, Outcome::rejected, Phase::mail, refused, Cause::refused, "550"},
    {"submission-echo-535", implicit_login, Outcome::not_sent, Phase::auth, refused, Cause::refused, "535"},
    {"submission-xoauth2-refused", token, Outcome::not_sent, Phase::auth, refused, Cause::refused, "535"},
    {"submission-no-mechanism", login, Outcome::not_sent, Phase::auth, unsupported, Cause::unsupported},
    {"submission-scram-without-proof", login, Outcome::not_sent, Phase::auth, protocol, broken, "prove"},
    {"submission-scram-other-nonce", login, Outcome::not_sent, Phase::auth, protocol, broken, "nonce"},
    {"submission-bad-base64", login, Outcome::not_sent, Phase::auth, protocol, broken, "base64"},
    {"submission-endless", login, Outcome::not_sent, Phase::auth, protocol, broken, "two steps"},
    {"submission-without-tls", may_login, Outcome::not_sent, Phase::starttls, unsupported, Cause::unsupported},
    {"submission-wrong-name", may_login, Outcome::not_sent, Phase::tls, unsupported, Cause::wrong_name},
    {"starttls-missing", nothing, Outcome::not_sent, Phase::starttls, unsupported, Cause::unsupported, "plain text"},
    {"starttls-454", nothing, Outcome::not_sent, Phase::starttls, unsupported, Cause::refused, "454"},
    {"starttls-500", nothing, Outcome::not_sent, Phase::starttls, unsupported, Cause::refused, "500"},
    {"starttls-421", nothing, Outcome::temporary, Phase::starttls, refused, Cause::refused, "421"},
    {"starttls-334", nothing, Outcome::not_sent, Phase::starttls, protocol, broken, "334"},
    {"starttls-garbage", nothing, Outcome::not_sent, Phase::starttls, protocol, broken},
    {"starttls-injected", nothing, Outcome::not_sent, Phase::starttls, protocol, broken, "injected data"},
    {"starttls-handshake-fails", nothing, Outcome::not_sent, Phase::tls, protocol, broken, "alert"},
    {"starttls-closed", nothing, Outcome::not_sent, Phase::tls, protocol, broken, "closed"},
    {"starttls-unknown-ca", nothing, Outcome::accepted, Phase::quit},
    {"starttls-expired", verify, Outcome::not_sent, Phase::tls, unsupported, Cause::expired, "certificate"},
    {"starttls-dane-fails", dane, Outcome::not_sent, Phase::tls, unsupported, Cause::policy, "nothing is sent"},
    {"starttls-missing-dane", dane, Outcome::not_sent, Phase::starttls, unsupported, Cause::unsupported, "plain text"},
    {"requiretls", require_tls, Outcome::accepted, Phase::quit},
    {"requiretls-missing", require_tls, Outcome::not_sent, Phase::mail, unsupported, Cause::unsupported, "announce"},
    {"requiretls-unknown-ca", require_tls, Outcome::not_sent, Phase::mail, unsupported, Cause::unknown_ca, "verifies"},
    {"dsn", dsn, Outcome::accepted, Phase::quit},
    {"dsn-missing", dsn, Outcome::not_sent, Phase::mail, unsupported, Cause::unsupported, "announce DSN"},
    {"ehlo-refused", nothing, Outcome::not_sent, Phase::ehlo, unsupported, Cause::unsupported, "EHLO"},
    {"ehlo-blocked", nothing, Outcome::rejected, Phase::ehlo, refused, Cause::blocked, "554"},
    {"ehlo-refused-after-tls", nothing, Outcome::rejected, Phase::ehlo, refused, Cause::refused, "550"},
    {"ehlo-mixed-codes", nothing, Outcome::not_sent, Phase::ehlo, protocol, broken, "mixes codes"},
    {"banner-554", nothing, Outcome::rejected, Phase::banner, refused, Cause::blocked, "554"},
    {"banner-421", nothing, Outcome::temporary, Phase::banner, refused, Cause::rate_limited, "421"},
    {"banner-empty", nothing, Outcome::not_sent, Phase::banner, protocol, broken},
    {"banner-nul", nothing, Outcome::not_sent, Phase::banner, protocol, broken, "NUL"},
    {"banner-closed", nothing, Outcome::not_sent, Phase::banner, Failure::connection, Cause::unreachable},
    {"banner-timeout", nothing, Outcome::not_sent, Phase::banner, Failure::timeout, Cause::timed_out},
    {"mail-450", nothing, Outcome::temporary, Phase::mail, refused, Cause::rate_limited, "MAIL FROM"},
    {"mail-421", nothing, Outcome::temporary, Phase::mail, refused, Cause::refused, "MAIL FROM"},
    {"rcpt-550", nothing, Outcome::rejected, Phase::rcpt, refused, Cause::refused, "RCPT TO"},
    {"rcpt-550-but-354", nothing, Outcome::rejected, Phase::rcpt, refused, Cause::refused, "RCPT TO"},
    {"rcpt-greylisted", nothing, Outcome::temporary, Phase::rcpt, refused, Cause::greylisted, "RCPT TO"},
    {"data-451", nothing, Outcome::temporary, Phase::data, refused, Cause::refused, "DATA"},
    {"data-250", nothing, Outcome::not_sent, Phase::data, protocol, broken, "250"},
    {"dot-550", nothing, Outcome::rejected, Phase::dot, refused, Cause::policy, "the message"},
    {"dot-452", nothing, Outcome::temporary, Phase::dot, refused, Cause::refused, "the message"},
    {"dot-421", nothing, Outcome::temporary, Phase::dot, refused, Cause::refused, "the message"},
    {"dot-closed", nothing, Outcome::unknown, Phase::dot, Failure::connection, lost, "possibly delivered"},
    {"dot-reset", nothing, Outcome::unknown, Phase::dot, Failure::connection, lost, "possibly delivered"},
    {"dot-timeout", nothing, Outcome::unknown, Phase::dot, Failure::timeout, lost, "possibly delivered"},
    {"dot-half", nothing, Outcome::unknown, Phase::dot, Failure::connection, lost, "possibly delivered"},
    {"dot-garbage", nothing, Outcome::unknown, Phase::dot, protocol, lost, "possibly delivered"},
    {"dot-354", nothing, Outcome::unknown, Phase::dot, protocol, lost, "possibly delivered"},
    {"size-too-small", nothing, Outcome::not_sent, Phase::mail, refused, Cause::refused, "SIZE"},
    {"smtputf8", utf8, Outcome::accepted, Phase::quit},
    {"smtputf8-missing", utf8, Outcome::not_sent, Phase::mail, unsupported, Cause::unsupported, "SMTPUTF8"},
    {"eight-bit", eight_bit, Outcome::accepted, Phase::quit},
    {"eight-bit-missing", eight_bit, Outcome::not_sent, Phase::mail, unsupported, Cause::unsupported, "8BITMIME"},
    {"binary", binary, Outcome::accepted, Phase::quit},
    {"binary-no-reply", binary, Outcome::unknown, Phase::dot, Failure::connection, lost, "possibly delivered"},
    {"binary-rcpt-550", binary, Outcome::rejected, Phase::rcpt, refused, Cause::refused, "RCPT TO"},
    {"binary-missing", binary, Outcome::not_sent, Phase::mail, unsupported, Cause::unsupported, "CHUNKING"},
    {"verbatim-whole", verbatim, Outcome::accepted, Phase::quit},
    {"verbatim-split", verbatim, Outcome::accepted, Phase::quit},
    {"verbatim-refused", verbatim, Outcome::rejected, Phase::dot, refused, Cause::refused, "the message"},
    {"reply-dribble", nothing, Outcome::accepted, Phase::quit},
};

// --- one session, and what holds for any end of it ------------------------------------------------------------------

struct Played {
  Session session;
  Transcript transcript;
  bool mail_hook = false, dot_hook = false;
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t at; (at = text.find("\r\n")) != std::string_view::npos; text.remove_prefix(at + 2))
    lines.emplace_back(text.substr(0, at));
  return lines;
}

class ClientDialogue : public testing::TestWithParam<Row> {
 protected:
  static Delivery delivery(Played& run) {
    Delivery out;
    out.helo = "probe.test";
    out.reverse_path = path("probe@probe.test");
    out.recipient = path("to@target.test");
    out.message = "From: probe@probe.test\r\n\r\nhello\r\n.dotted\r\n";
    out.before_mail = [&run]() -> Result<void> { return run.mail_hook = true, Result<void>{}; };
    out.before_dot = [&run](const Session&) -> Result<void> { return run.dot_hook = true, Result<void>{}; };
    GetParam().change(out);
    return out;
  }

  static void converse(ScriptedStream& stream, Played& run) {
    auto what = delivery(run);
    const bool only_login = GetParam().file == "submission-login";
    run.session = test::run(only_login ? try_login(stream, std::move(what), run.transcript)
                                       : deliver(stream, std::move(what), run.transcript));
    expect_orderly(stream, run);
  }

  static void expect_orderly(const ScriptedStream& stream, const Played& run) {
    const auto& session = run.session;
    EXPECT_TRUE(stream.closed());
    EXPECT_EQ(session.error.has_value(), session.phase != Phase::quit);
    if (session.error) EXPECT_FALSE(session.error->message.empty());
    if (session.phase == Phase::ehlo) EXPECT_TRUE(session.capabilities.empty()) << "of before TLS (RFC 3207 §4.2)";
    if (!stream.encrypted() && GetParam().change != may) expect_nothing_in_the_clear(stream);
    EXPECT_FALSE(stream.in_the_clear(password));
    expect_honest_outcome(stream, run);
    for (const auto* secret : {password, "cGVuY2ls", "AHVzZXIAcGVuY2ls"}) {
      if (session.reply) EXPECT_EQ(session.reply->text.find(secret), std::string::npos) << session.reply->text;
      if (session.error) EXPECT_EQ((session.error->message + session.error->peer).find(secret), std::string::npos);
    }
    for (const auto& event : run.transcript.events()) {
      EXPECT_EQ(event.text.find(password), std::string::npos);
      EXPECT_EQ(event.text.find(base64(password)), std::string::npos);
      EXPECT_EQ(event.text.find("AHVzZXIAcGVuY2ls"), std::string::npos);
      EXPECT_EQ(event.text.find("hello"), std::string::npos) << "message in the transcript";
    }
  }

  static void expect_nothing_in_the_clear(const ScriptedStream& stream) {
    for (const auto& line : lines_of(stream.clear_text()))
      EXPECT_TRUE(line == "EHLO probe.test" || line == "STARTTLS" || line == "QUIT") << line;
  }

  /// The journal's view: nothing may be at the server before the hooks, and what may be there is never "not sent".
  static void expect_honest_outcome(const ScriptedStream& stream, const Played& run) {
    const auto sent = stream.clear_text() + stream.cipher_text();
    const bool whole = sent.find("\r\n.\r\n") != std::string::npos || sent.find(" LAST\r\n") != std::string::npos;
    const auto outcome = run.session.outcome;
    if (whole) EXPECT_TRUE(run.dot_hook);
    if (whole) EXPECT_NE(outcome, Outcome::not_sent);
    if (!run.dot_hook) EXPECT_TRUE(outcome != Outcome::accepted && outcome != Outcome::unknown);
    if (sent.find("MAIL FROM") != std::string::npos) EXPECT_TRUE(run.mail_hook);
    if (outcome == Outcome::accepted) EXPECT_TRUE(run.session.reply && run.session.reply->code / 100 == 2);
    if (outcome == Outcome::unknown) EXPECT_EQ(run.session.error->cause, Cause::possibly_delivered);
    for (const auto* once : {"MAIL FROM", "\r\n.\r\n", " LAST\r\n"})  // never sent again
      EXPECT_EQ(sent.find(once), sent.rfind(once));
  }

  static Dialogue dialogue() { return Dialogue::load(test::data("smtp/" + std::string(GetParam().file) + ".txt")); }
};

TEST_P(ClientDialogue, EndsAsExpected) {
  const auto& row = GetParam();
  test::play(dialogue(), [&](ScriptedStream& stream, const Fault&) {
    Played run;
    converse(stream, run);
    const auto& session = run.session;
    EXPECT_EQ(word(session.outcome), word(row.outcome));
    EXPECT_EQ(word(session.phase), word(row.phase));
    EXPECT_EQ(session.further.size(), row.file == "verbatim-split" ? 2U : 0U) << "what was answered beside the message";
    ASSERT_EQ(session.error.has_value(), row.failure.has_value()) << (session.error ? session.error->message : "");
    if (!row.failure) return;
    EXPECT_EQ(session.error->kind, *row.failure) << session.error->message;
    EXPECT_EQ(session.error->cause, row.cause) << session.error->message;
    EXPECT_NE(session.error->message.find(row.words), std::string::npos) << session.error->message;
  });
}

TEST_P(ClientDialogue, DoesNotDependOnHowBytesArrive) {
  if (GetParam().file == "starttls-injected") return;  // then they arrive where the handshake should be
  test::play_bytewise(dialogue(), [&](ScriptedStream& stream, const Fault&) {
    Played run;
    converse(stream, run);
    EXPECT_EQ(word(run.session.outcome), word(GetParam().outcome));
  });
}

TEST_P(ClientDialogue, EndsInOrderWhateverFails) {
  test::play_every_fault(dialogue(), [&](ScriptedStream& stream, const Fault& fault) {
    Played run;
    converse(stream, run);
    const auto& error = run.session.error;
    if (fault.kind != Fault::Kind::interrupted || !error || stream.operations() != fault.operation + 1) return;
    // Once the session has failed by itself, an interrupted QUIT changes nothing.
    if (error->kind != GetParam().failure) EXPECT_EQ(error->kind, Failure::interrupted);
  });
}

INSTANTIATE_TEST_SUITE_P(Smtp, ClientDialogue, testing::ValuesIn(rows), [](const auto& row) {
  std::string name(row.param.file);
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(ClientDialogues, EveryFileHasItsRow) {
  for (const auto& file : test::files_below(test::data("smtp"), ".txt"))
    EXPECT_TRUE(std::ranges::any_of(rows, [&](const Row& row) { return row.file == file.stem().string(); })) << file;
}

}  // namespace
}  // namespace mailprobe::smtp
