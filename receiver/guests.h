// So many connections at once, in all and of each client, for a service that has no words to refuse one with: what is
// over that is closed. Knows no protocol; that of the SMTP doors, which say 421, is in receiver/server.h.
#pragma once

#include <memory>

#include "receiver/places.h"
#include "tls/listeners.h"

namespace mailprobe::receiver {

tls::Serve at_most(std::shared_ptr<Places> places, tls::Serve serve);

}  // namespace mailprobe::receiver
