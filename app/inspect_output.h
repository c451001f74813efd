// What `inspect` shows of its documents: of one domain the whole verdict, of several a row each as they come, JSON
// lines as they come, and the reports that are about all of them at the end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/console.h"
#include "app/keeping.h"
#include "app/options.h"
#include "app/output_files.h"
#include "evidence/document.h"
#include "reporter/domain_table.h"

namespace mailprobe::app {

class InspectOutput {
 public:
  InspectOutput(const CommonOptions& common, const Console& console, const std::vector<std::string>& domains,
                Keeper keeper);

  /// The file of JSON lines; what cannot be opened is a fault of ours.
  Result<void> open();
  /// In the order of their completion.
  void add(evidence::Document document);
  /// Reports, and the exit status of them all. Once.
  int finish();

 private:
  [[nodiscard]] bool several() const { return several_; }
  [[nodiscard]] bool keeps_documents() const;
  [[nodiscard]] bool prints() const;
  void note(const Result<void>& done);
  void add_json(const evidence::Document& document);
  void print(const evidence::Document& document, int status);
  void write_reports();
  void print_end();

  const CommonOptions& common_;
  Console console_;
  bool several_;
  Keeper keeper_;
  reporter::DomainTable table_;
  std::optional<OutputFile> json_;
  std::vector<evidence::Document> kept_;
  std::vector<int> statuses_;
  bool lost_ = false;  // something could not be written
};

/// 1 before 3 before 0: one that failed is what one has to look at.
int worst_status(const std::vector<int>& statuses);

}  // namespace mailprobe::app
