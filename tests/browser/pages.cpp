// Writes the pages that tests/browser looks at: each of the known documents, several in one, and one for each payload,
// which stands in every string of its document.   report_pages FOLDER
#include <fstream>
#include <iostream>

#include "tests/reporter/hostile.h"

namespace {

using namespace mailprobe;

bool write(const std::string& path, const std::string& page) {
  std::ofstream file(path, std::ios::binary);
  file << page;
  return static_cast<bool>(file.flush());
}

bool write_all(const std::string& folder) {
  bool ok = true;
  reporter::Documents inspected;
  for (const auto& [name, document] : test::all_documents()) {
    const auto whole = test::assessed(document);
    ok &= write(folder + "/" + name + ".html", reporter::html(whole, evidence::embedded));
    if (whole.probes.empty()) inspected.push_back(whole);
  }
  ok &= write(folder + "/domains.html", reporter::html(inspected));
  for (const auto& [name, text] : test::payloads()) {
    const auto one = test::filled(text), other = test::assessed(test::hostile(text));
    ok &= write(folder + "/hostile-" + name + ".html", reporter::html(one, evidence::embedded));
    ok &= write(folder + "/hostile-" + name + "-others.html", reporter::html(other, evidence::embedded));
    ok &= write(folder + "/hostile-" + name + "-domains.html", reporter::html({one, other}));
  }
  return ok;
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && write_all(words[1])) return 0;
  std::cerr << "usage: report_pages FOLDER, which can be written to\n";
  return 2;
}
