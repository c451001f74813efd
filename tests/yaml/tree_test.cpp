#include "yaml/tree.h"
#include "yaml/fields.h"

#include <gtest/gtest.h>

namespace mailprobe::yaml {
namespace {

Node parsed(std::string_view text) {
  auto tree = parse(text, "f.yaml");
  EXPECT_TRUE(tree) << tree.error().message;
  return tree ? std::move(*tree) : Node{};
}

std::string problem(std::string_view text) {
  const auto tree = parse(text, "f.yaml");
  return tree ? "none" : tree.error().message;
}

TEST(YamlTree, KeepsLinesAndOrder) {
  const auto tree = parsed("b: 1\na:\n  - x\n  - {k: v}\n");
  ASSERT_EQ(tree.kind, Node::Kind::map);
  ASSERT_EQ(tree.members.size(), 2U);
  EXPECT_EQ(tree.members[0].key, "b");
  EXPECT_EQ(tree.members[0].value.text, "1");
  EXPECT_EQ(tree.members[1].line, 2);
  const auto& list = tree.members[1].value;
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].line, 3);
  EXPECT_EQ(list.items[1].members[0].key, "k");
  EXPECT_EQ(list.items[1].members[0].line, 4);
}

TEST(YamlTree, KeepsColumns) {
  const auto tree = parsed("a:\n  - {key: v}\n");
  const auto& item = tree.members[0].value.items[0];
  EXPECT_EQ(tree.members[0].column, 1);
  EXPECT_EQ(item.members[0].column, 6);
  EXPECT_EQ(item.members[0].value.column, 11);
}

TEST(YamlTree, NamesTheColumnWhereItIsWanted) {
  const auto tree = parse("a: 1\nb: *a\n", "f.yaml", Places::columns);
  ASSERT_FALSE(tree);
  EXPECT_TRUE(tree.error().message.starts_with("f.yaml:2:4: ")) << tree.error().message;
}

TEST(YamlProblems, NameThePlaceAndSayTheSameOnce) {
  Problems shown("f.yaml", Places::columns), lines("f.yaml");
  for (auto* problems : {&shown, &lines}) {
    problems->add({.line = 3, .column = 7}, "one");
    problems->add({.line = 3, .column = 7}, "one");
    problems->add({.line = 2, .column = 1}, "two");
  }
  EXPECT_EQ(shown.error().message, "f.yaml:2:1: two\nf.yaml:3:7: one");
  EXPECT_EQ(lines.error().message, "f.yaml:2: two\nf.yaml:3: one");
}

TEST(YamlTree, AnEmptyFileIsNull) {
  EXPECT_EQ(parsed("").kind, Node::Kind::null);
  EXPECT_EQ(parsed("# only a comment\n").kind, Node::Kind::null);
}

TEST(YamlTree, TildeAndNullAreNullUnlessQuoted) {
  const auto tree = parsed("a: ~\nb: null\nc: \"~\"\nd:\n");
  EXPECT_EQ(tree.members[0].value.kind, Node::Kind::null);
  EXPECT_EQ(tree.members[1].value.kind, Node::Kind::null);
  EXPECT_EQ(tree.members[2].value.text, "~");
  EXPECT_EQ(tree.members[3].value.kind, Node::Kind::null);
}

TEST(YamlTree, RefusesAliasesSoThatNoBombGoesOff) {
  EXPECT_EQ(problem("a: &x [1]\n"),
            "f.yaml:1: anchors (&) and aliases (*) are not read here: write the value out, or quote it");
  EXPECT_NE(problem("a: 1\nb: *a\n").find("f.yaml:2: "), std::string::npos);
}

TEST(YamlTree, RefusesDoubledKeys) {
  EXPECT_EQ(problem("a: 1\nb: 2\na: 3\n"),
            "f.yaml:3: the key \"a\" stands here a second time (first in line 1): remove one");
}

TEST(YamlTree, NamesTheLineOfWhatIsNotYaml) {
  EXPECT_NE(problem("a: 1\nb: [1, 2\n").find("f.yaml:"), std::string::npos);
  EXPECT_NE(problem("a: [1, 2\n").find("end of sequence flow not found: a list that begins with [ ends with ]"),
            std::string::npos);
  EXPECT_NE(problem("a: b: c\n").find("put quotes around a text that holds a colon"), std::string::npos);
  EXPECT_NE(problem("a: 1\n\tb: 2\n").find("this is not YAML"), std::string::npos);
}

TEST(YamlTree, IsBounded) {
  EXPECT_NE(problem(std::string(300 * 1024, 'a')).find("larger than 256 KiB"), std::string::npos);
  EXPECT_NE(problem(std::string(100, '[') + std::string(100, ']')).find("nested too deeply"), std::string::npos);
  std::string many = "a: [";
  for (int i = 0; i < 20'000; ++i) many += "1,";
  EXPECT_NE(problem(many + "1]").find("too many values"), std::string::npos);
}

TEST(YamlTree, SurvivesDeepNestingInsideTheParser) {
  EXPECT_NE(problem(std::string(100'000, '[')), "none");
  EXPECT_NE(problem(std::string(100'000, '{')), "none");
}

TEST(YamlTree, TakesOneDocument) { EXPECT_NE(problem("a: 1\n---\nb: 2\n").find("more than one"), std::string::npos); }

TEST(YamlTree, EscapesWhatItShows) {
  EXPECT_EQ(problem("\"k\\e[31m\": 1\n\"k\\e[31m\": 2\n").find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mailprobe::yaml
