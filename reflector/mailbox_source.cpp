#include "reflector/mailbox_source.h"

#include <fcntl.h>

#include <algorithm>

#include "base/files.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "probe/beside.h"
#include "probe/compose.h"
#include "probe/copies.h"
#include "probe/mailbox_login.h"
#include "probe/route.h"
#include "probe/secrets.h"

namespace mailprobe::reflector {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds renewal = std::chrono::minutes(28);     // of a look, so that a lost connection is noticed
constexpr milliseconds first_pause = std::chrono::seconds(1);  // before a lost connection is made again, then doubled
constexpr milliseconds longest_pause = std::chrono::minutes(5);
constexpr std::size_t max_place = 64UL * 1024;
constexpr std::size_t max_undecided = 100;  // each is held in memory

std::string file_of(const probe::MailboxAccount& account) {
  auto name = account.name;
  std::ranges::replace_if(name, [](char c) { return c == '/' || c == '\0'; }, '_');
  return "mailbox-" + name + ".json";
}

/// What may say that somebody wants no more of our mail: a complaint (RFC 5965 §2), an answer to a message of ours.
imap::Besides objections_to(const std::string& domain) {
  imap::Besides besides;
  besides.fields = {"Content-Type", "In-Reply-To", "References"};
  besides.wanted = [ours = "@" + domain + ">"](std::string_view fields) {
    return ifind(fields, "feedback-report") != std::string_view::npos || ifind(fields, ours) != std::string_view::npos;
  };
  return besides;
}

}  // namespace

MailboxSource::MailboxSource(probe::MailboxAccount account, Post post, std::filesystem::path folder,
                             std::function<Result<Considered>(const Arrival&)> take, Undecided& undecided,
                             std::function<void(const std::string&)> log)
    : account_(std::move(account)),
      post_(std::move(post)),
      place_(std::move(folder) / file_of(account_)),
      take_(std::move(take)),
      undecided_(undecided),
      log_(std::move(log)) {
  if (account_.folders.empty()) account_.folders = {"INBOX"};
}

void MailboxSource::drop() {
  watcher_.reset();
  stream_.reset();
}

Task<Result<void>> MailboxSource::connect() {
  drop();
  auto stream = co_await probe::reach(account_.url, post_.network, post_.resolver);
  if (!stream) co_return std::unexpected(stream.error());
  stream_ = std::move(*stream);
  watcher_ = std::make_unique<imap::Watcher>(*stream_, transcript_, post_.network.pause);
  auto login = probe::login_of(account_, *credentials_, post_.context);
  auto since = baseline_;
  auto opened = co_await watcher_->open(std::move(login), std::move(since));
  if (opened)
    baseline_ = watcher_->baseline();
  else
    drop();
  co_return opened;
}

Task<Result<void>> MailboxSource::open() {
  const auto whose = "mailbox " + account_.name;
  probe::tell_of_command(post_.progress, whose, account_.secret);
  auto credentials = co_await probe::read_credentials(whose, account_.user, account_.secret);
  if (!credentials) co_return std::unexpected(credentials.error());
  credentials_ = std::move(*credentials);
  std::error_code error;
  if (std::filesystem::exists(place_, error)) {
    const auto file = File::open(place_, O_RDONLY);
    const auto text = file ? read_all(*file, max_place, place_) : std::unexpected(file.error());
    auto place = text ? read_place(*text) : std::nullopt;
    if (!place) co_return fail(Failure::usage, place_.string() + " is damaged: look at it, or remove it");
    baseline_ = std::move(*place);
  }
  hosts_ = account_.authserv_ids;
  if (hosts_.empty()) {
    const auto target = co_await probe::find_route(account_.address.domain(), post_.resolver);
    hosts_ = probe::target_hosts(target);
  }
  auto done = co_await connect();
  if (done) done = keep_place();
  if (done || done.error().kind == Failure::interrupted) co_return done;
  const bool for_good = done.error().kind == Failure::refused || done.error().kind == Failure::usage;
  const auto words = done.error().peer.empty() ? "" : ": " + safe_text(done.error().peer, 300);
  co_return fail(for_good ? Failure::usage : done.error().kind, whose + ": " + done.error().message + words);
}

Result<void> MailboxSource::keep_place() const { return replace_file(place_, place_text(baseline_)); }

Task<void> MailboxSource::take_over(imap::Arrived arrived) {
  const auto arrival = co_await judged_by_trace(std::move(arrived.raw), now(), hosts_, post_.resolver);
  if (co_await probe::cancelled()) {  // what was judged without DNS says nothing
    all_taken_ = false;
    co_return;
  }
  if (!consider(arrival)) look_again(arrival);
}

bool MailboxSource::consider(const Arrival& arrival) {
  const auto done = take_(arrival);
  if (done) return *done != Considered::later;
  all_taken_ = false;
  log_("a probe in the mailbox is left for the next start: " + done.error().message);
  return true;
}

/// Until it is decided the next start begins before it.
void MailboxSource::look_again(const Arrival& arrival) {
  if (undecided_.waiting() >= max_undecided) {
    all_taken_ = false;
    return log_("a probe in the mailbox is left for the next start: too many could not be judged");
  }
  undecided_.add([arrival, this] { return evaluate_again(arrival, post_.resolver); },
                 [this](const Arrival& again) { return consider(again); });
}

Task<Result<void>> MailboxSource::look() {
  if (!watcher_)
    if (auto connected = co_await connect(); !connected) co_return connected;
  const auto deadline = post_.network.steady() + renewal;
  auto besides = objections_to(post_.identity.domain);
  auto found = co_await watcher_->arrivals(std::string(probe::id_header), deadline, std::move(besides));
  baseline_ = watcher_->baseline();
  if (!found) co_return std::unexpected(found.error());
  for (auto& arrived : *found) co_await take_over(std::move(arrived));
  if (all_taken_ && undecided_.waiting() == 0) co_return keep_place();
  co_return Result<void>{};
}

Task<void> MailboxSource::watch() {
  auto pause = first_pause;
  bool over = co_await probe::cancelled();
  while (!over) {
    const auto done = co_await look();
    if (done) {
      pause = first_pause;
    } else {
      drop();
      if (done.error().kind == Failure::interrupted) break;
      log_("the mailbox cannot be watched, again in " + duration_text(pause) + ": " + done.error().message);
      co_await post_.network.pause(pause);
      pause = std::min(pause * 2, longest_pause);
    }
    over = co_await probe::cancelled();
  }
  if (watcher_) co_await watcher_->logout();
  drop();
}

}  // namespace mailprobe::reflector
