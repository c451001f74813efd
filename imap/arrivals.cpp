#include "imap/finder.h"

namespace mailprobe::imap {

namespace {

constexpr std::size_t max_batch = 20;  // messages in memory at once

}  // namespace

// 1 the folders that have news are looked at · 2 where nothing came: wait, by IDLE on the first folder or a pause · 1
// and 2 until something has come or the deadline has passed
Task<Result<std::vector<Arrived>>> Finder::arrivals(std::string header, Besides besides, Steady deadline) {
  using namespace std::chrono_literals;
  interval_ = 1s;
  std::vector<Arrived> all;
  for (auto which = Round::first;; which = Round::middle) {
    for (auto& folder : folders_) {
      auto done = co_await gather(folder, header, besides, which, all);
      // What was given out before stays behind the mark: nothing of it is lost with the connection.
      if (!done && all.empty()) co_return std::unexpected(done.error());
      if (!done) co_return all;
    }
    if (!all.empty() || timeline_.now() >= deadline) co_return all;
    if (const auto waited = co_await wait(deadline); !waited) co_return std::unexpected(waited.error());
  }
}

Task<Result<void>> Finder::gather(Folder& folder, std::string header, const Besides& besides, Round which,
                                  std::vector<Arrived>& into) {
  const auto worth = co_await worth_a_visit(folder, which);
  if (!worth) co_return std::unexpected(worth.error());
  if (!*worth) co_return Result<void>{};
  if (!mailbox_.selected(folder))
    if (auto opened = co_await mailbox_.examine(folder); !opened) co_return opened;
  if (!mailbox_.may_have_news(folder)) co_return Result<void>{};
  const auto news = co_await mailbox_.news(folder, std::move(header), besides);
  if (!news) co_return std::unexpected(news.error());
  for (const auto uid : news->uids) {
    if (into.size() >= max_batch) co_return Result<void>{};  // the mark stands before this one
    if (auto done = co_await fetch(folder, uid, into); !done) co_return done;
  }
  folder.mark.uidnext = folder.checked = news->checked;
  co_return Result<void>{};
}

Task<Result<void>> Finder::fetch(Folder& folder, std::uint32_t uid, std::vector<Arrived>& into) {
  auto data = co_await mailbox_.fetch_one(uid);
  // A message over our limits breaks the connection each time: it is passed by.
  const bool passed_by = data || data.error().kind == Failure::protocol;
  if (passed_by) folder.mark.uidnext = folder.checked = uid + 1;
  if (!data) co_return std::unexpected(data.error());
  if (*data && (*data)->body)
    into.push_back({folder.name, (*data)->internal_date.value_or(now()), std::move(*(*data)->body)});
  co_return Result<void>{};
}

}  // namespace mailprobe::imap
