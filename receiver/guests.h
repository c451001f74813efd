// So many connections at once, in all and of each client, for a service that has no words to refuse one with: what is
// over that is closed. Knows no protocol; that of the SMTP doors, which say 421, is in receiver/server.h.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "receiver/places.h"
#include "tls/listeners.h"

namespace mailprobe::receiver {

/// `refused` hears the address of who finds no place.
tls::Serve at_most(std::shared_ptr<Places> places, std::function<void(const std::string& client)> refused,
                   tls::Serve serve);

}  // namespace mailprobe::receiver
