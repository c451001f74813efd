// The waiting for one message: every folder searched, INBOX by IDLE where there is it, the others polled with back-off,
// and once more at the end. RFC 2177; RFC 9051 §6.3.13.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "imap/mailbox.h"
#include "imap/session.h"

namespace mailprobe::imap {

/// Where time stands. A wait that came to its end has lasted as long as it should: fakes return at once.
class Timeline {
 public:
  [[nodiscard]] Steady now() const { return std::max(std::chrono::steady_clock::now(), reached_); }
  void reach(Steady when) { reached_ = std::max(reached_, when); }

 private:
  Steady reached_ = Steady::min();
};

class Finder {
 public:
  Finder(Session& session, Mailbox& mailbox, std::vector<Folder>& folders, Pause pause)
      : connection_(session.connection()),
        mailbox_(mailbox),
        folders_(folders),
        pause_(std::move(pause)),
        idle_(session.capabilities().has_or_rev2("IDLE")) {}

  Task<Result<std::optional<Copy>>> find(Wanted wanted, Steady deadline);
  /// Watcher::arrivals: imap/arrivals.cpp.
  Task<Result<std::vector<Arrived>>> arrivals(std::string header, Besides besides, Steady deadline);

 private:
  using Found = Result<std::optional<Copy>>;
  enum class Round { first, middle, last };
  Task<Found> round(Wanted wanted, Round which);
  Task<Found> visit(Folder& folder, Wanted wanted, Round which);
  Task<Result<void>> gather(Folder& folder, std::string header, const Besides& besides, Round which,
                            std::vector<Arrived>& into);
  Task<Result<void>> fetch(Folder& folder, std::uint32_t uid, std::vector<Arrived>& into);
  Task<Result<bool>> worth_a_visit(Folder& folder, Round which);
  Task<Result<void>> wait(Steady deadline);
  Task<Result<void>> idle(Steady until);
  Task<Result<void>> listen(Steady until);
  Task<Result<void>> poll(Steady until);
  Folder& watched() { return folders_.front(); }

  Connection& connection_;
  Mailbox& mailbox_;
  std::vector<Folder>& folders_;
  Pause pause_;
  bool idle_;
  Timeline timeline_;
  std::chrono::milliseconds interval_{};
};

}  // namespace mailprobe::imap
