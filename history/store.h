// The history of runs in one SQLite file: stored with their evidence, found again, thrown away when they are old. Not
// where evidence comes into being: that is the run directory, which is written first. Several processes may share it;
// what is read from it is bounded and checked, for the file may be damaged. Errors say what is to be done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "evidence/document.h"
#include "history/row.h"

namespace mailprobe::history {

class Store {
 public:
  /// Made, readable for its owner only, where it is not there.
  static Result<Store> open(const std::filesystem::path& file);
  /// Null: there is none, and none is made.
  static Result<std::optional<Store>> open_existing(const std::filesystem::path& file);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  /// `json` is the document's text. In the place of what is there under the same id.
  Result<void> add(const evidence::Document& document, std::string_view json) const;
  [[nodiscard]] Result<bool> contains(const std::string& id) const;

  /// The last run of its kind that came before it and was not interrupted.
  [[nodiscard]] Result<std::optional<evidence::Document>> before(const evidence::Document& document) const;
  /// At most `count` of those, the oldest first.
  [[nodiscard]] Result<std::vector<evidence::TrendPoint>> trend(const evidence::Document& document,
                                                                std::size_t count) const;

  /// The newest first, at most `count`; with a target those about it, or to that recipient.
  [[nodiscard]] Result<std::vector<Row>> list(const std::optional<std::string>& target, std::size_t count) const;
  /// Ids that begin so, in order, at most `count`.
  [[nodiscard]] Result<std::vector<std::string>> ids(const std::string& prefix, std::size_t count) const;
  [[nodiscard]] Result<std::optional<std::string>> newest() const;
  [[nodiscard]] Result<evidence::Document> load(const std::string& id) const;

  /// The ids of what went: all that began before `time`, or all but the newest `count` of each kind.
  Result<std::vector<std::string>> remove_before(Time time) const;
  Result<std::vector<std::string>> remove_beyond(std::size_t count) const;

 private:
  struct Inside;
  explicit Store(std::unique_ptr<Inside> inside);

  std::unique_ptr<Inside> inside_;
};

}  // namespace mailprobe::history
