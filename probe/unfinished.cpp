#include "probe/unfinished.h"

#include <algorithm>
#include <memory>

#include "receiver/disk.h"
#include "receiver/folder.h"
#include "receiver/spool.h"

namespace mailprobe::probe {

namespace {

constexpr auto longest = std::chrono::minutes(1);  // messages whose DNS does not answer stay for the next time

bool is_whole(const receiver::Spool& spool) {
  return std::ranges::all_of(spool.names(), [&](const std::string& name) { return spool.is_annotated(name); });
}

}  // namespace

Task<Result<void>> evaluate_unfinished(std::filesystem::path folder, dns::Resolver& resolver, Told told) {
  const receiver::Folder where{std::move(folder)};
  std::error_code error;
  if (!std::filesystem::exists(where.spool(), error)) co_return Result<void>{};
  auto spool = receiver::Spool::share(where.spool());
  if (!spool) co_return std::unexpected(spool.error());
  if (is_whole(*spool)) co_return Result<void>{};
  const auto lock = receiver::hold(where);
  if (!lock && lock.error().kind == Failure::usage) co_return Result<void>{};  // that process evaluates it
  if (!lock) co_return std::unexpected(lock.error());
  receiver::Disk disk(1);
  const auto fault = std::make_shared<Result<void>>();
  receiver::Evaluator::Failed failed = [fault](const std::string&, const Error& why) {
    if (*fault) *fault = std::unexpected(why);
  };
  auto from = *spool;
  const auto evaluator =
      co_await receiver::Evaluator::make(std::move(from), disk, resolver, std::move(told), std::move(failed));
  evaluator->add_unfinished();
  co_await evaluator->finish(longest);
  co_return *fault;
}

}  // namespace mailprobe::probe
