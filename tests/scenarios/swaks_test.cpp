// The command that swaks is nearest by: what is in it, what is said to be missing, and that a shell reads it as words.
#include "scenarios/swaks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailprobe::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

PlannedProbe planned() {
  PlannedProbe probe;
  probe.name = "text";
  probe.from = "probe@probe.test";
  probe.to = "to@target.test";
  return probe;
}

TEST(Swaks, SaysWhoWhatAndHow) {
  auto probe = planned();
  probe.send.subject = "It's here";
  probe.send.content.body = "Hello\n";
  probe.send.headers = {{"X-Folded", "a\n \n b\n"}};
  EXPECT_EQ(swaks_command(probe, "mx.probe.test"),
            "# text\n"
            "swaks --to 'to@target.test' --from 'probe@probe.test' --ehlo 'mx.probe.test' --tls"
            " --header 'Subject: It'\\''s here' --h-From 'probe@probe.test' --add-header 'X-Folded: a\n b'"
            " --body 'Hello%NEWLINE%'\n");
}

TEST(Swaks, ABounceComesFromNobody) {
  auto probe = planned();
  probe.send.reverse_path = ReversePath::empty;
  EXPECT_THAT(swaks_command(probe, "h"), HasSubstr("--from '<>'"));
}

TEST(Swaks, ALargeBodyIsPiped) {
  auto probe = planned();
  probe.send.content.size = Size{1'000'000};
  probe.send.content.line_length = 998;
  const auto text = swaks_command(probe, "h");
  EXPECT_THAT(text, HasSubstr("head -c 1000000 /dev/zero | tr '\\0' x | fold -w 998 | swaks "));
  EXPECT_THAT(text, HasSubstr("--body '-'"));
}

TEST(Swaks, AttachmentsHaveTheirTypesAndNames) {
  auto probe = planned();
  Part part;
  part.type = "text/csv";
  part.filename = "a.csv";
  part.body = "1,2\n3,4\n";
  probe.send.attachments = {part};
  EXPECT_THAT(swaks_command(probe, "h"),
              HasSubstr("--attach-type 'text/csv' --attach-name 'a.csv' --attach '1,2\n3,4\n'"));
}

Part text_part(std::string type, std::string body) {
  Part part;
  part.type = std::move(type);
  part.body = std::move(body);
  return part;
}

/// swaks(1), --attach-body: several of them make a multipart/alternative.
TEST(Swaks, AnAlternativeIsOne) {
  auto probe = planned();
  auto& content = probe.send.content;
  content.multipart = Multipart::alternative;
  content.parts = {text_part("text/plain", "Hello\n"), text_part("text/html", "<p>\nHello</p>\n")};
  const std::string both =
      " --attach-type 'text/plain' --attach-body 'Hello%NEWLINE%'"
      " --attach-type 'text/html' --attach-body '<p>\nHello</p>\n'";
  auto text = swaks_command(probe, "h");
  EXPECT_THAT(text, HasSubstr(both + "\n"));
  EXPECT_TRUE(text.starts_with("# text\nswaks ")) << text;
  probe.send.attachments = {text_part("text/csv", "1\n2\n")};
  text = swaks_command(probe, "h");
  EXPECT_THAT(text, HasSubstr(both + " --attach-type 'text/csv' --attach '1\n2\n'"));
  auto alternative = content;
  content.multipart = Multipart::mixed;
  content.parts = {alternative, text_part("text/csv", "3\n4\n")};
  text = swaks_command(probe, "h");
  EXPECT_THAT(text, HasSubstr(both + " --attach-type 'text/csv' --attach '3\n4\n'"));
  EXPECT_THAT(text, Not(HasSubstr("left out")));
}

TEST(Swaks, TheFirstPartIsTheBody) {
  auto probe = planned();
  auto& content = probe.send.content;
  content.multipart = Multipart::related;
  content.parts = {text_part("text/html", "<p>/etc/passwd</p>\n"), text_part("text/plain", "a\nb\n")};
  auto text = swaks_command(probe, "h");
  EXPECT_THAT(text, HasSubstr(" --attach-type 'text/html' --attach-body '<p>/etc/passwd</p>\n<!-- a second line -->\n'"
                              " --attach-type 'text/plain' --attach 'a\nb\n'"));
  for (const auto* words : {"# multipart/mixed, and not related\n", "# a part has a second line"})
    EXPECT_THAT(text, HasSubstr(words));
  content.parts.front().filename = "page.html";
  text = swaks_command(probe, "h");
  EXPECT_THAT(text, HasSubstr("# swaks puts a text of its own in front\n"));
  EXPECT_THAT(text, HasSubstr("--attach-name 'page.html'"));
}

TEST(Swaks, AMultipartWithinAnAlternativeIsLeftOut) {
  auto probe = planned();
  Part related;
  related.multipart = Multipart::related;
  related.parts = {text_part("text/html", "<p>\na</p>\n")};
  probe.send.content.multipart = Multipart::alternative;
  probe.send.content.parts = {text_part("text/plain", "Hello\n"), related};
  EXPECT_THAT(swaks_command(probe, "h"), HasSubstr("# a multipart within the multipart is left out\n"));
}

/// swaks(1), --body: "@FILE", "-", and a line that is an open-able file.
TEST(Swaks, NoBodyIsTheNameOfAFile) {
  for (const auto* body : {"@/etc/passwd\n", "/etc/passwd\n", " /etc/passwd \n\n", "-", "\n/etc/passwd"}) {
    auto probe = planned();
    probe.send.content.body = body;
    Part part;
    part.body = body;
    probe.send.attachments = {part};
    const auto text = swaks_command(probe, "h");
    EXPECT_THAT(text, HasSubstr("%NEWLINE%'")) << body;
    EXPECT_THAT(text, Not(HasSubstr("--body '@/"))) << body;
    EXPECT_THAT(text, HasSubstr("--attach 'an attachment\nof two lines\n'")) << body;
    EXPECT_THAT(text, HasSubstr("# an attachment has another text")) << body;
  }
}

TEST(Swaks, ALiteralAtSignIsDoubled) {
  auto probe = planned();
  probe.send.content.body = "@one\ntwo\n";
  EXPECT_THAT(swaks_command(probe, "h"), HasSubstr("--body '@@one\ntwo\n'"));
}

TEST(Swaks, SaysWhatBecomesOfOtherCharacters) {
  auto probe = planned();
  probe.send.subject = "Grüße";
  probe.send.content.charset = "iso-8859-1";
  probe.send.content.body = "a \\n b\nc\n";
  const auto text = swaks_command(probe, "h");
  for (const auto* words : {"# the text is in UTF-8", "# header fields are in UTF-8", "# swaks makes line ends"})
    EXPECT_THAT(text, HasSubstr(words));
}

TEST(Swaks, SaysWhatItCannotDo) {
  auto probe = planned();
  probe.signatures = {"r1 rsa-sha256 relaxed/relaxed"};
  probe.send.dkim.fault = DkimFault::body_hash;
  probe.chunking = true;
  probe.floor = TlsFloor::dane;
  const auto text = swaks_command(probe, "h");
  for (const auto* words : {"# not signed", "dkim-body-hash", "not by BDAT", "nothing of MTA-STS or DANE"})
    EXPECT_THAT(text, HasSubstr(words));
  EXPECT_THAT(text, Not(HasSubstr("--tls-optional")));
}

TEST(Swaks, PlainTextIsAllowedWhereTheProbeAllowsIt) {
  auto probe = planned();
  probe.floor = TlsFloor::may;
  EXPECT_THAT(swaks_command(probe, "h"), HasSubstr("--tls-optional"));
}

}  // namespace
}  // namespace mailprobe::scenarios
