#include "tls/socket_bio.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace mailprobe::tls {

namespace {

int socket_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

bool transient(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

int read(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(socket_of(bio), data, static_cast<std::size_t>(size), 0);
  if (got < 0 && transient(errno)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

/// After the closure alert the socket is closed (Session::close_notify): the kernel waits for that, 200 ms at most.
bool end_follows(BIO* bio) {
  const auto* ssl = static_cast<const SSL*>(BIO_get_app_data(bio));
  return (SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN) != 0;
}

int write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const int flags = MSG_NOSIGNAL | (end_follows(bio) ? MSG_MORE : 0);
  const auto sent = ::send(socket_of(bio), data, static_cast<std::size_t>(size), flags);
  if (sent < 0 && transient(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_method() {
  auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read(method, read);
  BIO_meth_set_write(method, write);
  BIO_meth_set_ctrl(method, control);
  return method;
}

}  // namespace

BioPtr socket_bio(int socket, SSL* ssl) {
  static const Owned<BIO_METHOD, BIO_meth_free> method(make_method());
  BioPtr bio(method ? BIO_new(method.get()) : nullptr);
  if (!bio) return bio;
  BIO_set_data(bio.get(), reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_app_data(bio.get(), ssl);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace mailprobe::tls
