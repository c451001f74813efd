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
  probe.send.headers = {{"X-Folded", "a\n b"}};
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
