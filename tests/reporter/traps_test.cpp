// What people are told of the traps: on the terminal and on the page.
#include "evidence/traps.h"

#include <gmock/gmock.h>

#include "reporter/trap_meaning.h"
#include "reporter/trap_story.h"
#include "tests/reporter/rendered.h"

namespace mailprobe::reporter {
namespace {

namespace trap = evidence::trap;
using evidence::Document;
using evidence::Session;
using testing::HasSubstr;
using testing::Not;

/// What the row of that trap says.
TrapRow row(const Document& of, std::string_view name) {
  auto document = test::assessed(of);
  auto& session_owner = document.probes.front();
  auto story = trap_story(document, session_owner);
  for (auto& one : story.rows) {
    one.sessions.clear();  // they point into the copy
    if (one.name == name) return one;
  }
  throw std::invalid_argument("no row for " + std::string(name));
}

void lose(Document& document, std::string_view name) {
  std::erase_if(document.probes.front().sessions, [&](const Session& one) { return one.trap == name; });
}

/// Asked for too, though the document leaves it out; mail came so, or not at all.
void ask(Document& document, std::string_view name) {
  auto& watch = *document.probes.front().traps;
  std::erase_if(watch.left_out, [&](const auto& one) { return one.name == name; });
  watch.asked.push_back({std::string(name), "probe+id@trap-" + std::string(name) + ".probe.test"});
}
void came(Document& document, std::string_view name, bool over_tls) {
  auto& all = document.probes.front().sessions;
  auto session = *std::ranges::find(all, std::string(trap::good), &Session::trap);
  session.trap = name;
  if (!over_tls) session.tls.reset();
  all.push_back(std::move(session));
}

/// No session tells that it is otherwise: none in plain text or with any certificate, none over TLS 1.3.
void agree(Document& document) {
  for (const auto name : {trap::hidden_starttls, trap::sts_wrong}) lose(document, name);
  for (auto& one : document.probes.front().sessions)
    if (one.tls) one.tls->version = "TLSv1.2";
}

struct Row {
  std::string name;
  std::string_view trap;
  void (*change)(Document& document);
  std::string came, when, control, over, verdict, meaning;
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

void nothing(Document&) {}

const Row rows[] = {
    {"good", trap::good, nothing, "came", "after 2.0 s", "", "TLS 1.3", "pass", "It uses TLS"},
    {"no_starttls", trap::no_starttls, nothing, "came", "after 2.0 s", "control: good, which came", "plain text",
     "info", "as most do"},
    {"enforced", trap::dane_wrong, nothing, "went away after TLS", "2 calls in all", "control: dane-right, which came",
     "TLS 1.3", "pass", "It obeys DANE"},
    {"not_enforced", trap::sts_wrong, nothing, "came", "after 2.0 s", "control: sts-right, which came", "TLS 1.3",
     "warn", "It does not obey MTA-STS"},
    {"downgraded", trap::hidden_starttls, nothing, "came", "after 3.0 s", "", "plain text", "warn",
     "who hides STARTTLS can read the mail"},
    {"came_again", trap::greylist, nothing, "came", "after 15 min 2 s, 2 calls in all", "", "TLS 1.3", "pass",
     "It comes again"},
    {"absent", trap::bogus, nothing, "did not come", "", "control: good, which came", "", "pass", "It heeds DNSSEC"},
    {"gave_up", trap::greylist,
     [](Document& document) {
       auto& sessions = document.probes.front().sessions;
       sessions.pop_back();  // the later one
     },
     "was told to come again", "after 2.0 s", "", "TLS 1.3", "fail", "It gives up"},
    {"too_early", trap::bogus, [](Document& document) { document.probes.front().traps->completed = false; },
     "has not come", "", "", "", "inconclusive", "Too early"},
    {"without_control", trap::bogus, [](Document& document) { lose(document, trap::good); }, "did not come", "",
     "control: good, which has not come", "", "inconclusive", "Its control did not come"},
    {"nothing_at_all", trap::good, [](Document& document) { lose(document, trap::good); }, "did not come", "", "", "",
     "inconclusive", "No answer comes at all"},
    {"strict", trap::wrong_name,
     [](Document& document) {
       lose(document, trap::wrong_name);
       agree(document);
     },
     "did not come", "", "", "", "info", "asks for a valid certificate everywhere"},
    {"strict_here_alone", trap::wrong_name, [](Document& document) { lose(document, trap::wrong_name); },
     "did not come", "", "control: good, which came", "", "inconclusive", "why is not known"},
    {"not_answered", trap::bogus, [](Document& document) { lose(document, trap::sts_right); }, "did not come", "",
     "control: good, which came", "", "inconclusive", "nothing came to sts-right either"},
    {"strict_without_control", trap::wrong_name,
     [](Document& document) {
       lose(document, trap::wrong_name);
       lose(document, trap::good);
     },
     "did not come", "", "", "", "inconclusive", "so nothing follows"},
    {"strict_too_early", trap::wrong_name,
     [](Document& document) {
       lose(document, trap::wrong_name);
       document.probes.front().traps->completed = false;
     },
     "has not come", "", "", "", "inconclusive", "Too early"},
    {"only_the_right_one_missing", trap::dane_right, [](Document& document) { lose(document, trap::dane_right); },
     "did not come", "", "", "", "inconclusive", "nothing is wrong with it"},
    {"called", trap::wrong_name,
     [](Document& document) {
       agree(document);
       for (auto& one : document.probes.front().sessions) {
         if (one.trap != trap::wrong_name) continue;
         one.tls.reset();
         one.mail_from.reset();
         one.recipients.clear();
       }
     },
     "called, and went away", "", "", "", "info", ""},
    {"reported", trap::sts_wrong,
     [](Document& document) {
       lose(document, trap::sts_wrong);
       auto& report = document.probes.front().reports.emplace_back();
       report.kind = "tls";
       report.domain = "trap-sts-wrong.probe.test";
       report.policy = "sts";
       report.rows = {{.count = 2, .result_type = "certificate-host-mismatch"}};
     },
     "refused, a TLS report says", "", "", "", "pass", "It obeys MTA-STS"},
    {"old_tls", trap::tls10_only,
     [](Document& document) {
       ask(document, trap::tls10_only);
       came(document, trap::tls10_only, true);
     },
     "came", "", "control: good, which came", "TLS 1.3", "warn", "It still speaks TLS 1.0"},
    {"no_old_tls", trap::tls10_only, [](Document& document) { ask(document, trap::tls10_only); }, "did not come", "",
     "", "", "pass", "It does not speak TLS 1.0"},
    {"no_new_tls", trap::tls13_only,
     [](Document& document) {
       agree(document);
       ask(document, trap::tls13_only);
       came(document, trap::tls13_only, false);
     },
     "came", "", "", "plain text", "warn", "goes back to plain text"},
    {"no_ipv6", trap::ipv6_only, [](Document& document) { ask(document, trap::ipv6_only); }, "did not come", "", "", "",
     "warn", "It seems to have no IPv6"},
    {"no_tls_at_all", trap::tls13_only,
     [](Document& document) {
       for (auto& one : document.probes.front().sessions) one.tls.reset();
       ask(document, trap::tls13_only);
       came(document, trap::tls13_only, false);
     },
     "came", "", "which came", "plain text", "inconclusive", "Mail came in plain text to the control too"},
    {"nothing_to_try_again", trap::greylist, [](Document& document) { lose(document, trap::greylist); }, "did not come",
     "", "control: good, which came", "", "inconclusive", "there was nothing to try again"},
    {"control_not_asked", trap::dane_wrong,
     [](Document& document) {
       std::erase_if(document.probes.front().traps->asked,
                     [](const auto& one) { return one.name == trap::dane_right; });
     },
     "went away after TLS", "", "control: dane-right, which was not asked for", "TLS 1.3", "", ""},
};

class TrapRows : public testing::TestWithParam<Row> {};

TEST_P(TrapRows, SayWhatCameAndWhatThatMeans) {
  const auto& wanted = GetParam();
  auto document = test::trapped();
  wanted.change(document);
  const auto got = row(document, wanted.trap);
  EXPECT_EQ(got.came, wanted.came);
  EXPECT_THAT(got.when, HasSubstr(wanted.when));
  EXPECT_THAT(got.control, HasSubstr(wanted.control));
  EXPECT_EQ(got.over, wanted.over);
  if (got.from.empty()) EXPECT_EQ(got.over, "");
  EXPECT_THAT(got.meaning, HasSubstr(wanted.meaning));
  if (!wanted.verdict.empty()) EXPECT_EQ(word(got.verdict), wanted.verdict) << got.meaning;
}

INSTANTIATE_TEST_SUITE_P(All, TrapRows, testing::ValuesIn(rows), [](const auto& info) { return info.param.name; });

TEST(TrapMeaning, HasAWordForEveryTrap) {
  for (const auto& one : evidence::trap_cases)
    EXPECT_NE(judged_trap(one.name) == nullptr, shown_trap(one.name) == nullptr) << one.name;
}

/// The table's verdicts are those of the checks, whatever came.
TEST(TrapMeaning, AgreesWithTheChecks) {
  enum class Way { tls, plain, absent };
  for (const auto& one : evidence::trap_cases)
    for (const auto way : {Way::tls, Way::plain, Way::absent}) {
      const auto* shown = shown_trap(one.name);
      if (shown == nullptr || shown->check.empty() || (one.name == trap::no_starttls && way == Way::tls)) continue;
      auto document = test::trapped();
      agree(document);
      lose(document, one.name);
      std::erase_if(document.probes.front().traps->asked, [&](const auto& known) { return known.name == one.name; });
      ask(document, one.name);
      if (way != Way::absent) came(document, one.name, way == Way::tls);
      const auto& meaning = way == Way::tls ? shown->tls : way == Way::plain ? shown->plain : shown->absent;
      const auto got = row(document, one.name);
      EXPECT_EQ(word(got.verdict), word(meaning.verdict)) << one.name << ": " << got.meaning;
      EXPECT_EQ(got.meaning, meaning.text) << one.name;
    }
}

/// Findings about hosts have their check in common with each other, and with the answer's.
TEST(TrapMeaning, IsOfTheFindingAboutThatTrap) {
  auto document = test::trapped();
  for (const auto name : {trap::tls10_only, trap::tls13_only}) {
    ask(document, name);
    came(document, name, true);
  }
  EXPECT_EQ(word(row(document, trap::tls10_only).verdict), "warn");
  EXPECT_EQ(word(row(document, trap::tls13_only).verdict), "pass");
}

TEST(TrapSection, TellsWhatWasLeftOutThatThisVersionDoesNotKnow) {
  auto document = test::trapped();
  document.probes.front().traps->left_out.push_back({"of-tomorrow", "is not there yet"});
  const auto story = trap_story(document, document.probes.front());
  EXPECT_EQ(story.left.back().name, "of-tomorrow");
  EXPECT_EQ(story.left.back().why, "is not there yet");
}

TEST(TrapSection, TellsOfARunThatDidNotNoteItByItsRecords) {
  auto document = test::trapped();
  document.probes.front().traps->left_out.clear();
  const auto story = trap_story(document, document.probes.front());
  EXPECT_EQ(story.left[0].why, "trap-ipv6-only.probe.test is not published");
  EXPECT_EQ(story.left[1].why, "not set up");
}

TEST(TrapSection, TellsWhatWasNotAskedForAndWhy) {
  const auto document = test::assessed(test::trapped());
  const auto story = trap_story(document, document.probes.front());
  ASSERT_EQ(story.left.size(), 3U);
  EXPECT_EQ(story.left[0].name, "ipv6-only");
  EXPECT_EQ(story.left[0].why, "trap-ipv6-only.probe.test is not published");
  EXPECT_THAT(story.sentence, HasSubstr("at 10 hosts of ours"));
  EXPECT_THAT(story.sentence, HasSubstr("to the end, for 4 h"));
}

TEST(TrapSection, IsInTheOrderOfTheCatalogue) {
  auto document = test::assessed(test::trapped());
  auto& all = document.probes.front().traps->asked;
  std::ranges::reverse(all);
  all.insert(all.begin(), {"of-tomorrow", "probe+id@trap-of-tomorrow.probe.test"});
  const auto story = trap_story(document, document.probes.front());
  ASSERT_EQ(story.rows.size(), 11U);
  EXPECT_EQ(story.rows.front().name, "good");
  EXPECT_EQ(story.rows.back().name, "of-tomorrow");
  EXPECT_THAT(story.rows.back().meaning, HasSubstr("Not a trap that this version knows"));
}

TEST(TrapSection, IsOnTheTerminalAndOnThePage) {
  const auto with = test::renderings(test::assessed(test::trapped()));
  const auto without = test::renderings(test::assessed(test::good_delivery()));
  for (const auto* kind : {"terminal", "html"}) {
    for (const auto* words : {"Traps: what the target enforces", "dane-wrong", "went away after TLS",
                              "It does not obey MTA-STS", "trap-ipv6-only.probe.test is not published"})
      EXPECT_THAT(with.at(kind), HasSubstr(words)) << kind;
    EXPECT_THAT(without.at(kind), Not(HasSubstr("Traps: what"))) << kind;
  }
  EXPECT_THAT(with.at("html"), HasSubstr("href=\"#traps-1\""));
}

TEST(TrapSection, LeavesTheAnswersTheirOwn) {
  const auto page = test::renderings(test::assessed(test::trapped())).at("html");
  EXPECT_THAT(page, Not(HasSubstr("Sessions that brought no message")));
  EXPECT_THAT(page, Not(HasSubstr("How the target sends: its answer")));
}

TEST(TrapSection, MasksTheAddresses) {
  const auto page = html(redacted(test::assessed(test::trapped())), evidence::embedded);
  EXPECT_THAT(page, Not(HasSubstr("probe+id@")));
  EXPECT_THAT(page, HasSubstr("@trap-dane-wrong.probe.test"));
}

}  // namespace
}  // namespace mailprobe::reporter
