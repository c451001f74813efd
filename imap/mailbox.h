// One folder at a time: examined, searched for one message, that message fetched. Marks nothing; reads no other
// message, but where SEARCH is no help two header fields of new ones. Not the waiting: that is imap/finder.h's.
// RFC 9051 §6.3.2, §6.4.4, §6.4.5, §6.4.9.
#pragma once

#include <optional>
#include <vector>

#include "imap/connection.h"
#include "imap/folders.h"

namespace mailprobe::imap {

class Mailbox {
 public:
  explicit Mailbox(Connection& connection) : connection_(connection) {}

  /// UIDNEXT and UIDVALIDITY as the server says; members that it leaves out are nullopt. nullopt: it said no.
  Task<Result<std::optional<StatusData>>> status(std::string wire);
  /// Read-only; `folder`'s mark follows a change of UIDVALIDITY: everything there is then new (RFC 9051 §2.3.1.1).
  Task<Result<void>> examine(Folder& folder);
  /// For a change of flags; looked into it is as little as before.
  Task<Result<void>> select(Folder& folder);
  /// No folder counts as selected: what was told of one may be old by now.
  void leave() { selected_.clear(); }
  /// The folder is selected and has messages that were not looked at.
  [[nodiscard]] bool has_news(const Folder& folder) const;
  /// … or may have: not every server tells UIDNEXT.
  [[nodiscard]] bool may_have_news(const Folder& folder) const;
  [[nodiscard]] bool selected(const Folder& folder) const { return selected_ == folder.wire; }
  /// A message was announced since the last look.
  [[nodiscard]] bool announced() const { return announced_.has_value(); }
  /// The caller learnt it from STATUS.
  void announce(Time when) { announced_ = when; }

  /// Looks for the message in the selected folder, which is this one.
  Task<Result<std::optional<Copy>>> look(Folder& folder, Wanted wanted);
  /// The UIDs from `folder.checked` on of messages that have the field, of the selected folder, which is this one; and
  /// what of the folder is then known to have been looked at. Where there are many, of the newest.
  struct News {
    std::vector<std::uint32_t> uids;
    std::uint32_t checked = 1;
  };
  Task<Result<News>> news(Folder& folder, std::string header, const Besides& besides);
  /// nullopt: it is gone (moved or expunged), or the server does not give it.
  Task<Result<std::optional<FetchData>>> fetch_one(std::uint32_t uid);
  /// Bounces and replies met while looking.
  [[nodiscard]] const std::vector<Answer>& answers() const { return answers_; }
  /// Called for each untagged response.
  void absorb(const Response& response);

 private:
  using Uids = std::vector<std::uint32_t>;
  Task<Result<std::optional<Copy>>> by_search(Folder& folder, Wanted wanted);
  Task<Result<std::optional<Uids>>> search(Result<Command> command, std::uint32_t first);
  Task<Result<Uids>> by_fields(std::uint32_t first, Wanted wanted, const Besides& besides);
  Task<Result<std::optional<Copy>>> fetch(Folder& folder, Uids uids, Wanted wanted);
  [[nodiscard]] bool is_known_answer(const Folder& folder, std::uint32_t uid, const std::string& id) const;
  Task<Result<std::optional<Copy>>> counted(std::optional<Copy> copy, Uids uids, Wanted wanted);
  Task<Result<void>> open(Folder& folder, Result<Command> command);

  Connection& connection_;
  std::string selected_;
  std::uint32_t exists_ = 0;
  std::optional<std::uint32_t> uidnext_, uidvalidity_;
  bool read_only_ = false;
  std::vector<Answer> answers_;
  std::optional<Time> announced_, looked_for_;  // announced since the last look; what the look under way is for
};

}  // namespace mailprobe::imap
