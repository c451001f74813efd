// `collect` of several runs: which are meant, what is said of each, and where their reports go. The whole program over
// saved runs; what comes of a wait is tests/lab/collect_runs_test.cpp.
#include <gmock/gmock.h>

#include "evidence/assess.h"
#include "evidence/json.h"
#include "probe/identifiers.h"
#include "tests/app/run_program.h"
#include "tests/support/documents.h"

namespace mailprobe::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CollectSeveral : public test::ProgramTest {
 protected:
  CollectSeveral() {
    folder.write("mailprobe.yaml",
                 "identities:\n  default:\n    domain: probe.test\n    address: probe@probe.test\n    dkim: "
                 "[{selector: r1, key: r1.pem}]\nruns: runs\n");
  }

  /// A run of so long ago, whose copy was not found, or was.
  std::string saved(std::chrono::hours age, bool content = false) const {
    auto document = content ? test::good_delivery() : test::unwatched();
    const auto id = probe::new_run_id(now() - age);
    document.run.id = id;
    document.findings = evidence::assess(document, evidence::embedded);
    folder.write("runs/" + id + "/evidence.json", evidence::to_json(document));
    folder.write("runs/" + id + "/journal.jsonl", "");
    return id;
  }
};

TEST_F(CollectSeveral, NoneThatWaitsIsNoFault) {
  saved(std::chrono::hours(1), true);
  const auto ran = run({"collect", "--all"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("no run waits for anything"));
}

TEST_F(CollectSeveral, AllAreThoseOfTheLastDaysThatMissSomething) {
  const auto fresh = saved(std::chrono::hours(2)), old = saved(std::chrono::hours(24 * 8));
  const auto content = saved(std::chrono::hours(3), true);
  const auto ran = run({"collect", "--all"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("no run waits for anything")) << "there is no mailbox to look in";
  EXPECT_THAT(run({"collect", fresh, content}).status, 2) << "who names a run wants it";
  folder.write("password", "x\n");
  folder.write("with.yaml", folder.read("mailprobe.yaml") +
                                "mailboxes:\n  box: {url: \"imaps://127.0.0.1:1\", user: u, address: u@target.test, "
                                "password_file: password}\n");
  std::filesystem::permissions(folder.path() / "password", std::filesystem::perms::owner_read);
  const auto looked = run({"collect", "--all", "--config", "with.yaml"});
  EXPECT_EQ(looked.status, 3);
  EXPECT_THAT(looked.err,
              AllOf(HasSubstr("the mailbox cannot be searched"), Not(HasSubstr(old)), Not(HasSubstr(content))));
}

TEST_F(CollectSeveral, EachHasALineAndReportsOfItsOwn) {
  const auto one = saved(std::chrono::hours(3), true), other = saved(std::chrono::hours(4), true);
  const auto ran = run({"collect", one, other, one, "--json", "out.json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr(one + "  reflector@target.test  1 message  pass\n"),
                             HasSubstr(other + "  reflector@target.test  1 message  pass\n")));
  EXPECT_EQ(ran.out.find(one), ran.out.rfind(one)) << "each once";
  for (const auto& id : {one, other}) {
    const auto document = evidence::from_json(folder.read("out-" + id + ".json"));
    ASSERT_TRUE(document);
    EXPECT_EQ(document->run.id, id);
  }
  EXPECT_EQ(run({"collect", one, other, "-q"}).out, "");
  const auto refused = run({"collect", one, other, "--json", "-"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("standard output has room for one report, and there are several runs"));
}

}  // namespace
}  // namespace mailprobe::app
