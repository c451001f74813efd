// Header fields that were changed on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/auth/mutations.h"

namespace mailprobe::auth {
namespace {

struct FieldCase {
  std::string_view name, sent, received;
  std::vector<std::string> expected;
  std::string part, diff;  // of the first
};

class FieldChanges : public testing::TestWithParam<FieldCase> {};

TEST_P(FieldChanges, AreNamed) {
  const auto& one = GetParam();
  const auto sent = std::string(one.sent) + "\r\nHello\r\n", received = std::string(one.received) + "\r\nHello\r\n";
  const auto found = find_mutations(sent, received);
  ASSERT_THAT(kinds(found), testing::UnorderedElementsAreArray(one.expected));
  if (found.empty()) return;
  EXPECT_EQ(only(found, one.expected.front()).part, one.part);
  if (!one.diff.empty()) EXPECT_EQ(only(found, one.expected.front()).diff, one.diff);
}

INSTANTIATE_TEST_SUITE_P(
    Named, FieldChanges,
    testing::Values(
        FieldCase{"unchanged", "Subject: a\r\n", "Received: x\r\nSubject: a\r\n", {}, "", ""},
        FieldCase{"refolded",
                  "Subject: one two\r\n",
                  "Subject: one\r\n two\r\n",
                  {"header-refolded"},
                  "Subject",
                  "-Subject: one two\n+Subject: one\n+ two\n"},
        FieldCase{"trailing_space",
                  "Subject: one\r\n",
                  "Subject: one \r\n",
                  {"header-refolded"},
                  "Subject",
                  "-Subject: one\n+Subject: one·\n"},
        FieldCase{"name_in_capitals",
                  "Subject: one\r\n",
                  "SUBJECT: one\r\n",
                  {"header-name-case"},
                  "Subject",
                  "-Subject: one\n+SUBJECT: one\n"},
        FieldCase{"name_in_capitals_and_folded_anew",
                  "Subject: one  two\r\n",
                  "SUBJECT: one two\r\n",
                  {"header-name-case", "header-refolded"},
                  "Subject",
                  ""},
        FieldCase{"tagged",
                  "Subject: Hello\r\n",
                  "Subject: [list] Hello\r\n",
                  {"subject-tagged"},
                  "Subject",
                  "-Subject: Hello\n+Subject: [list] Hello\n"},
        FieldCase{
            "marked_as_spam", "Subject: Hello\r\n", "Subject: ***SPAM*** Hello\r\n", {"subject-tagged"}, "Subject", ""},
        FieldCase{"tagged_after_the_reply_prefix",
                  "Subject: Re: Hello\r\n",
                  "Subject: Re: [list] Hello\r\n",
                  {"subject-tagged"},
                  "Subject",
                  ""},
        FieldCase{"tagged_and_encoded_anew",
                  "Subject: =?utf-8?Q?caf=C3=A9?=\r\n",
                  "Subject: =?utf-8?B?W2xpc3RdIGNhZsOp?=\r\n",
                  {"subject-tagged"},
                  "Subject",
                  ""},
        FieldCase{
            "subject_replaced", "Subject: Hello\r\n", "Subject: Removed\r\n", {"header-rewritten"}, "Subject", ""},
        FieldCase{
            "tag_at_the_end", "Subject: Hello\r\n", "Subject: Hello [SPAM]\r\n", {"header-rewritten"}, "Subject", ""},
        FieldCase{"from_rewritten",
                  "From: a@b.example\r\n",
                  "From: a via list <list@l.example>\r\n",
                  {"address-rewritten"},
                  "From",
                  "-From: a@b.example\n+From: a via list <list@l.example>\n"},
        FieldCase{"cc_rewritten", "Cc: a@b\r\n", "Cc: undisclosed:;\r\n", {"address-rewritten"}, "Cc", ""},
        FieldCase{"resent", "Resent-To: a@b\r\n", "Resent-To: c@d\r\n", {"address-rewritten"}, "Resent-To", ""},
        FieldCase{"other_message_id",
                  "Message-ID: <1@a>\r\n",
                  "Message-ID: <2@b>\r\n",
                  {"message-id-rewritten"},
                  "Message-ID",
                  "-Message-ID: <1@a>\n+Message-ID: <2@b>\n"},
        FieldCase{"other_date",
                  "Date: Sat, 31 Jan 2026 12:00:00 +0000\r\n",
                  "Date: Sat, 31 Jan 2026 13:00:00 +0100\r\n",
                  {"date-rewritten"},
                  "Date",
                  ""},
        FieldCase{"removed",
                  "Reply-To: a@b\r\nSubject: x\r\n",
                  "Subject: x\r\n",
                  {"header-removed"},
                  "Reply-To",
                  "-Reply-To: a@b\n"},
        FieldCase{"duplicated",
                  "Subject: x\r\n",
                  "Subject: forged\r\nSubject: x\r\n",
                  {"header-duplicated"},
                  "Subject",
                  "+Subject: forged\n"},
        FieldCase{"one_rewritten_of_two",
                  "Comments: a\r\nComments: b\r\n",
                  "Comments: a\r\nComments: c\r\n",
                  {"header-rewritten"},
                  "Comments",
                  ""},
        FieldCase{"reordered",
                  "Comments: a\r\nComments: b\r\n",
                  "Comments: b\r\nComments: a\r\n",
                  {"header-reordered"},
                  "Comments",
                  ""},
        FieldCase{"other_names_may_change_places", "Subject: x\r\nTo: y\r\n", "To: y\r\nSubject: x\r\n", {}, "", ""},
        FieldCase{"two_fields_at_once",
                  "Subject: x\r\nTo: a@b, c@d\r\n",
                  "Subject: [l] x\r\nTo: a@b,\r\n c@d\r\n",
                  {"subject-tagged", "header-refolded"},
                  "Subject",
                  ""}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace mailprobe::auth
