// The lab's IMAP server without its stream: whatever a client says, a line a command, is answered by whole lines, and
// nothing of it gets into them that could be taken for another.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "lab/mailbox_commands.h"

namespace {

using namespace mailprobe;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_status(const lab::Answer& answer) {
  const auto& status = answer.status;
  check(status.starts_with("OK ") || status.starts_with("NO ") || status.starts_with("BAD "));
  for (const char c : status) check(c != '\r' && c != '\n' && c != '\0');
  check(answer.untagged.empty() || answer.untagged.ends_with("\r\n"));
  check(answer.untagged.empty() || answer.untagged.starts_with("* "));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lab::MailStore store;
  for (const auto* body : {"one", "two", "three"})
    store.append("INBOX", "Subject: a\r\nX-Mailprobe-Id: abc\r\n\r\n" + std::string(body) + "\r\n");
  lab::MailboxCommands commands(store);
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (std::size_t count = 0; !text.empty() && count < 50; ++count) {
    auto end = text.find("\n\n");  // a frame may hold lines of its own
    const auto frame = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    const auto command = lab::parse_imap_command(frame);
    check(command || !command.error().message.empty());
    if (!command) continue;
    check(command->tag == lab::tag_of(frame) && command->tag != "*");
    if (const auto answer = commands.answer(*command)) check_status(*answer);
  }
  check(store.find("INBOX")->uidnext == 4);
  return 0;
}
