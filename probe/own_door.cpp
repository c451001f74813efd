#include "probe/own_door.h"

#include "base/safe_text.h"
#include "base/text.h"
#include "tls/buffered_reader.h"

namespace mailprobe::probe {

namespace {

constexpr auto door_time = std::chrono::seconds(10);  // it is ours, and near
constexpr std::size_t max_line = 512;                 // RFC 5321 §4.5.3.1.5

/// "220 host ESMTP …": the name is the first word (RFC 5321 §4.2).
bool is_banner_of(std::string_view line, std::string_view host) {
  if (line.size() < 4 || !line.starts_with("220")) return false;
  const auto text = line.substr(4);
  return iequals(text.substr(0, text.find(' ')), host);
}

/// It need not be heard, only said, so that the session ends as others do.
Task<void> leave(tls::Stream& stream, tls::BufferedReader& reader) {
  const auto said = co_await stream.write("QUIT\r\n");
  if (said) (void)co_await reader.line(max_line);
  stream.close();
}

}  // namespace

Task<std::optional<std::string>> own_door_problem(receiver::ListenAt at, std::string host, Network network) {
  const auto deadline = network.steady() + door_time;
  auto stream = co_await network.connect(at.address, at.port, std::nullopt, deadline);
  if (!stream) co_return "our receiver does not answer: " + stream.error().message;
  (*stream)->deadline(deadline);
  tls::BufferedReader reader(**stream);
  const auto banner = co_await reader.line(max_line);
  if (!banner) co_return "our receiver does not answer: " + banner.error().message;
  const bool ours = is_banner_of(*banner, host);
  co_await leave(**stream, reader);
  if (!ours) co_return "another host answers: " + safe_text(*banner, 200);
  co_return std::nullopt;
}

}  // namespace mailprobe::probe
