// The JSON Schema has every key that the reader knows, and no other: both are made from one list.
#include "scenarios/schema.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "scenarios/known_paths.h"

namespace mailprobe::scenarios {
namespace {

namespace json = boost::json;

json::value schema() { return json::parse(schema_json()); }

TEST(Schema, SaysWhichKeysAreNeeded) {
  const auto whole = schema();
  EXPECT_EQ(whole.at("required"), (json::array{"version", "name", "probes"}));
  EXPECT_EQ(whole.at("additionalProperties"), json::value(false));
  EXPECT_EQ(whole.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
}

TEST(Schema, DescribesEveryKey) {
  const auto whole = schema();
  const auto& send = whole.at_pointer("/properties/probes/items/properties/send/anyOf/0/properties");
  for (const auto* key : {"identity", "to", "subject", "headers", "body", "parts", "attachments", "dkim", "tls"})
    EXPECT_TRUE(send.as_object().contains(key)) << key;
  for (const auto& [key, property] : send.as_object())
    EXPECT_FALSE(property.at("description").as_string().empty()) << key;
}

TEST(Schema, ListsTheWordsOfAWord) {
  const auto text = schema_json();
  for (const auto* word : {"\"quoted-printable\"", "\"body-hash\"", "\"encrypt\"", "\"alternative\"", "\"ipv6\""})
    EXPECT_NE(text.find(word), std::string::npos) << word;
}

/// What an editor offers is what the reader takes.
TEST(Schema, OffersExpectationsThatCanBeRead) {
  const auto whole = schema();
  const auto& line = whole.at_pointer("/$defs/expectation/anyOf/0");
  ASSERT_GT(line.at("examples").as_array().size(), 60U);
  for (const auto& example : line.at("examples").as_array()) {
    const std::string text(example.as_string());
    const auto expression = parse_expression(text);
    ASSERT_TRUE(expression) << text;
    EXPECT_TRUE(check_paths(*expression)) << text;
    EXPECT_EQ(to_text(*expression), text);
  }
}

}  // namespace
}  // namespace mailprobe::scenarios
