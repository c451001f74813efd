#include "probe/smuggling.h"

#include "base/encoding.h"
#include "scenarios/faults.h"
#include "smtp/commands.h"

namespace mailprobe::probe {

namespace {

constexpr std::size_t id_octets = 16;  // as probe/identifiers.h has them

/// MAIL, RCPT, DATA, as one would send them.
Result<std::string> commands_for(const Letter& second) {
  const auto sender = tagged(second.from, second.id);
  if (!sender) return std::unexpected(sender.error());
  return smtp::Command::mail(Path(*sender), {}).wire() + smtp::Command::rcpt(Path(second.to)).wire() +
         smtp::Command::data().wire();
}

Result<Letter> second_of(const Letter& first) {
  auto second = first;
  second.id = second_id(first.id);
  auto reply_to = tagged(first.from, second.id);
  if (!reply_to) return std::unexpected(reply_to.error());
  second.reply_to = std::move(*reply_to);
  return second;
}

}  // namespace

std::string second_id(const std::string& id) {
  return base32(sha256("mailprobe, the second message of " + id).substr(0, id_octets));
}

Result<std::string> smuggling_message(const Letter& letter, const scenarios::Send& send) {
  const auto second = second_of(letter);
  if (!second) return std::unexpected(second.error());
  const auto commands = commands_for(*second);
  if (!commands) return std::unexpected(commands.error());
  auto message = compose(letter, send);
  message.resize(message.size() - 2);  // the sequence stands where the last line's end would
  message.append(scenarios::bytes_of(*send.end_of_data)).append(*commands).append(compose(*second, send));
  return message;
}

}  // namespace mailprobe::probe
