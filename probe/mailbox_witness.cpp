#include "probe/mailbox_witness.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/safe_text.h"
#include "dns/resolver.h"
#include "probe/beside.h"
#include "probe/compose.h"
#include "probe/mailbox_login.h"
#include "probe/secrets.h"

namespace mailprobe::probe {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause = std::chrono::seconds(1);  // before a lost connection is made again, then doubled
constexpr milliseconds longest_pause = std::chrono::seconds(30);

}  // namespace

MailboxWitness::MailboxWitness(MailboxAccount account, std::shared_ptr<const tls::Context> context, Network network,
                               dns::Resolver& resolver, const Progress& progress)
    : account_(std::move(account)),
      context_(std::move(context)),
      network_(std::move(network)),
      resolver_(resolver),
      progress_(progress) {
  transcript_.observer = progress.dialogue;
  facts_.name = account_.name;
  facts_.url = account_.url.text();
}

void MailboxWitness::went_out_at(const std::vector<evidence::FolderMark>& marks) {
  whole_ = true;
  for (const auto& mark : marks)
    earlier_[mark.folder] = {static_cast<std::uint32_t>(mark.uidvalidity), static_cast<std::uint32_t>(mark.uidnext)};
}

void MailboxWitness::keep_answers() {
  if (!watcher_) return;
  for (const auto& one : watcher_->answers()) {
    const bool known = std::ranges::any_of(answers_, [&](const imap::Answer& other) {
      return other.id == one.id && other.folder == one.folder && other.uidvalidity == one.uidvalidity &&
             other.uid == one.uid;
    });
    if (!known) answers_.push_back(one);
  }
}

std::vector<imap::Answer> MailboxWitness::answers_to(const std::string& id) const {
  std::vector<imap::Answer> all;
  std::ranges::copy_if(answers_, std::back_inserter(all), [&](const imap::Answer& one) { return one.id == id; });
  return all;
}

void MailboxWitness::drop() {
  watcher_.reset();
  stream_.reset();
}

Task<Result<void>> MailboxWitness::connect() {
  drop();
  auto stream = co_await reach(account_.url, network_, resolver_);
  if (!stream) co_return std::unexpected(stream.error());
  stream_ = std::move(*stream);
  watcher_ = std::make_unique<imap::Watcher>(*stream_, transcript_, network_.pause);
  auto account = login_of(account_, *credentials_, context_);
  account.whole = whole_;
  auto since = baseline_.value_or(earlier_);
  auto opened = co_await watcher_->open(std::move(account), std::move(since));
  facts_.tls = watcher_->tls();
  if (!opened) {
    drop();
    co_return std::unexpected(opened.error());
  }
  facts_.folders = watcher_->folders();
  if (!baseline_) {
    baseline_ = watcher_->baseline();
    for (const auto& [folder, mark] : *baseline_) facts_.marks.push_back({folder, mark.uidvalidity, mark.uidnext});
  }
  co_return Result<void>{};
}

Task<Result<void>> MailboxWitness::open() {
  const auto whose = "mailbox " + account_.name;
  tell_of_command(progress_, whose, account_.secret);
  auto credentials = co_await read_credentials(whose, account_.user, account_.secret);
  if (!credentials) co_return std::unexpected(credentials.error());
  credentials_ = std::move(*credentials);
  auto done = co_await connect();
  if (done) co_return done;
  if (done.error().kind == Failure::usage)  // a folder that is not there
    co_return fail(Failure::usage, "mailbox " + account_.name + ": " + done.error().message);
  if (done.error().kind == Failure::refused)
    co_return fail(Failure::usage, "mailbox " + account_.name + " (" + account_.user + " at " + facts_.url +
                                       "): " + done.error().message + ": " + safe_text(done.error().peer, 300));
  facts_.error = done.error().message;
  facts_.cause = done.error().cause;
  co_return Result<void>{};
}

Task<std::optional<imap::Copy>> MailboxWitness::find(std::string id, Steady deadline) {
  const auto begun = network_.steady();
  const imap::Wanted wanted{.header = std::string(id_header), .id = std::move(id)};
  std::optional<imap::Copy> copy;
  facts_.completed = false;
  if (std::exchange(searched_, true)) told_ = transcript_.events().size();
  for (auto wait = first_pause; ready(); wait = std::min(wait * 2, longest_pause)) {
    Result<void> connected;
    if (!watcher_) connected = co_await connect();
    Result<std::optional<imap::Copy>> found = std::optional<imap::Copy>{};
    if (connected)
      found = co_await watcher_->find(wanted, deadline);
    else
      found = std::unexpected(connected.error());
    keep_answers();
    facts_.completed = found.has_value();
    facts_.error = found ? std::nullopt : std::optional(found.error().message);
    facts_.cause = found ? std::nullopt : found.error().cause;
    if (found) {
      copy = std::move(*found);
      break;
    }
    drop();
    if (found.error().kind == Failure::interrupted || network_.steady() + wait >= deadline) break;
    transcript_.note("connection lost: " + found.error().message);
    co_await network_.pause(wait);
    if (co_await cancelled()) break;
  }
  facts_.waited_ms = std::chrono::duration_cast<milliseconds>(network_.steady() - begun).count();
  co_return copy;
}

Task<void> MailboxWitness::remove(const imap::Copy& copy) {
  Result<void> done = fail(Failure::connection, "the connection is lost");
  if (watcher_) done = co_await watcher_->remove(copy);
  facts_.deleted = done.has_value();
  if (done) co_return;
  transcript_.note("not deleted: " + done.error().message);
  const auto words = done.error().peer.empty() ? "" : " (" + safe_text(done.error().peer, 200) + ")";
  progress_.say("the copy could not be deleted: " + done.error().message + words);
}

Task<void> MailboxWitness::close() {
  if (watcher_) co_await watcher_->logout();
  drop();
}

evidence::MailboxWatch MailboxWitness::facts() const {
  auto facts = facts_;
  const auto& events = transcript_.events();
  // One that is full says so with its last line.
  const auto from =
      events.begin() + static_cast<std::ptrdiff_t>(std::min(told_, events.empty() ? 0 : events.size() - 1));
  if (told_ > 0)
    facts.events = {
        {from->t_ms, Direction::note, "the session goes on; what came before stands with the message before"}};
  facts.events.insert(facts.events.end(), from, events.end());
  return facts;
}

}  // namespace mailprobe::probe
