// The child's side: questions off a socket, libunbound, answers back. What comes in one turn of its event loop goes
// out in one write.
#include <event2/event.h>
#include <sys/socket.h>
#include <unbound-event.h>
#include <unbound.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "dns/answer.h"
#include "dns/frames.h"
#include "dns/resolver_process.h"

namespace mailprobe::dns {

namespace {

constexpr std::size_t most_unsent = 4 << 20;  // a program that does not read gets no more answers made
constexpr std::size_t read_size = 64 << 10;

/// The questions' one place of return: no member is destroyed before the process ends.
struct Server {
  int socket;
  ub_ctx* context;
  event_base* base;
  event* readable;
  event* writable;
  Frames in;
  std::string out;
};

struct Asked {
  Server& server;
  QuestionFrame question;
};

enum class Security { insecure, bogus, secure };  // unbound-event.h

Answer answer_of(const QuestionFrame& question, int rcode, std::string_view packet, Security security,
                 const char* why_bogus) {
  const auto name = labels_from_text(question.name);
  const auto reply = rcode == 0 ? parse_message(packet) : std::nullopt;
  if (rcode == 0 && (!reply || !name)) return failure(Status::servfail, "resolver: the answer cannot be read");
  if (security == Security::bogus) {
    auto bogus = failure(Status::servfail, why_bogus != nullptr ? why_bogus : "the signatures do not validate");
    bogus.dnssec = Dnssec::bogus;
    return bogus;
  }
  auto answer = reply ? answer_in(*reply, *name, question.type) : std::nullopt;
  if (!answer)
    return failure(Status::servfail, "the name servers gave no answer (rcode " +
                                         std::to_string(rcode != 0 ? rcode : reply->flags & flag::rcode) + ")");
  answer->dnssec = security == Security::secure ? Dnssec::secure : Dnssec::insecure;
  return std::move(*answer);
}

void answered(void* data, int rcode, void* packet, int size, int security, char* why_bogus, int /*was_ratelimited*/) {
  const std::unique_ptr<Asked> asked(static_cast<Asked*>(data));
  const std::string_view bytes(static_cast<const char*>(packet), rcode == 0 ? static_cast<std::size_t>(size) : 0);
  const auto& question = asked->question;
  put_frame(asked->server.out,
            AnswerFrame{.id = question.id,
                        .answer = answer_of(question, rcode, bytes, static_cast<Security>(security), why_bogus)});
}

void resolve(Server& server, QuestionFrame question) {
  auto asked = std::make_unique<Asked>(server, std::move(question));
  const auto& [id, type, name] = asked->question;
  const int error =
      ub_resolve_event(server.context, name.c_str(), static_cast<int>(type), 1, asked.get(), answered, nullptr);
  if (error == 0) {
    (void)asked.release();  // answered() has it, or has had it
    return;
  }
  auto answer = failure(Status::servfail, std::string("resolver: ") + ub_strerror(error));
  put_frame(server.out, AnswerFrame{.id = id, .answer = std::move(answer)});
}

void readable(int /*socket*/, short /*what*/, void* data) {
  auto& server = *static_cast<Server*>(data);
  static std::array<char, read_size> buffer;
  const auto count = ::recv(server.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) ::_exit(0);  // the program has ended, or wants no more
  server.in.add({buffer.data(), static_cast<std::size_t>(count)});
  while (const auto content = server.in.next()) {
    auto question = read_question(*content);
    if (!question) ::_exit(1);
    resolve(server, std::move(*question));
  }
  if (server.in.broken()) ::_exit(1);
}

void writable(int /*socket*/, short /*what*/, void* /*data*/) {}  // the loop flushes after each turn

void flush(Server& server) {
  if (server.out.empty()) return;
  const auto count = ::send(server.socket, server.out.data(), server.out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN && errno != EINTR) ::_exit(0);
  if (count > 0) server.out.erase(0, static_cast<std::size_t>(count));
  if (!server.out.empty()) event_add(server.writable, nullptr);
  if (server.out.size() > most_unsent)
    event_del(server.readable);
  else
    event_add(server.readable, nullptr);
}

}  // namespace

// The event base that the context was made with has the program's descriptors, which are closed: it is left alone.
void serve_questions(int socket, ub_ctx* context) {
  auto* const base = event_base_new();
  if (base == nullptr || ub_ctx_set_event(context, base) != 0) ::_exit(1);
  Server server{.socket = socket,
                .context = context,
                .base = base,
                .readable = nullptr,
                .writable = nullptr,
                .in = {},
                .out = {}};
  server.readable = event_new(base, socket, EV_READ | EV_PERSIST, readable, &server);
  server.writable = event_new(base, socket, EV_WRITE, writable, &server);
  if (server.readable == nullptr || server.writable == nullptr) ::_exit(1);
  event_add(server.readable, nullptr);
  while (event_base_loop(base, EVLOOP_ONCE) == 0) flush(server);
  ::_exit(1);
}

}  // namespace mailprobe::dns
