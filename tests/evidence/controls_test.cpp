// Which probe is the control of which.
#include "evidence/controls.h"

#include <gtest/gtest.h>

namespace mailprobe::evidence {
namespace {

Probe probe(std::string name, std::optional<std::string> control_of = {}, std::optional<std::string> variation = {}) {
  Probe made;
  made.name = std::move(name);
  made.control_of = std::move(control_of);
  made.variation = std::move(variation);
  return made;
}

std::string names(const Document& document) {
  std::string all;
  for (const auto* each : controls_of(document, document.probes.front())) all += each->name + "|";
  return all;
}

TEST(Controls, AreNamedByTheProbeOrByAllItsCombinations) {
  Document document;
  document.probes = {probe("a/x"), probe("b", "a"), probe("c", "a/x"), probe("d", "a/y"), probe("e")};
  EXPECT_EQ(names(document), "b|c|");
}

TEST(Controls, OfANameWithASpaceAreThoseOfTheWholeOfIt) {
  Document document;
  document.probes = {probe("a/x y"), probe("b", "a/x y"), probe("c", "a/z")};
  EXPECT_EQ(names(document), "b|");
}

TEST(Controls, OfTheSameVariationComeFirst) {
  Document document;
  document.probes = {probe("a/x", {}, "v=x"), probe("b/x", "a", "v=x"), probe("b/y", "a", "v=y")};
  EXPECT_EQ(names(document), "b/x|");
  document.probes[1].variation = "v=z";
  EXPECT_EQ(names(document), "b/x|b/y|") << "any is better than none";
}

TEST(Controls, OfEachMxIsTheOneThatWentThere) {
  Document document;
  document.probes = {probe("a/x mx1.t 192.0.2.1"), probe("b mx1.t 192.0.2.1", "a"), probe("b mx2.t 192.0.2.2", "a")};
  EXPECT_EQ(names(document), "b mx1.t 192.0.2.1|");
  EXPECT_EQ(base_name("a/x mx1.t 192.0.2.1"), "a");
  EXPECT_EQ(base_name("a mx1.t 192.0.2.1"), "a");
}

TEST(Controls, InTheJunkDidArrive) {
  auto made = probe("a");
  EXPECT_FALSE(arrived(made));
  made.mailbox.emplace().folder = "Junk";
  EXPECT_TRUE(arrived(made) && lies_in_junk(made));
  EXPECT_FALSE(lies_outside_junk(made));
  made.mailbox.reset();
  made.reply.emplace().kind = AnswerKind::person;
  EXPECT_TRUE(arrived(made)) << "which folder it lies in is not known";
  EXPECT_FALSE(lies_in_junk(made) || lies_outside_junk(made));
}

TEST(Controls, ThatWereReturnedDidNotArrive) {
  using enum AnswerKind;
  for (const auto kind : {bounce, delay, unknown}) {
    auto made = probe("a");
    made.reply.emplace().kind = kind;
    EXPECT_FALSE(arrived(made)) << word(kind);
    made.replies = {*made.reply};
    EXPECT_FALSE(arrived(made)) << word(kind);
    made.replies.emplace_back().kind = vacation;
    EXPECT_TRUE(arrived(made)) << "from another of its servers";
  }
  for (const auto kind : {person, vacation, reflector, complaint, opt_out, delivered}) {
    auto made = probe("a");
    made.reply.emplace().kind = kind;
    EXPECT_TRUE(arrived(made)) << word(kind);
  }
}

}  // namespace
}  // namespace mailprobe::evidence
