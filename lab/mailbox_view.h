// One session's view of a folder: which message has which number, and what to tell of changes since. Pure.
// RFC 3501 §2.3.1.2 (numbers), §7.3.1 (EXISTS), §7.4.1 (EXPUNGE).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/imap_set.h"
#include "lab/mailbox.h"

namespace mailprobe::lab {

class MailboxView {
 public:
  MailboxView(MailStore& store, std::string folder, bool read_only);

  [[nodiscard]] MailStore::Folder& folder() const { return *store_.find(name_); }
  [[nodiscard]] bool read_only() const { return read_only_; }
  [[nodiscard]] std::size_t count() const { return uids_.size(); }
  [[nodiscard]] std::uint32_t largest_uid() const { return uids_.empty() ? 0 : uids_.back(); }

  struct Entry {
    std::uint32_t number = 0;
    MailStore::Message* message = nullptr;
  };
  /// All that are in the view and in the store.
  [[nodiscard]] std::vector<Entry> entries() const;
  /// Those that the set names by UID or by number.
  [[nodiscard]] std::vector<Entry> chosen(const NumberSet& set, bool by_uid) const;

  /// Untagged lines that tell of arrivals, and of removals where the client may be told (not after FETCH, STORE or
  /// SEARCH without UID, RFC 3501 §7.4.1).
  std::string news(bool with_removals);

 private:
  std::string removals();

  MailStore& store_;
  std::string name_;
  bool read_only_;
  std::vector<std::uint32_t> uids_;  // by number, from 1
};

}  // namespace mailprobe::lab
