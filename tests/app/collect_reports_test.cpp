// `collect RUN --report FILE…`: the whole program over a saved run.
#include <gmock/gmock.h>

#include "app/report_files.h"
#include "evidence/assess.h"
#include "evidence/json.h"
#include "tests/app/run_program.h"
#include "tests/reports/packing.h"
#include "tests/reports/samples.h"
#include "tests/support/documents.h"

namespace mailprobe::app {
namespace {

using test::sample;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto run_id = "20260131T120000Z-k7q3zx";

class CollectFiles : public test::ProgramTest {
 protected:
  CollectFiles() {
    folder.write("mailprobe.yaml",
                 "identities:\n  default:\n    domain: probe.test\n    address: probe@probe.test\n    dkim: "
                 "[{selector: r1, key: r1.pem}]\nruns: runs\n");
    auto document = test::unwatched();
    document.findings = evidence::assess(document, evidence::embedded);
    folder.write(run_folder() + "evidence.json", evidence::to_json(document));
    folder.write(run_folder() + "journal.jsonl", "");
  }

  static std::string run_folder() { return "runs/" + std::string(run_id) + "/"; }
  [[nodiscard]] std::string evidence_text() const { return folder.read(run_folder() + "evidence.json"); }
  [[nodiscard]] std::vector<evidence::Report> reports() const {
    return evidence::from_json(evidence_text()).value().probes[0].reports;
  }
  [[nodiscard]] test::Ran collect(std::vector<std::string> files) const {
    files.insert(files.begin(), {"collect", run_id, "--report"});
    return run(std::move(files));
  }
};

TEST_F(CollectFiles, AReportAmendsTheEvidence) {
  folder.write("report.xml", sample("like-microsoft.xml"));
  const auto ran = collect({"report.xml"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("the DMARC report of Enterprise Outlook (4f0c2f7e5a4e4b0f9d1c6a7be2a3c4d5) speaks"));
  EXPECT_THAT(ran.out, HasSubstr("Reports about this run"));
  EXPECT_THAT(ran.out, HasSubstr("1 message from 192.0.2.10: disposition none, DKIM pass, SPF pass"));
  ASSERT_THAT(reports(), SizeIs(1));
  const auto before = evidence_text();
  const auto again = collect({"report.xml"});
  EXPECT_THAT(again.err, HasSubstr("in the evidence already"));
  EXPECT_EQ(evidence_text(), before);
}

TEST_F(CollectFiles, ThePageShowsIt) {
  folder.write("report.xml.gz", test::gzipped(sample("like-microsoft.xml")));
  const auto ran = collect({"report.xml.gz", "--html", "page.html"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(folder.read("page.html"), HasSubstr("DMARC aggregate report of Enterprise Outlook, 31 Jan 2026"));
}

TEST_F(CollectFiles, SeveralAndInAFolder) {
  folder.write("a/1.zip", test::zipped({{.name = "x.xml", .content = sample("like-microsoft.xml")}}));
  folder.write("a/2.xml", test::with(sample("like-microsoft.xml"), "<report_id>", "<report_id>2"));
  folder.write("a/notes.txt", "nothing of the kind");
  folder.write("b.xml", test::with(sample("like-microsoft.xml"), "<report_id>", "<report_id>3"));
  const auto ran = collect({"a", "b.xml"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(reports(), SizeIs(3));
  EXPECT_THAT(ran.err, HasSubstr("a/notes.txt holds no report"));
}

TEST_F(CollectFiles, WhatIsNoReportIsAnErrorAndChangesNothing) {
  folder.write("report.xml", sample("like-microsoft.xml"));
  folder.write("letter.txt", "Hello");
  const auto before = evidence_text();
  const auto ran = collect({"report.xml", "letter.txt"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("letter.txt is no report: neither XML nor JSON"));
  EXPECT_EQ(collect({"missing.xml"}).status, 2);
  EXPECT_EQ(evidence_text(), before);
}

TEST_F(CollectFiles, WithoutOneThatFitsTheEvidenceStays) {
  folder.write("report.json", sample("like-google.json"));
  const auto before = evidence_text();
  const auto ran = collect({"report.json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("does not speak of this run"));
  EXPECT_EQ(evidence_text(), before);
}

// --- what --report names --------------------------------------------------------------------------------------------

class ReportFiles : public test::ProgramTest {
 protected:
  static std::vector<std::string> names(std::vector<std::string> given) {
    std::vector<std::string> all;
    const auto next = report_files(std::move(given));
    for (auto file = next(); file; file = next())
      all.push_back(*file ? (*file)->name + ((*file)->meant ? " meant" : "") : "error: " + file->error().message);
    return all;
  }
};

TEST_F(ReportFiles, FilesAndFolders) {
  folder.write("b.gz", "x");
  folder.write("a/2", "x");
  folder.write("a/1", "x");
  folder.write("a/deep/3", "x");
  folder.write("Maildir/cur/1:2,S", "From: a@b.test\r\n\r\nx\r\n");
  std::filesystem::create_directories("Maildir/new");
  std::filesystem::create_directories("empty");
  EXPECT_THAT(names({"b.gz", "a"}), ElementsAre("b.gz meant", "a/1", "a/2"));
  EXPECT_THAT(names({"Maildir"}), ElementsAre("Maildir/cur/1:2,S"));
  EXPECT_THAT(names({"empty"}), ElementsAre("error: empty is a folder with no file in it"));
  EXPECT_THAT(names({"missing"}), ElementsAre(HasSubstr("error:")));
  EXPECT_THAT(names({}), IsEmpty());
}

TEST_F(ReportFiles, AnMbox) {
  folder.write("box",
               "From a@b.test Sat Jan 31 12:00:00 2026\nFrom: a@b.test\n\none\n\n"
               "From a@b.test Sat Jan 31 12:00:00 2026\nFrom: a@b.test\n\ntwo\n");
  EXPECT_THAT(names({"box"}), ElementsAre("box#1", "box#2"));
}

}  // namespace
}  // namespace mailprobe::app
