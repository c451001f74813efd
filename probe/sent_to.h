// Whom each message of ours went to, when and in whose name, a line each: for who complains of one when its token is
// not live any more, and for reports that count messages. A file a month beside the runs, kept for three months after
// it. Not what came of the message: the runs have that.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "base/time.h"

namespace mailprobe::probe {

struct SentMessage {
  std::string id, recipient;
  std::string from_domain;  // lower case; empty in the lines of older versions, which have no time either
  std::optional<Time> at;
};

class SentTo {
 public:
  /// "…/mailprobe/runs" → "…/mailprobe/sent".
  static SentTo beside(const std::filesystem::path& runs);

  /// Before it goes out. Several processes may write at once.
  [[nodiscard]] Result<void> note(std::string_view id, const Mailbox& recipient, std::string_view from_domain,
                                  Time now) const;
  /// The first of the messages that is known, and its recipient; nullopt: none of ours, or of long ago.
  [[nodiscard]] Result<std::optional<SentMessage>> find(const std::vector<std::string>& ids) const;
  /// Those of a time, both ends among it.
  [[nodiscard]] Result<std::vector<SentMessage>> between(Time from, Time until) const;
  /// Whether anything went to the address.
  [[nodiscard]] Result<bool> knows(const Mailbox& recipient) const;

 private:
  explicit SentTo(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] std::vector<std::filesystem::path> files() const;
  using Wanted = std::function<bool(const SentMessage& message)>;
  [[nodiscard]] Result<std::optional<SentMessage>> find_if(const Wanted& wanted) const;
  void forget_old() const;

  std::filesystem::path folder_;
};

}  // namespace mailprobe::probe
