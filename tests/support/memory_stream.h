// Two tls::Streams joined in memory: our client against our own server, no socket. A handshake is a flag and fake
// facts.
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "tests/support/scripted_stream.h"
#include "tls/stream.h"

namespace mailprobe::test {

struct MemoryStreams {
  std::unique_ptr<tls::Stream> client, server;
};

/// Both ends live on `executor`. `clear_text`, where given, gets all that the client writes before TLS.
MemoryStreams memory_streams(boost::asio::any_io_executor executor, TlsFacts client_facts = fake_facts(),
                             std::string* clear_text = nullptr);

}  // namespace mailprobe::test
