// What reporter tests share: documents with their findings, and every rendering of one by name.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <string>

#include "evidence/assess.h"
#include "reporter/reporter.h"
#include "tests/support/documents.h"

namespace mailprobe::test {

/// With findings and exit status, as the program writes it.
inline evidence::Document assessed(evidence::Document document) {
  document.findings = evidence::assess(document, evidence::embedded);
  document.run.exit = evidence::exit_status(document, false);
  return document;
}

inline std::map<std::string, std::string> renderings(const evidence::Document& document) {
  return {{"html", reporter::html(document, evidence::embedded)},
          {"csv", std::regex_replace(reporter::csv({document}), std::regex("\r\n"), "\n")},
          {"junit", reporter::junit(document)},
          {"markdown", reporter::markdown({document})},
          {"nagios", reporter::nagios(document)},
          {"prometheus", reporter::prometheus_text({document})},
          {"tap", reporter::tap(document)},
          {"terminal", reporter::terminal(document, {.width = 100, .verbose = true})}};
}

class EveryDocument : public testing::TestWithParam<NamedDocument> {
 protected:
  evidence::Document document = assessed(GetParam().document);
};

}  // namespace mailprobe::test

#define FOR_EVERY_DOCUMENT(suite)                                                                   \
  INSTANTIATE_TEST_SUITE_P(Documents, suite, testing::ValuesIn(::mailprobe::test::all_documents()), \
                           [](const auto& info) { return info.param.name; })
