#include "imap/mailbox.h"

#include <algorithm>

#include "base/safe_text.h"
#include "base/text.h"
#include "imap/mention.h"

namespace mailprobe::imap {

namespace {

constexpr std::size_t max_candidates = 10;  // messages that the server takes for ours; more is no search result
constexpr std::size_t max_answers = 8;      // bounces and replies kept
const Besides nothing_else;

std::unexpected<Error> refused(const Folder& folder, const Status& status) {
  return fail(Failure::refused, "the mail server does not open the folder '" + safe_text(folder.name, 200) + "'",
              Cause::refused, status.text.substr(0, 500));
}

}  // namespace

void Mailbox::absorb(const Response& response) {
  if (const auto* exists = std::get_if<Exists>(&response)) {
    if (exists->count > exists_ && !announced_) announced_ = now();
    exists_ = exists->count;
  } else if (std::holds_alternative<Expunge>(response)) {
    if (exists_ > 0) --exists_;
  } else if (const auto* status = std::get_if<Status>(&response)) {
    if (status->code == "UIDNEXT") uidnext_ = code_number(*status);
    if (status->code == "UIDVALIDITY") uidvalidity_ = code_number(*status);
    if (status->code == "READ-ONLY") read_only_ = true;
  }
}

Task<Result<std::optional<StatusData>>> Mailbox::status(std::string wire) {
  const auto command = Command::status(wire);
  if (!command) co_return std::unexpected(command.error());
  const auto done = co_await connection_.run(*command);
  if (!done) co_return std::unexpected(done.error());
  if (!done->status.ok()) co_return std::nullopt;
  StatusData found;
  for (const auto& response : done->data)
    if (const auto* data = std::get_if<StatusData>(&response)) found = *data;
  co_return found;
}

Task<Result<void>> Mailbox::open(Folder& folder, Result<Command> command) {
  if (!command) co_return std::unexpected(command.error());
  selected_.clear();  // RFC 9051 §6.3.2: a failed one leaves none selected
  exists_ = 0;
  uidnext_.reset(), uidvalidity_.reset();
  read_only_ = false;
  const auto done = co_await connection_.run(*command);
  announced_.reset();  // what is there is not new; has_news() and SEARCH tell
  if (!done) co_return std::unexpected(done.error());
  if (!done->status.ok()) co_return refused(folder, done->status);
  selected_ = folder.wire;
  if (uidvalidity_ && *uidvalidity_ != folder.mark.uidvalidity) {
    if (folder.mark.uidvalidity != 0) {
      folder.mark.uidnext = folder.checked = 1;
      connection_.note("UIDVALIDITY changed: the folder is searched anew");
    }
    folder.mark.uidvalidity = *uidvalidity_;
  }
  co_return Result<void>{};
}

Task<Result<void>> Mailbox::examine(Folder& folder) {
  auto command = Command::examine(folder.wire);
  co_return co_await open(folder, std::move(command));
}

Task<Result<void>> Mailbox::select(Folder& folder) {
  auto command = Command::select(folder.wire);
  const auto done = co_await open(folder, std::move(command));
  selected_.clear();  // the next look examines it
  if (done && read_only_) co_return fail(Failure::refused, "the folder is read-only", Cause::refused);
  co_return done;
}

bool Mailbox::has_news(const Folder& folder) const {
  return selected(folder) && (announced_ || (uidnext_ && *uidnext_ > folder.checked));
}

bool Mailbox::may_have_news(const Folder& folder) const { return has_news(folder) || (selected(folder) && !uidnext_); }

// --- the search -----------------------------------------------------------------------------------------------------

Task<Result<std::optional<Copy>>> Mailbox::look(Folder& folder, Wanted wanted) {
  const auto next = uidnext_;
  looked_for_ = std::exchange(announced_, {});  // what is announced from here on asks for another look
  auto copy = co_await by_search(folder, std::move(wanted));
  if (copy && !*copy && next) folder.checked = std::max(folder.checked, *next);
  co_return copy;
}

// By its header; by its Message-ID, where the header is gone; by both read off new messages, where SEARCH is not to be
// relied on (an index that lags, a server that searches no unknown header); by the body, where both are gone.
Task<Result<std::optional<Copy>>> Mailbox::by_search(Folder& folder, Wanted wanted) {
  const auto first = folder.mark.uidnext;
  auto header = co_await search(Command::search_header(first, wanted.header, wanted.id), first);
  if (!header) co_return std::unexpected(header.error());
  if (*header) {
    auto copy = co_await fetch(folder, **header, wanted);
    if (!copy) co_return copy;
    if (*copy) co_return co_await counted(std::move(*copy), std::move(**header), wanted);
  }
  if (*header) {
    const auto message_id = co_await search(Command::search_header(first, "Message-ID", wanted.id), first);
    if (!message_id) co_return std::unexpected(message_id.error());
    if (*message_id)
      if (auto copy = co_await fetch(folder, **message_id, wanted); !copy || *copy) co_return copy;
  }
  const auto fields = co_await by_fields(folder.checked, wanted, nothing_else);
  if (!fields) co_return std::unexpected(fields.error());
  if (auto copy = co_await fetch(folder, *fields, wanted); !copy || *copy) co_return copy;

  const auto body = co_await search(Command::search_body(first, wanted.id), first);
  if (!body) co_return std::unexpected(body.error());
  if (!*body) co_return std::nullopt;
  co_return co_await fetch(folder, **body, wanted);
}

/// UIDs from `first` on; nullopt: the server said NO or BAD.
Task<Result<std::optional<Mailbox::Uids>>> Mailbox::search(Result<Command> command, std::uint32_t first) {
  if (!command) co_return std::unexpected(command.error());
  auto done = co_await connection_.run(std::move(*command));
  if (!done) co_return std::unexpected(done.error());
  if (!done->status.ok()) co_return std::nullopt;
  Uids uids;
  for (const auto& response : done->data)
    if (const auto* data = std::get_if<SearchData>(&response))
      for (const auto uid : data->numbers)
        if (uid >= first) uids.push_back(uid);  // "n:*" always has the last message in it
  std::ranges::sort(uids);
  co_return uids;
}

/// Reads a few header fields of messages from `first` on, the newest where there are many.
Task<Result<Mailbox::Uids>> Mailbox::by_fields(std::uint32_t first, Wanted wanted, const Besides& besides) {
  Uids uids;
  if (exists_ == 0 || (!uidnext_ && exists_ > max_headers)) co_return uids;
  if (uidnext_ && *uidnext_ > max_headers) first = std::max(first, *uidnext_ - max_headers);
  const auto command = Command::fetch_fields(first, wanted.header, besides.fields);
  if (!command) co_return std::unexpected(command.error());
  const auto done = co_await connection_.run(*command);
  if (!done) co_return std::unexpected(done.error());
  for (const auto& response : done->data) {
    const auto* data = std::get_if<FetchData>(&response);
    if (!data || !data->uid || *data->uid < first || !data->fields) continue;
    if (ifind(*data->fields, wanted.id) != std::string_view::npos || besides.wanted(*data->fields))
      uids.push_back(*data->uid);
  }
  std::ranges::sort(uids);
  co_return uids;
}

/// The first of them that has the id in it: a server's search is not proof.
Task<Result<std::optional<Copy>>> Mailbox::fetch(Folder& folder, Uids uids, Wanted wanted) {
  const auto seen = looked_for_.value_or(now());
  if (uids.size() > max_candidates) uids.resize(max_candidates);
  for (const auto uid : uids) {
    if (is_known_answer(folder, uid, wanted.id)) continue;
    auto data = co_await fetch_one(uid);
    if (!data) co_return std::unexpected(std::move(data.error()));
    if (!*data || !(*data)->body || !mentioned(*(*data)->body, wanted.id)) continue;
    if (const auto bearing = bearing_of(*(*data)->body, wanted.header, wanted.id); bearing != Bearing::copy) {
      if (answers_.size() >= max_answers) continue;
      connection_.note(bearing == Bearing::bounce ? "a bounce of the message" : "an answer to the message");
      answers_.push_back({wanted.id, bearing == Bearing::bounce, folder.name, folder.mark.uidvalidity, uid,
                          std::move(*(*data)->body)});
      continue;
    }
    Copy copy{folder.name, folder.special_use, folder.mark.uidvalidity, uid, {}, seen, {}, false, 1};
    copy.internal_date = (*data)->internal_date.value_or(seen);
    copy.raw = std::move(*(*data)->body);
    copy.by_body = !mentioned_in_header(copy.raw, wanted.id);
    co_return copy;
  }
  co_return std::nullopt;
}

bool Mailbox::is_known_answer(const Folder& folder, std::uint32_t uid, const std::string& id) const {
  return std::ranges::any_of(answers_, [&](const Answer& one) {
    return one.uid == uid && one.uidvalidity == folder.mark.uidvalidity && one.folder == folder.name && one.id == id;
  });
}

/// Where SEARCH found several: as many as have the id in their fields.
Task<Result<std::optional<Copy>>> Mailbox::counted(std::optional<Copy> copy, Uids uids, Wanted wanted) {
  if (uids.back() == copy->uid) co_return copy;
  const auto fields = co_await by_fields(copy->uid, wanted, nothing_else);
  if (!fields) co_return std::unexpected(fields.error());
  copy->copies = std::max<std::size_t>(1, fields->size());
  co_return copy;
}

/// By what their headers say, not by SEARCH: a server's index may lag.
Task<Result<Mailbox::News>> Mailbox::news(Folder& folder, std::string header, const Besides& besides) {
  const auto next = uidnext_.value_or(folder.checked);
  announced_.reset();  // what is announced from here on asks for another look
  Wanted wanted{.header = header, .id = header + ":"};
  auto uids = co_await by_fields(folder.checked, std::move(wanted), besides);
  if (!uids) co_return std::unexpected(uids.error());
  News out{.uids = std::move(*uids), .checked = std::max(folder.checked, next)};
  if (!out.uids.empty()) out.checked = std::max(out.checked, out.uids.back() + 1);
  co_return out;
}

Task<Result<std::optional<FetchData>>> Mailbox::fetch_one(std::uint32_t uid) {
  auto done = co_await connection_.run(Command::fetch_message(uid));
  if (!done) co_return std::unexpected(done.error());
  std::optional<FetchData> found;
  for (auto& response : done->data) {
    auto* data = std::get_if<FetchData>(&response);
    if (data && data->uid == uid && data->body) found = std::move(*data);
  }
  co_return found;
}

}  // namespace mailprobe::imap
