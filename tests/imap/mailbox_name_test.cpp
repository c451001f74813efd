// Modified UTF-7 both ways.
#include <gtest/gtest.h>

#include "imap/mailbox_name.h"

namespace mailprobe::imap {
namespace {

struct Row {
  const char* name;
  std::string_view utf8, wire;
};

const Row rows[] = {
    {"Ascii", "INBOX/Junk", "INBOX/Junk"},
    {"Empty", "", ""},
    {"Ampersand", "Q&A", "Q&-A"},
    {"Umlaut", "Entwürfe", "Entw&APw-rfe"},
    {"Rfc3501", "~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
    {"BeyondThePlane", "📬", "&2D3c7A-"},
    {"Tab", "a\tb", "a&AAk-b"},
    {"AllShifted", "Входящие", "&BBIERQQ+BDQETwRJBDgENQ-"},
};

class MailboxName : public testing::TestWithParam<Row> {};

TEST_P(MailboxName, GoesToTheWire) { EXPECT_EQ(to_modified_utf7(GetParam().utf8), GetParam().wire); }
TEST_P(MailboxName, ComesFromTheWire) { EXPECT_EQ(from_modified_utf7(GetParam().wire), GetParam().utf8); }

INSTANTIATE_TEST_SUITE_P(Names, MailboxName, testing::ValuesIn(rows), [](const auto& row) { return row.param.name; });

TEST(MailboxNames, HaveOneSpelling) {
  // Not ended, not base64, of what needs no shift, two shifts for one, half a surrogate pair, bits left over, raw
  // UTF-8.
  for (const auto* wire :
       {"a&", "&APw", "&AP!w-", "&AGE-", "&APw-&APw-", "&2D0-", "&3Kw-", "&APx-", "&A-", "ü", "&AP/w-"})
    EXPECT_FALSE(from_modified_utf7(wire)) << wire;
}

TEST(MailboxNames, AreUtf8) { EXPECT_FALSE(to_modified_utf7("Entw\xfcrfe")); }

}  // namespace
}  // namespace mailprobe::imap
