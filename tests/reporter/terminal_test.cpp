#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "reporter/terminal_page.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

class Terminal : public test::EveryDocument {};

TEST_P(Terminal, KeepsToItsWidth) {
  for (const int width : {60, 80, 120})
    for (const auto line : split(terminal(document, {.width = width, .verbose = true}), '\n'))
      EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
}

TEST_P(Terminal, ColoursOnlyWhereWanted) {
  EXPECT_EQ(terminal(document, {.color = false}).find('\x1b'), std::string::npos);
  EXPECT_NE(terminal(document, {.color = true}).find("\x1b["), std::string::npos);
}

TEST_P(Terminal, IsTheSameTextWithColours) {
  auto coloured = terminal(document, {.color = true});
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  EXPECT_EQ(coloured, terminal(document, {.color = false}));
}

TEST_P(Terminal, IsAsciiWithoutUtf8) {
  const auto text = terminal(document, {.utf8 = false, .verbose = true});
  EXPECT_TRUE(std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; }));
}

TEST_P(Terminal, BeginsWithTheVerdict) {
  const auto text = terminal(document, {.width = 80});
  const auto word = text.substr(0, text.find("  "));
  EXPECT_TRUE(word == "PASS" || word == "WARNING" || word == "FAIL" || word == "INCONCLUSIVE" || word == "OUR ERROR")
      << text;
}

TEST_P(Terminal, LeavesNoSpacesAtLineEnds) {
  for (const auto line : split(terminal(document, {.width = 80}), '\n')) EXPECT_FALSE(line.ends_with(' ')) << line;
}

FOR_EVERY_DOCUMENT(Terminal);

/// The same message so often.
evidence::Document repeated(std::size_t times) {
  auto document = test::good_delivery();
  const auto first = document.probes.front();
  for (std::size_t i = 1; i < times; ++i) {
    document.probes.push_back(first);
    document.probes.back().id += std::to_string(i);
    document.probes.back().name += "#" + std::to_string(i);
  }
  return test::assessed(document);
}

TEST(TerminalText, SaysOnceWhatIsTheSameOfEveryMessage) {
  const auto text = terminal(repeated(3), {.width = 200});
  EXPECT_NE(text.find("path.accepted ×3  Accepted by"), std::string::npos) << text;
  EXPECT_NE(text.find("path.arc ×3  The copy carries no ARC set."), std::string::npos) << text;
  EXPECT_EQ(text.find("path.arc"), text.rfind("path.arc"));
}

TEST(TerminalText, ARunWhoseExpectationsHoldPassesWhateverElseThereIs) {
  auto document = test::junk_delivery();
  document.run.scenario = "a";
  document.expectations = {{.probe = document.probes.front().id,
                            .text = "mailbox exists",
                            .verdict = evidence::Verdict::pass,
                            .cause = {},
                            .expected = "mailbox exists",
                            .found = "something",
                            .evidence = {}}};
  document = test::assessed(document);
  EXPECT_TRUE(terminal(document, {.width = 80}).starts_with("PASS")) << terminal(document, {.width = 80});
}

TEST(TerminalText, ShowsTheAddedFooter) {
  const auto text = terminal(test::assessed(test::footer_delivery()), {.width = 80});
  EXPECT_TRUE(text.starts_with("FAIL  The message arrived in the inbox, but all 4 DKIM signatures are broken: a"));
  EXPECT_NE(text.find("\n      +Checked by footer.test, the careful provider.\n"), std::string::npos) << text;
}

TEST(TerminalText, NamesTheHeaderListThatWouldHaveHeld) {
  auto document = test::footer_delivery();
  auto& mutation = document.probes[0].mailbox->dkim[0].mutation.at(0);
  mutation.kind = "subject-tagged";
  mutation.part = "Subject";
  mutation.headers = {"from", "to\x1b"};
  const auto text = terminal(document, {.width = 120});
  EXPECT_NE(text.find("With h=from:to\\x1b it would have held."), std::string::npos) << text;
}

TEST(TerminalText, NamesTheFilesThatWereWritten) {
  TerminalStyle style;
  style.written = {"out/report.html"};
  EXPECT_NE(terminal(test::assessed(test::good_delivery()), style).find("out/report.html"), std::string::npos);
}

TEST(TerminalText, ShowsEachOfAServersCertificatesAndMarksItByTheWorst) {
  const auto text = terminal(test::assessed(test::two_certificates()), {.width = 120});
  EXPECT_NE(text.find("RSA 1024 certificate, until "), std::string::npos) << text;
  EXPECT_NE(text.find("; DANE: no TLSA record matches\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n  ✗ mx1.target.test  "), std::string::npos) << text;
  const auto one = terminal(test::assessed(test::inspected()), {.width = 120});
  EXPECT_NE(one.find("\n  ✓ mx1.target.test  "), std::string::npos) << one;
}

TEST(TerminalText, HasTranscriptsWhenVerbose) {
  const auto document = test::assessed(test::good_delivery());
  EXPECT_EQ(terminal(document, {}).find("STARTTLS\n"), std::string::npos);
  EXPECT_NE(terminal(document, {.verbose = true}).find("> STARTTLS\n"), std::string::npos);
}

TEST(TerminalText, NamesWhatHoldsWithoutItsSentences) {
  const auto document = test::assessed(test::good_delivery());
  const auto text = terminal(document, {.width = 100});
  EXPECT_NE(text.find("inbound.starttls, "), std::string::npos) << text;
  EXPECT_LT(std::ranges::count(text, '\n'),
            std::ranges::count(terminal(document, {.width = 100, .verbose = true}), '\n'));
}

TEST(TerminalText, SearchesNoMailboxForWhatWasNotSent) {
  auto document = test::assessed(test::without_starttls());
  document.probes.front().watch = evidence::MailboxWatch{.name = "target"};
  EXPECT_NE(terminal(document, {}).find("Mailbox       not looked at"), std::string::npos);
}

TEST(TerminalText, TellsTheRelaysSessionFromTheTargets) {
  const auto text = terminal(test::assessed(test::via_relay()), {.width = 100});
  EXPECT_NE(text.find("TLS and certificate of the submission server"), std::string::npos) << text;
  EXPECT_NE(text.find("none applied"), std::string::npos) << text;
}

TEST(TerminalPage, BreaksWordsThatAreLongerThanALine) {
  TerminalPage page({.width = 40});
  page.line({{std::string(100, 'x')}}, 2, 2);
  for (const auto line : split(page.text(), '\n')) EXPECT_LE(line.size(), 40U);
  EXPECT_EQ(std::ranges::count(page.text(), 'x'), 100);
}

}  // namespace
}  // namespace mailprobe::reporter
