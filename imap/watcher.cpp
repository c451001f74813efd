#include "imap/watcher.h"

#include <algorithm>

#include "imap/finder.h"
#include "imap/limits.h"
#include "imap/mailbox.h"
#include "imap/mailbox_name.h"
#include "imap/session.h"

namespace mailprobe::imap {

struct Watcher::Impl {
  Impl(tls::Stream& stream, Transcript& transcript, Pause wait)
      : session(stream, transcript), mailbox(session.connection()), pause(std::move(wait)) {
    session.connection().on_data = [this](const Response& response) {
      session.absorb(response);
      mailbox.absorb(response);
    };
  }

  Task<Result<void>> choose(std::vector<std::string> wanted, std::vector<std::string> more);
  Task<Result<void>> mark(Baseline earlier, bool whole);
  Task<Result<bool>> mark_one(Folder& folder);
  Task<Result<void>> remove(Folder folder, std::uint32_t uidvalidity, std::uint32_t uid);
  void note_marks();

  Session session;
  Mailbox mailbox;
  Pause pause;
  std::vector<ListData> listed;
  std::vector<Folder> folders;
  Baseline baseline;
};

Task<Result<void>> Watcher::Impl::choose(std::vector<std::string> wanted, std::vector<std::string> more) {
  const auto& can = session.capabilities();
  const bool extended = can.has_or_rev2("LIST-EXTENDED") && can.has_or_rev2("SPECIAL-USE");
  const auto done = co_await session.connection().run(Command::list(extended));
  if (!done) co_return std::unexpected(done.error());
  listed.clear();
  for (const auto& response : done->data)
    if (const auto* data = std::get_if<ListData>(&response)) listed.push_back(*data);
  auto chosen = choose_folders(listed, wanted, session.utf8_names(), more);
  if (!chosen) co_return std::unexpected(chosen.error());
  folders = std::move(*chosen);
  co_return Result<void>{};
}

/// False: the server does not give it.
Task<Result<bool>> Watcher::Impl::mark_one(Folder& folder) {
  const auto status = co_await mailbox.status(folder.wire);
  if (!status) co_return std::unexpected(status.error());
  if (!*status) co_return false;
  folder.mark = {(*status)->uidvalidity.value_or(0), (*status)->uidnext.value_or(1)};
  co_return true;
}

/// Where each folder stands, as before or as now. A folder that was chosen by default and cannot be read is left out.
Task<Result<void>> Watcher::Impl::mark(Baseline earlier, bool whole) {
  std::vector<Folder> readable;
  for (auto& folder : folders) {
    if (const auto known = earlier.find(folder.name); known != earlier.end()) {
      folder.mark = known->second;
    } else {
      const auto marked = co_await mark_one(folder);
      if (!marked) co_return std::unexpected(marked.error());
      if (!*marked && (folder.asked_for || folder.name == "INBOX"))
        co_return fail(Failure::usage, no_such_folder(folder.name, listed, session.utf8_names()));
      if (!*marked) continue;
      if (whole) folder.mark.uidnext = 1;
    }
    folder.checked = folder.mark.uidnext;
    readable.push_back(std::move(folder));
  }
  folders = std::move(readable);
  note_marks();
  co_return Result<void>{};
}

void Watcher::Impl::note_marks() {
  for (const auto& folder : folders) baseline[folder.name] = folder.mark;
}

Task<Result<void>> Watcher::Impl::remove(Folder folder, std::uint32_t uidvalidity, std::uint32_t uid) {
  if (auto opened = co_await mailbox.select(folder); !opened) co_return opened;
  if (folder.mark.uidvalidity != uidvalidity)  // RFC 9051 §2.3.1.1: the UID may be another message's now
    co_return fail(Failure::protocol, "the folder was made anew: nothing is removed", Cause::protocol_error);
  auto& connection = session.connection();
  const auto stored = co_await connection.run(Command::store_deleted(uid));
  if (!stored) co_return std::unexpected(stored.error());
  if (!stored->status.ok())
    co_return fail(Failure::refused, "the mail server does not delete the message", Cause::refused,
                   stored->status.text.substr(0, 500));
  // Without UIDPLUS an EXPUNGE would take along what others have marked (RFC 4315 §2.1).
  if (!session.capabilities().has_or_rev2("UIDPLUS")) co_return Result<void>{};
  const auto expunged = co_await connection.run(Command::expunge(uid));
  if (!expunged) co_return std::unexpected(expunged.error());
  co_return Result<void>{};
}

Watcher::Watcher(tls::Stream& stream, Transcript& transcript, Pause pause)
    : impl_(std::make_unique<Impl>(stream, transcript, std::move(pause))) {}
Watcher::~Watcher() = default;

Task<Result<void>> Watcher::open(Account account, std::optional<Baseline> earlier) {
  auto wanted = account.folders, more = account.more;
  const bool whole = account.whole;
  auto done = co_await impl_->session.open(std::move(account));
  if (done) done = co_await impl_->choose(std::move(wanted), std::move(more));
  auto before = earlier.value_or(Baseline{});
  if (done) done = co_await impl_->mark(std::move(before), whole);
  if (!done) impl_->session.connection().close();
  co_return done;
}

const Baseline& Watcher::baseline() const { return impl_->baseline; }
const std::optional<TlsFacts>& Watcher::tls() const { return impl_->session.tls(); }

std::vector<std::string> Watcher::folders() const {
  std::vector<std::string> names;
  for (const auto& folder : impl_->folders) names.push_back(folder.name);
  return names;
}

const std::vector<Answer>& Watcher::answers() const { return impl_->mailbox.answers(); }

Task<Result<std::optional<Copy>>> Watcher::find(Wanted wanted, Steady deadline) {
  // What came while another message was looked for has been announced and passed by: look at all since the baseline.
  impl_->mailbox.leave();
  for (auto& folder : impl_->folders) folder.checked = folder.mark.uidnext;
  Finder finder(impl_->session, impl_->mailbox, impl_->folders, impl_->pause);
  auto& connection = impl_->session.connection();
  connection.limit(std::max(deadline, std::chrono::steady_clock::now()) + std::chrono::seconds(last_search_seconds));
  auto found = co_await finder.find(std::move(wanted), deadline);
  connection.limit(Steady::max());
  impl_->note_marks();
  if (!found && !impl_->session.connection().usable()) impl_->session.connection().close();
  co_return found;
}

Task<Result<std::vector<Arrived>>> Watcher::arrivals(std::string header, Steady deadline, Besides besides) {
  Finder finder(impl_->session, impl_->mailbox, impl_->folders, impl_->pause);
  auto& connection = impl_->session.connection();
  auto found = co_await finder.arrivals(std::move(header), std::move(besides), deadline);
  impl_->note_marks();
  if (!found && !connection.usable()) connection.close();
  co_return found;
}

Task<Result<void>> Watcher::remove(const Copy& copy) {
  Folder folder{copy.folder, {}, {}, {}, 1};
  for (const auto& each : impl_->folders)
    if (each.name == copy.folder) folder = each;
  if (folder.wire.empty()) {
    const auto wire = to_modified_utf7(copy.folder);
    folder.wire = impl_->session.utf8_names() || !wire ? copy.folder : *wire;
  }
  folder.mark.uidvalidity = 0;
  co_return co_await impl_->remove(std::move(folder), copy.uidvalidity, copy.uid);
}

Task<void> Watcher::logout() { co_await impl_->session.logout(); }

}  // namespace mailprobe::imap
