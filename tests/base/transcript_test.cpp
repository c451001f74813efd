#include "base/transcript.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/secret.h"

namespace mailprobe {
namespace {

TEST(Transcript, KeepsOrderAndDirection) {
  Transcript transcript;
  std::vector<std::string> seen;
  transcript.observer = [&](const Event& event) { seen.push_back(event.text); };
  transcript.in("220 hello");
  transcript.out("EHLO x");
  transcript.note("TLSv1.3");
  ASSERT_EQ(transcript.events().size(), 3U);
  EXPECT_EQ(transcript.events()[0].dir, Direction::in);
  EXPECT_EQ(transcript.events()[1].dir, Direction::out);
  EXPECT_EQ(word(transcript.events()[2].dir), "note");
  EXPECT_EQ(seen, (std::vector<std::string>{"220 hello", "EHLO x", "TLSv1.3"}));
}

TEST(Transcript, IsBounded) {
  Transcript transcript;
  for (int i = 0; i < 5000; ++i) transcript.in(std::string(10'000, 'x'));
  EXPECT_EQ(transcript.events().size(), Transcript::max_events + 1);
  EXPECT_LT(transcript.events().front().text.size(), Transcript::max_text + 100);
  EXPECT_EQ(transcript.events().back().dir, Direction::note);
}

TEST(Transcript, MasksWhatIsHidden) {
  Transcript transcript;
  transcript.in("before: pencil");
  transcript.hide("pencil");
  transcript.hide("pencil case");
  transcript.hide("abc");
  transcript.in("235 welcome pencil, pencil case, pencils cGVuY2ls");
  transcript.out("pencil");
  transcript.note("abc pencil");
  ASSERT_EQ(transcript.events().size(), 4U);
  EXPECT_EQ(transcript.events()[1].text, "235 welcome ***, ***, ***s ***");
  EXPECT_EQ(transcript.events()[2].text, "***");
  EXPECT_EQ(transcript.events()[3].text, "abc ***");
  EXPECT_EQ(transcript.masked("pen cil"), "pen cil");
  EXPECT_EQ(transcript.masked(""), "");
}

TEST(Transcript, MasksBeforeItCuts) {
  Transcript transcript;
  transcript.hide("correct horse");
  transcript.in(std::string(Transcript::max_text - 7, 'x') + "correct horse");
  EXPECT_EQ(transcript.events()[0].text.find("correct"), std::string::npos);
}

TEST(Transcript, PaddingIsNoPartOfWhatIsHidden) {
  Transcript transcript;
  transcript.hide("pencils");
  EXPECT_EQ(transcript.masked("cGVuY2lscw== cGVuY2lscw"), "***== ***");
}

TEST(Secret, PrintsStars) {
  const Secret secret("correct horse");
  EXPECT_EQ(fmt::format("{}", format_as(secret)), "***");
  EXPECT_EQ(secret.reveal(), "correct horse");
  Secret from("x"), to;
  to = std::move(from);
  EXPECT_EQ(to.reveal(), "x");
}

}  // namespace
}  // namespace mailprobe
