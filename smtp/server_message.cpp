// The message of a session: DATA, BDAT, and what is held of it meanwhile. RFC 5321 §4.1.1.4, §4.5.2; RFC 3030.
#include <algorithm>

#include "smtp/dot_stuffing.h"
#include "smtp/server_session.h"

namespace mailprobe::smtp {

namespace {

Reply no_room() { return {452, "4.3.1", "Too much mail at once, please try again later"}; }

}  // namespace

void ServerSession::drop() {
  std::string().swap(message_);  // to assign an empty one would keep its memory
  share_.clear();
}

/// What a string takes is its capacity.
void ServerSession::hold(std::string_view content) {
  if (no_room_) return;
  message_.append(content);
  no_room_ = !share_.grow_to(message_.capacity());
  if (no_room_) drop();
}

Task<Next> ServerSession::data() {
  Reply no{503, "5.5.1", "MAIL first"};
  if (mode_ != Mode::envelope) co_return co_await wrong(std::move(no));
  if (state_.recipients.empty()) {
    no = {554, "5.5.1", "No valid recipients"};
    co_return co_await wrong(std::move(no));
  }
  if (!share_.has_room(std::min(least_room, options_.max_size))) {
    no = no_room();
    reset();
    co_return co_await say(std::move(no));
  }
  Reply go{354, {}, "End with CRLF.CRLF"};
  if (auto end = co_await say(std::move(go))) co_return end;
  begin_message();
  co_return co_await data_lines();
}

/// RFC 5321 §4.1.1.4, §4.5.2: only CRLF "." CRLF ends it. Anything that another server could take for an end is refused
/// and the connection closed, so that nothing smuggled behind it is read (CVE-2023-51764, -51765, -51766). A long line
/// comes in pieces, and what has come of it is held as the rest of the message is.
Task<Next> ServerSession::data_lines() {
  for (std::size_t total = 0, length = 0;;) {  // of the message, and of the line until now
    allow(options_.patience.command);
    const auto piece = co_await reader_.piece(max_line_piece);
    if (!piece) co_return co_await give_up(piece.error());
    if ((piece->ends && reader_.bare_lf()) || piece->text.find('\r') != std::string::npos) {
      Reply bare{550, "5.5.2", "Bare CR or LF in the message"};
      co_return co_await close_with(std::move(bare), ServerEnd::protocol);
    }
    if (length == 0 && piece->ends && piece->text == ".") co_return co_await data_ended(total);
    const bool stuffed = length == 0 && piece->text.starts_with('.');
    length += piece->text.size();
    if (length > max_data_line) {
      Reply endless{500, "5.5.6", "Line too long"};
      co_return co_await close_with(std::move(endless), ServerEnd::protocol);
    }
    total += piece->text.size() - (stuffed ? 1 : 0) + (piece->ends ? 2 : 0);
    hold_line(std::string_view(piece->text).substr(stuffed ? 1 : 0), piece->ends, total);
    if (piece->ends) length = 0;
    if (total > 2 * options_.max_size) {  // it was told the limit
      Reply endless{552, "5.3.4", "Message far too big"};
      co_return co_await close_with(std::move(endless), ServerEnd::protocol);
    }
  }
}

void ServerSession::hold_line(std::string_view content, bool ends, std::size_t total) {
  if (total > options_.max_size) return drop();
  hold(content);
  if (ends) hold("\r\n");
}

Task<Next> ServerSession::data_ended(std::size_t total) {
  transcript_.note("message of " + std::to_string(total) + " bytes");
  if (total <= options_.max_size && !no_room_) co_return co_await finish();
  Reply refused = no_room();
  if (total > options_.max_size) refused = {552, "5.3.4", "Message too big"};
  reset();
  co_return co_await say(std::move(refused));
}

/// In pieces: what is not kept takes no memory.
Task<Result<void>> ServerSession::read_chunk(std::size_t size, bool keep) {
  while (size > 0) {
    const auto piece = co_await reader_.bytes(std::min(size, max_piece));
    if (!piece) co_return std::unexpected(piece.error());
    size -= piece->size();
    if (keep) hold(*piece);
  }
  co_return Result<void>{};
}

/// RFC 3030 §2: the bytes of a chunk follow at once, so they are read even where they are refused.
Task<Next> ServerSession::bdat(std::string argument) {
  const auto chunk = parse_bdat(argument);
  if (!chunk || chunk->size > options_.max_size) {  // where the next command begins is not known, or too far off
    Reply lost{chunk ? 552 : 501, chunk ? "5.3.4" : "5.5.4", chunk ? "Chunk too big" : "Malformed BDAT"};
    co_return co_await close_with(std::move(lost), ServerEnd::protocol);
  }
  begin_message();
  allow(options_.patience.message);
  const auto size = static_cast<std::size_t>(chunk->size);
  const bool wanted = mode_ != Mode::idle && !state_.recipients.empty();
  const bool fits = message_.size() + size <= options_.max_size;
  const auto read = co_await read_chunk(size, wanted && fits);
  if (!read) co_return co_await give_up(read.error());
  Reply reply{503, "5.5.1", "MAIL and RCPT first"};
  if (!wanted) {
    message_ends_ = never;
    co_return co_await wrong(std::move(reply));
  }
  mode_ = Mode::chunks;
  if (!fits) {
    reset();
    reply = {552, "5.3.4", "Message too big"};
    co_return co_await say(std::move(reply));
  }
  co_return co_await chunk_taken(size, chunk->last);
}

/// There is no room for the chunks that follow one that there was none for: they may be under way.
Task<Next> ServerSession::chunk_taken(std::size_t size, bool last) {
  transcript_.note("chunk of " + std::to_string(size) + " bytes");
  Reply reply{250, "2.0.0", "Chunk ok"};
  if (no_room_) {
    reply = no_room();
    if (last) reset();
    co_return co_await say(std::move(reply));
  }
  if (!last) co_return co_await say(std::move(reply));
  if (has_bare_newline(message_)) {  // BINARYMIME is not announced
    reply = {550, "5.5.2", "Bare CR or LF in the message"};
    co_return co_await close_with(std::move(reply), ServerEnd::protocol);
  }
  co_return co_await finish();
}

Task<Next> ServerSession::finish() {
  auto message = std::move(message_);  // its share stays until it is done with
  auto reply = co_await handler_.message(state_, std::move(message));
  reset();
  co_return co_await say(std::move(reply));
}

}  // namespace mailprobe::smtp
