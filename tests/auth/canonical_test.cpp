#include "auth/canonical.h"

#include <filesystem>

#include <array>
#include <random>

#include <gtest/gtest.h>

#include "auth/header_block.h"
#include "auth/mime_map.h"
#include "auth/mutation.h"
#include "auth/reduce_line.h"
#include "base/text.h"
#include "tests/support/conformance.h"

namespace mailprobe::auth {
namespace {

struct BodyCase {
  std::string_view name, body, simple, relaxed;
};

class CanonicalBody : public testing::TestWithParam<BodyCase> {};

TEST_P(CanonicalBody, IsAsRfc6376Says) {
  EXPECT_EQ(canonical_body(GetParam().body, Canon::simple), GetParam().simple);
  EXPECT_EQ(canonical_body(GetParam().body, Canon::relaxed), GetParam().relaxed);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6376, CanonicalBody,
    testing::Values(BodyCase{"empty", "", "\r\n", ""},  // §3.4.3, §3.4.4
                    BodyCase{"one_empty_line", "\r\n", "\r\n", ""}, BodyCase{"empty_lines", "\r\n\r\n\r\n", "\r\n", ""},
                    BodyCase{"lines_of_spaces", " \r\n\t\r\n", " \r\n\t\r\n", ""},
                    BodyCase{"without_final_line_ending", "Hello", "Hello\r\n", "Hello\r\n"},
                    BodyCase{"empty_lines_at_the_end", "Hello\r\n\r\n\r\n", "Hello\r\n", "Hello\r\n"},
                    BodyCase{"empty_lines_within", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
                    BodyCase{"example_of_section_3_4_5", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n",
                             " C\r\nD E\r\n"},
                    BodyCase{"bare_line_feed_ends_no_line", "a \nb\r\n", "a \nb\r\n", "a \nb\r\n"}),
    [](const auto& test) { return std::string(test.param.name); });

struct HeaderCase {
  std::string_view name, raw, relaxed;
};

class CanonicalHeader : public testing::TestWithParam<HeaderCase> {};

TEST_P(CanonicalHeader, IsAsRfc6376Says) {
  EXPECT_EQ(canonical_header(GetParam().raw, Canon::simple), GetParam().raw);
  EXPECT_EQ(canonical_header(GetParam().raw, Canon::relaxed), GetParam().relaxed);
}

INSTANTIATE_TEST_SUITE_P(Rfc6376, CanonicalHeader,
                         testing::Values(HeaderCase{"example_a", "A: X\r\n", "a:X\r\n"},
                                         HeaderCase{"example_b", "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n"},
                                         HeaderCase{"empty_value", "Subject:\r\n", "subject:\r\n"},
                                         HeaderCase{"only_white_space", "Subject: \t \r\n", "subject:\r\n"},
                                         HeaderCase{"colon_in_the_value", "S:a:b\r\n", "s:a:b\r\n"},
                                         HeaderCase{"bare_carriage_return_stays", "S: a\rb\r\n", "s:a\rb\r\n"}),
                         [](const auto& test) { return std::string(test.param.name); });

struct SignatureCase {
  std::string_view name, raw, without;
};

class WithoutSignature : public testing::TestWithParam<SignatureCase> {};

TEST_P(WithoutSignature, LosesTheValueOfBAndNothingElse) {
  EXPECT_EQ(without_signature(GetParam().raw), GetParam().without);
}

INSTANTIATE_TEST_SUITE_P(Rfc6376, WithoutSignature,
                         testing::Values(SignatureCase{"in_the_middle", "D: b=abc; bh=x\r\n", "D: b=; bh=x\r\n"},
                                         SignatureCase{"at_the_end", "D: bh=x; b=ab\r\n c\r\n", "D: bh=x; b=\r\n"},
                                         SignatureCase{"space_around", "D: bh=x; b = ab ;\r\n", "D: bh=x; b =;\r\n"},
                                         SignatureCase{"bh_is_not_b", "D: bh=b=x; b=y\r\n", "D: bh=b=x; b=\r\n"},
                                         SignatureCase{"none", "D: bh=x\r\n", "D: bh=x\r\n"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(HeaderBlock, SplitsFieldsAndBody) {
  const auto message = split_message("A: 1\r\nb : 2\r\n\t3\r\nno colon\r\n\r\nbody\r\n");
  ASSERT_EQ(message.fields.size(), 3U);
  EXPECT_EQ(message.fields[1].name, "b");
  EXPECT_EQ(message.fields[1].raw, "b : 2\r\n\t3\r\n");
  EXPECT_EQ(unfold(message.fields[1].value), "2\t3");
  EXPECT_EQ(message.fields[2].name, "");
  EXPECT_EQ(message.body, "body\r\n");
  EXPECT_EQ(message.first("B"), &message.fields[1]);
  EXPECT_EQ(message.first("c"), nullptr);
}

TEST(HeaderBlock, WithoutBodyOrEnd) {
  EXPECT_EQ(split_message("A: 1\r\n").fields.size(), 1U);
  EXPECT_EQ(split_message("A: 1").fields.front().value, " 1");
  EXPECT_TRUE(split_message("").fields.empty());
  EXPECT_EQ(split_message("\r\nbody").body, "body");
}

TEST(HeaderBlock, OfTooManyFieldsIsCut) {
  std::string raw;
  for (int i = 0; i < 10'500; ++i) raw += "A: 1\r\n";
  raw += "\r\nbody";
  const auto message = split_message(raw);
  EXPECT_EQ(message.fields.size(), 10'000U);
  EXPECT_TRUE(message.truncated);
  EXPECT_EQ(message.body, "body");
}

/// The parts lie in the body, one after the other.
void expect_parts_within(const Message& message, const std::filesystem::path& file) {
  std::size_t at = 0;
  for (const auto& content : map_mime(message).contents) {
    EXPECT_LE(at, content.bytes.from) << file;
    EXPECT_LE(content.bytes.from, content.bytes.to) << file;
    EXPECT_LE(content.bytes.to, message.body.size()) << file;
    at = content.bytes.to;
  }
}

/// Whatever the message is like, what is added to it on its way is found.
void expect_footer_found(const std::string& raw, const std::filesystem::path& file) {
  if (split_message(raw).fields.empty() || !raw.ends_with("\r\n") || raw.find("\r\n\r\n") == std::string::npos) return;
  const auto received = raw + "-- \r\nScanned by the gateway\r\n";
  const auto mutations = find_mutations(raw, received);
  ASSERT_FALSE(mutations.empty()) << file;
  for (const auto& mutation : mutations) {
    if (mutation.sent) EXPECT_LE(mutation.sent->second, static_cast<std::int64_t>(raw.size())) << file;
    if (mutation.received) EXPECT_LE(mutation.received->second, static_cast<std::int64_t>(received.size())) << file;
  }
}

/// Every message of the sets is split without loss (fields, empty line and body are the message again), its parts are
/// mapped, and a change of it is named.
TEST(Conformance, MimeMessagesPassTheParsers) {
  int seen = 0;
  for (const auto* set : {"mime-mail-parser", "mime-enmime", "mime-python"}) {
    const auto folder = test::conformance(set);
    if (!folder) GTEST_SKIP() << "conformance data '" << set << "' is missing: skipped";
    for (const auto& file : test::files_below(*folder)) {
      const auto raw = to_crlf(test::read_file(file));
      const auto message = split_message(raw);
      std::string again;
      for (const auto& field : message.fields) again += field.raw;
      if (again.size() < raw.size()) again += "\r\n";
      EXPECT_EQ(again + std::string(message.body), raw) << file;
      for (const auto canon : {Canon::simple, Canon::relaxed}) {
        const auto form = canonical_body(message.body, canon);
        EXPECT_EQ(canonical_body(form, canon), form) << file;
      }
      expect_parts_within(message, file);
      expect_footer_found(raw, file);
      ++seen;
    }
  }
  EXPECT_GE(seen, 140);
}

/// RFC 6376 §3.4.4 as it is written, a line at a time.
std::string relaxed_by_the_letter(std::string_view body) {
  std::string out, line;
  std::size_t kept = 0;
  while (!body.empty()) {
    const auto end = std::min(body.find("\r\n"), body.size());
    line.clear();
    for (const char c : body.substr(0, end)) {
      const bool space = c == ' ' || c == '\t';
      if (!space) line += c;
      if (space && !line.ends_with(' ')) line += ' ';
    }
    if (line.ends_with(' ')) line.pop_back();
    out += line + "\r\n";
    if (!line.empty()) kept = out.size();
    body.remove_prefix(std::min(end + 2, body.size()));
  }
  return out.substr(0, kept);
}

TEST(CanonicalBody, IsRelaxedByTheLetterWhereverTheWhiteSpaceStands) {
  const std::array<std::string_view, 6> pieces{"word", "a", " ", "\t", "\r\n", "\r"};
  std::minstd_rand random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string body;
    const auto count = random() % 40;
    // Mostly words: long stretches in which nothing is to be reduced.
    for (unsigned j = 0; j < count; ++j) body += pieces.at(random() % 3 == 0 ? random() % pieces.size() : random() % 2);
    EXPECT_EQ(canonical_body(body, Canon::relaxed), relaxed_by_the_letter(body)) << body;
  }
}

TEST(CanonicalBody, IsAViewWhereNothingChanges) {
  const std::string body = "Hello there,\r\n\r\nand good-bye.\r\n\r\n";
  std::string storage;
  for (const auto canon : {Canon::simple, Canon::relaxed}) {
    EXPECT_EQ(canonical_body(body, canon, storage).data(), body.data());
    EXPECT_EQ(canonical_body(body, canon, storage), body.substr(0, body.size() - 2));
  }
}

std::string reduced_by(char* (*reduce)(std::string_view, char*), std::string_view line) {
  std::string out(line.size() + reduce_room, '!');
  out.resize(static_cast<std::size_t>(reduce(line, out.data()) - out.data()));
  return out;
}

TEST(ReducedLine, IsTheSameByBlocksAndByOctets) {
  EXPECT_EQ(reduced_by(&reduce_line, " \t a \t\tb c"), " a b c");
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string line;
    for (auto left = random() % 70; left > 0; --left) line += "ab \t \r\xff\0"[random() % 8];
    while (line.ends_with(' ') || line.ends_with('\t')) line.pop_back();
    ASSERT_EQ(reduced_by(&reduce_line, line), reduced_by(&reduce_line_by_octets, line)) << line;
  }
}

}  // namespace
}  // namespace mailprobe::auth
