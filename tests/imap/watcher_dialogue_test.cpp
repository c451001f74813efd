// Every dialogue of tests/data/imap against the watcher: as written, byte by byte, and failing at every step.
#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "imap/watcher.h"
#include "tests/support/conformance.h"
#include "tests/support/run.h"
#include "tests/support/scripted_stream.h"

namespace mailprobe::imap {
namespace {

using namespace std::chrono_literals;
using test::Dialogue;
using test::Fault;
using test::ScriptedStream;

constexpr auto password = "pencil";
constexpr auto id = "token-7f3a";

// What the rows change.
struct Errand {
  Account account;
  std::optional<Baseline> earlier;
  std::chrono::seconds wait = 20min;
  bool remove = false;
};
void nothing(Errand&) {}
void starttls(Errand& task) { task.account.implicit_tls = false; }
void token(Errand& task) { task.account.credentials.proof = sasl::Proof::token; }
void eight_bit_password(Errand& task) { task.account.credentials.secret = Secret("bücher"); }
void drafts(Errand& task) { task.account.folders = {"Entwürfe"}; }
void archive(Errand& task) { task.account.folders = {"INBOX", "\\Archive"}; }
void forty_seconds(Errand& task) { task.wait = 40s; }
void passed(Errand& task) { task.wait = -1s; }
void again(Errand& task) { task.earlier = Baseline{{"INBOX", {7, 5}}}; }
void remove(Errand& task) { task.remove = true; }

enum class End { found, nothing, not_opened, not_found, not_removed };

struct Row {
  std::string_view file;
  void (*change)(Errand&);
  End end = End::found;
  std::uint32_t uid = 5;
  std::string_view folder = "INBOX";
  std::optional<Failure> failure = {};
  std::string_view words = {};  // in the error's message or in the peer's words
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.file; }

Row not_opened(std::string_view file, void (*change)(Errand&), Failure failure, std::string_view words = {}) {
  return {file, change, End::not_opened, 0, {}, failure, words};
}
Row not_found(std::string_view file, void (*change)(Errand&), Failure failure, std::string_view words = {}) {
  return {file, change, End::not_found, 0, {}, failure, words};
}
Row not_removed(std::string_view file, Failure failure, std::string_view words) {
  return {file, remove, End::not_removed, 5, "INBOX", failure, words};
}

constexpr auto protocol = Failure::protocol;
constexpr auto unsupported = Failure::unsupported;
constexpr auto refused = Failure::refused;
constexpr auto lost = Failure::connection;

const Row rows[] = {
    {"login-plain", nothing},
    {"login-plain-without-ir", nothing},
    {"login-command", nothing},
    {"login-command-literal", eight_bit_password},
    {"login-mechanism-login", nothing},
    {"login-xoauth2", token},
    {"login-alert", nothing},
    {"login-echo", nothing},
    not_opened("login-echo-refused", nothing, refused, "no login with ***, ***"),
    not_opened("login-command-literal-refused", eight_bit_password, refused, "no such user"),
    not_opened("login-refused", nothing, refused, "Invalid credentials"),
    not_opened("login-unavailable", nothing, lost, "UNAVAILABLE"),
    not_opened("login-referral", nothing, refused, "evil.test"),
    not_opened("login-disabled", nothing, unsupported, "GSSAPI"),
    not_opened("login-xoauth2-refused", token, refused, R"({"status":"400"})"),
    not_opened("login-xoauth2-missing", token, unsupported, "XOAUTH2"),
    not_opened("login-scram-other-nonce", nothing, protocol, "nonce"),
    not_opened("login-scram-without-proof", nothing, protocol, "prove"),
    not_opened("login-bad-base64", nothing, protocol, "base64"),
    not_opened("login-endless", nothing, protocol, "PLAIN"),
    not_opened("login-bye", nothing, lost, "Too many connections"),
    {"starttls", starttls},
    {"starttls-asked", starttls},
    {"starttls-brief-greeting", starttls},
    {"starttls-all-forgotten", starttls},
    not_opened("starttls-missing", starttls, unsupported, "plain text"),
    not_opened("starttls-refused", starttls, unsupported, "not now"),
    not_opened("starttls-bad", starttls, unsupported, "refused STARTTLS"),
    not_opened("starttls-injected", starttls, protocol, "injected data"),
    not_opened("starttls-preauth", starttls, protocol, "PREAUTH before TLS"),
    not_opened("starttls-expired", starttls, unsupported, "certificate"),
    not_opened("starttls-handshake-fails", starttls, protocol, "alert 40"),
    not_opened("starttls-bye", starttls, lost, "ended the session"),
    not_opened("starttls-other-tag", starttls, protocol, "not given"),
    not_opened("implicit-wrong-name", nothing, unsupported, "certificate"),
    {"implicit-preauth", nothing},
    not_opened("greeting-bye", nothing, lost, "Too many connections"),
    not_opened("greeting-http", nothing, protocol, "none of IMAP's"),
    not_opened("greeting-tagged", nothing, protocol),
    not_opened("greeting-closed", nothing, lost, "closed"),
    not_opened("greeting-timeout", nothing, Failure::timeout),
    {"folders-special-use", nothing},
    {"folders-utf7", drafts, End::found, 5, "Entwürfe"},
    {"folders-utf8", drafts, End::found, 5, "Entwürfe"},
    {"folders-usual-name", nothing, End::found, 5, "Junk E-Mail"},
    {"folders-literal", nothing},
    {"folders-without-uidnext", nothing},
    not_opened("folders-missing", drafts, Failure::usage, "Entwürfe"),
    not_opened("folders-use-missing", archive, Failure::usage, "\\Archive"),
    {"idle-announces", nothing},
    {"idle-announced-before", nothing},
    {"idle-other-message", nothing, End::found, 6, "INBOX"},
    {"idle-deadline", nothing, End::nothing},
    {"idle-polls-junk", nothing, End::found, 2, "Junk"},
    {"idle-back-to-inbox", nothing},
    {"idle-refused", nothing},
    {"idle-ended", nothing},
    {"idle-expunge", nothing},
    not_found("idle-bye", nothing, lost, "shutting down"),
    not_found("idle-reset", nothing, lost, "reset"),
    {"poll-noop", nothing},
    {"poll-deadline", forty_seconds, End::nothing},
    {"deadline-passed", passed, End::nothing},
    not_found("deadline-folder-gone", passed, refused, "Junk"),
    {"by-message-id", nothing},
    {"by-fields", nothing, End::found, 6, "INBOX"},
    {"by-fields-index-lags", nothing},
    {"by-body", nothing},
    {"by-body-base64", nothing},
    {"copies", nothing},
    {"answer-bounce", passed, End::nothing},
    {"answer-vacation", nothing, End::found, 6, "INBOX"},
    {"search-finds-anything", nothing, End::found, 6, "INBOX"},
    {"search-last-message", passed, End::nothing},
    {"search-esearch", nothing},
    {"uidvalidity-changed", nothing, End::found, 2, "INBOX"},
    {"reconnect", again},
    {"reconnect-uidvalidity-changed", again, End::found, 1, "INBOX"},
    {"all-mail-and-inbox", nothing},
    {"all-mail-only", nothing, End::found, 2, "All"},
    {"fetch-moved", nothing, End::found, 2, "Junk"},
    {"fetch-quoted", nothing},
    not_found("fetch-cut", nothing, lost, "before the end"),
    not_found("fetch-stalled", nothing, lost, "timed out"),
    not_found("literal-huge", nothing, protocol, "4294967296"),
    not_found("literal-negative", nothing, protocol),
    not_found("literal-empty", nothing, protocol),
    not_found("nested-deep", nothing, protocol, "nests"),
    {"remove", remove},
    {"remove-marks", remove},
    not_removed("remove-read-only", refused, "read-only"),
    not_removed("remove-uidvalidity", protocol, "made anew"),
    not_removed("remove-refused", refused, "delete"),
};

// --- one session, and what holds for any end of it ------------------------------------------------------------------

struct Played {
  Result<void> opened;
  Result<std::optional<Copy>> found;
  Result<void> removed;
  Baseline baseline;
  bool tls = false;
  std::vector<Answer> answers;
  Transcript transcript;
};

Task<void> session(tls::Stream& stream, Errand task, Played& run) {
  Watcher watcher(stream, run.transcript, test::no_pause);
  run.opened = co_await watcher.open(task.account, task.earlier);
  run.tls = watcher.tls().has_value();
  run.baseline = watcher.baseline();
  if (!run.opened) co_return;
  const Wanted wanted{"X-Mailprobe-Id", id};
  run.found = co_await watcher.find(wanted, std::chrono::steady_clock::now() + task.wait);
  run.answers = watcher.answers();
  if (run.found && *run.found && task.remove) run.removed = co_await watcher.remove(**run.found);
  run.baseline = watcher.baseline();
  co_await watcher.logout();
}

class WatcherDialogue : public testing::TestWithParam<Row> {
 protected:
  static void converse(ScriptedStream& stream, Played& run) {
    Errand task;
    task.account.credentials = {"user", Secret(password), sasl::Proof::password};
    GetParam().change(task);
    test::run(session(stream, std::move(task), run));
    EXPECT_TRUE(stream.closed());
    expect_nothing_in_the_clear(stream);
    expect_no_secret(run);
    for (const auto* marking : {" BODY[", "\\Seen", "RFC822"})
      EXPECT_EQ(stream.cipher_text().find(marking), std::string::npos) << marking;
  }

  static void expect_nothing_in_the_clear(const ScriptedStream& stream) {
    auto rest = std::string_view(stream.clear_text());
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find("\r\n"));
      EXPECT_TRUE(line.ends_with(" CAPABILITY") || line.ends_with(" STARTTLS")) << line;
      rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    }
    EXPECT_FALSE(stream.in_the_clear(password));
  }

  static void expect_no_secret(const Played& run) {
    for (const auto& event : run.transcript.events())
      for (const auto* secret :
           {password, "bücher", "cGVuY2ls", "AHVzZXIAcGVuY2ls", "dXNlcj11c2VyAWF1dGg9", "cj1ldmls"})
        EXPECT_EQ(event.text.find(secret), std::string::npos) << event.text;
    if (run.opened) return;
    for (const auto* secret : {password, "cGVuY2ls", "AHVzZXIAcGVuY2ls"})
      EXPECT_EQ((run.opened.error().message + run.opened.error().peer).find(secret), std::string::npos);
  }

  static Dialogue dialogue() { return Dialogue::load(test::data("imap/" + std::string(GetParam().file) + ".txt")); }
};

void expect_error(const Row& row, const Error& error) {
  EXPECT_EQ(error.kind, row.failure) << error.message << " / " << error.peer;
  EXPECT_NE((error.message + " / " + error.peer).find(row.words), std::string::npos)
      << error.message << " / " << error.peer;
}

void expect_end(const Row& row, const Played& run) {
  if (row.end == End::not_opened) {
    ASSERT_FALSE(run.opened);
    return expect_error(row, run.opened.error());
  }
  ASSERT_TRUE(run.opened) << run.opened.error().message << " / " << run.opened.error().peer;
  if (row.end == End::not_found) {
    ASSERT_FALSE(run.found);
    return expect_error(row, run.found.error());
  }
  ASSERT_TRUE(run.found) << run.found.error().message << " / " << run.found.error().peer;
  ASSERT_EQ(run.found->has_value(), row.end != End::nothing);
  ASSERT_EQ(run.answers.size(), row.file.starts_with("answer-") ? 1U : 0U);
  if (!run.answers.empty()) {
    EXPECT_EQ(run.answers[0].bounce, row.file == "answer-bounce");
    EXPECT_EQ(run.answers[0].uid, 5U);
    EXPECT_NE(run.answers[0].raw.find(id), std::string::npos);
  }
  if (!*run.found) return;
  const Copy& copy = **run.found;
  EXPECT_EQ(copy.folder, row.folder);
  EXPECT_EQ(copy.uid, row.uid);
  EXPECT_EQ(copy.by_body, row.file.starts_with("by-body") || row.file == "answer-vacation");
  EXPECT_EQ(copy.copies, row.file == "copies" ? 2U : 1U);
  EXPECT_FALSE(copy.raw.empty());
  if (row.file != "fetch-quoted") EXPECT_EQ(rfc3339(copy.internal_date), "2026-01-31T12:00:00Z");
  ASSERT_EQ(run.removed.has_value(), row.end != End::not_removed);
  if (!run.removed) expect_error(row, run.removed.error());
}

TEST_P(WatcherDialogue, EndsAsExpected) {
  test::play(dialogue(), [&](ScriptedStream& stream, const Fault&) {
    Played run;
    converse(stream, run);
    expect_end(GetParam(), run);
  });
}

TEST_P(WatcherDialogue, DoesNotDependOnHowBytesArrive) {
  if (GetParam().file == "starttls-injected") return;  // then they arrive where the handshake should be
  test::play_bytewise(dialogue(), [&](ScriptedStream& stream, const Fault&) {
    Played run;
    converse(stream, run);
    expect_end(GetParam(), run);
  });
}

TEST_P(WatcherDialogue, EndsInOrderWhateverFails) {
  test::play_every_fault(dialogue(), [&](ScriptedStream& stream, const Fault& fault) {
    Played run;
    converse(stream, run);
    if (run.opened && run.found && *run.found) EXPECT_EQ((*run.found)->folder, GetParam().folder);
    if (fault.kind != Fault::Kind::interrupted || stream.operations() != fault.operation + 1) return;
    const auto* error = !run.opened ? &run.opened.error() : !run.found ? &run.found.error() : nullptr;
    if (error && error->kind != GetParam().failure) EXPECT_EQ(error->kind, Failure::interrupted);
  });
}

INSTANTIATE_TEST_SUITE_P(Imap, WatcherDialogue, testing::ValuesIn(rows), [](const auto& row) {
  std::string name(row.param.file);
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(WatcherDialogues, EveryFileHasItsRow) {
  for (const auto& file : test::files_below(test::data("imap"), ".txt"))
    EXPECT_TRUE(std::ranges::any_of(rows, [&](const Row& row) { return row.file == file.stem().string(); })) << file;
}

// --- what only one dialogue shows -----------------------------------------------------------------------------------

Played play_one(std::string_view file, Errand task) {
  Played run;
  task.account.credentials = {"user", Secret(password), sasl::Proof::password};
  ScriptedStream stream(Dialogue::load(test::data("imap/" + std::string(file) + ".txt")));
  test::run(session(stream, std::move(task), run));
  return run;
}

TEST(Watcher, NotesAlertsEscaped) {
  const auto run = play_one("login-alert", {});
  EXPECT_TRUE(std::ranges::any_of(run.transcript.events(), [](const Event& event) {
    return event.dir == Direction::note && event.text == "ALERT: disk \\x1b[31mfull";
  }));
}

TEST(Watcher, DoesNotShowAlertsFromBeforeTls) {
  Errand task;
  starttls(task);
  const auto run = play_one("starttls-all-forgotten", task);
  EXPECT_TRUE(std::ranges::none_of(run.transcript.events(),
                                   [](const Event& event) { return event.text.starts_with("ALERT"); }));
}

TEST(Watcher, KeepsTheMessageOutOfTheTranscript) {
  const auto run = play_one("login-plain", {});
  for (const auto& event : run.transcript.events()) EXPECT_EQ(event.text.find("hello"), std::string::npos);
}

TEST(Watcher, TellsTheBaselineForAnotherConnection) {
  const auto run = play_one("deadline-passed", [] {
    Errand task;
    passed(task);
    return task;
  }());
  ASSERT_EQ(run.baseline.size(), 2U);
  EXPECT_EQ(run.baseline.at("INBOX").uidnext, 5U);
  EXPECT_EQ(run.baseline.at("INBOX").uidvalidity, 7U);
  EXPECT_EQ(run.baseline.at("Junk").uidnext, 2U);
}

TEST(Watcher, TellsTheBaselineOfAFolderMadeAnew) {
  const auto run = play_one("uidvalidity-changed", {});
  EXPECT_EQ(run.baseline.at("INBOX").uidnext, 1U);
  EXPECT_EQ(run.baseline.at("INBOX").uidvalidity, 77U);
}

TEST(Watcher, TellsJunkByItsUse) {
  const auto run = play_one("idle-polls-junk", {});
  EXPECT_EQ((*run.found)->special_use, "\\Junk");
}

}  // namespace
}  // namespace mailprobe::imap
