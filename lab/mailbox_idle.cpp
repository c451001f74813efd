// IDLE: the client's line and news of the mailbox, whichever comes first. RFC 2177.
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/text.h"
#include "lab/imap_limits.h"
#include "lab/mailbox_session.h"

namespace mailprobe::lab {

Task<void> MailboxSession::read_into(std::optional<Result<std::string>>& line) {
  line = co_await reader_.line(max_imap_command);
}

/// nullopt: the bell rang. A line that came at the same moment is not lost: it is in `line` whoever was first.
Task<std::optional<Result<std::string>>> MailboxSession::line_or_news() {
  using namespace boost::asio::experimental::awaitable_operators;
  std::optional<Result<std::string>> line;
  auto reading = read_into(line);
  auto told = bell_->heard();
  co_await (std::move(reading) || std::move(told));
  if (line && !*line && line->error().kind == Failure::interrupted && bell_->rung()) line.reset();
  co_return line;
}

/// Order of events: reset, look, wait; so nothing that happens between looking and waiting is missed.
Task<MailboxSession::Next> MailboxSession::idle(ImapCommand command) {
  if (!command.arguments.empty()) co_return co_await bad(std::move(command.tag), "No argument is taken");
  if (co_await write("+ Idling\r\n") == Next::end) co_return Next::end;
  stream_.deadline(std::chrono::steady_clock::now() + imap_idle_time);
  for (;;) {
    bell_->reset();
    auto news = commands_.news();
    if (!news.empty() && co_await write(std::move(news)) == Next::end) co_return Next::end;
    const auto line = co_await line_or_news();
    if (!line) continue;
    if (!*line) co_return Next::end;
    if (iequals(**line, "DONE")) co_return co_await say(std::move(command.tag), "OK Done");
    co_return co_await bad(std::move(command.tag), "DONE is expected");
  }
}

}  // namespace mailprobe::lab
